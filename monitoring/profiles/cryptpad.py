"""Profile `cryptpad`: its configuration, the maintenance it announces, and its web socket.

Verified against a running 2026.2.2: healthy, maintenance announced for now and for later, stopped,
stopped behind nginx, behind an nginx that takes the upgrade away, and a name of another site. A
folder of pads that is gone is not seen. /api/config and /api/broadcast are JavaScript around one
JSON object. The first gives the version (`urlArgs`) and the web socket's path, the second
`maintenance` with its reason, start and end in milliseconds, left out once it is over. Pages are
plain files: pads live in the web socket alone, so an upgrade is asked (101) and the connection
closed at once. Where something between us and the server takes the upgrade away, it is not
measured.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    end_of,
    text_of,
    version_of,
    words_of,
)
from monitoring.profiles.websocket import upgrade
from monitoring.target import Part, State
from outbound import Answer

_VERSION = re.compile(r"ver=v?([\w.]{1,20})")


def _object(answer: Answer) -> dict[str, Any]:
    """What the script returns: `define(function(){ return {…} })`."""
    text = text_of(answer)
    before, _, after = text.partition("return ")
    if "define(" not in before:
        raise UnlikeError("wrong-software")
    try:
        value, _ = json.JSONDecoder().raw_decode(after)
    except (ValueError, RecursionError) as error:
        raise UnlikeError("bad-json") from error
    if not isinstance(value, dict):
        raise UnlikeError("wrong-software")
    return value


def _read_config(answer: Answer, context: Context) -> Verdict:
    config = _object(answer)
    conf = config.get("requireConf")
    arguments = conf.get("urlArgs") if isinstance(conf, dict) else None
    if not isinstance(arguments, str):
        raise UnlikeError("wrong-software")
    found = _VERSION.search(arguments)
    context.facts["socket"] = _socket(answer.url, config.get("websocketPath"))
    return Verdict(state=State.UP, version=version_of(found[1]) if found else None)


def _socket(here: str, declared: object) -> str:
    """Only on the same host: the address of another is not what was given to us to watch."""
    usual = urljoin(here, "/cryptpad_websocket")
    try:
        there = urljoin(here, declared if isinstance(declared, str) else usual)
        parts = urlsplit(there.replace("ws", "http", 1) if there.startswith("ws") else there)
        return parts.geturl() if parts.netloc == urlsplit(here).netloc else usual
    except ValueError:
        return usual


def _read_broadcast(answer: Answer, context: Context) -> Verdict:
    told = _object(answer).get("maintenance")
    if not isinstance(told, dict) or not isinstance(start := told.get("start"), int | float):
        return Verdict(state=State.UP)
    end = end_of(told.get("end"), context.now)
    if end is None or start > context.now.timestamp() * 1000:
        return Verdict(state=State.UP)
    return Verdict(
        state=State.MAINTENANCE,
        reason="maintenance-flag",
        message=words_of(told.get("reason")),
        expected_end=end,
    )


def _place(context: Context) -> str:
    return context.facts["socket"]


PROFILE = Profile(
    name="cryptpad",
    covers=("CryptPad",),
    version="`urlArgs` of /api/config",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The server gives its configuration.",
            part=Part.HEALTHY,
            up="JavaScript with `requireConf`",
            asks=(Ask(place="/api/config", read=_read_config),),
        ),
        Check(
            proves="No maintenance is announced for now.",
            part=Part.HEALTHY,
            up="no `maintenance` between its start and its end",
            tells={"maintenance-flag": State.MAINTENANCE},
            asks=(Ask(place="/api/broadcast", read=_read_broadcast),),
            essential=False,
        ),
        Check(
            proves="The web socket that pads live in opens.",
            part=Part.WORKS,
            up="101",
            asks=(
                upgrade(
                    _place,
                    shown="/cryptpad_websocket, or where /api/config says on the same host",
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
