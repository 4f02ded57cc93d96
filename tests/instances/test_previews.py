"""The page as it will be: a day to come, drafts; and links that end by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from instances import previews
from instances.choices import Decision
from instances.local_judging import Surroundings
from instances.models import LocalServiceRow, PreviewLink
from instances.page import build_page
from instances.previews import View
from instances.snapshot import Snapshot
from journal import JournalLine
from monitoring.target import State
from tests.instances.examples import NOW, health_of, make_card, make_service, make_snapshot

LYON = make_card("lyon")
LISE = Decision(academie="lyon", actor="account/2", now=NOW)
DRAFT = {
    "title": "Aide",
    "task": {"fr": "Trouver de l'aide"},
    "summary": {"fr": "Une aide."},
    "icon": "visio",
    "categories": ["parler"],
    "users": {"agents": "direct"},
    "sign_in": ["agent"],
    "backends": [{"id": "a", "url": "https://aide.ac-lyon.fr/"}],
}


def around(snapshot: Snapshot) -> Surroundings:
    return Surroundings(snapshot=snapshot, card=LYON, now=NOW, icons=frozenset({"visio"}))


def shown(session: Session, view: View, snapshot: Snapshot) -> list[str]:
    seen = previews.see(session, view, around(snapshot))
    page = build_page(seen.snapshot, LYON, now=seen.at, for_agents=view.as_agent)
    return [tile.service.id for tile in page.tiles]


def write_draft(session: Session, name: str, draft: dict[str, Any], **changes: Any) -> None:
    row = LocalServiceRow(academie="lyon", name=name, draft=draft, updated_at=NOW, updated_by="x")
    for column, value in changes.items():
        setattr(row, column, value)
    session.add(row)


def test_today_is_now_and_a_day_to_come_is_seen_at_noon() -> None:
    assert previews.instant_of(View(), LYON, NOW) == NOW
    assert previews.instant_of(View(day=NOW.date()), LYON, NOW) == NOW
    later = previews.instant_of(View(day=date(2026, 12, 3)), LYON, NOW)
    assert later.isoformat() == "2026-12-03T12:00:00+01:00"


def test_what_has_closed_by_then_is_gone(session: Session) -> None:
    closing = make_service("pad", lifecycle={"until": "2026-12-31"}, data={"takeout": "Menu."})
    snapshot = make_snapshot(closing, make_service("visio"))
    assert shown(session, View(), snapshot) == ["pad", "visio"]
    assert shown(session, View(day=date(2027, 1, 1)), snapshot) == ["visio"]


def test_states_of_a_day_to_come_are_those_of_now(session: Session) -> None:
    snapshot = make_snapshot(make_service("visio"))
    snapshot = make_snapshot(make_service("visio"), health=health_of(snapshot, visio=State.UP))
    seen = previews.see(session, View(day=date(2026, 12, 3)), around(snapshot))
    page = build_page(seen.snapshot, LYON, now=seen.at)
    assert [tile.state.state for tile in page.tiles] == [State.UP]


def test_reserved_services_are_for_who_is_signed_in(session: Session) -> None:
    snapshot = make_snapshot(make_service("tchap", visibility="agents"))
    assert shown(session, View(), snapshot) == []
    assert shown(session, View(as_agent=True), snapshot) == ["tchap"]


def test_drafts_stand_on_the_page_when_they_could_be_published(session: Session) -> None:
    write_draft(session, "aide", DRAFT)
    write_draft(session, "unfinished", {"title": "Rien"})
    write_draft(session, "retired", DRAFT, retired_at=NOW)
    snapshot = make_snapshot(make_service("visio"))
    assert shown(session, View(), snapshot) == ["visio"]
    assert shown(session, View(drafts=True), snapshot) == ["visio", "lyon.aide"]


def test_a_link_shows_its_view_for_a_week(session: Session) -> None:
    token = previews.make_link(session, View(day=date(2026, 12, 3), drafts=True), by=LISE)
    link = previews.find_link(session, "lyon", token, now=NOW + timedelta(days=6, hours=23))
    assert link is not None
    assert previews.view_of(link) == View(day=date(2026, 12, 3), drafts=True)
    assert previews.find_link(session, "lyon", token, now=NOW + timedelta(days=7)) is None
    assert previews.find_link(session, "rennes", token, now=NOW) is None
    assert previews.find_link(session, "lyon", "another", now=NOW) is None


def test_a_copy_of_the_database_opens_no_link(session: Session) -> None:
    token = previews.make_link(session, View(), by=LISE)
    stored = session.scalars(select(PreviewLink.token_hash)).one()
    assert token not in stored
    assert previews.find_link(session, "lyon", stored, now=NOW) is None


def test_a_link_is_withdrawn_by_its_own_academie_alone(session: Session) -> None:
    token = previews.make_link(session, View(), by=LISE)
    [link] = previews.links_of(session, "lyon", now=NOW)
    victor = Decision(academie="versailles", actor="account/3", now=NOW)
    assert not previews.withdraw_link(session, link.token_hash, by=victor)
    assert previews.withdraw_link(session, link.token_hash, by=LISE)
    session.flush()
    assert not previews.withdraw_link(session, link.token_hash, by=LISE)
    assert previews.find_link(session, "lyon", token, now=NOW) is None


def test_links_are_in_the_journal_without_their_token(session: Session) -> None:
    token = previews.make_link(session, View(drafts=True), by=LISE)
    [link] = previews.links_of(session, "lyon", now=NOW)
    previews.withdraw_link(session, link.token_hash, by=LISE)
    session.flush()
    lines = session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [line.event for line in lines] == ["preview.made", "preview.revoked"]
    assert token not in str([line.after for line in lines])


@pytest.mark.parametrize("days", [8, 30])
def test_old_links_are_forgotten_when_another_is_made(session: Session, days: int) -> None:
    previews.make_link(session, View(), by=LISE)
    later = Decision(academie="rennes", actor="account/4", now=NOW + timedelta(days=days))
    previews.make_link(session, View(), by=later)
    session.flush()
    assert session.scalars(select(PreviewLink.academie)).all() == ["rennes"]
