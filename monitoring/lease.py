"""One monitor at a time: a lease in the database, on the database's clock, with an epoch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Float, literal_column, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from database import insert_for
from monitoring.models import LEASE_ID, MonitorLease

LEASE_SECONDS = 15.0
RENEW_SECONDS = 5.0


class LeaseLostError(Exception):
    """Somebody else is the monitor now: what this process knows must not be written."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    holder: str
    epoch: int
    """Grows each time the lease changes hands or is taken anew."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the monitor says of itself."""

    held: bool
    """Somebody is the monitor at this moment."""
    epoch: int
    version: str
    cycles: int
    """Batches written, since ever."""
    probes: int
    """Since ever."""
    targets: int
    refused_targets: int
    lag_seconds: float
    """How late the latest probe of the last batch began."""
    cycle_seconds: float
    """Duration of the last pass over the monitor's steps."""
    last_batch_at: datetime | None
    breaker_since: datetime | None
    holder: str = ""
    """Host and process of the last monitor; empty when it ended in good order."""


class DatabaseClock(FunctionElement[float]):
    """Seconds since 1970, now, as the database sees it: the clocks of two nodes may differ."""

    type = Float()
    inherit_cache = True


@compiles(DatabaseClock, "sqlite")
def _sqlite_clock(_element: Any, _compiler: SQLCompiler, **_options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseClock, "postgresql")
def _postgresql_clock(_element: Any, _compiler: SQLCompiler, **_options: Any) -> str:
    return "extract(epoch from clock_timestamp())::double precision"


def take(session: Session, holder: str, *, version: str = "") -> Lease | None:
    """Become the monitor if nobody is; the caller commits before it relies on the answer."""
    insert = insert_for(session)
    empty = insert(MonitorLease).values(id=LEASE_ID).on_conflict_do_nothing()
    session.execute(empty)
    row = MonitorLease
    statement = (
        update(row)
        .where(row.id == LEASE_ID, or_(row.holder == "", row.expires < DatabaseClock()))
        .values(
            holder=holder,
            epoch=row.epoch + 1,
            expires=DatabaseClock() + literal_column(str(LEASE_SECONDS)),
            version=version,
        )
        .returning(row.epoch)
    )
    epoch = session.scalar(statement)
    return None if epoch is None else Lease(holder=holder, epoch=epoch)


def renew(session: Session, lease: Lease) -> bool:
    """Return False when the lease has run out: it must then be taken anew."""
    return _touch(session, lease, {"expires": DatabaseClock() + literal_column(str(LEASE_SECONDS))})


def fence(session: Session, lease: Lease, **figures: Any) -> None:
    """Begin a transaction of the monitor: to be called before anything is written in it.

    Locks the lease until the commit, so that nobody takes it half-way, and writes the monitor's
    own figures. Raises LeaseLostError when the lease has run out.
    """
    if not _touch(session, lease, {"epoch": MonitorLease.epoch, **figures}):
        raise LeaseLostError(f"{lease.holder} is no longer the monitor (epoch {lease.epoch}).")


def release(session: Session, lease: Lease) -> None:
    """Let another monitor begin without waiting for the lease to run out."""
    _touch(session, lease, {"holder": "", "expires": 0.0})


def read_figures(session: Session) -> Figures | None:
    """Return how the monitor fares; none when no monitor ever ran."""
    row = MonitorLease
    columns = [getattr(row, field.name) for field in fields(Figures) if field.name != "held"]
    held = (row.holder != "") & (row.expires > DatabaseClock())
    found = session.execute(select(*columns, held.label("held")).where(row.id == LEASE_ID))
    line = found.mappings().one_or_none()
    return None if line is None else Figures(**{**line, "held": bool(line["held"])})


def _touch(session: Session, lease: Lease, values: dict[str, Any]) -> bool:
    row = MonitorLease
    statement = (
        update(row)
        .where(
            row.id == LEASE_ID,
            row.holder == lease.holder,
            row.epoch == lease.epoch,
            row.expires > DatabaseClock(),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = session.execute(statement)
    return bool(result.rowcount == 1)
