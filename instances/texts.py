"""What an académie says of itself: delegation, help, welcome, what it puts forward, its logo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Model, Sentence, ShortText, Text
from instances.choices import Decision
from instances.days import Day
from instances.logo import Logo
from instances.models import InstanceLogo, InstanceText
from instances.schema import AcademyCard, HelpContact
from instances.stored import readable
from instances.versions import check_version


class TextField(StrEnum):
    """What may be said; the value is the key of its row."""

    DELEGATION = "delegation"
    HELP = "help"
    WELCOME = "welcome"
    SPOTLIGHT = "spotlight"


class Spotlight(Model):
    """A mise en avant: a few services under a title, for a time."""

    title: ShortText
    services: tuple[str, ...] = Field(min_length=3, max_length=6)
    """Ids, national or the académie's own."""
    starts: Day
    ends: Day | None = None
    """Last day, in the académie's zone."""

    @property
    def changes_on(self) -> tuple[date, ...]:
        """Return the days on which it appears and goes by itself."""
        gone = () if self.ends is None else (self.ends + timedelta(days=1),)
        return (self.starts, *gone)

    def holds_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Audited values over the card's; none: as the card says."""

    delegation: ShortText | None = None
    help: tuple[HelpContact, ...] | None = None
    welcome: Sentence | None = None
    spotlight: Spotlight | None = None
    logo: Logo | None = None


class _Delegation(Model):
    value: ShortText


class _Help(Model):
    value: tuple[HelpContact, ...]


class _Welcome(Model):
    value: Sentence


class _Spotlight(Model):
    value: Spotlight


SHAPES: Mapping[TextField, type[Model]] = {
    TextField.DELEGATION: _Delegation,
    TextField.HELP: _Help,
    TextField.WELCOME: _Welcome,
    TextField.SPOTLIGHT: _Spotlight,
}


class TextError(Exception):
    """Something that an académie cannot say of itself; `code` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)


Value = Text | Spotlight | tuple[HelpContact, ...]


@dataclass(frozen=True, kw_only=True)
class Saying:
    """One field, as an académie wants to say it from now on."""

    field: TextField
    value: Value | None
    """None: as the card says again."""
    seen: int | None = None
    """Version that was looked at; 0: there was none."""
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class LastWord:
    """Who touched a field last, when and why."""

    actor: str
    at: datetime
    reason: str | None


def say(session: Session, saying: Saying, *, by: Decision) -> None:
    """Write it down, with one line of the journal.

    Raises ChangedMeanwhileError, and pydantic's ValidationError for what has not the field's
    shape. The row stays when the card's value holds again: it counts the versions.
    """
    row = find_row(session, by.academie, saying.field)
    check_version(row, saying.seen)
    value = _dumped(saying)
    before = row.value if row is not None else None
    if value == before:
        return
    if row is None:
        row = InstanceText(academie=by.academie, field=saying.field, version=0)
        session.add(row)
    row.value, row.version = value, row.version + 1
    row.updated_at, row.updated_by = by.now, by.actor
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event="text.as-the-card" if value is None else "text.changed",
        subject=subject_of(saying.field),
        before=_told(before),
        after=_told(value),
        reason=saying.reason,
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)


def find_row(session: Session, academie: str, field: TextField) -> InstanceText | None:
    """Return the row of a field; locked, where a database knows how, until the decision stands."""
    return session.get(InstanceText, (academie, field.value), with_for_update=True)


def subject_of(field: TextField) -> str:
    """Return what the journal calls a field."""
    return f"text/{field}"


def check_spotlight(spotlight: Spotlight, *, known: Collection[str], today: date) -> None:
    """Raise TextError when it could not be shown as it stands; `known`: what is shown here."""
    if len(set(spotlight.services)) < len(spotlight.services):
        raise TextError("twice-the-same")
    missing = [item for item in spotlight.services if item not in known]
    if missing:
        raise TextError("unknown-service", found=", ".join(missing))
    if spotlight.ends is not None and spotlight.ends < spotlight.starts:
        raise TextError("ends-before-start")
    if spotlight.ends is not None and spotlight.ends < today:
        raise TextError("already-over")


def last_words(session: Session, academie: str) -> dict[str, LastWord]:
    """Read who touched each field last, by the subject that the journal gives it."""
    line = journal.JournalLine
    newest = (
        select(func.max(line.id))
        .where(line.academie == academie, line.subject.like("text/%") | (line.subject == "logo"))
        .group_by(line.subject)
    )
    rows = session.scalars(select(line).where(line.id.in_(newest)))
    return {row.subject: LastWord(actor=row.actor, at=row.at, reason=row.reason) for row in rows}


def _dumped(saying: Saying) -> Any:
    if saying.value is None:
        return None
    shaped = SHAPES[saying.field].model_validate({"value": saying.value})
    return shaped.model_dump(mode="json", exclude_none=True)["value"]


def _told(value: Any) -> Any:
    """Return what the journal keeps, which is for ever: of an address of mail, its domain."""
    if not isinstance(value, list):
        return value
    return [
        contact | {"email": "…@" + contact["email"].partition("@")[2]}
        if contact.get("email")
        else contact
        for contact in value
    ]


def with_texts(card: AcademyCard, texts: Texts) -> AcademyCard:
    """Return the card with what the académie says instead."""
    said = {"delegation": texts.delegation, "help": texts.help}
    changes = {name: value for name, value in said.items() if value is not None}
    return card.model_copy(update=changes) if changes else card


def read_texts(session: Session) -> dict[str, Texts]:
    """Read what every académie says of itself, by slug."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in session.scalars(select(InstanceText)):
        field = row.field
        if field in SHAPES and row.value is not None:
            read = readable(
                SHAPES[TextField(field)], {"value": row.value}, f"text {row.academie}/{field}"
            )
            if read is not None:
                found[row.academie][field] = read.value  # type: ignore[attr-defined]
    for logo in session.scalars(select(InstanceLogo)):
        found[logo.academie]["logo"] = Logo(
            media_type=logo.media_type,
            content=logo.content,
            width=logo.width,
            height=logo.height,
        )
    return {academie: Texts(**values) for academie, values in found.items()}
