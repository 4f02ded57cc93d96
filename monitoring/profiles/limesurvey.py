"""Profile `limesurvey`: its list of surveys, with what it says of a maintenance, and its sign-in.

From its source: it has no health address. In maintenance, soft or hard, the list of surveys is
replaced, with 200, by the block `block_maintenance` and its words; every page carries its name as
generator. A site that was never set up leads to its installer. Without its database every page is
an error. The page that surveys are made from needs a session in the database, hence its rest. No
version is given to strangers.
"""

from __future__ import annotations

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
    words_of,
)
from monitoring.target import Part, State
from outbound import Answer

_BLOCK = 'id="block_maintenance"'
_MARKS = ('content="LimeSurvey', "limesurvey", "LimeSurvey")


def _read_list(answer: Answer, _context: Context) -> Verdict:
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


PROFILE = Profile(
    name="limesurvey",
    covers=("LimeSurvey",),
    version="",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The list of surveys is given, and says nothing of a maintenance.",
            part=Part.HEALTHY,
            up="2xx, a page of LimeSurvey without its block",
            tells={"maintenance-page": State.MAINTENANCE, "not-installed": State.DOWN},
            asks=(
                Ask(place="/", read=_read_list, max_bytes=1024 * 1024),
                Ask(place="/index.php", read=_read_list, max_bytes=1024 * 1024),
            ),
        ),
        Check(
            proves="The page that surveys are made from asks for a sign-in.",
            part=Part.WORKS,
            up="2xx, a page of LimeSurvey",
            asks=(
                Ask(
                    place="/index.php/admin/authentication/sa/login",
                    read=_read_sign_in,
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
