"""Words of the list of services: where each stands, what differs, what is to be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from instances.choices import ChoiceError
from instances.models import HideReason, ServiceChoice, Visibility
from instances.snags import Snag, SnagKind
from instances.stored import readable_choice
from web import dates
from web.admin import choice_words
from web.translation import gettext as _


class Status(StrEnum):
    """Where a service stands in an académie."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    PROPOSED = "proposed"
    REQUIRED = "required"
    WITHOUT_ADDRESS = "without-address"
    RETIRED = "retired"


class Filter(StrEnum):
    """Which services the list shows; the values stand in addresses."""

    ALL = "tous"
    HIDDEN = "masques"
    DIFFERENT = "differents"
    TO_REVIEW = "a-revoir"
    DOWN = "en-panne"
    NEW = "nouveautes"


def status(value: Status) -> str:
    return {
        Status.SHOWN: _("Affiché"),
        Status.HIDDEN: _("Masqué"),
        Status.PROPOSED: _("Proposé, pas encore affiché chez vous"),
        Status.REQUIRED: _("Obligatoire"),
        Status.WITHOUT_ADDRESS: _("Pas d'adresse pour vous : pas encore affiché"),
        Status.RETIRED: _("Fermé"),
    }[value]


def field_name(name: str) -> str:
    return choice_words.field_name(name)


def filter_name(value: Filter) -> str:
    return {
        Filter.ALL: _("Tous"),
        Filter.HIDDEN: _("Masqués"),
        Filter.DIFFERENT: _("Différents du national"),
        Filter.TO_REVIEW: _("À revoir"),
        Filter.DOWN: _("En panne"),
        Filter.NEW: _("Nouveautés nationales"),
    }[value]


def nothing(value: Filter) -> str:
    """Say that a filter finds nothing."""
    return {
        Filter.ALL: _("La liste nationale n'est pas encore arrivée ici."),
        Filter.HIDDEN: _("Vous ne masquez aucun service."),
        Filter.DIFFERENT: _("Tout est comme au niveau national."),
        Filter.TO_REVIEW: _("Rien à revoir. Bonne journée."),
        Filter.DOWN: _("Aucun service en panne. Bonne journée."),
        Filter.NEW: _("Rien de nouveau au niveau national depuis votre dernière lecture."),
    }[value]


def why(row: ServiceChoice, reason: str | None) -> str:
    """Word why a choice was made and until when it holds; empty when nothing was said."""
    parts = []
    if row.visibility == Visibility.HIDDEN:
        known = row.reason and readable_choice(HideReason, row.reason, "reason")
        parts += [choice_words.reason(known) if known else "", row.precision or ""]
    else:
        parts.append(reason or "")
    return " ".join(_ended(part) for part in parts if part)


def dates_of(row: ServiceChoice, day: date) -> str:
    """Word the two dates of a hiding."""
    if row.visibility != Visibility.HIDDEN:
        return ""
    parts = []
    if row.review_on is not None:
        shown = dates.short_day(row.review_on, today=day)
        parts.append(_("À revoir le %(day)s.", day=shown))
    if row.until is not None:
        shown = dates.short_day(row.until, today=day)
        if row.until < day:
            parts.append(_("Était masqué jusqu'au %(day)s : c'est fini.", day=shown))
        else:
            parts.append(_("Jusqu'au %(day)s, puis réaffiché.", day=shown))
    return " ".join(parts)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def snag(found: Snag, titles: Mapping[str, str]) -> str:
    """Word what is wrong with a choice; empty for what other screens tell."""
    other = titles.get(found.other or "", found.other or "")
    words = {
        SnagKind.REPLACEMENT_MISSING: _(
            "À la place, %(other)s n'est pas affiché chez vous : les anciens liens ne mènent"
            " nulle part.",
            other=other,
        ),
        SnagKind.HIDING_REFUSED: _(
            "Vous le masquiez ; il est devenu obligatoire et il est affiché."
        ),
        SnagKind.SERVICE_RETIRED: _("Il a fermé au niveau national : votre choix ne sert plus."),
        SnagKind.SAME_WORDING: _("Votre texte est devenu le même que le texte national."),
        SnagKind.SAME_ADDRESS: _("Votre adresse est devenue la même que l'adresse nationale."),
        SnagKind.ADDRESS_UNUSED: _(
            "Votre adresse ne sert plus : chaque déclinaison a maintenant la sienne."
        ),
        SnagKind.SHOWN_BY_ALL: _(
            "Il est maintenant affiché partout : votre choix de l'afficher ne sert plus."
        ),
        SnagKind.DUPLICATE: _("Fait comme votre service %(other)s.", other=other),
    }
    return words.get(found.kind, "")


def refusal(error: ChoiceError, title: str) -> str:
    """Say why a decision is not taken."""
    values = error.values
    words = {
        "required": _(
            "%(title)s est devenu obligatoire au niveau national : il ne peut plus être masqué.",
            title=title,
        ),
        "replaces-itself": _("Un service ne peut pas se remplacer lui-même."),
        "two-replacements": _("Choisissez un service ou une adresse, pas les deux."),
        "unknown-replacement": _(
            "%(found)s n'est plus affiché chez vous : choisissez autre chose.",
            found=values.get("found", ""),
        ),
        "not-an-address": _("Écrivez une adresse complète : https://nuage.exemple.fr/"),
        "word-too-long": too_long(values),
        "precision-too-long": too_long(values),
        "has-variants": _(
            "%(title)s a une adresse par déclinaison : elles ne se changent qu'au niveau national.",
            title=title,
        ),
        "wording-refused": _("Ce texte est trop long ou vide : raccourcissez-le."),
        "unknown-wording": _("Ce texte ne se change pas."),
        "changed-since": _(
            "Quelqu'un a décidé autre chose depuis pour %(title)s : rien n'est annulé.",
            title=title,
        ),
        "order-changed-since": _("L'ordre a changé depuis : rien n'est annulé."),
        "not-yours": _("Cette décision n'est pas à annuler d'ici : rien n'est changé."),
    }
    return words[error.code]


def too_long(values: Mapping[str, str | int]) -> str:
    return _(
        "%(limit)s signes au plus ; il y en a %(length)s.",
        limit=values.get("limit", ""),
        length=values.get("length", ""),
    )
