"""Logs: one JSON object a line, and nothing about a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from logs import QUIET_SECONDS, JsonHandler, Repeats, configure_logs


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers = [item for item in root.handlers if not isinstance(item, JsonHandler)]
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_says_when_what_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger("monitor").warning("lease-lost", epoch=4)
    (line,) = lines(capsys)
    assert line.pop("time").endswith("Z")
    assert line == {"event": "lease-lost", "epoch": 4, "level": "warning", "logger": "monitor"}


def test_the_standard_library_speaks_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    logging.getLogger("somebody").warning("disk at %d %%", 91)
    (line,) = lines(capsys)
    assert line["event"] == "disk at 91 %"


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    try:
        int("écart")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "écart" in line["exception"]


@pytest.mark.parametrize("key", ["ip", "query_string", "User_Agent", "password", "email", "room"])
def test_what_is_private_never_reaches_a_line(capsys: pytest.CaptureFixture[str], key: str) -> None:
    configure_logs("info")
    structlog.get_logger().info("opened", **{key: "s3cret"}, service="visio")
    assert lines(capsys)[0]["service"] == "visio"
    assert "s3cret" not in capsys.readouterr().err


def test_the_level_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("x").info("quiet too")
    assert lines(capsys) == []


def test_configuring_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    configure_logs("info")
    structlog.get_logger().info("once")
    assert len(lines(capsys)) == 1


def test_addresses_that_libraries_tell_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug")
    logging.getLogger("urllib3.connectionpool").debug("GET /recherche?q=s3cret")
    logging.getLogger("werkzeug").info("203.0.113.9 - GET /")
    assert lines(capsys) == []


def test_a_failure_is_news_again_after_a_quiet_time() -> None:
    now = [0.0]
    repeats = Repeats(clock=lambda: now[0])
    error = ValueError("the same")
    assert repeats.is_new("step", error)
    for _ in range(10):
        now[0] += QUIET_SECONDS
        assert not repeats.is_new("step", error)
    assert repeats.is_new("another step", error)
    assert repeats.is_new("step", KeyError())
    now[0] += QUIET_SECONDS + 1
    assert repeats.is_new("step", error)
    assert repeats.is_over("step")
    assert not repeats.is_over("step")
    assert repeats.is_new("step", error)
