"""What ends, day by day: badges at 90 days, announcements at 30, nothing the day after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalogue.schema import Service
from instances.badges import Badge
from instances.choices import Choice
from instances.endings import EndingKind, announced_endings, endings_in, endings_of
from instances.models import Visibility
from instances.page import InstancePage, build_page
from instances.snapshot import Snapshot
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot

END = date(2027, 8, 31)
DAY = timedelta(days=1)


def hosted(*ends: date | None, **changes: Any) -> dict[str, Any]:
    backends = [
        make_backend(
            f"b{n}",
            f"https://nuage-{n}.example.fr",
            hosting={"provider": f"Hébergeur {n}", "until": end.isoformat() if end else None},
        )
        for n, end in enumerate(ends)
    ]
    return make_service("nuage", backends=backends, **changes)


def of(entry: dict[str, Any], day: date) -> list[tuple[EndingKind, date]]:
    return [(item.kind, item.day) for item in endings_of(Service.model_validate(entry), day)]


def page_on(snapshot: Snapshot, day: date, slug: str = "lyon") -> InstancePage:
    card = snapshot.card(slug)
    assert card is not None
    return build_page(snapshot, card, now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("ahead", "known", "said"),
    [(91, False, False), (90, True, False), (31, True, False), (30, True, True), (0, True, True)],
)
def test_a_service_that_closes_is_known_90_days_ahead_and_announced_30(
    *, ahead: int, known: bool, said: bool
) -> None:
    entry = make_service("nuage", lifecycle={"until": END.isoformat()})
    day = END - ahead * DAY
    assert of(entry, day) == ([(EndingKind.SERVICE, END)] if known else [])
    assert bool(announced_endings([Service.model_validate(entry)], day)) is said
    page = page_on(make_snapshot(entry), day)
    [tile] = page.tiles
    assert tile.badge is (Badge.CLOSING if known else None)
    assert bool(page.endings) is said


def test_nothing_is_left_of_it_the_day_after() -> None:
    closed = make_snapshot(make_service("nuage", lifecycle={"until": END.isoformat()}))
    moved = make_snapshot(hosted(END))
    assert page_on(closed, END + DAY).tiles == ()
    page = page_on(moved, END + DAY)
    assert (page.tiles[0].badge, page.endings) == (None, ())


def test_all_of_a_hosting_ends_or_a_part_of_it() -> None:
    day = END - 20 * DAY
    other = END - 5 * DAY
    assert of(hosted(END, END), day) == [(EndingKind.HOSTING, END)]
    assert of(hosted(END, None), day) == [(EndingKind.PART_OF_HOSTING, END)]
    assert of(hosted(END, END + 400 * DAY), day) == [(EndingKind.PART_OF_HOSTING, END)]
    assert of(hosted(END, other), day) == [
        (EndingKind.PART_OF_HOSTING, other),
        (EndingKind.HOSTING, END),
    ]
    assert of(hosted(None), day) == []


def test_of_a_hosting_that_outlives_its_service_nothing_is_said() -> None:
    day = END - 20 * DAY
    life = {"lifecycle": {"until": END.isoformat()}}
    for until in (END, END + 10 * DAY):
        assert of(hosted(until, **life), day) == [(EndingKind.SERVICE, END)]
    sooner = END - DAY
    assert of(hosted(sooner, **life), day) == [
        (EndingKind.HOSTING, sooner),
        (EndingKind.SERVICE, END),
    ]


def test_the_badge_is_that_of_what_ends_first() -> None:
    day = END - 60 * DAY
    for entry, badge in (
        (hosted(END), Badge.HOSTING_ENDS),
        (hosted(END, None), Badge.HOSTING_ENDS_IN_PART),
        (hosted(END, lifecycle={"stage": "beta"}), Badge.HOSTING_ENDS),
        (hosted(END, lifecycle={"until": (END - DAY).isoformat()}), Badge.CLOSING),
    ):
        [tile] = page_on(make_snapshot(entry), day).tiles
        assert tile.badge is badge
        assert badge.tells_an_end
    assert not Badge.TRIAL.tells_an_end


def test_the_provider_is_named_when_it_is_one() -> None:
    day = END - DAY
    [one] = endings_of(Service.model_validate(hosted(END)), day)
    [two] = endings_of(Service.model_validate(hosted(END, END)), day)
    assert (one.provider, two.provider) == ("Hébergeur 0", None)


def test_an_address_of_the_academies_own_ends_for_it_alone() -> None:
    own = Service.model_validate(hosted(END)).backends
    choice = Choice(
        academie="lyon", service_id="nuage", visibility=Visibility.NATIONAL, backends=own
    )
    snapshot = make_snapshot(make_service("nuage"), choices={"lyon": {"nuage": choice}})
    now = datetime(2027, 8, 20, 12, tzinfo=UTC)
    found = {}
    for slug in ("lyon", "reunion"):
        card = snapshot.card(slug)
        assert card is not None
        found[slug] = [item.kind for item in endings_in(snapshot, card, now=now)]
    assert found == {"lyon": [EndingKind.HOSTING], "reunion": []}


def test_what_is_hidden_here_ends_elsewhere() -> None:
    hidden = Choice(academie="lyon", service_id="nuage", visibility=Visibility.HIDDEN)
    snapshot = make_snapshot(hosted(END), choices={"lyon": {"nuage": hidden}})
    card = snapshot.card("lyon")
    assert card is not None
    assert endings_in(snapshot, card, now=NOW.replace(year=2027, month=8)) == ()
    assert page_on(snapshot, END).endings == ()
    assert page_on(snapshot, END, "reunion").endings != ()


def test_the_page_is_made_again_on_the_day_that_an_announcement_comes() -> None:
    """Days are those of the académie: Réunion is ahead of Paris."""
    snapshot = make_snapshot(make_service("nuage", lifecycle={"until": END.isoformat()}))
    for slug in ("lyon", "reunion"):
        card = snapshot.card(slug)
        assert card is not None
        before = page_on(snapshot, END - 31 * DAY, slug)
        after = build_page(snapshot, card, now=before.valid_until)
        eve = build_page(snapshot, card, now=before.valid_until - timedelta(seconds=1))
        assert [bool(page.endings) for page in (before, eve, after)] == [False, False, True]
        assert [item.day for item in after.endings] == [END]
