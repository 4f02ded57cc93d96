"""An académie's page as others see it, or will: a day to come, drafts; and links that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

import journal
from accounts.sessions import hash_token, new_token
from instances.choices import Decision
from instances.local_judging import Surroundings, judge, with_service
from instances.local_reading import local_id
from instances.models import LocalServiceRow, PreviewLink
from instances.offer import today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from monitoring.health import Health

LIFETIME = timedelta(days=7)
NOON = time(12)
"""A day to come is looked at in its middle: what begins in the morning stands there."""


@dataclass(frozen=True, kw_only=True)
class View:
    """What somebody wants to see the page as."""

    as_agent: bool = False
    """Signed in: with the services that are reserved to agents."""
    day: date | None = None
    """None: now."""
    drafts: bool = False


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The world that the page is made from."""

    snapshot: Snapshot
    at: datetime


def instant_of(view: View, card: AcademyCard, now: datetime) -> datetime:
    """Return when the page is looked at; today is now."""
    if view.day is None or view.day == today(card, now):
        return now
    return datetime.combine(view.day, NOON, tzinfo=card.zone)


def see(session: Session, view: View, around: Surroundings) -> Seen:
    """Return the world as a view wants it; `around` is the world as it is."""
    at = instant_of(view, around.card, around.now)
    snapshot = _states_of_now(around.snapshot, at - around.now)
    if view.drafts:
        snapshot = _with_drafts(session, replace(around, snapshot=snapshot, now=at))
    return Seen(snapshot=snapshot, at=at)


def _states_of_now(snapshot: Snapshot, later: timedelta) -> Snapshot:
    """Let states hold until then: nobody knows those of a day to come."""
    held: Mapping[str, Health] = {
        key: replace(health, stale_at=health.stale_at + later)
        for key, health in snapshot.health.items()
    }
    return replace(snapshot, health=held) if later else snapshot


def _with_drafts(session: Session, around: Surroundings) -> Snapshot:
    """Put the drafts in that could be published as they are."""
    snapshot = around.snapshot
    rows = select(LocalServiceRow).where(
        LocalServiceRow.academie == around.card.slug, LocalServiceRow.retired_at.is_(None)
    )
    for row in session.scalars(rows.order_by(LocalServiceRow.name)):
        if row.draft is None:
            continue
        judged = judge(row.draft, local_id(row.academie, row.name), around)
        if judged.service is not None:
            snapshot = with_service(snapshot, around.card.slug, judged.service)
    return snapshot


# Links


def make_link(session: Session, view: View, *, by: Decision) -> str:
    """Make a link by which anybody sees a view for a week; return its token, kept nowhere.

    As a visitor sees it: what is reserved to agents is not for whoever has a link.
    """
    _forget_old(session, by.now)
    token = new_token()
    link = PreviewLink(
        token_hash=hash_token(token),
        academie=by.academie,
        day=view.day,
        drafts=view.drafts,
        created_at=by.now,
        created_by=by.actor,
        expires_at=by.now + LIFETIME,
    )
    session.add(link)
    _journal(session, link, event="preview.made", by=by)
    return token


def links_of(session: Session, academie: str, *, now: datetime) -> tuple[PreviewLink, ...]:
    """Return the links that still show something, the newest first."""
    found = select(PreviewLink).where(
        PreviewLink.academie == academie, PreviewLink.expires_at > now
    )
    return tuple(session.scalars(found.order_by(PreviewLink.created_at.desc())))


def find_link(session: Session, academie: str, token: str, *, now: datetime) -> PreviewLink | None:
    """Return what a token shows; none when it never was, was withdrawn, or is over."""
    link = session.get(PreviewLink, hash_token(token))
    if link is None or link.academie != academie or link.expires_at <= now:
        return None
    return link


def withdraw_link(session: Session, token_hash: str, *, by: Decision) -> bool:
    """End a link at once; false when it had ended already."""
    link = session.get(PreviewLink, token_hash)
    if link is None or link.academie != by.academie:
        return False
    _journal(session, link, event="preview.revoked", by=by)
    session.delete(link)
    return True


def view_of(link: PreviewLink) -> View:
    return View(day=link.day, drafts=link.drafts)


def _forget_old(session: Session, now: datetime) -> None:
    session.execute(delete(PreviewLink).where(PreviewLink.expires_at <= now))


def _journal(session: Session, link: PreviewLink, *, event: str, by: Decision) -> None:
    """Write who let others see what; a preview changes no page, so nothing is made anew."""
    told = {
        "day": link.day.isoformat() if link.day else None,
        "drafts": link.drafts,
        "expires_at": link.expires_at.isoformat(),
    }
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=event,
        subject=by.academie,
        before=told if event == "preview.revoked" else None,
        after=told if event == "preview.made" else None,
    )
    journal.record(session, entry)
