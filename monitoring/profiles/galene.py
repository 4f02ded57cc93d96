"""Profile `galene`: its list of public groups, and the web socket that meetings live in.

Seen with Galène 0.6.2 and 0.7.2; the source of 1.1 says the same. /public-groups.json is made at
each request by the running server, also when no group is public. /group/<name>/.status is never
asked: the server would open the group. Pages are plain files, so an upgrade of /ws is asked (101)
and the connection closed at once. It answers to any name, goes on when its folder of groups is
gone, gives no version, and knows no maintenance mode.
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
    json_of,
)
from monitoring.profiles.websocket import upgrade
from monitoring.target import Part, State
from outbound import Answer


def _read_groups(answer: Answer, _context: Context) -> Verdict:
    groups = json_of(answer)
    if groups is not None and not isinstance(groups, list):
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="galene",
    covers=("Galène",),
    version="",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The server gives its list of public groups.",
            part=Part.HEALTHY,
            up="a list in JSON",
            asks=(Ask(place="/public-groups.json", read=_read_groups, headers=json_headers()),),
        ),
        Check(
            proves="The web socket that meetings live in opens.",
            part=Part.WORKS,
            up="101",
            asks=(upgrade("/ws"),),
            rest=600,
            essential=False,
        ),
    ),
)
