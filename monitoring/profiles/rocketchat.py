# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `rocketchat`: its readiness, else its version, and a list read from its database.

From its source (apps/meteor/server/routes/health.ts): /readyz exists since 7.11 and is 503 with the
checks that failed. An event loop that lags means slow answers, not none: degraded. Until January
2026 its memory was measured against what the process took so far, which a healthy one often fills,
so that alone says nothing. Before 7.11 the same address gives the application's page with 200, so
/api/info is asked instead. /api/v1/settings.public reads MongoDB, and a server may refuse or limit
it. It knows no maintenance mode.
"""

from __future__ import annotations

from typing import Any

from monitoring.profiles.recipe import (
    AbsentError,
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
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_CROWDED = frozenset({"memory", "eventLoop"})
_SAYS_NOTHING = frozenset({"memory"})


def _read_ready(answer: Answer, context: Context) -> Verdict:
    if is_html(answer):
        if answer.status == 503:
            verdict = judge_status(answer, context.now)
            return verdict or Verdict(state=State.DOWN, reason="http-503")
        raise AbsentError("wrong-software")
    ready = json_object(answer, "status")
    if answer.status == 200 and ready["status"] == "ok":
        return Verdict(state=State.UP)
    failed = _failed(ready.get("checks"))
    if failed and failed <= _SAYS_NOTHING:
        return Verdict(state=State.UP)
    if failed and failed <= _CROWDED:
        return Verdict(state=State.DEGRADED, reason="health-warn")
    raise UnlikeError("database" if "mongo" in failed else "health-fail")


def _failed(checks: Any) -> set[str]:
    if not isinstance(checks, dict):
        return set()
    return {
        name
        for name, check in checks.items()
        if not isinstance(check, dict) or check.get("status") != "ok"
    }


def _read_info(answer: Answer, _context: Context) -> Verdict:
    info = json_object(answer, "version")
    if info.get("success") is False:
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP, version=version_of(info["version"]))


def _read_settings(answer: Answer, _context: Context) -> Verdict:
    json_object(answer, "settings")
    return Verdict(state=State.UP)


_INFO = Ask(place="/api/info", read=_read_info, headers=json_headers())
PROFILE = Profile(
    name="rocketchat",
    covers=("Rocket.Chat",),
    version="`version` of /api/info",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says that it is ready.",
            part=Part.HEALTHY,
            up="status `ok`",
            tells={
                "health-warn": State.DEGRADED,
                "health-fail": State.DOWN,
                "database": State.DOWN,
            },
            asks=(
                Ask(
                    place="/readyz",
                    read=_read_ready,
                    headers=json_headers(),
                    codes=frozenset({503}),
                ),
                _INFO,
            ),
        ),
        Check(
            proves="The interface answers with its version.",
            part=Part.WORKS,
            up="JSON with `version`",
            tells={"health-fail": State.DOWN},
            asks=(_INFO,),
            rest=600,
            essential=False,
        ),
        Check(
            proves="The database answers with a public setting.",
            part=Part.WORKS,
            up="JSON with `settings`",
            asks=(
                Ask(
                    place="/api/v1/settings.public?count=1",
                    read=_read_settings,
                    headers=json_headers(),
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
