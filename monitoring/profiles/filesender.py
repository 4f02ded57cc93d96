# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `filesender`: what it says of itself to everyone, and its first page.

From its source: /rest.php/info gives the site's address and what the administrator chose to
disclose, the version among them if he did. In maintenance every call is 503 with the message
`undergoing_maintenance`, and every page is replaced, with 200. The first page shows an exception
with 200 too, in a frame of its own.
"""

from __future__ import annotations

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
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer


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


def _read_page(answer: Answer, _context: Context) -> Verdict:
    text = page_of(answer, "filesender", "FileSender", "fs-base-page")
    if 'class="xexception"' in text or 'class="exception"' in text:
        raise UnlikeError("http-500")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="filesender",
    covers=("FileSender",),
    version="where it is disclosed",
    verified=Source.CODE,
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
            proves="The first page that people meet is given.",
            part=Part.WORKS,
            up="2xx, a page of FileSender without an exception",
            asks=(Ask(place="/", read=_read_page, max_bytes=1024 * 1024),),
            rest=600,
            essential=False,
        ),
    ),
)
