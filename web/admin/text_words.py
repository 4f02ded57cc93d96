"""Words what an académie says of itself: titles, values in short, why something is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from catalogue.schema import Text
from instances.logo import LogoError
from instances.schema import HelpContact
from instances.texts import Spotlight, TextField
from web import dates, wording
from web.translation import gettext as _

SEGMENTS = {
    "nom": TextField.DELEGATION,
    "aide": TextField.HELP,
    "accueil": TextField.WELCOME,
    "mise-en-avant": TextField.SPOTLIGHT,
}
"""Fields by the segment that their addresses have."""


def title(field: TextField) -> str:
    """Title a field."""
    return {
        TextField.DELEGATION: _("Le nom de votre délégation"),
        TextField.HELP: _("Besoin d'aide ? Vos contacts et leurs horaires"),
        TextField.WELCOME: _("Votre phrase d'accueil"),
        TextField.SPOTLIGHT: _("Votre mise en avant"),
    }[field]


def revert(field: TextField) -> str:
    """Word the way back to what holds without the académie's own value."""
    return {
        TextField.DELEGATION: _("Revenir au nom national"),
        TextField.HELP: _("Revenir aux contacts nationaux"),
        TextField.WELCOME: _("Retirer la phrase d'accueil"),
        TextField.SPOTLIGHT: _("Retirer la mise en avant"),
    }[field]


def reverted(field: TextField) -> str:
    """Say that it was done."""
    return {
        TextField.DELEGATION: _("Le nom est de nouveau celui de la fiche nationale."),
        TextField.HELP: _("Les contacts sont de nouveau ceux de la fiche nationale."),
        TextField.WELCOME: _("La phrase d'accueil est retirée."),
        TextField.SPOTLIGHT: _("La mise en avant est retirée."),
    }[field]


def text(value: Text | None) -> list[str]:
    """List words, and their English where there is one."""
    if value is None:
        return []
    return [value.fr, _("En anglais : %(words)s", words=value.en)] if value.en else [value.fr]


def contact(value: HelpContact) -> str:
    """Word a contact in one line."""
    parts = [value.name.fr, value.phone, value.email, value.url]
    parts += [words.fr for words in (value.hours, value.note) if words is not None]
    places = ", ".join(wording.profile_place(profile) for profile in value.profiles)
    return " · ".join(part for part in (*parts, places) if part)


def contacts(values: tuple[HelpContact, ...]) -> list[str]:
    """List contacts, from the nearest to the farthest."""
    return [f"{wording.contact_kind(item.kind)} : {contact(item)}" for item in values]


def spotlight(value: Spotlight | None, shown: Mapping[str, str], today: date) -> list[str]:
    """List what a mise en avant holds and when, and what of it is not shown any more."""
    if value is None:
        return []
    here = [shown[item] for item in value.services if item in shown]
    gone = [item for item in value.services if item not in shown]
    lines = [*text(value.title), ", ".join(here), _when(value, today)]
    if not here:
        lines.append(_("Aucun de ses services n'est plus affiché : elle ne paraît pas."))
    elif gone:
        lines.append(_("N'est plus affiché, donc pas montré : %(ids)s", ids=", ".join(gone)))
    return [line for line in lines if line]


def _when(value: Spotlight, today: date) -> str:
    start = dates.short_day(value.starts, today=today)
    if value.ends is None:
        span = _("à partir du %(start)s", start=start)
    else:
        end = dates.short_day(value.ends, today=today)
        span = _("du %(start)s au %(end)s compris", start=start, end=end)
    if value.holds_on(today):
        return _("En ce moment, %(span)s", span=span)
    if today < value.starts:
        return _("À venir, %(span)s", span=span)
    return _("Passée, %(span)s", span=span)


def logo_refused(error: LogoError) -> str:
    """Say why a file cannot be the logo, and what to do."""
    values = error.values
    if error.code == "too-heavy":
        return _(
            "Ce fichier pèse %(found)s ko, c'est trop : %(limit)s ko au plus. "
            "Une image de 100 pixels de haut suffit.",
            **values,
        )
    if error.code == "wrong-size":
        return _(
            "Cette image fait %(width)s sur %(height)s pixels : "
            "il en faut entre 16 et 2000 de chaque côté.",
            **values,
        )
    return {
        "empty": _("Choisissez un fichier."),
        "svg": _("Un fichier SVG peut contenir un programme : donnez la même image en PNG."),
        "unknown-format": _("Ce n'est ni du PNG, ni du JPEG, ni du WebP."),
        "broken": _("Ce fichier est abîmé ou incomplet : enregistrez l'image de nouveau."),
        "animated": _("Une image qui bouge gêne la lecture : donnez-en une fixe."),
    }[error.code]
