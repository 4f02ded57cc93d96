from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalogue.schema import Profile
from instances.announcements import AnnouncementLevel, AnnouncementView, Planned
from instances.badges import Badge
from instances.choices import Choice
from instances.models import Visibility
from instances.page import InstancePage, build_page
from instances.snapshot import Snapshot
from monitoring.target import State
from tests.instances.examples import (
    NOW,
    health_of,
    make_backend,
    make_service,
    make_snapshot,
)


def page_of(
    snapshot: Snapshot, slug: str = "lyon", *, now: datetime = NOW, **options: Any
) -> InstancePage:
    card = snapshot.card(slug)
    assert card is not None
    return build_page(snapshot, card, now=now, **options)


def with_health(snapshot: Snapshot, **states: State) -> Snapshot:
    return make_snapshot_like(snapshot, health=health_of(snapshot, **states))


def make_snapshot_like(snapshot: Snapshot, **changes: Any) -> Snapshot:
    return Snapshot(**(vars(snapshot) | changes))


def planned(text: str, *, start: datetime, end: datetime | None, **changes: Any) -> Planned:
    level = changes.get("level", AnnouncementLevel.INFORMATION)
    view = AnnouncementView(id=1, level=level, text=text, service_id=None, starts_at=start)
    return Planned(academie=changes.get("academie", "lyon"), ends_at=end, view=view)


def test_a_page_shows_tiles_by_category_and_leaves_out_empty_ones() -> None:
    page = page_of(make_snapshot(make_service("visio"), make_service("nuage")))
    assert [(category.id, len(category.tiles)) for category in page.categories] == [("parler", 2)]


def test_a_profile_puts_first_and_hides_nothing() -> None:
    snapshot = make_snapshot(
        make_service("visio", profiles=["bureaux"]),
        make_service("nuage", profiles=["ecole"]),
        make_service("pad", profiles=["ecole"], categories=["ecrire"]),
    )
    plain = page_of(snapshot)
    chosen = page_of(snapshot, profile=Profile.ECOLE)
    assert [tile.service.id for tile in plain.tiles] == ["visio", "nuage", "pad"]
    assert [tile.service.id for tile in chosen.tiles] == ["nuage", "visio", "pad"]


def test_the_alternative_of_a_service_in_trouble_is_shown_here_and_works() -> None:
    services = (
        make_service("visio", alternatives=["caché", "tombe", "salle"][1:]),
        make_service("tombe"),
        make_service("salle"),
    )
    snapshot = with_health(
        make_snapshot(*services), visio=State.DOWN, tombe=State.DOWN, salle=State.UP
    )
    [visio, *_] = page_of(snapshot).tiles
    assert visio.alternative is not None
    assert visio.alternative.id == "salle"


def test_a_hidden_service_is_no_alternative() -> None:
    choice = Choice(academie="lyon", service_id="salle", visibility=Visibility.HIDDEN)
    snapshot = make_snapshot(
        make_service("visio", alternatives=["salle"]),
        make_service("salle"),
        choices={"lyon": {"salle": choice}},
    )
    [visio] = page_of(with_health(snapshot, visio=State.DOWN, salle=State.UP)).tiles
    assert visio.alternative is None


@pytest.mark.parametrize(
    ("lifecycle", "badge"),
    [
        ({}, None),
        ({"stage": "beta"}, Badge.TRIAL),
        ({"until": "2026-12-31"}, Badge.CLOSING),
        ({"until": "2027-06-30"}, None),
        ({"since": "2026-11-01"}, Badge.NEW),
        ({"since": "2026-12-01"}, None),
        ({"stage": "beta", "until": "2026-12-31"}, Badge.CLOSING),
    ],
)
def test_a_tile_carries_one_badge_at_most(lifecycle: dict[str, str], badge: Badge | None) -> None:
    [tile] = page_of(make_snapshot(make_service("visio", lifecycle=lifecycle))).tiles
    assert tile.badge is badge


