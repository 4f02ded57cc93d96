"""No answer, however it was made, is a fault of ours: every profile gives a verdict of its own."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from monitoring import profiles
from monitoring.probe import check
from monitoring.profiles import PROFILES
from monitoring.profiles.recipe import LONGEST_MESSAGE, LONGEST_VERSION, MOST_READ
from monitoring.target import Expectation, ProbeResult, ProbeTarget, State
from outbound import Answer, Guard
from tests.monitoring.profiles.replay import ANSWERS, read_answer
from tests.monitoring.profiles.situation import read_all

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://service.example.fr"
ODD: list[Any] = [
    None,
    True,
    -1,
    1e308,
    10**400,
    "",
    "ok" * 400,
    "\x00<p",
    [],
    [[]],
    {},
    {"status": []},
]
LARGE = [b"[" * 100_000, b'{"a":' * 50_000, b"9" * 100_000, b"<" * 200_000, b"\xff" * 10_000]


class Whimsical(Guard):
    """Gives the same answer to everything, or the one that fits."""

    def __init__(self, answers: Mapping[str, Answer], otherwise: Answer) -> None:
        super().__init__(user_agent="Tests")
        self.answers = answers
        self.otherwise = otherwise

    def fetch(self, method: str, url: str, **_options: Any) -> Answer:
        line = f"{method} {url.removeprefix(URL)} "
        fitting = [start for start in self.answers if line.startswith(start)]
        return self.answers[max(fitting, key=len)] if fitting else self.otherwise

    def connect(self, *_arguments: Any, **_options: Any) -> float:
        return 0.0


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(
        status=status,
        headers=CaseInsensitiveDict(fields),
        body=body,
        is_cut=False,
        url=f"{URL}/a",
        latency=0.1,
        certificate_until=None,
        hops=1,
    )


NOTHING = answer(b"nothing here", 404)


def probe(profile: str, guard: Guard) -> ProbeResult:
    expect = Expectation(json_path="a.0.b") if profile == "http" else Expectation()
    url = URL.replace("https", "tcp") + ":5222" if profile == "tcp" else URL
    target = ProbeTarget(key="k", url=url, profile=profile, expect=expect, timeout=20)
    return check(target, guard=guard, clock=lambda: NOON)


def require_a_verdict(result: ProbeResult) -> None:
    assert result.reason != "probe-error"
    assert result.state in set(State)
    assert len(result.version or "") <= LONGEST_VERSION
    assert len(result.message or "") <= LONGEST_MESSAGE
    assert (result.message or "").isprintable()


def mutations(value: Any) -> Iterator[Any]:
    """The value with each of its parts, itself included, replaced by each odd one."""
    yield from ODD
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: one for other, one in value.items() if other != name}
            yield from (value | {name: odd} for odd in mutations(part))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], odd, *value[place + 1 :]] for odd in mutations(part))


def written() -> Iterator[tuple[str, str, int, Any]]:
    """Profile, request, status and value of each answer in JSON that is written down."""
    for name, software in read_all().items():
        for situation in software.situations:
            for start, one in situation.answers.items():
                if isinstance(one, dict) and "json" in one:
                    yield name, start, one.get("status", 200), one["json"]


def recorded() -> Iterator[tuple[str, int, Any]]:
    for file in sorted(ANSWERS.glob("*/*.http")):
        head, _, body = read_answer(f"{file.parent.name}/{file.stem}").partition(b"\r\n\r\n")
        with contextlib.suppress(ValueError):
            if file.parent.name in PROFILES:
                yield file.parent.name, int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("profile", read_all())
def test_a_field_of_the_wrong_kind_is_no_fault_of_ours(profile: str) -> None:
    answers = {
        start: answer((json.dumps(one["json"]) if "json" in one else one.get("body", "")).encode())
        for start, one in read_all()[profile].healthy.items()
    }
    for name, start, status, value in written():
        if name == profile:
            for odd in mutations(value):
                changed = answers | {start: answer(json.dumps(odd).encode(), status)}
                require_a_verdict(probe(profile, Whimsical(changed, NOTHING)))


def test_a_field_of_the_wrong_kind_in_a_recorded_answer_is_no_fault_of_ours() -> None:
    for profile, status, value in recorded():
        for odd in mutations(value):
            same = answer(json.dumps(odd).encode(), status)
            require_a_verdict(probe(profile, Whimsical({}, same)))


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_a_monstrous_answer_is_no_fault_of_ours(profile: str) -> None:
    for body in LARGE:
        for status in (101, 200, 204, 302, 404, 500, 503):
            require_a_verdict(probe(profile, Whimsical({}, answer(body, status))))


PIECES = (
    *("\n", "\n ", " ", "\t", "//", "<", "</", "<body ", "<body sid=", "<body sid='", "<meta "),
    *("<meta content=", '<meta content="WordPress ', "<returncode> ", "<bbbVersion> ", "<script"),
    *("hosts: {", "hosts: {domain: '", "domain ", "bosh: '", "window.version ", "ver=v", "1.", "&"),
    *('<div class="p-3 ', "DocEditor.version = function", "database", "id='", "charset=", "a"),
)


def patterns() -> Iterator[re.Pattern[str]]:
    for module in pkgutil.iter_modules(profiles.__path__, f"{profiles.__name__}."):
        values = vars(importlib.import_module(module.name)).values()
        yield from (value for value in values if isinstance(value, re.Pattern))


@pytest.mark.parametrize("pattern", [*patterns()], ids=lambda pattern: pattern.pattern[:20])
def test_no_text_keeps_a_pattern_busy(pattern: re.Pattern[str]) -> None:
    """A pattern that goes over a text again and again holds the whole monitor: it never ends."""
    for start, piece in itertools.product(("", "hosts: {", "<body "), PIECES):
        text = f"{start}{piece * (MOST_READ // len(piece))}"
        assert sum(len(found[0]) for found in pattern.finditer(text)) <= len(text)


statuses = st.sampled_from([int(status) for status in HTTPStatus] + [299, 599, 999])
kinds = st.sampled_from(["text/html", "application/json; charset=punycode", "", "text/x; charset="])
MARKS = [
    *(b"", b"<html>", b"define(function(){return ", b"<returncode>", b"true", b"OK", b"{", b"["),
    *(b'id="block_maintenance"', b"pod-navbar bg-danger text-white", b"window.version='", b"M.cfg"),
    *(b'content="LimeSurvey', b"hosts: {domain: '", b"DocsAPI", b'name="csrf-token"'),
]
noises = st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode))
untils = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=20)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    until = draw(untils)
    headers = {"Content_Type": draw(kinds), "Retry_After": until, "X_Version_Id": until}
    body = b"".join(draw(st.lists(st.sampled_from(MARKS), max_size=3))) + draw(noises)
    return answer(body, draw(statuses), **headers)


@settings(max_examples=40, deadline=None)
@given(same=answers())
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_noise_is_no_fault_of_ours(profile: str, same: Answer) -> None:
    require_a_verdict(probe(profile, Whimsical({}, same)))
