"""What an incident is: trouble of one target, or of several that share a cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from monitoring.target import State


class Cause(StrEnum):
    """What the targets of an incident share."""

    TARGET = "target"
    """Nothing: it is about one target alone."""
    HOST = "host"
    PROVIDER = "provider"
    DEPENDS_ON = "depends-on"


class Severity(StrEnum):
    MINOR = "minor"
    """Disturbed."""
    MAJOR = "major"
    """Down."""


class Stage(StrEnum):
    """What people are at, in the words of status pages everywhere."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Source(StrEnum):
    PROBE = "probe"
    PERSON = "person"


class Seen(StrEnum):
    """What a line without typed words says; `content` holds its values."""

    OPENED = "opened"
    """{"targets": keys}."""
    REOPENED = "reopened"
    """One of its targets had come up less than two hours before: {"targets": keys}."""
    JOINED = "joined"
    """More targets: {"targets": keys}."""
    LEFT = "left"
    """These are up again, others are not: {"targets": keys}; with `UNWATCHED` nobody knows."""
    WORSE = "worse"
    BETTER = "better"
    WIDENED = "widened"
    """What they share became clear: {"cause": …, "value": …}."""
    CLOSED = "closed"
    """Empty; or `UNWATCHED`: nobody looks any more, so nobody knows whether it works again."""
    MERGED = "merged"
    """Others were put into this one: {"incidents": numbers}."""
    TAKEN = "taken"
    """By a person: takes care of it, {"before": who did until then, or none}."""
    LET_GO = "let-go"
    """By a person: takes care no longer, {"before": who}."""


OF_CARE = (Seen.TAKEN, Seen.LET_GO)
"""Lines for those who mend things: never on public pages, nor in what these are made from."""


UNWATCHED: Mapping[str, Any] = MappingProxyType({"unwatched": True})


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line that a batch wrote into an incident's story, for whoever is to be told of it."""

    kind: Seen
    incident_id: int
    message_id: int
    """Of the line: no other event has it."""
    at: datetime
    severity: Severity
    """After the whole batch."""
    cause: Cause
    value: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One line of an incident's story."""

    uid: str
    at: datetime
    source: Source
    stage: Stage | None = None
    text: str = ""
    """A person's words, plain text."""
    code: Seen | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Affected:
    """A target in an incident."""

    key: str
    labels: Mapping[str, tuple[str, ...]]
    since: datetime
    until: datetime | None
    state: State
    reason: str = ""
    """Why, by the last probe: a code, as `ProbeResult.reason`."""
    again_at: datetime | None = None
    """When it last failed again, after it was up in between."""

    @property
    def failed_at(self) -> datetime:
        """Return since when it fails now, or failed the last time."""
        return self.again_at or self.since


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    id: int
    uid: str
    cause: Cause
    value: str
    severity: Severity
    stage: Stage
    opened_at: datetime
    closed_at: datetime | None
    version: int
    updated_at: datetime
    targets: tuple[Affected, ...]
    messages: tuple[Message, ...]
    """Oldest first."""
    quiet_seconds: int = 0
    """How long all must stay up before it closes: grows when they fail again."""
    taken_by: str = ""
    """Who takes care of it: for those who run things, never for public pages."""
    taken_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def up_since(self) -> datetime | None:
        """Return when the last of its targets came up; none: not all have."""
        ends = [item.until for item in self.targets]
        known = [end for end in ends if end is not None]
        return self.closed_at or (max(known) if known and None not in ends else None)

    @property
    def is_unstable(self) -> bool:
        """Tell whether something in it came up and failed again."""
        return self.quiet_seconds > 0

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(item.key for item in self.targets)

    @property
    def is_back(self) -> bool:
        """Tell whether it waits for nothing but to see that all its targets stay up."""
        return self.is_open and all(item.until is not None for item in self.targets)

    def shares(self, item: Affected) -> bool:
        """Tell whether a target has the common cause: chains of causes bring in others."""
        if self.cause is Cause.TARGET:
            return True
        names = (self.cause, "service") if self.cause is Cause.DEPENDS_ON else (self.cause,)
        return any(self.value in item.labels.get(name, ()) for name in names)

    @property
    def is_unwatched(self) -> bool:
        """Tell whether it closed because nobody looks any more."""
        ends = [item.content for item in self.messages if item.code is Seen.CLOSED]
        return not self.is_open and bool(ends and ends[-1].get("unwatched"))

    @property
    def next_at(self) -> datetime | None:
        """When the next news is promised, by the latest message of a person's."""
        said = [item for item in self.messages if item.source is Source.PERSON]
        return said[-1].next_at if said else None
