"""Alerts as values: what a row of the outbox tells, which route wants it, when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitoring.alert_routes import Route, Topic
from monitoring.incidents import IncidentView, Severity
from monitoring.models import Alert

INCIDENT = "incident/"
NETWORK = "network/"
TEST = "test/"
MOST_TARGETS = 20
"""Named in one message."""
FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(hours=1)


class Kind(StrEnum):
    """What a message tells: the first part of a row's `event`, before its number."""

    OPENED = "opened"
    PASSED = "passed"
    """It opened and closed before anything was said: one message tells both."""
    WORSE = "worse"
    REMINDER = "reminder"
    CLOSED = "closed"
    NETWORK = "network"
    NETWORK_PASSED = "network_passed"
    NETWORK_BACK = "network_back"
    TEST = "test"


TOPICS: Mapping[Kind, Topic] = {
    Kind.OPENED: Topic.OPENED,
    Kind.PASSED: Topic.OPENED,
    Kind.WORSE: Topic.WORSE,
    Kind.REMINDER: Topic.REMINDER,
    Kind.CLOSED: Topic.CLOSED,
    Kind.NETWORK: Topic.NETWORK,
    Kind.NETWORK_PASSED: Topic.NETWORK,
    Kind.NETWORK_BACK: Topic.NETWORK,
}
ENDS = frozenset({Kind.CLOSED, Kind.PASSED})


@dataclass(frozen=True, kw_only=True)
class Said:
    """A row of the outbox as whoever words it needs it."""

    uid: str
    subject: str
    kind: Kind
    content: Mapping[str, Any]
    at: datetime
    """When it was written."""
    uncertain: bool = False
    """An earlier hand-over ended in silence: it may have arrived."""

    @property
    def number(self) -> int:
        """Of the incident, or of the test."""
        return number_of(self.subject)

    @property
    def is_major(self) -> bool:
        return is_major(self.content)


class Tone(StrEnum):
    """What a room colours a message by."""

    INFO = "info"
    TROUBLE = "trouble"
    FAILURE = "failure"
    RELIEF = "relief"


@dataclass(frozen=True, kw_only=True)
class Message:
    """An alert in words."""

    title: str
    text: str
    """Plain."""
    tone: Tone = Tone.INFO


def said(row: Alert) -> Said:
    return Said(
        uid=row.uid,
        subject=row.subject,
        kind=kind_of(row.event),
        content=row.content,
        at=row.created_at,
        uncertain=row.uncertain,
    )


def number_of(subject: str) -> int:
    return int(subject.rpartition("/")[2])


def kind_of(event: str) -> Kind:
    return Kind(event.partition("-")[0])


def event_name(kind: Kind, number: int = 1) -> str:
    """Name an event within its subject: "opened", then "opened-2" when it opens again."""
    return kind.value if number == 1 else f"{kind.value}-{number}"


def content_of(view: IncidentView, *, merged_into: int | None = None) -> dict[str, Any]:
    """Return what a message needs of an incident: the labels of its targets and no address.

    As long as it is open, those that are well again are not named.
    """
    named = [item for item in view.targets if item.until is None] or view.targets
    targets = [
        {
            "backend": list(item.labels.get("backend", ())),
            "service": list(item.labels.get("service", ())),
            "state": item.state.value,
            "since": item.failed_at.timestamp(),
            "until": None if item.until is None else item.until.timestamp(),
            "reason": item.reason if item.until is None else "",
        }
        for item in named[:MOST_TARGETS]
    ]
    return {
        "uid": view.uid,
        "cause": view.cause.value,
        "value": view.value,
        "severity": view.severity.value,
        "opened_at": view.opened_at.timestamp(),
        "closed_at": None if view.closed_at is None else view.closed_at.timestamp(),
        "merged_into": merged_into,
        "unwatched": view.is_unwatched,
        "quiet_seconds": view.quiet_seconds,
        "taken_at": None if view.taken_at is None else view.taken_at.timestamp(),
        "targets": targets,
        "sharing": sum(view.shares(item) for item in named),
        "more": max(0, len(named) - MOST_TARGETS),
        "operator": _labels(view, "operator"),
        "academie": _labels(view, "academie"),
    }


def with_the_targets_of(told: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    names = ("targets", "more", "sharing", "operator", "academie")
    return {**content, **{name: told[name] for name in names}}


def is_major(content: Mapping[str, Any]) -> bool:
    return content.get("severity") == Severity.MAJOR


def wants(route: Route, kind: Kind, content: Mapping[str, Any]) -> bool:
    """Tell whether a route is to be told of this; a test goes to whoever is tested."""
    if kind is Kind.TEST:
        return True
    if TOPICS[kind] not in route.events:
        return False
    if TOPICS[kind] is Topic.NETWORK:
        return True
    return concerns(route, content)


def concerns(route: Route, content: Mapping[str, Any]) -> bool:
    """Tell whether an incident is one of those that a route is about."""
    return (
        content["severity"] in route.severities
        and _meets(route.operators, content["operator"])
        and _meets(route.academies, content["academie"])
    )


def due(route: Route, kind: Kind, content: Mapping[str, Any], *, now: datetime) -> datetime:
    """Return when a message may first go out."""
    if kind is Kind.TEST:
        return now
    delay = timedelta(minutes=route.delay_minutes if kind is Kind.OPENED else 0)
    return route.quiet_until(now + delay, major=is_major(content))


def reminder_number(route: Route, told_at: datetime, *, now: datetime) -> int:
    """Return how many reminders are due since a route was told; 0: none yet."""
    if route.reminder_hours is None:
        return 0
    return int((now - told_at) / timedelta(hours=route.reminder_hours))


def says_enough(row: Alert, route: Route, *, now: datetime) -> bool:
    """Tell whether a message makes a reminder needless: it waits, or told of worse lately."""
    if row.sent_at is None:
        return True
    pause = timedelta(hours=route.reminder_hours or 0)
    return kind_of(row.event) is Kind.WORSE and now - row.sent_at < pause


def next_try(attempts: int, *, now: datetime, chance: float) -> datetime:
    """Return when to try again after so many attempts; `chance`, from 0 to 1, spreads them."""
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 16))
    spread: timedelta = wait * (0.75 + 0.25 * chance)
    return now + spread


def _labels(view: IncidentView, name: str) -> list[str]:
    found = {value for item in view.targets for value in item.labels.get(name, ())}
    return sorted(found)


def _meets(wanted: Sequence[str] | None, found: Sequence[str]) -> bool:
    return wanted is None or bool(set(wanted) & set(found))
