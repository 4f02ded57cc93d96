"""What screens show of incidents: a row of a list, lines of a story, targets, signals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitoring.incidents import OF_CARE, Affected, IncidentView, Message, Severity, Source
from monitoring.target import State
from web import incident_takers, incident_words
from web.admin.actors import say_actor
from web.incident_names import Names, instant, span
from web.ops.fleet_words import reason_words
from web.state_words import state_name
from web.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a screen knows when it shows an incident."""

    names: Names
    zone: ZoneInfo
    now: datetime

    def when(self, at: datetime) -> str:
        return instant(at, self.zone, self.now)

    def promise(self, at: datetime | None) -> str:
        return incident_words.next_news(at, self.zone, self.now) if at else ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One incident of a list."""

    item: IncidentView
    title: str
    backends: str
    """A few of them by their public ids: two servers of one service are told apart."""
    severity: str
    state: State
    """Whose drawing and colour it has."""
    span: str
    progress: str
    cause: str
    academies: int
    promised: str
    taken: str
    """Who takes care; empty: nobody."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an incident's story."""

    when: str
    at: datetime
    source: str
    author: str
    stage: str
    text: str
    typed: bool
    promised: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """One target of an incident."""

    title: str
    backends: tuple[str, ...]
    worst: str
    state: State
    since: str
    until: str
    """Empty: still in trouble."""
    why: str
    """By the last probe; empty once its trouble is over."""
    academies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """What people signalled of one service."""

    title: str
    people: int
    since: str


def row(sight: Sight, item: IncidentView, *, takers: Mapping[str, str]) -> Row:
    shown = sight.names.shown(item)
    return Row(
        item=item,
        title=sight.names.title(item),
        backends=incident_words.listed(name for it in shown for name in sight.names.backends(it)),
        severity=_severity(item),
        state=_state(item),
        span=span(item, sight.zone, sight.now),
        progress=incident_words.progress(item),
        cause=sight.names.cause(item),
        academies=len(sight.names.academies(shown)),
        promised=sight.promise(item.next_at if item.is_open else None),
        taken=incident_takers.say(item, takers, sight.zone, sight.now),
    )


def _severity(item: IncidentView) -> str:
    return _("Revenu, à confirmer") if item.is_back else incident_words.gravity(item)


def _state(item: IncidentView) -> State:
    if not item.is_open or item.is_back:
        return State.UP
    return State.DOWN if item.severity is Severity.MAJOR else State.DEGRADED


def places(sight: Sight, item: IncidentView) -> list[Place]:
    return [_place(sight, affected) for affected in sight.names.shown(item)]


def _place(sight: Sight, affected: Affected) -> Place:
    return Place(
        title=incident_words.listed(sight.names.services([affected]).values()),
        backends=sight.names.backends(affected),
        worst=state_name(affected.state),
        state=affected.state,
        since=sight.when(affected.since if affected.until else affected.failed_at),
        until=sight.when(affected.until) if affected.until else "",
        why=reason_words(affected.reason, affected.state) if affected.until is None else "",
        academies=tuple(sight.names.academies([affected])),
    )


def told(item: IncidentView, of_care: Iterable[Message]) -> list[Message]:
    """Return its whole story, with who took care of it, the oldest first."""
    return sorted((*item.messages, *of_care), key=lambda message: message.at)


def lines(
    sight: Sight,
    item: IncidentView,
    told: Sequence[Message],
    *,
    actors: Mapping[str, str],
    people: Mapping[str, str],
) -> Iterator[Line]:
    """Yield the newest first; `actors` by line, `people` their names."""
    for message in reversed(told):
        actor = actors.get(message.uid)
        line = _line(sight, item, message, author=say_actor(actor, people) if actor else "")
        if message.code in OF_CARE:
            line = replace(line, text=incident_takers.say_line(message, people))
        if line.text:
            yield line


def _line(sight: Sight, item: IncidentView, message: Message, *, author: str) -> Line:
    typed = message.source is Source.PERSON and message.code is None
    return Line(
        when=sight.when(message.at),
        at=message.at,
        source=incident_words.source(message.source),
        author=author,
        stage=incident_words.stage(message.stage) if message.stage else "",
        text=message.text if typed else sight.names.told(item, message),
        typed=typed,
        promised=sight.promise(message.next_at),
    )


def complaints(sight: Sight, item: IncidentView) -> Iterator[Complaint]:
    """Yield what people said lately of its services, anywhere."""
    signals = sight.names.snapshot.signals
    for service_id, title in sight.names.services(sight.names.shown(item)).items():
        said = [it for (_slug, name), it in signals.items() if name == service_id]
        if said:
            since = sight.when(min(it.since for it in said))
            yield Complaint(title=title, people=sum(it.n for it in said), since=since)
