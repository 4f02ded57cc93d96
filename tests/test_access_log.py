"""The line a request leaves, and what gunicorn may not say besides."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from gunicorn.config import Config

from access_log import REQUEST_ID_KEY, ROUTE_KEY, AccessLogger, access_line

TOOK = timedelta(milliseconds=3.44)
ENVIRON = {
    "REMOTE_ADDR": "203.0.113.9",
    "RAW_URI": "/rennes/?q=s3cret",
    "QUERY_STRING": "q=s3cret",
    "HTTP_USER_AGENT": "s3cret",
}


def test_a_line_holds_five_things() -> None:
    environ = {**ENVIRON, ROUTE_KEY: "/<academie>/", REQUEST_ID_KEY: "5f3a"}
    line = json.loads(access_line("200 OK", environ, took=TOOK))
    assert line.pop("time")[10] == "T"
    assert line == {"route": "/<academie>/", "status": 200, "ms": 3.4, "request": "5f3a"}


def test_what_is_missing_shows_as_a_dash() -> None:
    line = json.loads(access_line(404, ENVIRON, took=TOOK))
    assert (line["route"], line["request"], line["status"]) == ("-", "-", 404)
    assert "s3cret" not in json.dumps(line)


def test_gunicorn_does_not_tell_who_sent_nonsense(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        AccessLogger(Config()).warning("Invalid request from ip=203.0.113.9: s3cret")
    assert [record.getMessage() for record in caplog.records] == [
        "a request could not be understood"
    ]


def test_gunicorn_does_not_tell_what_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            AccessLogger(Config()).exception("Error handling request %s", "/rennes/?q=s3cret")
    assert "s3cret" not in caplog.text
    assert "ZeroDivisionError" in caplog.text, "the fault itself stays"
