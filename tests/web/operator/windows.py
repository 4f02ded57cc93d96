"""Announced maintenance as tests type and read it."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from werkzeug.test import TestResponse

from database import writing
from monitoring.models import MaintenanceWindow
from tests.cast import Person
from tests.portal import Portal

ODILE = Person(name="Odile", email="odile@dne.example")
"""Of the DNE, which runs most services of the test portal."""
PARIS = ZoneInfo("Europe/Paris")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def next_day(weekday: int) -> datetime:
    """Return midnight in Paris of a day to come, two days away at least."""
    day = datetime.now(PARIS).replace(hour=0, minute=0, second=0, microsecond=0) + 2 * DAY
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def fields(day: datetime, start: str, end: str, **more: Any) -> dict[str, Any]:
    values = {
        "about": "service/visio",
        "title": "Mise à jour",
        "start_day": day.strftime("%Y-%m-%d"),
        "start_hour": start,
        "end_day": day.strftime("%Y-%m-%d"),
        "end_hour": end,
        "zone": "Europe/Paris",
        "repeats": "once",
    }
    return values | more


def told(response: TestResponse) -> str:
    """Return the text of a page without its tags and no-break spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.text)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def hidden(response: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', response.text)
    assert found is not None, name
    return found[1]


def stored(portal: Portal) -> list[MaintenanceWindow]:
    with portal.site.sessions() as session:
        return list(session.scalars(select(MaintenanceWindow).order_by(MaintenanceWindow.id)))


def declare(portal: Portal, **changes: Any) -> int:
    """Put one in the database that comes tomorrow; return its number."""
    now = datetime.now(UTC)
    values = {
        "uid": f"u{len(stored(portal))}", "owner": "operator/dne", "scope": "service",
        "value": "visio", "title": "Mise à jour", "starts_at": now + DAY,
        "ends_at": now + DAY + HOUR, "timezone": "Europe/Paris", "created_at": now,
        "created_by": "account/1", "updated_at": now, "updated_by": "account/1",
    }  # fmt: skip
    with writing(portal.site.sessions) as session:
        row = MaintenanceWindow(**(values | changes))
        session.add(row)
        session.flush()
        return row.id


def begun(portal: Portal, **changes: Any) -> int:
    now = datetime.now(UTC)
    return declare(portal, **({"starts_at": now - HOUR, "ends_at": now + HOUR} | changes))
