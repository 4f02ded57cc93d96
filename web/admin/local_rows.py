"""The list of local services, row by row: what each is, how it is doing, who touched it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from accounts.names import names_of
from catalogue.schema import Visibility
from instances import local_services
from instances.local_reading import local_id
from instances.models import LocalServiceRow
from instances.offer import today
from instances.page import build_page
from instances.service_state import StateView
from instances.version_support import versions_of
from web import dates
from web.admin import version_words
from web.admin.actors import say_actor
from web.admin.desk import Desk
from web.admin.local_entry import french
from web.site import utc_now
from web.translation import gettext as _


class Standing(StrEnum):
    PUBLISHED = "published"
    CHANGED = "changed"
    """Published, with a draft of something else."""
    DRAFT = "draft"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class LocalRow:
    name: str
    service_id: str
    title: str
    task: str
    icon: str
    standing: Standing
    state: StateView | None
    """None: it is not on the page."""
    contact: str | None
    who: str
    when: str
    version: int
    has_draft: bool
    versions: tuple[str, ...]
    """What runs on its servers without corrections, or soon so."""
    is_public: bool
    """False: only those see it who are signed in."""

    @property
    def on_the_page(self) -> bool:
        return self.standing in (Standing.PUBLISHED, Standing.CHANGED)


def rows_of(session: Session, at: Desk) -> tuple[LocalRow, ...]:
    """List what is on the page first, then drafts, then what was retired."""
    rows = local_services.of_academie(session, at.card.slug)
    names = names_of(session, [row.updated_by for row in rows])
    now = utc_now()
    page = build_page(at.snapshot, at.card, now=now, for_agents=True)
    states = {tile.service.id: tile.state for tile in page.tiles}
    seen, day = versions_of(at.snapshot, at.card, now=now), today(at.card, now)
    versions = {name: version_words.due(seen, name, day=day) for name in seen}
    made = [_row(row, at, _Facts(names, states, versions)) for row in rows]
    return tuple(sorted(made, key=lambda row: (_ORDER[row.standing], row.title.lower())))


_ORDER = {Standing.PUBLISHED: 0, Standing.CHANGED: 0, Standing.DRAFT: 1, Standing.RETIRED: 2}


@dataclass(frozen=True)
class _Facts:
    """What is read once for all rows."""

    names: Mapping[str, str]
    states: Mapping[str, StateView]
    versions: Mapping[str, tuple[str, ...]]


def _row(row: LocalServiceRow, at: Desk, facts: _Facts) -> LocalRow:
    service_id = local_id(row.academie, row.name)
    entry = row.content or row.draft or {}
    return LocalRow(
        name=row.name,
        service_id=service_id,
        title=str(entry.get("title") or _("Sans nom")),
        task=french(entry.get("task")),
        icon=str(entry.get("icon") or "portail"),
        standing=_standing(row),
        state=facts.states.get(service_id),
        contact=row.contact,
        who=say_actor(row.updated_by, facts.names),
        when=when(row.updated_at, at),
        version=row.version,
        has_draft=row.draft is not None,
        versions=facts.versions.get(service_id, ()),
        is_public=entry.get("visibility") != Visibility.AGENTS,
    )


def _standing(row: LocalServiceRow) -> Standing:
    if row.content is None:
        return Standing.DRAFT
    if row.retired_at is not None:
        return Standing.RETIRED
    return Standing.PUBLISHED if row.draft is None else Standing.CHANGED


def when(moment: datetime, at: Desk) -> str:
    """Word an instant in the académie's zone, "le 3 septembre à 8 h 05"."""
    local = moment.astimezone(at.card.zone)
    today = utc_now().astimezone(at.card.zone).date()
    return _(
        "le %(day)s à %(hour)s",
        day=dates.short_day(local.date(), today=today),
        hour=dates.hour(local),
    )
