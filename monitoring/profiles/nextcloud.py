# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `nextcloud`: what status.php says of itself, and an answer that needs the database.

status.php answers 200 in maintenance too: the fields decide. Verified on recordings of Nextcloud
32.0.1 (healthy, maintenance mode, needs upgrade, recovered, and the 503 of its other addresses) and
against a running 29.0.6 on MariaDB (healthy, maintenance mode, stopped, asked by a host it does not
trust: 400 with code 15, and without its database: status.php is then an empty 500, while the
capabilities are an empty 200).

`needsDbUpgrade` counts as maintenance: until an administrator ends the upgrade nobody can work,
and it is a step of one; the software itself closes every other page then.
"""

from __future__ import annotations

from typing import Any

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
    judge_status,
    maintenance,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read_status(answer: Answer, _context: Context) -> Verdict:
    if answer.status == 400:
        raise UnlikeError("wrong-host" if b"rusted domain" in answer.body else "http-400")
    status = json_object(answer, "installed", "maintenance", "versionstring")
    version = version_of(status["versionstring"])
    if status["installed"] is not True:
        return Verdict(state=State.DOWN, reason="not-installed", version=version)
    if status["maintenance"] is not False:
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", version=version)
    if status.get("needsDbUpgrade") is True:
        return Verdict(state=State.MAINTENANCE, reason="needs-upgrade", version=version)
    return Verdict(state=State.UP, version=version)


def _read_capabilities(answer: Answer, context: Context) -> Verdict:
    if answer.status == 503:
        if answer.headers.get("X-Nextcloud-Maintenance-Mode") == "1":
            return maintenance(answer, context.now, reason="maintenance-flag")
        return judge_status(answer, context.now) or Verdict(state=State.DOWN, reason="http-503")
    envelope: Any = json_object(answer, "ocs")["ocs"]
    data = envelope.get("data") if isinstance(envelope, dict) else None
    if not isinstance(data, dict):
        raise UnlikeError("wrong-software")
    version = data.get("version")
    text = version.get("string") if isinstance(version, dict) else None
    return Verdict(state=State.UP, version=version_of(text))


_CAPABILITIES = Ask(
    place="/ocs/v2.php/cloud/capabilities?format=json",
    read=_read_capabilities,
    headers={**json_headers(), "OCS-APIRequest": "true"},
    codes=frozenset({503}),
)
PROFILE = Profile(
    name="nextcloud",
    covers=("Nextcloud",),
    version="`versionstring`",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The software says it is installed, open and needs no upgrade.",
            part=Part.HEALTHY,
            up="`installed`, not `maintenance`, not `needsDbUpgrade`",
            tells={
                "maintenance-flag": State.MAINTENANCE,
                "needs-upgrade": State.MAINTENANCE,
                "not-installed": State.DOWN,
                "wrong-host": State.DOWN,
            },
            asks=(
                Ask(
                    place="/status.php",
                    read=_read_status,
                    headers=json_headers(),
                    codes=frozenset({400}),
                ),
                _CAPABILITIES,
            ),
        ),
        Check(
            proves="An answer that reads the settings kept in the database.",
            part=Part.WORKS,
            up="200 with data",
            tells={"maintenance-flag": State.MAINTENANCE},
            asks=(_CAPABILITIES,),
            rest=600,
            essential=False,
        ),
    ),
)
