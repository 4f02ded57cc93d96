"""What an import or a copy would change, in words: subject by subject, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.changes import ChangeKind
from catalogue.problems import Problem
from instances.exchange_changes import Change, Notice, NoticeKind, Part
from instances.exchange_copy import CopyPart
from instances.models import HideReason
from web import problem_words
from web.admin import choice_words, journal_words
from web.admin.journal_values import Told, tell
from web.admin.journal_words import Glossary
from web.translation import gettext as _
from web.translation import ngettext

MOST_LINES = 12
_LONGEST_TITLE = 80


@dataclass(frozen=True, kw_only=True)
class Line:
    kind: str
    """What becomes of it."""
    tag: str
    """Suffix of its class."""
    title: str
    told: tuple[Told, ...]
    more: int = 0
    """Lines that are not shown."""


@dataclass(frozen=True, kw_only=True)
class Group:
    title: str
    lines: tuple[Line, ...]


def groups(found: Iterable[Change], words: Glossary) -> tuple[Group, ...]:
    """Put changes together by what they are about, in the order of the desk's menu."""
    by_part: dict[Part, list[Line]] = {part: [] for part in Part}
    for change in found:
        by_part[change.part].append(_line(change, words))
    titles = {
        Part.CHOICE: _("Services"),
        Part.LOCAL_SERVICE: _("Nos services à nous"),
        Part.TEXT: _("Notre académie"),
        Part.ANNOUNCEMENT: _("Annonces"),
    }
    return tuple(
        Group(title=titles[part], lines=tuple(lines)) for part, lines in by_part.items() if lines
    )


def _line(change: Change, words: Glossary) -> Line:
    told = _told(change, words)
    kinds = {
        ChangeKind.ADDED: (_("Ajouté"), "shown"),
        ChangeKind.REMOVED: (_("Retiré"), "hidden"),
        ChangeKind.CHANGED: (_("Changé"), "waiting"),
    }
    if change.part is Part.CHOICE:
        # The choice comes or goes, not the service that is named above it.
        kinds[ChangeKind.ADDED] = kinds[ChangeKind.CHANGED]
        kinds[ChangeKind.REMOVED] = (_("Comme au niveau national"), "shown")
    kind, tag = kinds[change.kind]
    return Line(
        kind=kind,
        tag=tag,
        title=_title(change, words),
        told=told[:MOST_LINES],
        more=max(0, len(told) - MOST_LINES),
    )


def _title(change: Change, words: Glossary) -> str:
    if change.part is Part.TEXT:
        return choice_words.field_name(change.subject)
    if change.part is Part.ANNOUNCEMENT:
        text = " ".join(change.subject.split())
        return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
    for entry in (change.after, change.before):
        inside = entry if isinstance(entry, Mapping) else {}
        title = (inside.get("published") or inside.get("draft") or {}).get("title")
        if title:
            return str(title)
    return journal_words.subject(change.subject, words)


def _told(change: Change, words: Glossary) -> tuple[Told, ...]:
    before, after = _shown(change.before), _shown(change.after)
    reasons = _reasons(before, after) if change.part is Part.CHOICE else ()
    return (*tell(before, after, words), *reasons)


def _shown(value: Any) -> Any:
    """Leave out what would fill the screen: a picture is told by its size."""
    if isinstance(value, Mapping) and "media_type" in value:
        return {"title": f"{value['width']} × {value['height']}, {value['media_type']}"}
    return value


def _reasons(before: Any, after: Any) -> Iterable[Told]:
    """Say why, which the journal says apart from what changed."""
    for name in ("reason", "precision"):
        values = [_reason(name, (entry or {}).get(name)) for entry in (before, after)]
        if values[0] != values[1]:
            yield Told(label=choice_words.field_name(name), before=values[0], after=values[1])


def _reason(name: str, value: str | None) -> str:
    if value is None:
        return ""
    if name == "reason" and value in set(HideReason):
        return choice_words.reason(HideReason(value))
    return str(value)


def count(found: Iterable[Change]) -> str:
    n = len(tuple(found))
    if n == 0:
        return _("Rien ne changerait : tout est déjà ainsi.")
    return ngettext("%(num)d réglage changerait.", "%(num)d réglages changeraient.", n)


def notice(found: Notice, words: Glossary) -> str:
    title = journal_words.subject(found.service_id, words)
    return {
        NoticeKind.UNKNOWN_SERVICE: _(
            "Le service « %(title)s » n'existe pas ici : son réglage est gardé, sans effet.",
            title=found.service_id,
        ),
        NoticeKind.REQUIRED: _(
            "Le service « %(title)s » est obligatoire : il reste affiché.", title=title
        ),
    }[found.kind]


def problem(found: Problem) -> str:
    """Say where and what is wrong with a file, and what to do."""
    place = _("Ligne %(line)d, colonne %(column)d", line=found.line, column=found.column)
    path = f" ({found.path})" if found.path else ""
    return _(
        "%(place)s : %(words)s",
        place=f"{place}{path}",
        words=problem_words.sentence(found.code, found.values),
    )


def copy_part(part: CopyPart) -> str:
    return {
        CopyPart.VISIBILITY: _("Ce qui est affiché ou masqué, et le service à la place"),
        CopyPart.WORDING: _("Les textes des services"),
        CopyPart.ORDER: _("L'ordre des services"),
        CopyPart.ADDRESSES: _("Les adresses propres à cette académie"),
        CopyPart.WORDS: _("Les mots aux collègues"),
        CopyPart.LOCAL_SERVICES: _("Les services que cette académie a ajoutés"),
        CopyPart.TEXTS: _("Le mot de bienvenue et la mise en avant"),
        CopyPart.ANNOUNCEMENTS: _("Les annonces en cours"),
    }[part]
