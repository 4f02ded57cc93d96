# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `mattermost`: a plain ping each time, and rarely one that tries database and files.

From its source (server/channels/api4/system.go, and web/handlers.go): the plain ping touches
nothing; with `get_server_status=true` the server writes and deletes a row and tries its file store
at each call, hence the rest. A part that fails makes it 500 with the parts in its body;
`use_rest_semantics` would make that 200, so it is never passed. Without its files people can still
write: degraded. The version stands in the header `X-Version-Id`. It knows no maintenance mode: a
front announces it with 503 and `Retry-After`.
"""

from __future__ import annotations

import re

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
)
from monitoring.target import Part, State
from outbound import Answer

_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}(?=\.|$)")


def _read_ping(answer: Answer, _context: Context) -> Verdict:
    if json_object(answer, "status")["status"] != "OK":
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP, version=_version(answer))


def _read_parts(answer: Answer, _context: Context) -> Verdict:
    status = json_object(answer, "status")
    if status.get("database_status", "OK") != "OK":
        raise UnlikeError("database")
    if status.get("filestore_status", "OK") != "OK":
        return Verdict(state=State.DEGRADED, reason="file-store")
    if answer.status == 500 or status["status"] != "OK":
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP, version=_version(answer))


def _version(answer: Answer) -> str | None:
    found = _VERSION.match(answer.headers.get("X-Version-Id", ""))
    return found[0] if found else None


_CODES = frozenset({500})
PROFILE = Profile(
    name="mattermost",
    covers=("Mattermost",),
    version="the header `X-Version-Id`",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says it is well.",
            part=Part.HEALTHY,
            up="status `OK`",
            tells={"health-fail": State.DOWN},
            asks=(
                Ask(
                    place="/api/v4/system/ping",
                    read=_read_ping,
                    headers=json_headers(),
                    codes=_CODES,
                ),
            ),
        ),
        Check(
            proves="The database takes a row, and the file store answers.",
            part=Part.WORKS,
            up="all its parts `OK`",
            tells={
                "file-store": State.DEGRADED,
                "database": State.DOWN,
                "health-fail": State.DOWN,
            },
            asks=(
                Ask(
                    place="/api/v4/system/ping?get_server_status=true",
                    read=_read_parts,
                    headers=json_headers(),
                    codes=_CODES,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
