"""What every answer of the status for programs has: anybody may read it, from anywhere."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from flask import Response, make_response

from instances.past_work import PastWork, past_work_here
from instances.planned import PlannedWork
from monitoring.maintenance import Repeats
from web import current, links
from web.headers import keep
from web.status import follow
from web.status_view import StatusView

REFRESH = "public, max-age=60, stale-while-revalidate=60, stale-if-error=300"
"""Badges and feeds are asked for by the thousand: a minute is fresh enough for them."""

_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xef\xbf[\xbe\xbf]")
"""Signs that XML and calendars refuse, in UTF-8: one in a name would spoil the whole answer."""


def answer(
    body: str | bytes, content_type: str, view: StatusView, *, follows: bool = True
) -> Response:
    """`follows`: it tells more than states."""
    content = body.encode() if isinstance(body, str) else body
    response = make_response(_NO_TEXT.sub(b"", content))
    if follows:
        response = follow(response, view)
    else:
        keep(response, until=view.page.valid_until, targets=view.page.targets)
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = REFRESH
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def past_work_of(view: StatusView) -> tuple[PastWork, ...]:
    """Return the announced work that stopped lately: programs that knew of it must hear so."""
    return past_work_here(current.snapshot(), view.page.card, now=view.now)


def stable_id(view: StatusView, *parts: str) -> str:
    """Return an id that one thing always has in the status of one académie."""
    name = "/".join(("trousse", "etat", view.page.card.slug, *parts))
    return str(uuid5(NAMESPACE_URL, name))


def work_id(view: StatusView, work: PlannedWork) -> str:
    """Return the id of announced work: put off, it stays the same; of a series, each has one."""
    begins = str(int(work.occurrence.starts_at.timestamp()))
    once = work.window.repeats is Repeats.ONCE
    return stable_id(view, "window", work.window.uid, *(() if once else (begins,)))


def story_address(uid: str) -> str:
    return f"{links.absolute_url('status.status')}#incident-{uid}"


def instant(moment: datetime) -> str:
    """Write an instant with its offset, as RFC 3339 wants it."""
    return moment.isoformat(timespec="seconds")
