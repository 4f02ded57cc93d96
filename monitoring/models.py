"""Tables of the monitor: states, roll-ups, windows, incidents, outbox. Never one row per probe."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from database import Base, UtcDateTime

LEASE_ID = 1


class Target(Base):
    """One target and what is known of it: the columns of `Health`, empty before its first probe."""

    __tablename__ = "target"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    profile: Mapped[str] = mapped_column(String(60))
    labels: Mapped[dict[str, Any]] = mapped_column(JSON)
    watched: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False when nobody shows it any more: its history stays."""
    epoch: Mapped[int] = mapped_column(default=0)
    """Of the lease under which it was last written."""
    state: Mapped[str] = mapped_column(String(12), default="unknown")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(100))
    candidate: Mapped[str | None] = mapped_column(String(12))
    streak: Mapped[int] = mapped_column(default=0)
    candidate_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expected_end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[str | None] = mapped_column(String(100))
    latency_ms: Mapped[int | None]
    certificate_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    intermediate_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    silent: Mapped[str | None] = mapped_column(String(45))
    """An address, while others of the same name answer."""
    heard: Mapped[str | None] = mapped_column(String(12))
    """Verdict of the last probe, whatever the state; it holds until the next."""
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    maintenance_month: Mapped[str | None] = mapped_column(String(7))
    """ "2026-11": the month that `maintenance_seconds` counts in, in UTC."""
    maintenance_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """Maintenance in that month that the software declared and nobody announced."""


class LastProbe(Base):
    """What the last probe asked and got, for people: written when its verdict changes or grows old.

    `content`: {"parts": {part: verdict}, "steps": [...], "state": …, "reason": …, "message": …}.
    """

    __tablename__ = "last_probe"

    target_id: Mapped[int] = mapped_column(
        ForeignKey("target.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class History(Base):
    """Availability worked out from the roll-ups now and then, so that no page adds them up."""

    __tablename__ = "history"

    target_id: Mapped[int] = mapped_column(
        ForeignKey("target.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Transition(Base):
    """A change of state. After the last one that a day may hold comes one marked unstable."""

    __tablename__ = "transition"

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(100))
    unstable: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It changes too often: what follows on this day is not written down."""

    __table_args__ = (Index("ix_transition_target_id_at", "target_id", "at"),)


class _Rollup:
    """What was heard over a span of time; `bucket` is the instant divided by the span.

    Each result holds from its probe until the next one (until it is stale, at most). What is left
    of the span is unknown.
    """

    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up: Mapped[int]
    """Seconds, as the next three."""
    degraded: Mapped[int]
    down: Mapped[int]
    maintenance: Mapped[int]
    checks: Mapped[int]
    """Probes that told something."""
    failures: Mapped[int]
    """Those among them that found it down."""
    latency_sum: Mapped[int]
    """Milliseconds, of the results that have a latency."""
    latency_count: Mapped[int]
    latency_max: Mapped[int]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> dict[str, Any]:
        # The key is a third of the row: SQLite need not store it twice. PostgreSQL writes a
        # counter that grows in the place left free on its page.
        return {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 80}}


class FiveMinutes(_Rollup, Base):
    __tablename__ = "rollup_five_minutes"


class Hour(_Rollup, Base):
    __tablename__ = "rollup_hour"


class Day(_Rollup, Base):
    __tablename__ = "rollup_day"


class MonitorLease(Base):
    """One row: which process is the monitor, until when, and how it fares."""

    __tablename__ = "monitor_lease"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(100), default="")
    epoch: Mapped[int] = mapped_column(default=0)
    expires: Mapped[float] = mapped_column(default=0.0)
    """Seconds since 1970 on the database's own clock."""
    version: Mapped[str] = mapped_column(String(40), default="")
    cycles: Mapped[int] = mapped_column(BigInteger, default=0)
    probes: Mapped[int] = mapped_column(BigInteger, default=0)
    targets: Mapped[int] = mapped_column(default=0)
    refused_targets: Mapped[int] = mapped_column(default=0)
    lag_seconds: Mapped[float] = mapped_column(default=0.0)
    cycle_seconds: Mapped[float] = mapped_column(default=0.0)
    last_batch_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breaker_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the monitor doubts its own network; empty: it does not."""


class MaintenanceWindow(Base):
    """Work that somebody announced: once, or again every week or month at the same hour."""

    __tablename__ = "maintenance_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    """In calendars and feeds."""
    owner: Mapped[str] = mapped_column(String(70), index=True)
    """ "academie/<slug>" or "operator/<id>": who may change it."""
    scope: Mapped[str] = mapped_column(String(12))
    """`monitoring.maintenance.Scope`."""
    value: Mapped[str] = mapped_column(String(250))
    title: Mapped[str] = mapped_column(String(140))
    """Public, in the words of who declared it."""
    text: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Of the first occurrence."""
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    timezone: Mapped[str] = mapped_column(String(60))
    """In which an occurrence keeps its hour, summer and winter."""
    repeats: Mapped[str] = mapped_column(String(10), default="once", server_default="once")
    until: Mapped[date | None]
    """Last day on which an occurrence begins, in that zone."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """It was called off, or ended before its time: nothing of it holds from then on."""
    cuts: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Instants in UTC: the occurrence of each ended then, before its time; all others hold."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(200))


class Incident(Base):
    """Trouble of one target, or of several that share a cause."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    cause: Mapped[str] = mapped_column(String(12))
    """`monitoring.incidents.Cause`: what its targets share."""
    value: Mapped[str] = mapped_column(String(250), default="", server_default="")
    """Of that label: a host, a provider, what they depend on; empty for a lone target."""
    severity: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(20))
    """What people are at: `monitoring.incidents.Stage`."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    quiet_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """How long all must stay up before it closes; 0: nothing came back, it closes at once."""
    taken_by: Mapped[str | None] = mapped_column(String(200))
    """Who takes care of it."""
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nobody is reminded of it before, because somebody takes care."""


class IncidentTarget(Base):
    __tablename__ = "incident_target"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: still in trouble."""
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it last failed again; None: it failed once."""
    state: Mapped[str] = mapped_column(String(12))
    """The worst it was in."""


class IncidentMessage(Base):
    """One line of an incident's story."""

    __tablename__ = "incident_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(10))
    """ "probe" or "person"."""
    actor: Mapped[str] = mapped_column(String(200), default="", server_default="")
    stage: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(2000), default="", server_default="")
    """A person's words; empty for a probe's."""
    code: Mapped[str] = mapped_column(String(30), default="", server_default="")
    """What a probe saw: `monitoring.incidents.Seen`."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next news is promised."""


class Alert(Base):
    """The outbox: one message to one route, kept until it was handed over."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    """Told in the message: a repeated one carries the same."""
    subject: Mapped[str] = mapped_column(String(60))
    """ "incident/12", "network/<seconds since 1970>", "test/<number>"."""
    event: Mapped[str] = mapped_column(String(30))
    """ "opened", "closed-2", "network", "test": `monitoring.alerts.Kind`, and which time."""
    route: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody is handing it over; past that instant they died, and it may have arrived."""
    uncertain: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An earlier hand-over ended in silence: this one may be a repetition."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(300))
    """Of the last attempt; never an address, which may hold a secret."""

    __table_args__ = (
        UniqueConstraint("subject", "event", "route", name="uq_alert_once"),
        Index("ix_alert_sent_at_due_at", "sent_at", "due_at"),
    )
