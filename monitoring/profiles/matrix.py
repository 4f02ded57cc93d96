# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `matrix`: the protocol it speaks, and a look into the database for a room nobody made.

Verified against a running Synapse 1.163.2 on PostgreSQL: healthy, database stopped and back,
stopped, stopped behind nginx, and asked by a name that nginx gives to another site. /health,
/_matrix/client/versions, the list of ways to sign in and the version are constants that go on
answering 200 without a database; proxies often keep /health to themselves, and may keep
/_matrix/client/versions for an hour (max-age, s-maxage), hence the query that was never asked
before. Whether a room is listed is public in the protocol, is kept by no cache for a number nobody
ever had, ends in 404 and in 500 without the database, and never asks another server. Synapse has
no maintenance mode: what stands in front of it may say so.
"""

from __future__ import annotations

import secrets

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


def _versions(_context: Context) -> str:
    return f"/_matrix/client/versions?sonde={secrets.token_hex(10)}"


def _read_versions(answer: Answer, _context: Context) -> Verdict:
    if not isinstance(json_object(answer, "versions")["versions"], list):
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


def _read_software(answer: Answer, _context: Context) -> Verdict:
    server = json_object(answer, "server")["server"]
    version = server.get("version") if isinstance(server, dict) else None
    return Verdict(state=State.UP, version=version_of(version))


def _unknown_room(_context: Context) -> str:
    # "invalid" is a name that will never be anybody's.
    return f"/_matrix/client/v3/directory/list/room/!sonde{secrets.token_hex(10)}:sonde.invalid"


def _read_room(answer: Answer, _context: Context) -> Verdict:
    if answer.status == 500:
        raise UnlikeError("database")
    json_object(answer)
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="matrix",
    covers=("Synapse", "Element"),
    version="`server.version` of the federation, where it is open",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The server says which versions of the protocol it speaks.",
            part=Part.HEALTHY,
            up="JSON with `versions`",
            asks=(
                Ask(
                    place=_versions,
                    shown="/_matrix/client/versions?sonde=<20 random digits>",
                    read=_read_versions,
                    headers=json_headers(),
                ),
            ),
        ),
        Check(
            proves="The software gives its version.",
            part=Part.HEALTHY,
            up="JSON with `server`",
            asks=(
                Ask(
                    place="/_matrix/federation/v1/version",
                    read=_read_software,
                    headers=json_headers(),
                ),
            ),
            rest=1800,
            essential=False,
        ),
        Check(
            proves="The database answers whether a room is listed.",
            part=Part.WORKS,
            up="404 or 2xx",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place=_unknown_room,
                    shown="/_matrix/client/v3/directory/list/room/!sonde<20 random digits>:…",
                    read=_read_room,
                    headers=json_headers(),
                    codes=frozenset({404, 500}),
                ),
            ),
            rest=300,
            essential=False,
        ),
    ),
)