def test_troubles_are_counted_and_most_unknown_is_said_once() -> None:
    services = [make_service(name) for name in ("a", "b", "c")]
    snapshot = make_snapshot(*services)
    troubled = page_of(with_health(snapshot, a=State.DOWN, b=State.MAINTENANCE, c=State.UP))
    assert (troubled.down, troubled.maintenance, troubled.mostly_unknown) == (1, 1, False)
    assert page_of(with_health(snapshot, a=State.UP)).mostly_unknown


def test_pages_go_on_and_states_turn_unknown_when_the_monitor_is_away() -> None:
    snapshot = with_health(make_snapshot(make_service("visio")), visio=State.UP)
    page = page_of(snapshot)
    assert page.tiles[0].state.state is State.UP
    assert page.valid_until == page.tiles[0].state.stale_at
    later = page_of(snapshot, now=page.valid_until)
    assert later.tiles[0].state.state is State.UNKNOWN


def test_a_page_says_fonctionne_no_longer_than_its_first_state_holds() -> None:
    snapshot = make_snapshot(make_service("visio"), make_service("lent"))
    health = health_of(snapshot, visio=State.UP, lent=State.UP)
    first, second = health
    later = replace(health[second], stale_at=NOW + timedelta(days=3))
    page = page_of(make_snapshot_like(snapshot, health=health | {second: later}))
    assert page.stale_after == health[first].stale_at


def test_a_page_is_valid_until_the_next_thing_that_changes_it() -> None:
    start, end = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)
    snapshot = make_snapshot(
        make_service("visio"), announcements=(planned("Demain", start=start, end=end),)
    )
    before, during = page_of(snapshot), page_of(snapshot, now=start)
    assert (before.announcements, before.valid_until) == ((), start)
    assert [view.text for view in during.announcements] == ["Demain"]
    assert during.valid_until == end
    assert page_of(snapshot, now=end).announcements == ()


def test_a_page_changes_at_midnight_of_its_own_zone() -> None:
    snapshot = make_snapshot(make_service("visio"))
    lyon, reunion = page_of(snapshot, "lyon"), page_of(snapshot, "reunion")
    assert lyon.valid_until == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert reunion.valid_until == datetime(2026, 11, 20, 20, tzinfo=UTC)


def test_a_choice_that_ends_changes_the_page_on_the_next_day() -> None:
    choice = Choice(
        academie="lyon",
        service_id="visio",
        visibility=Visibility.HIDDEN,
        until=date(2026, 11, 20),
    )
    snapshot = make_snapshot(make_service("visio"), choices={"lyon": {"visio": choice}})
    page = page_of(snapshot)
    assert page.tiles == ()
    assert [tile.service.id for tile in page_of(snapshot, now=page.valid_until).tiles] == ["visio"]


def test_urgent_announcements_come_first_and_only_those_for_this_academie() -> None:
    past = NOW - timedelta(hours=1)
    announcements = (
        planned("Pour tous", start=past, end=None, academie=None),
        planned("Ailleurs", start=past, end=None, academie="reunion"),
        planned("Urgent", start=past, end=None, level=AnnouncementLevel.IMPORTANT),
    )
    page = page_of(make_snapshot(make_service("visio"), announcements=announcements))
    assert [view.text for view in page.announcements] == ["Urgent", "Pour tous"]


def test_each_variant_has_its_own_state() -> None:
    variants = [
        {
            "id": level,
            "label": level,
            "backends": [make_backend("un", f"https://{level}.example.fr")],
        }
        for level in ("maternelle", "cycle-2")
    ]
    snapshot = make_snapshot(make_service("tubes", backends=[], variants=variants))
    [tile] = page_of(with_health(snapshot, tubes=State.UP)).tiles
    assert [view.state.state for view in tile.variants] == [State.UP, State.UP]


def test_a_service_of_the_catalogue_that_nobody_probes_says_nothing() -> None:
    service = make_service("visio", backends=[{"id": "a", "url": "https://a.example.fr"}])
    page = page_of(make_snapshot(service))
    assert not page.tiles[0].state.probed
    assert not page.mostly_unknown
