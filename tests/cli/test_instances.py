"""`flask instances …`: decisions that ops take for an académie, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from app import create_app
from cli import instance_wording
from database import make_engine, make_sessions, writing
from instances import choices, usage
from instances.choices import Choice
from instances.usage import Opening
from settings import ROOT, Settings
from tests.catalogue.reading import SOUND
from tests.conftest import SettingsFactory
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


def decided(settings: Settings) -> dict[str, Choice]:
    engine = make_engine(settings.database_url)
    with Session(engine) as session:
        found = choices.read_choices(session).get("lyon", {})
    engine.dispose()
    return found


def test_an_academie_says_a_service_in_its_own_words(
    runner: FlaskCliRunner, settings: Settings
) -> None:
    words = ["--task", "Garder vos fichiers", "--english-task", "Keep your files"]
    done = runner.invoke(args=["instances", "reword", "lyon", "nuage", *words])
    assert done.exit_code == 0, done.output
    task = decided(settings)["nuage"].wording["task"]
    assert (task.fr, task.en) == ("Garder vos fichiers", "Keep your files")
    runner.invoke(args=["instances", "reword", "lyon", "nuage"])
    assert decided(settings)["nuage"].wording == {}


def test_openings_are_listed_most_opened_first(runner: FlaskCliRunner, settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    today = datetime.now(UTC).date()
    long_ago = today - timedelta(days=40)
    counts = {
        Opening("lyon", "nuage", today): 2,
        Opening("lyon", "visio", today): 5,
        Opening("lyon", "visio", long_ago): 100,
        Opening("rennes", "nuage", today): 1000,
    }
    with writing(make_sessions(engine)) as session:
        usage.add_openings(session, counts)
    engine.dispose()
    listed = runner.invoke(args=["instances", "openings", "lyon"]).output.split("\n")
    assert [line.split()[:2] for line in listed[:2]] == [["5", "visio"], ["2", "nuage"]]
    assert listed[2].split()[0] == "7"
    longer = runner.invoke(args=["instances", "openings", "lyon", "--days", "60"]).output
    assert "107 in all" in longer


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["address", "lyon", "nuage", "https://[a"], "found 'https://[a'"),
        (["address", "lyon", "nuage", "https://a.fr", "--profile", "jitsy"], "'jitsy'"),
        (["address", "lyon", "nuage", "https://a.fr", "--profile", "tcp"], "'tcp'"),
        (["hide", "lyon", "nuage", "--reason", "other", "--replacement", "vizio"], "found vizio"),
        (["hide", "lyon", "nuage", "--reason", "other", "--replacement", "ftp://a"], "like https:"),
        (["hide", "lyon", "nuage", "--reason", "other", "--word", "a" * 141], "140"),
        (["reword", "lyon", "nuage", "--task", "a" * 81], "at most 80 characters"),
        (["reword", "lyon", "nuage", "--english-task", "Keep"], "--task"),
        (["announce", "lyon", "Bonjour", "--service", "vizio"], "--service"),
        (["announce", "lyon", "  "], "empty"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    runner: FlaskCliRunner, settings: Settings, command: list[str], said: str
) -> None:
    refused = runner.invoke(args=["instances", *command])
    assert refused.exit_code != 0
    assert said in refused.output
    assert "Traceback" not in refused.output
    assert decided(settings) == {}


def test_every_refusal_has_its_words() -> None:
    for module, words in (
        ("choices", instance_wording.CHOICES),
        ("announcements", instance_wording.ANNOUNCEMENTS),
    ):
        text = (ROOT / "instances" / f"{module}.py").read_text(encoding="utf-8")
        codes = {part.split('"')[1] for part in text.split("Error(")[1:] if part.startswith('"')}
        assert codes == set(words)
