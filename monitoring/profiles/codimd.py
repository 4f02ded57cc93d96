# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `codimd`: the script that its editor starts from, and a look into its database.

Seen with CodiMD 2.6.0 on PostgreSQL, without its pages built. It has no health address; /config is
JavaScript with the version, made by the running program. A published note that nobody made is
looked for in the database, answers 404 and makes nothing. /status counts notes in old versions, but
newer ones take it for a note's name: where free addresses are allowed, asking makes one, so it is
never asked. Each answer makes a session in the database, as for any visitor; when it cannot, the
program ends itself. It answers to any name. It says nothing of maintenance: a front announces it
with 503 and `Retry-After`.
"""

from __future__ import annotations

import re
import secrets

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

_VERSION = re.compile(r"window\.version\s*=\s*['\"]([^'\"]{1,60})['\"]")


def _read_config(answer: Answer, _context: Context) -> Verdict:
    found = _VERSION.search(text_of(answer))
    if is_html(answer) or found is None:
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP, version=version_of(found[1]))


def _unused_note(_context: Context) -> str:
    return f"/s/sonde-{secrets.token_hex(10)}"


def _read_note(answer: Answer, _context: Context) -> Verdict:
    if answer.status == 500:
        raise UnlikeError("database")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="codimd",
    covers=("CodiMD",),
    version="in the script",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The script that the editor starts from is given.",
            part=Part.HEALTHY,
            up="JavaScript with `window.version`",
            asks=(Ask(place="/config", read=_read_config),),
        ),
        Check(
            proves="The database answers whether a published note exists.",
            part=Part.WORKS,
            up="404 or 2xx",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place=_unused_note,
                    shown="/s/sonde-<20 random digits>",
                    read=_read_note,
                    codes=frozenset({404, 500}),
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
