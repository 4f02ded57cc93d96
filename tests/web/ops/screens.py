"""What the tests of ops' screens share: a world with troubles, and its pages as words."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

import journal
from database import writing
from journal import Revision
from monitoring.models import Target
from tests.portal import Portal

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def told(answer: TestResponse) -> str:
    """Return what a page says, spaces made plain."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def rows(answer: TestResponse) -> list[str]:
    """Return the rows of the first table with a body, as words."""
    body = answer.text.partition("<tbody")[2].partition("</tbody>")[0].partition(">")[2]
    found = [html.unescape(re.sub(r"<[^>]+>", " ", row)) for row in body.split("</tr>")]
    plain = (row.replace("\N{NO-BREAK SPACE}", " ") for row in found)
    return [re.sub(r"\s+", " ", row).strip() for row in plain if row.strip()]


def ids(answer: TestResponse) -> list[str]:
    """Return the servers that a table leads to, in its order."""
    body = answer.text.partition("<tbody")[2].partition("</tbody>")[0]
    return re.findall(r'href="/ops/serveurs/([^"?#]+)"', body)


def change_targets(portal: Portal, *revisions: Revision, **values: Any) -> None:
    """Let every target that was probed be otherwise."""
    with writing(portal.site.sessions) as session:
        session.execute(update(Target).values(**values))
        for revision in (Revision.HEALTH, *revisions):
            journal.bump(session, revision)
    portal.site.refresh()


def target_ids(portal: Portal) -> list[int]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(Target.id).order_by(Target.id)))
