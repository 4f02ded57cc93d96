"""What differs, what changed and what comes back on a day, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.changes import Change
from catalogue.schema import Rollout
from instances.differences import Difference, DifferenceKind
from instances.local_likeness import Likeness
from instances.news import Aspect, NewsItem, NewsKind
from instances.reminders import Reminder, ReminderKind
from instances.snags import Snag, SnagKind
from web import dates
from web.admin import choice_words, journal_words
from web.admin.journal_values import Told, tell
from web.admin.journal_words import Glossary
from web.translation import capital, ngettext
from web.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something to read: its headline, then what else is known."""

    title: str
    text: str = ""
    told: tuple[Told, ...] = ()
    service_id: str | None = None


def news_item(item: NewsItem, words: Glossary) -> Item:
    """Word what the nation did."""
    if item.kind is NewsKind.CHANGED:
        title = _("%(title)s : %(what)s", title=item.name, what=_aspects(item.aspects))
        told = tuple(line for change in item.changes for line in _change(change, words))
        return Item(title=title, told=told, service_id=item.id)
    title = {
        NewsKind.ADDED: _("Nouveau : %(title)s", title=item.name),
        NewsKind.REMOVED: _("Retiré de la liste nationale : %(title)s", title=item.name),
        NewsKind.OPERATOR_REMOVED: _("Ne tient plus de service : %(name)s", name=item.name),
    }[item.kind]
    new = item.id if item.kind is NewsKind.ADDED else None
    return Item(title=title, text=_arrived(item), service_id=new)


def _arrived(item: NewsItem) -> str:
    if item.service is None or item.kind is not NewsKind.ADDED:
        return ""
    how = {
        Rollout.EVERYONE: _("Il est affiché chez vous."),
        Rollout.OPT_IN: _("Il est proposé : à vous de l'afficher si vous le voulez."),
        Rollout.REQUIRED: _("Il est obligatoire, donc affiché partout."),
    }[item.service.rollout]
    return f"{item.service.task.fr}. {how}"


def _aspects(aspects: tuple[Aspect, ...]) -> str:
    words = {
        Aspect.WORDS: _("texte changé"),
        Aspect.ADDRESSES: _("adresse changée"),
        Aspect.DATES: _("dates changées"),
        Aspect.ACCESS: _("accès changé"),
    }
    return ", ".join(words[aspect] for aspect in aspects)


def _change(change: Change, words: Glossary) -> tuple[Told, ...]:
    path = (change.field or "").replace("[", ".[").split(".")
    return tell(_nested(path, change.before), _nested(path, change.after), words)


def _nested(path: list[str], value: object) -> object:
    for step in reversed(path):
        value = {step: value}
    return value


def snag(item: Snag, words: Glossary) -> Item:
    """Word what is wrong with a choice, and what may be done."""
    about = journal_words.subject(item.subject, words)
    other = journal_words.subject(item.other, words) if item.other else ""
    texts = {**_dangling(about, other), **_useless(about, other, _fields(item.fields))}
    gone = item.kind is SnagKind.SERVICE_GONE or "/" in item.subject
    service_id = None if gone else item.subject
    return Item(title=capital(about), text=texts[item.kind], service_id=service_id)


def _dangling(about: str, other: str) -> Mapping[SnagKind, str]:
    return {
        SnagKind.REPLACEMENT_MISSING: _(
            "%(about)s est masqué et mène à %(other)s, qui n'est pas affiché chez vous : "
            "choisissez autre chose à la place.",
            about=about,
            other=other,
        ),
        SnagKind.SPOTLIGHT_MISSING: _(
            "%(other)s, que vous mettez en avant, n'est pas affiché chez vous.", other=other
        ),
        SnagKind.ANNOUNCEMENT_MISSING: _(
            "Cette annonce parle de %(other)s, qui n'est pas affiché chez vous.", other=other
        ),
    }


