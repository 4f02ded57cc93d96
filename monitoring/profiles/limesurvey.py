"""Profile `limesurvey`: its list of surveys, with what it says of a maintenance, and its sign-in.

Seen with LimeSurvey 5.6.54 under PHP 8.2, on MariaDB. It has no health address. In maintenance,
soft or hard, the list of surveys is replaced, with 200, by the block `block_maintenance` and its
words; almost every page carries its name as generator. A site that was never set up leads to its
installer. Without its database, or a table of it, a page is a 500 that says so. It answers to any
name, and neither a pending upgrade of its database nor a lost table of users shows anywhere. Each
look at the page that surveys are made from makes a session, hence its rest. No version is given to
strangers.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    page_of,
    text_of,
    words_of,
)
from monitoring.target import Part, State
from outbound import Answer

_BROKEN = 500
_DATABASE = re.compile(r"CDb(Connection|Command) failed")
_BLOCK = 'id="block_maintenance"'
_SIGN_IN = "/index.php/admin/authentication/sa/login?r=admin/authentication/sa/login"
"""Said twice: a site reads its addresses from their path or from their query, one of the two."""
_MARKS = ('content="LimeSurvey', "limesurvey", "LimeSurvey")


def _read_list(answer: Answer, _context: Context) -> Verdict:
    if answer.status == _BROKEN:
        raise UnlikeError("database" if _DATABASE.search(text_of(answer)) else "http-500")
    if "installer" in urlsplit(answer.url).path + urlsplit(answer.url).query:
        raise UnlikeError("not-installed")
    _, block, after = page_of(answer, *_MARKS).partition(_BLOCK)
    if not block:
        return Verdict(state=State.UP)
    message = words_of(f"<{after.partition('</article>')[0]}")
    return Verdict(state=State.MAINTENANCE, reason="maintenance-page", message=message)


def _read_sign_in(answer: Answer, _context: Context) -> Verdict:
    page_of(answer, *_MARKS)
    return Verdict(state=State.UP)


_CODES = frozenset({_BROKEN})
PROFILE = Profile(
    name="limesurvey",
    covers=("LimeSurvey",),
    version="",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The list of surveys is given, and says nothing of a maintenance.",
            part=Part.HEALTHY,
            up="2xx, a page of LimeSurvey without its block",
            tells={
                "maintenance-page": State.MAINTENANCE,
                **dict.fromkeys(("database", "not-installed"), State.DOWN),
            },
            asks=(
                Ask(place="/", read=_read_list, codes=_CODES, max_bytes=1024 * 1024),
                Ask(place="/index.php", read=_read_list, codes=_CODES, max_bytes=1024 * 1024),
            ),
        ),
        Check(
            proves="The page that surveys are made from asks for a sign-in.",
            part=Part.WORKS,
            up="2xx, a page of LimeSurvey",
            asks=(
                Ask(
                    place=_SIGN_IN,
                    read=_read_sign_in,
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
