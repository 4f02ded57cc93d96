"""Profile `bigbluebutton`: the interface says it succeeds, and the client's page is given.

From its source (ApiController.groovy of bigbluebutton-web): /bigbluebutton/api needs no checksum
and answers in XML; `bbbVersion` is empty unless the administrator publishes it. Rooms cannot be
looked at without the server's secret, so what is proved is that the interface runs and that the
page people meet in is served. Scalelite (its source of August 2026) says SUCCESS in the same way
whatever happens, without any `bbbVersion`: its own check at /health_check, always 200, says whether
its database and its Redis answer. Neither tells that no server is left behind it: watch those
themselves. It knows no maintenance mode: a front announces it with 503 and `Retry-After`.
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


def _read_api(answer: Answer, context: Context) -> Verdict:
    text = text_of(answer)
    code, version = _CODE.search(text), _VERSION.search(text)
    if code is None:
        raise UnlikeError("wrong-software")
    if code[1] != "SUCCESS":
        raise UnlikeError("health-fail")
    if "<bbbVersion" not in text:
        context.facts["scalelite"] = "yes"
    return Verdict(state=State.UP, version=version_of(version[1]) if version else None)


def _place(context: Context) -> str:
    return "/health_check" if "scalelite" in context.facts else "/html5client/"


def _read_page(answer: Answer, context: Context) -> Verdict:
    if "scalelite" in context.facts:
        words = text_of(answer).strip()
        if words != "success":
            failed = words.startswith("Health Check Failure")
            raise UnlikeError("health-fail" if failed else "wrong-software")
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
            proves="The page that people meet in is given; Scalelite says that it is well.",
            part=Part.WORKS,
            up="2xx; of Scalelite, the text `success`",
            tells={"health-fail": State.DOWN},
            asks=(
                Ask(
                    place=_place,
                    shown="/html5client/, of Scalelite /health_check",
                    read=_read_page,
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
