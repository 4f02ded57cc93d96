# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `mediawiki`: what the wiki says of itself, and figures that come from its database.

Verified against a running MediaWiki 1.39.17 on MariaDB: healthy, locked against writing with the
words of its administrator, database stopped, stopped, and asked by the name of another site. From
its documentation: a wiki where everyone must sign in answers 200 with the error `readapidenied`.

A locked wiki can be read: degraded, with the reason that it gives. Without its database every
address is 500, and the interface names the kind of fault in `MediaWiki-API-Error`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitoring.profiles.own_address import require_own_address
from monitoring.profiles.recipe import (
    LONGEST_MESSAGE,
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

_GENERAL = "api.php?action=query&meta=siteinfo&siprop=general&format=json&formatversion=2"
_FIGURES = "api.php?action=query&meta=siteinfo&siprop=statistics&format=json&formatversion=2"


def _read_general(answer: Answer, _context: Context) -> Verdict:
    site = _site_info(answer)
    if site is None:
        return Verdict(state=State.UP)
    general = site.get("general")
    if not isinstance(general, dict):
        raise UnlikeError("wrong-software")
    require_own_address(answer, general.get("server"))
    generator = general.get("generator")
    version = generator.removeprefix("MediaWiki ") if isinstance(generator, str) else None
    if general.get("readonly") is True:
        return Verdict(
            state=State.DEGRADED,
            reason="read-only",
            version=version_of(version),
            message=_words(general.get("readonlyreason")),
        )
    return Verdict(state=State.UP, version=version_of(version))


def _read_figures(answer: Answer, _context: Context) -> Verdict:
    site = _site_info(answer)
    if site is not None and "statistics" not in site:
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


def _site_info(answer: Answer) -> dict[str, Any] | None:
    """None where everyone must sign in: the wiki answered, and keeps the rest to itself."""
    if answer.status == 500:
        fault = answer.headers.get("MediaWiki-API-Error", "")
        raise UnlikeError("database" if "DB" in fault else "http-500")
    content = json_object(answer)
    error = content.get("error")
    if isinstance(error, dict) and error.get("code") == "readapidenied":
        return None
    site = content.get("query")
    if not isinstance(site, dict):
        raise UnlikeError("wrong-software")
    return site


def _words(text: object) -> str | None:
    return " ".join(text.split())[:LONGEST_MESSAGE] or None if isinstance(text, str) else None


def _asks(place: str, read: Callable[[Answer, Context], Verdict]) -> tuple[Ask, ...]:
    """The script stands beside the pages, or in a folder of its own."""
    return tuple(
        Ask(place=f"{folder}{place}", read=read, headers=json_headers(), codes=frozenset({500}))
        for folder in ("/", "/w/")
    )


PROFILE = Profile(
    name="mediawiki",
    covers=("MediaWiki",),
    version="`generator`",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The wiki says what it is and lets people write.",
            part=Part.HEALTHY,
            up="JSON with `general`, or `readapidenied`",
            tells={
                "read-only": State.DEGRADED,
                "database": State.DOWN,
                "wrong-host": State.DOWN,
            },
            asks=_asks(_GENERAL, _read_general),
        ),
        Check(
            proves="The database answers with the figures of the wiki.",
            part=Part.WORKS,
            up="JSON with `statistics`, or `readapidenied`",
            tells={"database": State.DOWN},
            asks=_asks(_FIGURES, _read_figures),
            rest=300,
            essential=False,
        ),
    ),
)
