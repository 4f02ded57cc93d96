"""Profile `bigbluebutton`: the interface says it succeeds, and the client's page is given.

From its source: /bigbluebutton/api needs no checksum and answers in XML; `bbbVersion` is empty
unless the administrator publishes it. Rooms cannot be looked at without the server's secret, so
what is proved is that the interface runs and that the page people meet in is served. Scalelite
answers in the same way for the servers behind it, even when none is left: watch those themselves.
It knows no maintenance mode: a front announces it with 503 and `Retry-After`.
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
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_CODE = re.compile(r"<returncode>\s*([A-Z]{1,20})\s*</returncode>")
_VERSION = re.compile(r"<bbbVersion>\s*([^<]{1,60})</bbbVersion>")


def _read_api(answer: Answer, _context: Context) -> Verdict:
    text = text_of(answer)
    code, version = _CODE.search(text), _VERSION.search(text)
    if code is None:
        raise UnlikeError("wrong-software")
    if code[1] != "SUCCESS":
        raise UnlikeError("health-fail")
    return Verdict(state=State.UP, version=version_of(version[1]) if version else None)


def _read_page(_answer: Answer, _context: Context) -> Verdict:
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="bigbluebutton",
    covers=("BigBlueButton", "Scalelite"),
    version="`bbbVersion`, where the administrator publishes it",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server answers its interface.",
            part=Part.HEALTHY,
            up="XML with the return code `SUCCESS`",
            tells={"health-fail": State.DOWN},
            asks=(Ask(place="/bigbluebutton/api", read=_read_api),),
        ),
        Check(
            proves="The page that people meet in is given.",
            part=Part.WORKS,
            up="2xx",
            asks=(Ask(place="/html5client/", read=_read_page, max_bytes=1024 * 1024),),
            rest=600,
            essential=False,
        ),
    ),
)
