# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `peertube`: its configuration, and a list that comes from the database.

Recorded from PeerTube 6.3.0 (healthy, starting, stopped). /api/v1/ping is a constant and unknown
addresses of its interface answer 400, so neither is proof. From its documentation: the list of
videos is public and `skipCount` spares the server a count of all of them. The source of its version
7 says the same (server/core/lib/server-config-manager.ts). It knows no maintenance mode.
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
    json_headers,
    json_object,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read_config(answer: Answer, _context: Context) -> Verdict:
    config = json_object(answer, "serverVersion")
    return Verdict(state=State.UP, version=version_of(config["serverVersion"]))


def _read_videos(answer: Answer, _context: Context) -> Verdict:
    if answer.status == 500:
        raise UnlikeError("database")
    json_object(answer, "data")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="peertube",
    covers=("PeerTube",),
    version="`serverVersion`",
    verified=Source.RECORDING,
    checks=(
        Check(
            proves="The server gives its configuration.",
            part=Part.HEALTHY,
            up="JSON with `serverVersion`",
            asks=(Ask(place="/api/v1/config", read=_read_config, headers=json_headers()),),
        ),
        Check(
            proves="The database answers with a list of videos.",
            part=Part.WORKS,
            up="JSON with `data`",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place="/api/v1/videos?count=1&skipCount=true",
                    read=_read_videos,
                    headers=json_headers(),
                    codes=frozenset({500}),
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
