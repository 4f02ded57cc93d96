# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""What a profile is made of: checks, the requests they ask, and how an answer is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from html import unescape
from typing import Any

from monitoring.target import Part, ProbeTarget, State
from outbound import Answer

LONGEST_MESSAGE = 300
LONGEST_VERSION = 60
MOST_READ = 256 * 1024
LONGEST_WAIT = timedelta(days=7)
"""A Retry-After beyond is taken for a mistake."""
FILTERED = frozenset({401, 403, 404})
"""What monitoring paths answer to those who are not on their list: it says nothing of health."""


CHARSETS = frozenset({"utf-8", "iso-8859-1", "latin-1", "windows-1252", "cp1252", "us-ascii"})
"""Python knows a hundred more; some of them raise, or take seconds, for what is sent on purpose."""


class UnlikeError(Exception):
    """The answer is not what healthy software of this kind gives; the argument is the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class AbsentError(UnlikeError):
    """The place means nothing to the software of this version: the next one is asked."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one answer tells."""

    state: State
    reason: str = "ok"
    version: str | None = None
    message: str | None = None
    expected_end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a check may know beside the answer before it."""

    target: ProbeTarget
    now: datetime
    facts: dict[str, str] = field(default_factory=dict)
    """What one check of a probe leaves to the next."""


Place = str | Callable[[Context], str]
"""A path below the base address, "" for the base itself, or a whole address."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request. `read` sees answers in 2xx and those whose status is in `codes`."""

    place: Place
    read: Callable[[Answer, Context], Verdict]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[Context], bytes] | None = None
    codes: frozenset[int] = frozenset()
    own_codes: bool = False
    """`read` judges every status itself."""
    max_bytes: int = 256 * 1024
    shown: str = ""
    """The place in words of the documentation, where it is not a fixed one."""


@dataclass(frozen=True, kw_only=True)
class Connect:
    """Opening a connection, no more."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must hold."""

    proves: str
    part: Part
    """Which of the three questions it answers."""
    asks: tuple[Ask | Connect, ...]
    """In order: the next is asked when access to the one before is refused, or it is absent."""
    up: str
    """What counts as healthy, for the documentation."""
    tells: Mapping[str, State] = field(default_factory=dict)
    """Its own reasons beside those that any answer may have, and the state of each."""
    rest: int = 0
    """Seconds that a success is good for where a probe is due each minute, longer in proportion
    elsewhere; after anything else it is asked at each probe."""
    essential: bool = True
    """False: where it cannot be measured (refused, moved, another shape) it does not count."""
    courtesy: bool = False
    """Asked to leave nothing behind; what it answers does not count."""


class Source(StrEnum):
    """What a profile was verified against; its module says with which version."""

    SERVER = "a running server"
    CODE = "its source"
    DOCUMENTATION = "its documentation"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The documentation of a profile is made from it and from the docstring of its module."""

    name: str
    covers: tuple[str, ...]
    """The software, as people name it."""
    version: str
    """Where its version is read; "" where it gives none."""
    verified: Source
    checks: tuple[Check, ...]


def json_headers() -> dict[str, str]:
    return {"Accept": "application/json"}


def judge_status(answer: Answer, now: datetime) -> Verdict | None:
    """What the status alone tells; None when the body must be read."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        # A sign-in page that works elsewhere proves nothing about this server.
        return Verdict(state=State.UNKNOWN, reason="redirected-elsewhere")
    if status in {401, 403}:
        return Verdict(state=State.UNKNOWN, reason="not-measurable")
    if status == 429:
        end = retry_after(answer, now)
        return Verdict(state=State.UNKNOWN, reason="asked-too-often", expected_end=end)
    if status == 503 and "Retry-After" in answer.headers:
        return maintenance(answer, now, reason="retry-after")
    return Verdict(state=State.DOWN, reason=f"http-{status}")


def maintenance(answer: Answer, now: datetime, *, reason: str) -> Verdict:
    return Verdict(
        state=State.MAINTENANCE,
        reason=reason,
        message=plain_text(answer),
        expected_end=retry_after(answer, now),
    )


def retry_after(answer: Answer, now: datetime) -> datetime | None:
    """When the server wants to be asked again: seconds or a date, none if absent or absurd."""
    value = answer.headers.get("Retry-After", "").strip()
    try:
        if value.isdecimal():
            end = now + timedelta(seconds=int(value[:9]))
        else:
            end = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if end.tzinfo is None:
        end = end.replace(tzinfo=UTC)
    return end if now < end <= now + LONGEST_WAIT else None


def is_html(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"<"


def text_of(answer: Answer) -> str:
    found = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("Content-Type", ""))
    charset = found[1].lower() if found else "utf-8"
    return answer.body.decode(charset if charset in CHARSETS else "utf-8", errors="replace")


def json_of(answer: Answer) -> Any:
    """Raises UnlikeError: a page where data is expected is another program, or a proxy's."""
    if is_html(answer):
        raise UnlikeError("wrong-software")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise UnlikeError("bad-json") from error


def page_of(answer: Answer, *marks: str) -> str:
    """The page, which has one of these marks of its software; raises UnlikeError."""
    text = text_of(answer)
    if not is_html(answer) or not any(mark in text for mark in marks):
        raise UnlikeError("wrong-software")
    return text


def json_object(answer: Answer, *keys: str) -> dict[str, Any]:
    """The object, which has these keys; raises UnlikeError."""
    value = json_of(answer)
    if not isinstance(value, dict) or any(key not in value for key in keys):
        raise UnlikeError("wrong-software")
    return value


def version_of(value: object) -> str | None:
    """A version as somebody else's server gives it: short, printable, or none."""
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        return None
    return value.strip()[:LONGEST_VERSION]


def plain_text(answer: Answer) -> str | None:
    """The words of a maintenance page, without mark-up; none of data."""
    text = text_of(answer)
    return None if text.lstrip()[:1] in {"{", "["} else words_of(text)


def words_of(value: object) -> str | None:
    """A message as somebody else's server gives it: plain words, short, or none."""
    if not isinstance(value, str):
        return None
    text = value[:MOST_READ]
    if "<" in text:
        text = re.sub(r"(?is)<(script|style|head)\b.*?(</\1\s*>|$)", " ", text)
        text = re.sub(r"(?s)<[^>]*>?", " ", text)
    text = unescape(text)
    words = "".join(c if c.isprintable() else " " for c in text).split()
    return " ".join(words)[:LONGEST_MESSAGE] or None


def end_of(value: object, now: datetime) -> datetime | None:
    """When a maintenance is said to end: ISO 8601 or milliseconds; none if past or absurd."""
    try:
        if isinstance(value, str):
            end = datetime.fromisoformat(value)
        elif isinstance(value, int | float):
            end = datetime.fromtimestamp(value / 1000, UTC)
        else:
            return None
        end = end.replace(tzinfo=UTC) if end.tzinfo is None else end
        return end if now < end <= now + LONGEST_WAIT else None
    except (ValueError, OverflowError, OSError):
        return None
