"""`flask monitor alert ROUTE`: a test that arrives, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from app import create_app
from tests.conftest import SettingsFactory
from tests.monitoring.receivers import Receiver, receiver

ARGUMENTS = ("monitor", "alert")


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def file(tmp_path: Path, hook: Receiver) -> Path:
    file = tmp_path / "alerts.yaml"
    file.write_text(
        f"routes: [{{name: good, to: 'json://{hook.place}/'}}, {{name: gone, to_file: nowhere}},"
        " {name: odd, to: 'nothing://secret'}]",
        encoding="utf-8",
    )
    return file


@pytest.fixture
def runner(make_settings: SettingsFactory, file: Path) -> FlaskCliRunner:
    return create_app(make_settings(alerts=file)).test_cli_runner()


def test_a_test_arrives_and_says_that_it_is_one(runner: FlaskCliRunner, hook: Receiver) -> None:
    done = runner.invoke(args=[*ARGUMENTS, "good"])
    assert (done.exit_code, done.output) == (0, "good: sent.\n")
    (arrival,) = hook.arrivals
    assert arrival.json["title"] == "[La Trousse] Essai d'alerte"


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("gone", "gone: address-file-unreadable."),
        ("odd", "odd: expected an address that Apprise knows."),
        ("other", "no route 'other'; there are: good, gone, odd."),
        ("-", "gone: address-file-unreadable."),
    ],
)
def test_what_is_wrong_is_said_without_the_address(
    runner: FlaskCliRunner, hook: Receiver, route: str, words: str
) -> None:
    done = runner.invoke(args=[*ARGUMENTS, route])
    assert done.exit_code == 1
    assert words in done.output
    assert "secret" not in done.output
    assert hook.arrivals == []


def test_a_receiver_that_refuses_is_said(runner: FlaskCliRunner, hook: Receiver) -> None:
    hook.status = 403
    done = runner.invoke(args=[*ARGUMENTS, "good"])
    assert done.exit_code == 1
    assert "good: not sent (http-403)." in done.output


def test_a_broken_file_is_told_line_by_line(runner: FlaskCliRunner, file: Path) -> None:
    file.write_text("routes:\n  - name: Nuit\n", encoding="utf-8")
    done = runner.invoke(args=[*ARGUMENTS, "good"])
    assert done.exit_code == 1
    assert "line 2: routes[0].name" in done.output


def test_without_a_file_it_says_which_setting(make_settings: SettingsFactory) -> None:
    done = create_app(make_settings()).test_cli_runner().invoke(args=[*ARGUMENTS, "good"])
    assert done.exit_code == 1
    assert "TROUSSE_ALERTS" in done.output
