"""Runs the migrations on the connection that upkeep.upgrade hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import False_, True_

from database import UtcDateTime
from journal import Revision
from upkeep.upgrade import load_tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    # A migration must not change when the code does: it names SQLAlchemy's types only.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "server_default" and isinstance(getattr(item, "arg", None), False_ | True_):
        # Else written as the dialect at hand says it: PostgreSQL refuses SQLite's 0.
        return f"sa.{item.arg!s}()"
    return False


def add_revision_counters(_context: Any, revision: Any, directives: list[Any]) -> None:
    """The first migration also inserts the rows that `journal.bump` counts in."""
    if revision != ():
        return
    rows = ", ".join(f"('{name}', 0)" for name in Revision)
    statement = ops.ExecuteSQLOp(f"INSERT INTO revision (name, n) VALUES {rows}")  # noqa: S608
    directives[0].upgrade_ops.ops.append(statement)


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=load_tables(),
        render_as_batch=True,
        render_item=render_item,
        process_revision_directives=add_revision_counters,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
