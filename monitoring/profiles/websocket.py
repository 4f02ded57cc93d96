"""Does a web socket open? The upgrade is asked, and closed as soon as it is given."""

from __future__ import annotations

import base64
import secrets

from monitoring.profiles.recipe import Ask, Context, Place, UnlikeError, Verdict
from monitoring.target import State
from outbound import Answer

SWITCHED = 101
_HEADERS = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
}


def upgrade(place: Place, *, shown: str = "") -> Ask:
    """Healthy when the server switches. A proxy on our side may take the upgrade away."""
    codes = frozenset({SWITCHED})
    return Ask(place=place, shown=shown, read=_read, headers=_HEADERS, codes=codes)


def _read(answer: Answer, _context: Context) -> Verdict:
    if answer.status != SWITCHED:
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)
