"""Backup while others write, and restore: nothing is lost without being asked for."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions, writing
from journal import JournalLine, Revision, bump, read_revisions
from settings import Settings
from tests.cast import NORA
from upkeep import copies
from upkeep.copy_error import CopyError

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@contextmanager
def opened(settings: Settings) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(settings.database_url)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def write_lines(settings: Settings, number: int) -> None:
    with opened(settings) as sessions, writing(sessions) as session:
        for _ in range(number):
            session.add(JournalLine(at=NOW, actor=NORA.email, event="test", subject="x"))
            bump(session, Revision.DECISIONS)


def count_lines(settings: Settings) -> int:
    with opened(settings) as sessions, sessions() as session:
        return session.scalar(select(func.count()).select_from(JournalLine)) or 0


def test_a_copy_gets_a_dated_name_for_its_owner_alone(upgraded: Settings) -> None:
    path = copies.backup(upgraded, now=NOW)
    assert path.parent == upgraded.state_dir / "backups"
    assert path.stem == "trousse-20261122-093000"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]


def test_a_copy_replaces_no_file(upgraded: Settings, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    with pytest.raises(CopyError, match="exists already"):
        copies.backup(upgraded, precious, now=NOW)
    assert precious.read_text(encoding="utf-8") == "mine"


def test_a_copy_comes_back_as_it_was(upgraded: Settings) -> None:
    write_lines(upgraded, 3)
    path = copies.backup(upgraded, now=NOW)
    write_lines(upgraded, 2)
    restored = copies.restore(upgraded, path, now=NOW, force=True)
    assert count_lines(upgraded) == 3
    assert restored.replaced is not None
    again = copies.restore(upgraded, restored.replaced, now=NOW + timedelta(1), force=True)
    assert count_lines(upgraded) == 5
    assert again.version == restored.version


def test_running_workers_see_that_something_changed(upgraded: Settings) -> None:
    path = copies.backup(upgraded, now=NOW)
    write_lines(upgraded, 5)
    with opened(upgraded) as sessions, sessions() as session:
        seen = read_revisions(session)
    copies.restore(upgraded, path, now=NOW, force=True)
    with opened(upgraded) as sessions, sessions() as session:
        after = read_revisions(session)
    assert all(after[revision] > seen[revision] for revision in Revision)


def test_a_database_that_holds_something_is_not_replaced_unasked(upgraded: Settings) -> None:
    path = copies.backup(upgraded, now=NOW)
    write_lines(upgraded, 1)
    with pytest.raises(CopyError, match="--force"):
        copies.restore(upgraded, path, now=NOW)
    assert count_lines(upgraded) == 1


def test_an_empty_database_needs_no_force(on_sqlite: Settings, tmp_path: Path) -> None:
    write_lines(on_sqlite, 4)
    path = copies.backup(on_sqlite, now=NOW)
    other = Settings.from_env({"TROUSSE_STATE_DIR": str(tmp_path / "elsewhere")})
    assert copies.restore(other, path, now=NOW).replaced is None
    assert count_lines(other) == 4


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 999])
def test_a_file_that_is_no_copy_is_refused(
    upgraded: Settings, tmp_path: Path, content: bytes
) -> None:
    write_lines(upgraded, 1)
    stranger = tmp_path / "stranger"
    stranger.write_bytes(content)
    with pytest.raises(CopyError, match=r"stranger|pg_restore"):
        copies.restore(upgraded, stranger, now=NOW, force=True)
    assert count_lines(upgraded) == 1


def test_a_file_that_is_not_there_is_named(upgraded: Settings, tmp_path: Path) -> None:
    with pytest.raises(CopyError, match="nowhere"):
        copies.restore(upgraded, tmp_path / "nowhere", now=NOW, force=True)


def database_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def test_another_programs_database_is_refused(on_sqlite: Settings, tmp_path: Path) -> None:
    stranger = sqlite3.connect(tmp_path / "stranger.db")
    stranger.execute("CREATE TABLE journal (id INTEGER)")
    stranger.close()
    with pytest.raises(CopyError, match="alembic_version, revision missing"):
        copies.restore(on_sqlite, tmp_path / "stranger.db", now=NOW, force=True)


def test_a_copy_of_a_newer_schema_is_refused(on_sqlite: Settings) -> None:
    path = copies.backup(on_sqlite, now=NOW)
    newer = sqlite3.connect(path)
    newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.commit()
    newer.close()
    with pytest.raises(CopyError, match="9999, newer"):
        copies.restore(on_sqlite, path, now=NOW, force=True)


def test_a_damaged_database_is_kept_aside_and_replaced(on_sqlite: Settings) -> None:
    write_lines(on_sqlite, 2)
    path = copies.backup(on_sqlite, now=NOW)
    file = database_file(on_sqlite)
    damage = b"\xff" * 8192
    file.write_bytes(damage)
    restored = copies.restore(on_sqlite, path, now=NOW, force=True)
    assert restored.replaced is not None
    assert restored.replaced.read_bytes() == damage
    assert count_lines(on_sqlite) == 2


def test_a_copy_made_under_load_is_whole_and_stops_nobody(upgraded: Settings) -> None:
    """Each transaction writes ten lines: a copy that holds a part of ten is torn."""
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            write_lines(upgraded, 10)
            written.append(10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        paths = [copies.backup(upgraded, now=NOW + timedelta(seconds=n)) for n in range(3)]
    finally:
        stop.set()
        writer.join()
    before = count_lines(upgraded)
    assert before == sum(written) > 0
    for number, path in enumerate(paths):
        copies.restore(upgraded, path, now=NOW + timedelta(hours=number), force=True)
        assert count_lines(upgraded) % 10 == 0
