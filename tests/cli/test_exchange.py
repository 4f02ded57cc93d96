"""`flask instances export|import`: a file out, and in again; what would change is said first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from cli.exchange import NOTICES, PARTS, SIGNS
from database import make_engine, make_sessions, writing
from instances.exchange_changes import NoticeKind, Part
from settings import Settings
from tests.catalogue.reading import SOUND
from tests.conftest import SettingsFactory
from tests.instances.lyon import every_kind_of_decision
from upkeep.upgrade import upgrade


@pytest.fixture
def settings(make_settings: SettingsFactory, tmp_path: Path) -> Settings:
    file = tmp_path / "services.yaml"
    file.write_text(SOUND, encoding="utf-8")
    return make_settings(catalogue=str(file))


@pytest.fixture
def runner(settings: Settings) -> FlaskCliRunner:
    upgrade(settings)
    return create_app(settings).test_cli_runner()


@pytest.fixture
def sessions(runner: FlaskCliRunner, settings: Settings) -> Iterator[sessionmaker[Session]]:  # noqa: ARG001 - the tables first
    engine = make_engine(settings.database_url)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def lyon(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        session.add_all(every_kind_of_decision())


def invoke(runner: FlaskCliRunner, *words: str) -> str:
    done = runner.invoke(args=["instances", *words])
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def refused(runner: FlaskCliRunner, *words: str) -> str:
    done = runner.invoke(args=["instances", *words])
    assert done.exit_code == 1, done.output
    return str(done.output)


@pytest.mark.usefixtures("lyon")
def test_a_file_goes_out_and_comes_back(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "lyon.yaml"
    invoke(runner, "export", "lyon", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text(encoding="utf-8")
    assert invoke(runner, "export", "lyon") == text
    file.write_text(text.replace("position: 3", "position: 5"), encoding="utf-8")
    said = invoke(runner, "import", "lyon", str(file), "--dry-run")
    assert "~ decision on nuage\n    position: 3 → 5\n" in said
    assert "lyon: 0 added, 0 removed, 1 changed." in said
    assert invoke(runner, "export", "lyon") == text, "a dry run changes nothing"
    assert "lyon: 1 changed." in invoke(runner, "import", "lyon", str(file))
    assert "nothing to change" in invoke(runner, "import", "lyon", str(file))
    assert invoke(runner, "export", "lyon") == file.read_text(encoding="utf-8")


@pytest.mark.usefixtures("lyon")
def test_an_export_replaces_no_file(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious", encoding="utf-8")
    assert "exists already" in refused(runner, "export", "lyon", str(tmp_path / "mine"))
    assert "cannot be written" in refused(runner, "export", "lyon", str(tmp_path / "no" / "where"))
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "precious"


@pytest.mark.usefixtures("lyon")
def test_another_academies_file_needs_a_word(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "lyon.yaml"
    invoke(runner, "export", "lyon", str(file))
    assert "--into" in refused(runner, "import", "rennes", str(file))
    assert "lyon" not in invoke(runner, "export", "rennes")
    done = runner.invoke(args=["instances", "import", "rennes", str(file), "--into"])
    assert done.exit_code == 0, done.output
    assert "gone-since is neither in the catalogue" in done.stderr
    assert "replacement_service: rennes.nuage" in invoke(runner, "export", "rennes")


def test_every_fault_is_said_where_it_is(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "lyon.yaml"
    content = "format: 1\nacademie: lyon\nchoices:\n  - {id: a, visibility: hiden}\n  - {idd: b}\n"
    file.write_text(content, encoding="utf-8")
    said = refused(runner, "import", "lyon", str(file))
    assert f"{file}:4:25: error: choices[a].visibility: expected" in said
    assert f"{file}:5:6: error: choices[1].idd: expected" in said
    assert "nothing was changed" in said


def test_an_academie_that_there_is_not_is_named(runner: FlaskCliRunner) -> None:
    assert "no académie 'lion'; the nearest: lyon" in refused(runner, "export", "lion")


def test_every_kind_of_change_has_words() -> None:
    assert set(PARTS) == set(Part)
    assert set(NOTICES) == set(NoticeKind)
    assert len(SIGNS) == 3
