"""The rows of the list of services, as ux.md draws them, and the filters that count them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from catalogue.schema import Category, Rollout, Service
from instances.choice_history import whys_of
from instances.models import ServiceChoice, Visibility
from instances.news import NewsKind, read_news
from instances.offer import Absence, Offered
from instances.page import OTHERS
from instances.service_state import StateView, service_state
from instances.snags import Snag
from instances.usage import openings_since
from instances.version_support import VersionSeen, versions_of
from monitoring.target import State
from web import dates, links
from web.admin import service_words, version_words
from web.admin.service_desk import Table, is_local, why_not_hidden
from web.admin.service_words import Filter, Status
from web.translation import capital

OPENINGS_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Row:
    service: Service
    """With the académie's own words and addresses."""
    local: bool
    status: Status
    differs: tuple[str, ...]
    """Columns of the choice that differ from the nation: "wording", "backends"."""
    why: str
    decided: str
    """Who and when; empty when nothing was decided."""
    until: str
    notes: tuple[str, ...]
    openings: int
    state: StateView
    review: bool
    new: bool
    chosen: bool
    """The académie has a word on it: it may do as the nation again."""
    why_not_hidden: str
    version: int
    edit_url: str

    @property
    def shown(self) -> bool:
        return self.status in (Status.SHOWN, Status.REQUIRED)

    @property
    def can_be_shown(self) -> bool:
        return self.status in (Status.HIDDEN, Status.PROPOSED)

    @property
    def can_be_hidden(self) -> bool:
        return not self.why_not_hidden and self.status is not Status.HIDDEN

    @property
    def different(self) -> bool:
        chosen = self.status is Status.HIDDEN or self.service.rollout is Rollout.OPT_IN
        return bool(self.differs) or (self.chosen and chosen)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A category with its rows, in the order of the page."""

    category: Category
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What is read once for all rows."""

    openings: Mapping[str, int]
    whys: Mapping[str, str]
    snags: Mapping[str, tuple[Snag, ...]]
    due: frozenset[str]
    new: frozenset[str]
    titles: Mapping[str, str]
    versions: Mapping[str, tuple[VersionSeen, ...]]


def make_rows(session: Session, table: Table) -> tuple[Row, ...]:
    """Make a row of each service, in the order of the page."""
    facts = _facts(session, table)
    return tuple(_row(table, item, facts) for item in table.offered.values())


def _facts(session: Session, table: Table) -> _Facts:
    slug = table.card.slug
    since = table.day - timedelta(days=OPENINGS_DAYS - 1)
    news = read_news(session, table.snapshot, table.card, now=table.now)
    snags: dict[str, tuple[Snag, ...]] = defaultdict(tuple)
    for snag in news.snags:
        snags[snag.subject] += (snag,)
    return _Facts(
        openings=openings_since(session, slug, since),
        whys=whys_of(session, slug),
        snags=snags,
        due=frozenset(item.service.id for item in news.due),
        new=frozenset(item.id for item in news.items if item.kind is NewsKind.ADDED),
        titles={name: item.service.title for name, item in table.offered.items()},
        versions=versions_of(table.snapshot, table.card, now=table.now),
    )


def _row(table: Table, item: Offered, facts: _Facts) -> Row:
    service, choice = item.service, table.rows.get(item.service.id)
    chosen = choice is not None and says_something(choice)
    notes = [service_words.snag(snag, facts.titles) for snag in facts.snags.get(service.id, ())]
    day = table.day
    status = status_of(item)
    return Row(
        service=service,
        local=is_local(service),
        status=status,
        differs=tuple(name for name in ("backends", "wording") if getattr(choice, name, None)),
        why=service_words.why(choice, facts.whys.get(service.id)) if choice else "",
        decided=_decided(table, choice) if chosen and choice else "",
        until=service_words.dates_of(choice, day) if choice else "",
        notes=(
            *filter(None, notes),
            *version_words.due(facts.versions, service.id, day=day),
        ),
        openings=facts.openings.get(service.id, 0),
        state=service_state(service, table.snapshot.health, now=table.now),
        review=service.id in facts.due or any(notes),
        new=service.id in facts.new,
        chosen=chosen,
        why_not_hidden=why_not_hidden(service, day),
        version=table.version(service.id),
        edit_url=_edit_url(table, service),
    )


def _edit_url(table: Table, service: Service) -> str:
    if is_local(service):
        return links.url("desk_local.edit", name=service.id.removeprefix(f"{table.card.slug}."))
    return links.url("desk_services.edit", service_id=service.id)


def says_something(choice: ServiceChoice) -> bool:
    """Tell whether more than a place was chosen."""
    visible = choice.visibility != Visibility.NATIONAL
    return visible or bool(choice.wording) or bool(choice.backends)


def _decided(table: Table, choice: ServiceChoice) -> str:
    day = choice.updated_at.astimezone(table.card.zone).date()
    who = table.who(choice.updated_by)
    return f"{capital(who)}, {dates.full_day(day)}"


def status_of(item: Offered) -> Status:
    if item.absence is Absence.RETIRED:
        return Status.RETIRED
    if item.absence is Absence.HIDDEN:
        return Status.HIDDEN
    if item.absence is Absence.NOT_OFFERED:
        has_address = item.service.backends or item.service.variants
        return Status.PROPOSED if has_address else Status.WITHOUT_ADDRESS
    return Status.REQUIRED if item.service.rollout is Rollout.REQUIRED else Status.SHOWN


def chosen_by(rows: Iterable[Row], wanted: Filter) -> tuple[Row, ...]:
    return tuple(row for row in rows if _passes(row, wanted))


def _passes(row: Row, wanted: Filter) -> bool:
    return {
        Filter.ALL: True,
        Filter.HIDDEN: row.status is Status.HIDDEN,
        Filter.DIFFERENT: row.different and not row.local,
        Filter.TO_REVIEW: row.review,
        Filter.DOWN: row.shown and row.state.probed and row.state.state is State.DOWN,
        Filter.NEW: row.new,
    }[wanted]


def in_groups(rows: Iterable[Row], categories: Iterable[Category]) -> tuple[Group, ...]:
    """Put rows under the categories of the page, those of no known one last."""
    known = {category.id: category for category in categories}
    inside: dict[str, list[Row]] = {name: [] for name in (*known, OTHERS.id)}
    for row in rows:
        name = next((item for item in row.service.categories if item in known), OTHERS.id)
        inside[name].append(row)
    found = {**known, OTHERS.id: OTHERS}
    return tuple(
        Group(category=found[name], rows=tuple(several))
        for name, several in inside.items()
        if several
    )