def _useless(about: str, other: str, fields: str) -> Mapping[SnagKind, str]:
    return {
        SnagKind.HIDING_REFUSED: _(
            "Le service est devenu obligatoire : il est affiché, même si vous l'aviez masqué."
        ),
        SnagKind.SERVICE_GONE: _(
            "Le service n'est plus dans la liste nationale. Votre choix est gardé : "
            "il reprendra si le service revient."
        ),
        SnagKind.SERVICE_RETIRED: _("Le service a fermé : votre choix ne sert plus."),
        SnagKind.SAME_WORDING: _(
            "Le texte national dit maintenant la même chose que le vôtre (%(fields)s).",
            fields=fields,
        ),
        SnagKind.SAME_ADDRESS: _("L'adresse nationale est maintenant la même que la vôtre."),
        SnagKind.ADDRESS_UNUSED: _(
            "Le service a maintenant plusieurs déclinaisons : votre adresse ne sert plus."
        ),
        SnagKind.SHOWN_BY_ALL: _(
            "Le service est maintenant affiché partout : vous n'avez plus à le demander."
        ),
        SnagKind.DUPLICATE: _(
            "%(other)s, service national, semble faire la même chose que %(about)s. "
            "Gardez les deux, masquez l'un ou retirez l'autre.",
            about=about,
            other=other,
        ),
    }


def likeness(value: Likeness) -> str:
    """Say in what two services are alike."""
    return {
        Likeness.TASK: _("le même besoin"),
        Likeness.ADDRESS: _("la même adresse"),
        Likeness.SOFTWARE: _("le même logiciel"),
        Likeness.TITLE: _("le même nom"),
        Likeness.KEYWORDS: _("les mêmes mots de recherche"),
    }[value]


def _fields(fields: tuple[str, ...]) -> str:
    return ", ".join(choice_words.field_name(name) for name in fields)


def reminder(item: Reminder) -> Item:
    """Word what comes back, ends or ended on a day."""
    day = dates.full_day(item.day)
    title = item.service.title
    words = {
        ReminderKind.REVIEW: _("À revoir depuis le %(day)s.", day=day)
        if item.due
        else _("À revoir le %(day)s.", day=day),
        ReminderKind.HIDING_ENDS: _("Masqué jusqu'au %(day)s, puis comme avant.", day=day),
        ReminderKind.HIDING_ENDED: _("N'est plus masqué depuis le %(day)s.", day=day),
        ReminderKind.SERVICE_ENDS: _("Le service ferme le %(day)s.", day=day),
        ReminderKind.HOSTING_ENDS: _("L'hébergement se termine le %(day)s.", day=day),
    }[item.kind]
    if item.provider:
        words = f"{words} {_('Hébergeur : %(name)s.', name=item.provider)}"
    return Item(title=title, text=words, service_id=item.service.id)


def difference_kind(kind: DifferenceKind) -> str:
    """Title those that differ in the same way."""
    return {
        DifferenceKind.HIDDEN: _("Masqués chez vous"),
        DifferenceKind.SHOWN: _("Proposés par la nation, affichés chez vous"),
        DifferenceKind.REWORDED: _("Avec vos mots"),
        DifferenceKind.RE_ADDRESSED: _("À votre adresse"),
        DifferenceKind.MOVED: _("Dans votre ordre"),
        DifferenceKind.LOCAL: _("Services de votre académie"),
        DifferenceKind.TEXT: _("Ce que votre académie dit d'elle"),
    }[kind]


def difference(item: Difference, words: Glossary) -> Item:
    """Word one difference: what, and what was said of it."""
    if item.kind is DifferenceKind.MOVED:
        many = ngettext("%(num)d service rangé", "%(num)d services rangés", item.places)
        return Item(title=many)
    if item.service is None:
        return Item(title=_fields(item.fields))
    text = {
        DifferenceKind.HIDDEN: _hidden(item, words),
        DifferenceKind.RE_ADDRESSED: ", ".join(item.fields),
    }.get(item.kind, _fields(item.fields))
    return Item(title=item.service.title, text=text, service_id=item.service.id)


def _hidden(item: Difference, words: Glossary) -> str:
    parts = []
    if item.replacement:
        other = words.titles.get(item.replacement, item.replacement)
        parts.append(_("À la place : %(other)s.", other=other))
    if item.word:
        parts.append(_("Mot aux collègues : « %(word)s »", word=item.word))
    if item.review_on:
        parts.append(_("À revoir le %(day)s.", day=dates.full_day(item.review_on)))
    if item.until:
        parts.append(_("Jusqu'au %(day)s.", day=dates.full_day(item.until)))
    return " ".join(parts)


def why(item: Difference) -> str:
    """Word why, as far as it was said."""
    reason = choice_words.reason(item.reason) if item.reason else ""
    return " · ".join(part for part in (reason, item.precision or "", item.why or "") if part)
