"""Profile `moodle`: what it tells its mobile application before sign-in, and its sign-in page.

From its source: in maintenance every page is 503 with `Retry-After: 300` and the administrator's
words, but the calls that need no sign-in go on and give `maintenanceenabled` with
`maintenancemessage`. Without its database such a call is 200 with an object that holds `error`,
where a list is expected; the sign-in page is an error. A site that closed these calls answers 403
or a refusal of its own: then its sign-in page is read instead. Each look at that page makes a
session in the database, hence its rest. No version is given to strangers, and a pending upgrade is
shown to administrators alone.
"""

from __future__ import annotations

import json
from typing import Any

from monitoring.profiles.recipe import (
    AbsentError,
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    json_headers,
    json_of,
    page_of,
    words_of,
)
from monitoring.target import Part, State
from outbound import Answer

_CALL = "tool_mobile_get_public_config"
_MARKS = ("M.cfg", "logintoken", "MoodleSession", "moodle-")


def _call(_context: Context) -> bytes:
    return json.dumps([{"index": 0, "methodname": _CALL, "args": {}}]).encode()


def _read_config(answer: Answer, _context: Context) -> Verdict:
    config = _config(json_of(answer))
    if config.get("maintenanceenabled") in (1, True, "1"):
        message = words_of(config.get("maintenancemessage"))
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", message=message)
    return Verdict(state=State.UP)


def _config(value: Any) -> dict[str, Any]:
    if isinstance(value, dict) and "error" in value:
        raise UnlikeError("health-fail")
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict):
        raise UnlikeError("wrong-software")
    if first.get("error") is not False:
        raise AbsentError("not-measurable")
    data = first.get("data")
    if not isinstance(data, dict):
        raise UnlikeError("wrong-software")
    return data


def _read_page(answer: Answer, _context: Context) -> Verdict:
    page_of(answer, *_MARKS)
    return Verdict(state=State.UP)


_PAGE = Ask(place="/login/index.php", read=_read_page, max_bytes=1024 * 1024)
PROFILE = Profile(
    name="moodle",
    covers=("Moodle",),
    version="",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The software says that it is open.",
            part=Part.HEALTHY,
            up="its public configuration, `maintenanceenabled` 0",
            tells={"maintenance-flag": State.MAINTENANCE, "health-fail": State.DOWN},
            asks=(
                Ask(
                    place=f"/lib/ajax/service-nologin.php?info={_CALL}",
                    read=_read_config,
                    method="POST",
                    headers={**json_headers(), "Content-Type": "application/json"},
                    body=_call,
                ),
                _PAGE,
            ),
        ),
        Check(
            proves="The sign-in page, which needs the database, is given.",
            part=Part.WORKS,
            up="2xx, a page of Moodle",
            asks=(_PAGE,),
            rest=600,
            essential=False,
        ),
    ),
)
