"""Profile `onlyoffice`: its own check of all its parts, and the script that editors start from.

From its source (DocService/sources/DocsCoServer.js of March 2026): /healthcheck is always 200; its
body `true` or `false` says whether database, Redis, queue and storage answer. It is kept for listed
addresses where the server has such a list: then the script is asked, which proves no more than that
files are served. The script also gives the version. It knows no maintenance mode: a front announces
it with 503 and `Retry-After`.
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
    is_html,
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_VERSION = re.compile(
    r"DocEditor\.version\s*=\s*function[^{]{0,20}\{\s*return\s*['\"]([\d.]{1,20})"
)


def _read_health(answer: Answer, _context: Context) -> Verdict:
    word = text_of(answer).strip()
    if word == "false":
        raise UnlikeError("health-fail")
    if word != "true":
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


def _read_script(answer: Answer, _context: Context) -> Verdict:
    text = text_of(answer)
    if is_html(answer) or "DocsAPI" not in text:
        raise UnlikeError("wrong-software")
    found = _VERSION.search(text)
    return Verdict(state=State.UP, version=version_of(found[1]) if found else None)


_SCRIPT = Ask(place="/web-apps/apps/api/documents/api.js", read=_read_script, max_bytes=1024 * 1024)
PROFILE = Profile(
    name="onlyoffice",
    covers=("OnlyOffice Docs",),
    version="in the script",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says that all its parts answer.",
            part=Part.HEALTHY,
            up="the text `true`",
            tells={"health-fail": State.DOWN},
            asks=(Ask(place="/healthcheck", read=_read_health), _SCRIPT),
        ),
        Check(
            proves="The script that editors start from is given.",
            part=Part.WORKS,
            up="JavaScript that names `DocsAPI`",
            asks=(_SCRIPT,),
            rest=600,
            essential=False,
        ),
    ),
)
