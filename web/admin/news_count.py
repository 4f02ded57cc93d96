"""The number on the menu: counted again only when something changed."""

from __future__ import annotations

from datetime import date

from flask import current_app

from database import writing
from instances import news
from instances.choice_writing import Decision
from instances.models import Acknowledgement
from instances.news import News
from instances.offer import today
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from journal import Revision
from web.current import site

_Basis = tuple[int | None, int | None, int | None, date]
_KEY = "trousse.news-counts"


def waiting(snapshot: Snapshot, card: AcademyCard, by: Decision, *, decides: bool) -> int:
    """Return how much waits to be read by this académie; a first visit begins with nothing."""
    with site().sessions() as session:
        read = session.get(Acknowledgement, card.slug)
        basis = (
            snapshot.revisions.get(Revision.CATALOGUE),
            snapshot.revisions.get(Revision.DECISIONS),
            read.publication_id if read else None,
            today(card, by.now),
        )
        kept = _counts().get(card.slug)
        if kept is not None and kept[0] == basis:
            return kept[1]
        found = news.read_news(session, snapshot, card, now=by.now)
    if decides and read is None:
        _begin(found, by)
    _counts()[card.slug] = (basis, found.count)
    return found.count


def _begin(found: News, by: Decision) -> None:
    if found.publication is not None:
        with writing(site().sessions) as session:
            news.begin(session, by=by)


def _counts() -> dict[str, tuple[_Basis, int]]:
    """Return what this process counted last, by académie."""
    found: dict[str, tuple[_Basis, int]] = current_app.extensions.setdefault(_KEY, {})
    return found
