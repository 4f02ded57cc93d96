"""`flask catalogue check|schema|show`: what they print and how they end."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from app import create_app
from catalogue.problems import Code, Problem, Value
from cli.catalogue import schema_text
from cli.catalogue_wording import WORDS, words
from settings import ROOT
from tests.catalogue.reading import FAULTS, HERE, SOUND, edited, read
from tests.conftest import SettingsFactory

KEYS = {"file", "line", "column", "path", "code", "expected", "found", "remedy", "severity"}


@pytest.fixture
def runner(make_settings: SettingsFactory, tmp_path: Path) -> FlaskCliRunner:
    catalogue = tmp_path / "services.yaml"
    catalogue.write_text(SOUND, encoding="utf-8")
    return create_app(make_settings(catalogue=str(catalogue))).test_cli_runner()


def write(tmp_path: Path, *edits: tuple[str, str]) -> str:
    path = tmp_path / "edited.yaml"
    path.write_text(edited(*edits), encoding="utf-8")
    return str(path)


def problems(output: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(output)["problems"]
    return found


def test_check_says_how_many_services_the_configured_catalogue_has(
    runner: FlaskCliRunner,
) -> None:
    result = runner.invoke(args=["catalogue", "check"])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("services.yaml: 3 services; errors: 0, warnings: 0.\n")


def test_a_card_with_the_other_ending_is_known(
    make_settings: SettingsFactory, tmp_path: Path
) -> None:
    (tmp_path / "lyon.yml").touch()
    place = "url: https://nuage.example.fr"
    file = write(tmp_path, (place, f"{place}\n        academies: [lyon, lyonn]"))
    runner = create_app(make_settings(academies=tmp_path)).test_cli_runner()
    found = problems(runner.invoke(args=["catalogue", "check", "--json", file]).output)
    assert [(item["code"], item["found"]) for item in found if "academie" in item["code"]] == [
        ("unknown-academie", "lyonn")
    ]


def test_check_names_an_error_and_ends_with_1(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = write(tmp_path, ("stage: stable", "stage: stabel"))
    result = runner.invoke(args=["catalogue", "check", file])
    assert result.exit_code == 1
    line, total, withheld = result.output.splitlines()
    assert line == (
        f"{file}:52:24: error: services[nuage].lifecycle.stage: expected one of alpha, beta, "
        "stable, obsolete, found stabel; write stable [unknown-choice]"
    )
    assert total.endswith("2 services; errors: 1, warnings: 0.")
    assert withheld == "Withheld until they are corrected: nuage."


def test_check_ends_with_0_on_warnings_but_strictly(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = write(tmp_path, ("[dropbox]", "[dropbox, dropbox]"))
    assert runner.invoke(args=["catalogue", "check", file]).exit_code == 0
    assert runner.invoke(args=["catalogue", "check", file, "--strict"]).exit_code == 1


def test_check_prints_one_json_object(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = write(tmp_path, ("stage: stable", "stage: stabel"))
    result = runner.invoke(args=["catalogue", "check", file, "--json"])
    assert result.exit_code == 1
    assert problems(result.output) == [
        {
            "file": file,
            "line": 52,
            "column": 24,
            "path": "services[nuage].lifecycle.stage",
            "code": "unknown-choice",
            "expected": "one of alpha, beta, stable, obsolete",
            "found": "stabel",
            "remedy": "write stable",
            "severity": "error",
        }
    ]


def test_check_of_a_good_file_prints_an_empty_list(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["catalogue", "check", "--json"])
    assert (result.exit_code, problems(result.output)) == (0, [])


def test_check_of_a_missing_file_is_a_problem_like_any_other(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["catalogue", "check", "nowhere.yaml", "--json"])
    assert result.exit_code == 1
    assert [item["code"] for item in problems(result.output)] == ["source-missing"]


def test_one_run_names_ten_faults(runner: FlaskCliRunner) -> None:
    file = str(HERE / "ten_at_once.yaml")
    found = problems(runner.invoke(args=["catalogue", "check", file, "--json"]).output)
    assert len({item["code"] for item in found}) == 10
    assert all(set(item) == KEYS for item in found)


def test_the_shipped_catalogue_has_no_problem(make_settings: SettingsFactory) -> None:
    runner = create_app(make_settings()).test_cli_runner()
    result = runner.invoke(args=["catalogue", "check", "--strict"])
    assert result.exit_code == 0, result.output


def test_every_kind_of_fault_has_words() -> None:
    assert set(WORDS) == set(Code)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_the_words_of_a_fault_leave_no_gap(path: Path) -> None:
    for problem in read(path.read_bytes()).problems:
        said = words(problem)
        for text in (said.expected, said.found, said.remedy):
            assert text
            assert "None" not in text


def test_the_words_of_a_source_need_only_what_it_gives() -> None:
    given: dict[str, Value] = {
        "reason": "x",
        "seconds": 1,
        "status": 404,
        "address": "x",
        "limit": 1,
        "size": 2,
    }
    for code in Code:
        if code.value.startswith("source-") or code is Code.TOO_LARGE:
            words(Problem(code=code, file="x", line=1, column=1, values=given))
            fields = {
                name for text in WORDS[code] for _, name, _, _ in string.Formatter().parse(text)
            }
            assert fields <= {*given, None}


def test_show_prints_a_service_by_its_id_or_a_former_one(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["catalogue", "show", "visio"])
    assert result.exit_code == 0
    assert result.output.startswith("id: visio\ntitle: Visio\n")
    former = runner.invoke(args=["catalogue", "show", "visioconference"])
    assert former.output == result.output
    as_json = runner.invoke(args=["catalogue", "show", "visio", "--json"])
    assert json.loads(as_json.output)["launch"]["path"] == "/{name}"


def test_show_proposes_the_nearest_id(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["catalogue", "show", "nuages"])
    assert result.exit_code == 1
    assert "Did you mean nuage?" in result.output


def test_show_says_that_a_service_is_withheld(
    make_settings: SettingsFactory, tmp_path: Path
) -> None:
    file = write(tmp_path, ("stage: stable", "stage: stabel"))
    runner = create_app(make_settings(catalogue=file)).test_cli_runner()
    result = runner.invoke(args=["catalogue", "show", "nuage"])
    assert result.exit_code == 1
    assert "withheld" in result.output


def test_schema_prints_what_editors_read(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["catalogue", "schema"])
    assert result.exit_code == 0
    assert result.output == schema_text()


def test_the_schema_beside_the_catalogue_is_fresh() -> None:
    committed = (ROOT / "services.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "flask catalogue schema > services.schema.json"
    first = (ROOT / "services.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=services.schema.json"
