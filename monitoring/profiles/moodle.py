"""Profile `moodle`: what it tells its mobile application before sign-in, and its sign-in page.

Seen with Moodle 5.1 under PHP 8.2, on MariaDB. Closed from its command line, or from a time that
was set, every page is 503 with `Retry-After: 300` and the words of the administrator; closed from
its screens, the calls that need no sign-in go on and give `maintenanceenabled` with
`maintenancemessage`. A call that fails is 200 with an object that holds `error` and `errorcode`,
where a list is expected: no database, an upgrade that runs now (maintenance), or a name that is not
its own, where it leads people away. The very answer that closes it at the time that was set is
empty: then, and where a site closed these calls, its sign-in page is read instead. Each look at
that page makes a session in the database, hence its rest. No version is given to strangers, and a
pending upgrade is shown to administrators alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

from monitoring.profiles.own_address import asked_by_public_name, require_own_address
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
_LED_AWAY = "redirecterrordetected"
_UPGRADES = "upgraderunning"
_DATABASE = re.compile(r"(db|ddl|dml)[a-z]+")


def _call(_context: Context) -> bytes:
    return json.dumps([{"index": 0, "methodname": _CALL, "args": {}}]).encode()


def _read_config(answer: Answer, _context: Context) -> Verdict:
    if not answer.body.strip():
        raise AbsentError("bad-json")
    value = json_of(answer)
    if isinstance(value, dict) and "error" in value:
        return _failure(value, answer)
    config = _config(value)
    if config.get("maintenanceenabled") in (1, True, "1"):
        message = words_of(config.get("maintenancemessage"))
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", message=message)
    require_own_address(answer, config.get("wwwroot"))
    return Verdict(state=State.UP)


def _failure(value: dict[str, Any], answer: Answer) -> Verdict:
    code = value.get("errorcode")
    if code == _UPGRADES:
        message = words_of(value["error"])
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", message=message)
    if code == _LED_AWAY and asked_by_public_name(answer):
        raise UnlikeError("wrong-host")
    if code == _LED_AWAY:
        raise AbsentError("not-measurable")
    raise UnlikeError("database" if _is_of_database(code) else "health-fail")


def _is_of_database(code: object) -> bool:
    """As the exceptions of its connections, tables and queries are called."""
    return isinstance(code, str) and _DATABASE.fullmatch(code) is not None


def _config(value: Any) -> dict[str, Any]:
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict):
        raise UnlikeError("wrong-software")
    if first.get("error") is not False:
        exception = first.get("exception")
        refusal = exception.get("errorcode") if isinstance(exception, dict) else None
        raise UnlikeError("database") if _is_of_database(refusal) else AbsentError("not-measurable")
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
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The software says that it is open.",
            part=Part.HEALTHY,
            up="its public configuration, `maintenanceenabled` 0",
            tells={
                "maintenance-flag": State.MAINTENANCE,
                **dict.fromkeys(("database", "health-fail", "wrong-host"), State.DOWN),
            },
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
