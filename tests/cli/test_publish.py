"""`flask catalogue publish`: what it puts in force, what it prints, how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from app import create_app
from database import make_engine
from instances import publication
from instances.publication import Sources
from settings import Settings
from tests.catalogue.reading import SOUND, edited
from tests.conftest import SettingsFactory
from tests.instances.examples import NOW
from upkeep.upgrade import upgrade

PUBLISH = ["catalogue", "publish"]
MISSPELT = ("stage: stable", "stage: stabel")


@pytest.fixture
def settings(make_settings: SettingsFactory, tmp_path: Path) -> Settings:
    file = tmp_path / "services.yaml"
    file.write_text(SOUND, encoding="utf-8")
    return make_settings(catalogue=str(file))


@pytest.fixture
def runner(settings: Settings) -> FlaskCliRunner:
    upgrade(settings)
    return create_app(settings).test_cli_runner()


def edit(settings: Settings, *edits: tuple[str, str]) -> None:
    Path(settings.catalogue).write_text(edited(*edits), encoding="utf-8")


def titles(settings: Settings) -> dict[str, str]:
    """Return the titles in force, by id."""
    engine = make_engine(settings.database_url)
    nowhere = Sources(catalogue="nowhere.yaml", academies=Path("nowhere"))
    with Session(engine) as session:
        published = publication.read(session, nowhere, now=NOW)
    engine.dispose()
    return {service.id: service.title for service in published.catalogue.services}


def test_a_good_file_is_in_force_and_the_second_time_nothing_changes(
    runner: FlaskCliRunner, settings: Settings
) -> None:
    first, second = (runner.invoke(args=PUBLISH) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    new, same = "a new version is in force.", "nothing changed, the version in force stays."
    for result, said in ((first, new), (second, same)):
        assert result.output.splitlines() == [
            f"{settings.catalogue}: {said}",
            f"{settings.academies}: {said}",
        ]
    assert titles(settings)["visio"] == "Visio"


def test_an_error_withholds_its_entry_and_ends_with_1(
    runner: FlaskCliRunner, settings: Settings
) -> None:
    runner.invoke(args=PUBLISH)
    edit(settings, MISSPELT, ("title: Visio\n", "title: Visio 2\n"))
    result = runner.invoke(args=PUBLISH)
    assert result.exit_code == 1
    assert ":52:24: error: services[nuage].lifecycle.stage: expected one of" in result.output
    assert "a new version is in force." in result.output
    assert titles(settings)["visio"] == "Visio 2"
    assert "nuage" in titles(settings), "its last good version stays"


def test_the_problem_is_said_again_as_long_as_it_stands(
    runner: FlaskCliRunner, settings: Settings
) -> None:
    edit(settings, MISSPELT)
    for _ in range(2):
        result = runner.invoke(args=PUBLISH)
        assert (result.exit_code, "stabel" in result.output) == (1, True), result.output


def test_a_warning_ends_with_0(runner: FlaskCliRunner, settings: Settings) -> None:
    edit(settings, ("[dropbox]", "[dropbox, dropbox]"))
    result = runner.invoke(args=PUBLISH)
    assert (result.exit_code, "warning" in result.output) == (0, True), result.output


def test_a_file_that_is_gone_replaces_nothing(runner: FlaskCliRunner, settings: Settings) -> None:
    runner.invoke(args=PUBLISH)
    Path(settings.catalogue).unlink()
    result = runner.invoke(args=PUBLISH)
    assert result.exit_code == 1
    assert "no such file" in result.output
    assert "the version in force stays" in result.output
    assert titles(settings)["visio"] == "Visio"


def test_a_catalogue_that_cannot_be_read_is_not_said_to_be_in_force(
    runner: FlaskCliRunner, settings: Settings
) -> None:
    """The cards are published without it; with the cards as they were, so is the catalogue."""
    Path(settings.catalogue).unlink()
    result = runner.invoke(args=PUBLISH)
    assert result.exit_code == 1
    assert f"{settings.catalogue}: nothing is in force yet." in result.output
    assert f"{settings.academies}: a new version is in force." in result.output
    edit(settings)
    result = runner.invoke(args=PUBLISH)
    assert f"{settings.catalogue}: a new version is in force." in result.output
    assert f"{settings.academies}: nothing changed" in result.output


def test_a_database_without_tables_says_what_to_type(settings: Settings) -> None:
    result = create_app(settings).test_cli_runner().invoke(args=PUBLISH)
    assert result.exit_code == 1
    assert "Type: flask --app app database upgrade" in result.output


def test_a_database_that_is_away_is_said(make_settings: SettingsFactory) -> None:
    settings = make_settings(database_url="postgresql://nobody@127.0.0.1:9/none")
    result = create_app(settings).test_cli_runner().invoke(args=PUBLISH)
    assert result.exit_code == 1
    assert "the database does not answer" in result.output
    assert "Traceback" not in result.output
