"""What a file, or another académie's choices, would change: typed, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from catalogue.changes import ChangeKind
from instances.exchange_file import write_file
from instances.exchange_values import Decisions, Entry


class Part(StrEnum):
    CHOICE = "choice"
    LOCAL_SERVICE = "local-service"
    TEXT = "text"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, kw_only=True)
class Change:
    kind: ChangeKind
    part: Part
    subject: str
    """Id of a service, name of a text, or the text of an announcement."""
    before: Any = None
    """The whole entry; none where there was nothing."""
    after: Any = None

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """Say what differs inside, field by field."""
        return tuple(_fields(self.before, self.after))


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    field: str
    """Such as `until` or `wording.task`."""
    before: Any = None
    after: Any = None


def changes(before: Decisions, after: Decisions) -> tuple[Change, ...]:
    """List what one must know to go from one to the other."""
    own = after.academie
    return (
        *_entries(Part.CHOICE, before.choices, after.choices),
        *_entries(Part.LOCAL_SERVICE, _full(before, own), _full(after, own)),
        *_entries(Part.TEXT, before.texts, after.texts),
        *_announcements(before.announcements, after.announcements),
    )


def _full(decisions: Decisions, academie: str) -> dict[str, Entry]:
    return {f"{academie}.{name}": entry for name, entry in decisions.local_services.items()}


def _entries(part: Part, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        change = _change(part, name, old.get(name), new.get(name))
        if change is not None:
            yield change


def _announcements(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    for was, becomes in pairs(old, new):
        left = None if was is None else old[was]
        right = None if becomes is None else new[becomes]
        subject = str((right or left or {}).get("text", ""))
        change = _change(Part.ANNOUNCEMENT, subject, left, right)
        if change is not None:
            yield change


def _change(part: Part, subject: str, before: Any, after: Any) -> Change | None:
    if before == after:
        return None
    kind = ChangeKind.CHANGED
    if before is None:
        kind = ChangeKind.ADDED
    elif after is None:
        kind = ChangeKind.REMOVED
    return Change(kind=kind, part=part, subject=subject, before=before, after=after)


def pairs(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[tuple[int | None, int | None], ...]:
    """Say which announcement is which: alike, else of the same text or the same start.

    Positions in `old` and `new`; none on one side for what goes or comes.
    """
    left, right = dict(enumerate(old)), dict(enumerate(new))
    found: list[tuple[int | None, int | None]] = []
    for alike in (_equal, _same_text, _same_start):
        for position, entry in list(right.items()):
            match = next((n for n, other in left.items() if alike(other, entry)), None)
            if match is not None:
                found.append((match, position))
                del left[match], right[position]
    return (*found, *((n, None) for n in left), *((None, n) for n in right))


def _equal(one: Entry, other: Entry) -> bool:
    return one == other


def _same_text(one: Entry, other: Entry) -> bool:
    return bool(one.get("text") == other.get("text"))


def _same_start(one: Entry, other: Entry) -> bool:
    return bool(one.get("starts_at") == other.get("starts_at"))


def _fields(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    if before == after:
        return
    left, right = _inside(before, after), _inside(after, before)
    if left is None or right is None:
        yield FieldChange(field=path, before=before, after=after)
        return
    for name in dict.fromkeys((*right, *left)):
        inner = f"{path}.{name}" if path else str(name)
        yield from _fields(left.get(name), right.get(name), inner)


def _inside(value: Any, other: Any) -> Mapping[str, Any] | None:
    if value is None and isinstance(other, Mapping):
        return {}
    return value if isinstance(value, Mapping) else None


def fingerprint(decisions: Decisions) -> str:
    """Return what is the same as long as nobody decided anything."""
    return sha256(write_file(decisions).encode()).hexdigest()


class NoticeKind(StrEnum):
    """What is kept although it does nothing here and now."""

    UNKNOWN_SERVICE = "unknown-service"
    """Neither in the national catalogue nor among the académie's own services."""
    REQUIRED = "required"
    """Hidden in the file, and shown all the same: the nation requires it."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    kind: NoticeKind
    service_id: str


def notices(
    decisions: Decisions, *, known: Iterable[str], required: Iterable[str]
) -> tuple[Notice, ...]:
    """Report what leads nowhere here; `known` are the ids of the national catalogue."""
    own = {f"{decisions.academie}.{name}" for name in decisions.local_services}
    unknown = sorted(mentioned(decisions) - own - set(known))
    hidden = {name for name, entry in decisions.choices.items() if is_hidden(entry)}
    return (
        *(Notice(kind=NoticeKind.UNKNOWN_SERVICE, service_id=name) for name in unknown),
        *(
            Notice(kind=NoticeKind.REQUIRED, service_id=name)
            for name in sorted(hidden & set(required))
        ),
    )


def is_hidden(entry: Entry) -> bool:
    return entry.get("visibility") == "hidden"


def mentioned(decisions: Decisions) -> set[str]:
    """Return the ids of all services that the decisions speak of."""
    found = set(decisions.choices)
    found |= {str(entry.get("replacement_service", "")) for entry in decisions.choices.values()}
    found |= {str(entry.get("service_id", "")) for entry in decisions.announcements}
    found |= set(decisions.texts.get("spotlight", {}).get("services", ()))
    return found - {""}
