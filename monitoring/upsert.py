"""INSERT … ON CONFLICT for the database at hand: SQLite and PostgreSQL spell it alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Insert = postgresql.Insert | sqlite.Insert


def insert_for(session: Session) -> Callable[[Any], Insert]:
    dialect = session.get_bind().dialect.name
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
