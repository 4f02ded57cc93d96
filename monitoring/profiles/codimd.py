"""Profile `codimd`: the script that its editor starts from, and figures from its database.

From its source: it has no health address; /config is JavaScript with the version, made by the
running program; /status counts notes and accounts, hence its rest, and may be kept from us. Without
its database /status is an error or never ends. It says nothing of maintenance: a front announces it
with 503 and `Retry-After`.
"""

from __future__ import annotations

import re

from monitoring.profiles.hedgedoc import read_status
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
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_VERSION = re.compile(r"window\.version\s*=\s*['\"]([^'\"]{1,60})['\"]")


def _read_config(answer: Answer, _context: Context) -> Verdict:
    found = _VERSION.search(text_of(answer))
    if is_html(answer) or found is None:
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP, version=version_of(found[1]))


PROFILE = Profile(
    name="codimd",
    covers=("CodiMD",),
    version="in the script",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The script that the editor starts from is given.",
            part=Part.HEALTHY,
            up="JavaScript with `window.version`",
            asks=(Ask(place="/config", read=_read_config),),
        ),
        Check(
            proves="The database answers with the number of notes.",
            part=Part.WORKS,
            up="JSON with `onlineNotes`",
            asks=(Ask(place="/status", read=read_status, headers=json_headers()),),
            rest=600,
            essential=False,
        ),
    ),
)
