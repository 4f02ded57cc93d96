"""Profile `collabora`: what the office server can do, and the list that its hosts work from.

From its source (wsd/ClientRequestDispatcher.cpp): /hosting/capabilities is JSON with its product
and version, /hosting/discovery the XML that Nextcloud reads before it opens a document. Both come
from the process that serves documents; whether one opens cannot be seen without a host. "/" is the
constant "OK". It knows no maintenance mode: a front announces it with 503 and `Retry-After`.
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
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read_capabilities(answer: Answer, _context: Context) -> Verdict:
    capabilities = json_object(answer, "productVersion")
    return Verdict(state=State.UP, version=version_of(capabilities["productVersion"]))


def _read_discovery(answer: Answer, _context: Context) -> Verdict:
    if "<wopi-discovery" not in text_of(answer):
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


_DISCOVERY = Ask(place="/hosting/discovery", read=_read_discovery, max_bytes=1024 * 1024)
PROFILE = Profile(
    name="collabora",
    covers=("Collabora Online",),
    version="`productVersion`",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The server says what it can do.",
            part=Part.HEALTHY,
            up="JSON with `productVersion`",
            asks=(
                Ask(
                    place="/hosting/capabilities",
                    read=_read_capabilities,
                    headers=json_headers(),
                ),
                _DISCOVERY,
            ),
        ),
        Check(
            proves="The list of documents that it opens is given.",
            part=Part.WORKS,
            up="XML of WOPI discovery",
            asks=(_DISCOVERY,),
            rest=600,
            essential=False,
        ),
    ),
)
