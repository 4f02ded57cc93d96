"""The database: naming of constraints, engine, sessions, instants in UTC; nothing of our tables."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine.interfaces import Dialect

Insert = postgresql.Insert | sqlite.Insert
BUSY_TIMEOUT_MS = 5000
_POSTGRES = {
    "connect_timeout": 3,
    # A server whose machine vanished is given up after seconds; the system waits a quarter hour.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"An instant without a time zone cannot be stored: {value!r}.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def make_engine(url: str) -> Engine:
    """Make an engine; to be called after a fork, never shared between processes."""
    if not url.startswith("sqlite"):
        options: dict[str, Any] = {"pool_pre_ping": True, "connect_args": _POSTGRES}
    else:
        options = {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    # What a statement was given (mails, tokens, what people typed) is no matter for a log.
    engine = create_engine(url, hide_parameters=True, **options)
    if not url.startswith("sqlite"):
        return engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open a session that may write; commits at the end, rolls back on an exception.

    On SQLite its transaction begins with BEGIN IMMEDIATE: a reader that turns into a writer
    half-way could be refused without waiting.
    """
    with sessions() as session:
        session.connection(execution_options={"trousse_writes": True})
        yield session
        session.commit()


def insert_for(session: Session) -> Callable[[Any], Insert]:
    """Return the INSERT that knows ON CONFLICT: SQLite and PostgreSQL spell it alike."""
    dialect = session.get_bind().dialect.name
    return sqlite.insert if dialect == "sqlite" else postgresql.insert


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver begins no transaction by itself: _begin_sqlite says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("trousse_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
