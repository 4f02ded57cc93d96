# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `etherpad`: /health, which is constant, and a look into the database.

Verified on recordings of Etherpad 2.5.3 (healthy, starting, stopped, stopped behind nginx) and
against a running one, on MariaDB and on PostgreSQL: healthy, database stopped (500 of the export
while /health is well; cut off from PostgreSQL it ends itself), table gone (500), table locked (no
answer in time), stopped. From its source: /health never touches the database, and an export first
looks for the pad there. A name nobody has ever used cannot come from a cache, ends in 404, creates
nothing and leaves one line in the log. Exports are limited to ten in 90 seconds by default: one in
ten minutes is far below.
"""

from __future__ import annotations

import secrets

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
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read_health(answer: Answer, _context: Context) -> Verdict:
    health = json_object(answer, "status")
    version = version_of(health.get("releaseId"))
    if health["status"] in ("pass", "ok", "up"):
        return Verdict(state=State.UP, version=version)
    if health["status"] == "warn":
        return Verdict(state=State.DEGRADED, reason="health-warn", version=version)
    return Verdict(state=State.DOWN, reason="health-fail", version=version)


def _read_api(answer: Answer, _context: Context) -> Verdict:
    # The version it gives is the interface's, not the product's.
    json_object(answer, "currentVersion")
    return Verdict(state=State.UP)


def _unused_pad(_context: Context) -> str:
    return f"/p/sonde-{secrets.token_hex(10)}/export/txt"


def _read_export(answer: Answer, _context: Context) -> Verdict:
    if answer.status >= 500:
        raise UnlikeError("database")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="etherpad",
    covers=("Etherpad",),
    version="`releaseId`",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The server runs and says it is well.",
            part=Part.HEALTHY,
            up="status `pass`",
            tells={"health-warn": State.DEGRADED, "health-fail": State.DOWN},
            asks=(
                Ask(place="/health", read=_read_health, headers=json_headers()),
                Ask(place="/api", read=_read_api, headers=json_headers()),
            ),
        ),
        Check(
            proves="The database answers whether a pad exists.",
            part=Part.WORKS,
            up="404 or 2xx",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place=_unused_pad,
                    shown="/p/sonde-<20 random digits>/export/txt",
                    read=_read_export,
                    codes=frozenset({404, 500}),
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
