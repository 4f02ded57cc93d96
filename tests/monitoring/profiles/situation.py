"""Situations of a server, written down as YAML: what it answers, and the verdict that is due.

`healthy` maps the start of a request line to its answer; a situation lists what differs from it
(null: nothing there), or with `only` all that the server answers. An answer is the name of a file
below `answers/`, or status, headers and body (or `json`). `sides` are the requests of the optional
checks.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from tests.ill_behaved import Listener, http_answer, read_request
from tests.monitoring.profiles.replay import NOTHING, Replay, read_answer

FOLDER = Path(__file__).parent / "situations"
Answers = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Situation:
    profile: str
    name: str
    answers: Answers
    verdict: str
    version: str | None
    message: str | None
    ends_in: int | None
    parts: Mapping[str, str] | None

    def __str__(self) -> str:
        return f"{self.profile}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class Software:
    profile: str
    path: str
    healthy: Answers
    sides: tuple[str, ...]
    situations: tuple[Situation, ...]


def read_all() -> dict[str, Software]:
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.yaml"))}


def _read(file: Path) -> Software:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    healthy = content["healthy"]
    return Software(
        profile=file.stem,
        path=content.get("path", ""),
        healthy=healthy,
        sides=tuple(content.get("sides", ())),
        situations=tuple(_situation(file.stem, healthy, one) for one in content["situations"]),
    )


def _situation(profile: str, healthy: Answers, content: Mapping[str, Any]) -> Situation:
    changed = dict(healthy) | content.get("answers", {})
    return Situation(
        profile=profile,
        name=content["name"],
        answers=content.get("only", changed),
        verdict=content["verdict"],
        version=content.get("version"),
        message=content.get("message"),
        ends_in=content.get("ends_in"),
        parts=content.get("parts"),
    )


@contextlib.contextmanager
def serving(answers: Answers) -> Iterator[Replay]:
    """The longest start that fits decides; `{url}` in a body is the server's own address."""
    replay = Replay(url="")

    def handle(connection: socket.socket, _over: threading.Event) -> None:
        request = read_request(connection)
        line = request.partition(b"\r\n")[0].decode().removesuffix(" HTTP/1.1")
        replay.lines.append(line)
        replay.requests.append(request)
        fitting = [start for start in answers if f"{line} ".startswith(start)]
        chosen = answers[max(fitting, key=len)] if fitting else None
        connection.sendall(_answer(chosen, replay.url))

    with Listener(handle) as server:
        replay.url = server.url
        yield replay


def _answer(answer: Any, url: str) -> bytes:
    if answer is None:
        return NOTHING
    if isinstance(answer, str):
        return read_answer(answer)
    status = HTTPStatus(answer.get("status", 200))
    body = json.dumps(answer["json"]) if "json" in answer else answer.get("body", "")
    body = body.replace("{url}", url)
    kind = answer.get("type", "application/json" if "json" in answer else "text/html")
    fields = {
        name.replace("-", "_"): str(value) for name, value in answer.get("headers", {}).items()
    }
    line = f"{status.value} {status.phrase}"
    return http_answer(line, body.encode(), **{"Content_Type": kind, **fields})
