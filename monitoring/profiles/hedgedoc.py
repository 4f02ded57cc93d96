# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `hedgedoc`: whether it is ready, and figures that come from its database.

Verified against a running 1.12.0 on PostgreSQL (its pages were not built): healthy, database
stopped and back, stopped, stopped behind nginx, and a name of another site. Without its database
/_health goes on saying that it is ready, and /status is never answered. From its source: in 1.x
/_health is 200 either way, `ready` false while it stops; in 2.x /api/v2/monitoring/health is 204,
or 503 when its database is gone. /status counts notes and accounts, hence its rest, and may be
switched off (403). A note is never asked for: where free addresses are allowed, asking makes one.
"""

from __future__ import annotations

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


def _read_ready(answer: Answer, _context: Context) -> Verdict:
    if is_html(answer):  # 2.x gives its page for addresses that it does not know
        raise AbsentError("wrong-software")
    ready = json_object(answer, "ready")["ready"]
    if ready is True:
        version = version_of(answer.headers.get("HedgeDoc-Version"))
        return Verdict(state=State.UP, version=version)
    if ready is False:
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag")
    raise UnlikeError("wrong-software")


def _read_health(answer: Answer, context: Context) -> Verdict:
    if answer.status == 204:
        return Verdict(state=State.UP)
    if answer.status == 503 and "Retry-After" not in answer.headers:
        raise UnlikeError("http-503" if is_html(answer) else "health-fail")
    verdict = judge_status(answer, context.now)
    if verdict is None:
        raise UnlikeError("wrong-software")
    return verdict


def _read_status(answer: Answer, _context: Context) -> Verdict:
    status = json_object(answer, "onlineNotes")
    return Verdict(state=State.UP, version=version_of(status.get("serverVersion")))


PROFILE = Profile(
    name="hedgedoc",
    covers=("HedgeDoc",),
    version="the header `HedgeDoc-Version`, in 1.x",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The software says that it is ready.",
            part=Part.HEALTHY,
            up="`ready` true, or 204",
            tells={"maintenance-flag": State.MAINTENANCE, "health-fail": State.DOWN},
            asks=(
                Ask(place="/_health", read=_read_ready, headers=json_headers()),
                Ask(
                    place="/api/v2/monitoring/health",
                    read=_read_health,
                    headers=json_headers(),
                    codes=frozenset({503}),
                ),
            ),
        ),
        Check(
            proves="The database answers with the number of notes.",
            part=Part.WORKS,
            up="JSON with `onlineNotes`",
            asks=(Ask(place="/status", read=_read_status, headers=json_headers()),),
            rest=600,
            essential=False,
        ),
    ),
)
