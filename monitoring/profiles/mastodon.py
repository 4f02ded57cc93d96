"""Profile `mastodon`: its health, what it says of itself from its database, and its live feed.

From its source (health_controller.rb, streaming/index.js): /health is the text "OK" whatever its
database does; the instance's own page is read from database and cache, and is refused to strangers
by servers that keep to themselves. The feed is another program, whose health is asked apart:
without it pages go on and have to be read again by hand, so degraded. It knows no maintenance mode:
a front announces it with 503 and `Retry-After`.
"""

from __future__ import annotations

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


def _read_health(answer: Answer, _context: Context) -> Verdict:
    if is_html(answer):
        raise UnlikeError("wrong-software")
    if text_of(answer).strip() != "OK":
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP)


def _read_instance(answer: Answer, _context: Context) -> Verdict:
    return Verdict(state=State.UP, version=version_of(json_object(answer, "version")["version"]))


def _read_feed(answer: Answer, context: Context) -> Verdict:
    verdict = judge_status(answer, context.now)
    if verdict is not None and verdict.state is State.DOWN and verdict.reason.startswith("http-5"):
        return Verdict(state=State.DEGRADED, reason="live-feed")
    return verdict or _read_health(answer, context)


PROFILE = Profile(
    name="mastodon",
    covers=("Mastodon",),
    version="`version` of its instance's page",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says it is well.",
            part=Part.HEALTHY,
            up="the text `OK`",
            tells={"health-fail": State.DOWN},
            asks=(Ask(place="/health", read=_read_health),),
        ),
        Check(
            proves="The database answers with what the server says of itself.",
            part=Part.WORKS,
            up="JSON with `version`",
            asks=tuple(
                Ask(place=place, read=_read_instance, headers=json_headers())
                for place in ("/api/v2/instance", "/api/v1/instance")
            ),
            rest=600,
            essential=False,
        ),
        Check(
            proves="The live feed answers.",
            part=Part.WORKS,
            up="the text `OK`",
            tells={"live-feed": State.DEGRADED},
            asks=(Ask(place="/api/v1/streaming/health", read=_read_feed, own_codes=True),),
            rest=600,
            essential=False,
        ),
    ),
)
