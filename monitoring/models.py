"""Tables of the monitor: current state, transitions, roll-ups, lease. Never one row per probe."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, false, true
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
    """Results counted over a span of time; `bucket` is the instant divided by the span."""

    target_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up: Mapped[int]
    degraded: Mapped[int]
    down: Mapped[int]
    maintenance: Mapped[int]
    unknown: Mapped[int]
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
