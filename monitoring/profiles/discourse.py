# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `discourse`: its own status, the read-only mode, and the page that says its version.

From its source (forums_controller.rb, lib/read_only_mixin.rb, about_serializer.rb), not verified
against a running server: /srv/status is the text "ok" (500 "shutting down" while it drains),
`Discourse-Readonly: true` stands on every answer of a site that accepts no writing, refusals
included; about.json reads the database and is refused by sites where everyone must sign in. The
first page is what people meet, and a front that strips the header from /srv/status may leave it
there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    is_html,
    json_headers,
    json_object,
    judge_status,
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_Read = Callable[[Answer, Context], Verdict]


def _read_status(answer: Answer, _context: Context) -> Verdict:
    if is_html(answer):
        raise UnlikeError("wrong-software")
    if text_of(answer).strip() != "ok":
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP)


def _read_basic_info(answer: Answer, _context: Context) -> Verdict:
    json_object(answer, "title")
    return Verdict(state=State.UP)


def _read_about(answer: Answer, _context: Context) -> Verdict:
    about = json_object(answer, "about")["about"]
    version = version_of(about.get("version")) if isinstance(about, dict) else None
    return Verdict(state=State.UP, version=version)


def _read_page(_answer: Answer, _context: Context) -> Verdict:
    return Verdict(state=State.UP)


def _is_read_only(answer: Answer) -> bool:
    return answer.headers.get("Discourse-Readonly", "").strip().lower() == "true"


def _healthy_first(read: _Read) -> _Read:
    """For a check that must hold: the header counts beside a healthy answer, and is kept for it."""

    def judge(answer: Answer, context: Context) -> Verdict:
        if _is_read_only(answer):
            context.facts["read-only"] = "yes"
        verdict = judge_status(answer, context.now) or read(answer, context)
        if verdict.state is State.UP and "read-only" in context.facts:
            return replace(verdict, state=State.DEGRADED, reason="read-only")
        return verdict

    return judge


def _header_first(read: _Read) -> _Read:
    """For a check that may be refused: the header counts on a refusal too, not on a failure."""

    def judge(answer: Answer, context: Context) -> Verdict:
        if answer.status >= 500 or not _is_read_only(answer):
            return judge_status(answer, context.now) or read(answer, context)
        version = None
        with contextlib.suppress(UnlikeError):
            version = read(answer, context).version
        return Verdict(state=State.DEGRADED, reason="read-only", version=version)

    return judge


PROFILE = Profile(
    name="discourse",
    covers=("Discourse",),
    version="`about.version`, where the site shows it to everyone",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says it is well, and takes what people write.",
            part=Part.HEALTHY,
            up="the text `ok`, no `Discourse-Readonly: true`",
            tells={"read-only": State.DEGRADED, "health-fail": State.DOWN},
            asks=(
                Ask(place="/srv/status", read=_healthy_first(_read_status), own_codes=True),
                Ask(
                    place="/site/basic-info.json",
                    read=_healthy_first(_read_basic_info),
                    headers=json_headers(),
                    own_codes=True,
                ),
            ),
        ),
        Check(
            proves="The database answers with the site's own page.",
            part=Part.WORKS,
            up="JSON with `about`",
            tells={"read-only": State.DEGRADED},
            asks=(
                Ask(
                    place="/about.json",
                    read=_header_first(_read_about),
                    headers=json_headers(),
                    own_codes=True,
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=1800,
            essential=False,
        ),
        Check(
            proves="The first page that people meet is given.",
            part=Part.WORKS,
            up="2xx",
            tells={"read-only": State.DEGRADED},
            asks=(
                Ask(
                    place="/",
                    read=_header_first(_read_page),
                    own_codes=True,
                    max_bytes=2 * 1024 * 1024,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
