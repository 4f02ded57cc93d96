"""Migrations give exactly the tables that the code declares, one process at a time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session

from database import make_engine
from journal import Revision, read_revisions
from settings import ROOT, Settings
from tests.conftest import SettingsFactory
from upkeep.revision import write_migration
from upkeep.schema_version import SCHEMA_VERSION, read_schema_version, schema_problem
from upkeep.upgrade import MIGRATIONS, UpgradeError, load_tables, upgrade

UPGRADE_ONCE = """
import sys
from pathlib import Path
from settings import Settings
from upkeep.upgrade import upgrade
state_dir, database_url, migrations = sys.argv[1:]
names = {"TROUSSE_STATE_DIR": state_dir, "TROUSSE_DATABASE_URL": database_url}
print(upgrade(Settings.from_env(names), migrations=Path(migrations)))
"""


@pytest.fixture
def drafted(make_settings: SettingsFactory, tmp_path: Path) -> Path:
    """A folder of migrations whose first one is written now from the tables."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("*.py[co]", "0*.py"))
    (folder / "versions").mkdir(exist_ok=True)
    blank = make_settings(database_url=f"sqlite:///{tmp_path}/blank.db")
    write_migration(blank, "Initial tables", migrations=folder)
    return folder


def differences(settings: Settings) -> list[object]:
    engine = make_engine(settings.database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found: list[object] = list(compare_metadata(context, load_tables()))
    engine.dispose()
    return found


def revisions(settings: Settings) -> dict[Revision, int]:
    engine = make_engine(settings.database_url)
    with Session(engine) as session:
        found = read_revisions(session)
    engine.dispose()
    return found


def test_migrations_and_tables_agree(upgraded: Settings) -> None:
    assert differences(upgraded) == []
    assert revisions(upgraded) == dict.fromkeys(Revision, 0)


def test_a_drafted_migration_makes_the_tables_and_the_counters(
    settings: Settings, drafted: Path
) -> None:
    assert upgrade(settings, migrations=drafted) == (None, "0001")
    assert differences(settings) == []
    assert revisions(settings) == dict.fromkeys(Revision, 0)


def test_a_second_upgrade_does_nothing(settings: Settings, drafted: Path) -> None:
    upgrade(settings, migrations=drafted)
    assert upgrade(settings, migrations=drafted) == ("0001", "0001")


def test_upgrades_started_together_wait_for_one_another(settings: Settings, drafted: Path) -> None:
    arguments = [str(settings.state_dir), settings.database_url, str(drafted)]
    command = [sys.executable, "-c", UPGRADE_ONCE, *arguments]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [code for *_, code in ended] == [0, 0, 0], ended
    assert sorted(out for out, *_ in ended) == [b"('0001', '0001')\n"] * 2 + [b"(None, '0001')\n"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    settings: Settings, drafted: Path
) -> None:
    (script,) = (drafted / "versions").glob("0001*.py")
    script.write_text(script.read_text() + '    op.execute("DROP TABLE nowhere")\n')
    with pytest.raises(Exception, match="nowhere"):
        upgrade(settings, migrations=drafted)
    engine = make_engine(settings.database_url)
    assert read_schema_version(engine) is None
    engine.dispose()


def test_the_schema_number_is_that_of_the_newest_migration() -> None:
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))
    for place, name in enumerate(names, start=1):
        assert re.match(rf"{place:04d}_[a-z0-9_]+$", name), f"{name}: expected number {place:04d}"
    if names:
        assert names[-1][:4] == SCHEMA_VERSION


def set_version(settings: Settings, version: str) -> str | None:
    engine = make_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    problem = schema_problem(engine)
    engine.dispose()
    return problem


def test_a_database_without_tables_says_what_to_type(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    problem = schema_problem(engine)
    engine.dispose()
    assert problem is not None
    assert "flask --app app database upgrade" in problem


def test_an_older_and_a_newer_schema_are_told_apart(settings: Settings, drafted: Path) -> None:
    upgrade(settings, migrations=drafted)
    assert set_version(settings, SCHEMA_VERSION) is None
    older, newer = set_version(settings, "0000"), set_version(settings, "9999")
    assert older is not None
    assert "database upgrade" in older
    assert newer is not None
    assert "newer" in newer
    assert "restore" in newer


def test_a_newer_schema_is_not_touched(settings: Settings, drafted: Path) -> None:
    upgrade(settings, migrations=drafted)
    set_version(settings, "9999")
    with pytest.raises(UpgradeError, match="newer"):
        upgrade(settings, migrations=drafted)


def test_a_password_is_not_told(make_settings: SettingsFactory, postgres_url: str) -> None:
    address = postgres_url.replace("trousse@", "trousse:s3cret@")
    engine = make_engine(make_settings(database_url=address).database_url)
    problem = schema_problem(engine)
    engine.dispose()
    assert problem is not None
    assert "s3cret" not in problem
