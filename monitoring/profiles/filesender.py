# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `filesender`: what it says of itself to everyone, and a transfer looked for in vain.

Verified against running servers of versions 2.67 and 3.8 on MariaDB: healthy, in maintenance,
database stopped, stopped. /rest.php/info gives the site's address and what the administrator chose
to disclose, the version among them if he did; neither it nor the first page reads the database. In
maintenance every call is 503 with the message `undergoing_maintenance`. The page of a transfer that
nobody made is 200 and shows an exception, whose words tell "no such transfer" from "no database" in
the language that we ask for; it leaves a few lines in the log, hence its rest.
"""

from __future__ import annotations

from uuid import uuid4

from monitoring.profiles.own_address import require_own_address
from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    is_html,
    json_headers,
    json_object,
    judge_status,
    page_of,
    retry_after,
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_NO_DATABASE = ("Failed to connect to database", "Impossible de se connecter à la base")


def _read_info(answer: Answer, context: Context) -> Verdict:
    if answer.status >= 500:
        return _read_failure(answer, context)
    info = json_object(answer, "url")
    require_own_address(answer, info["url"])
    return Verdict(state=State.UP, version=version_of(info.get("version")))


def _read_failure(answer: Answer, context: Context) -> Verdict:
    message = None if is_html(answer) else json_object(answer).get("message")
    if message == "undergoing_maintenance":
        end = retry_after(answer, context.now)
        return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", expected_end=end)
    verdict = judge_status(answer, context.now)
    return verdict or Verdict(state=State.DOWN, reason=f"http-{answer.status}")


def _unused_transfer(_context: Context) -> str:
    return f"/?s=download&token={uuid4()}"


def _read_transfer(answer: Answer, context: Context) -> Verdict:
    text = text_of(answer)
    if is_html(answer) and 'class="exception"' in text:
        if any(words in text for words in _NO_DATABASE):
            raise UnlikeError("database")
        return Verdict(state=State.UP)
    verdict = judge_status(answer, context.now)
    if verdict is None:
        page_of(answer, "filesender")
    return verdict or Verdict(state=State.UP)


PROFILE = Profile(
    name="filesender",
    covers=("FileSender",),
    version="`version` of /rest.php/info, where it is disclosed",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The software says that it is open.",
            part=Part.HEALTHY,
            up="JSON with `url`, its own address",
            tells={"maintenance-flag": State.MAINTENANCE, "wrong-host": State.DOWN},
            asks=(
                Ask(
                    place="/rest.php/info",
                    read=_read_info,
                    headers=json_headers(),
                    codes=frozenset({500, 503}),
                ),
            ),
        ),
        Check(
            proves="The database answers whether a transfer exists.",
            part=Part.WORKS,
            up="a page that knows no such transfer",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place=_unused_transfer,
                    shown="/?s=download&token=<random>",
                    read=_read_transfer,
                    headers={"Accept-Language": "en"},
                    codes=frozenset({404, 410, 500}),
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
