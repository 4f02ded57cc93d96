# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `peertube`: its configuration, a list that comes from the database, and its own name.

Seen with PeerTube 6.3.0 on PostgreSQL and Redis; the source of its version 8.2 says the same.
/api/v1/ping is a constant and unknown addresses of its interface answer 400, so neither is proof.
Without its database, or a table of it, the configuration is still given, and the list is 500. It
is public, and `skipCount` spares the server a count of all videos. The server answers to any name;
/.well-known/nodeinfo says which is its own. Without its Redis both answers go on. It knows no
maintenance mode.
"""

from __future__ import annotations

from monitoring.profiles.own_address import require_own_address
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


def _read_name(answer: Answer, _context: Context) -> Verdict:
    links = json_object(answer, "links")["links"]
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise UnlikeError("wrong-software")
    for link in links:
        require_own_address(answer, link.get("href"))
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="peertube",
    covers=("PeerTube",),
    version="`serverVersion`",
    verified=Source.SERVER,
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
        Check(
            proves="The server lives under the name that was asked.",
            part=Part.WORKS,
            up="JSON with `links`, below that name",
            tells={"wrong-host": State.DOWN},
            asks=(Ask(place="/.well-known/nodeinfo", read=_read_name, headers=json_headers()),),
            rest=600,
            essential=False,
        ),
    ),
)
