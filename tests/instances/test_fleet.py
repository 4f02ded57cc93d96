from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from instances import fleet_order
from instances.directory import Directory
from instances.fleet import Fleet, Server, fleet_of
from instances.fleet_order import Column, Standing, Wanted, choose, cut
from instances.signals import Signalled, bucket_of
from instances.snapshot import Snapshot
from instances.targets import key_of
from monitoring.health import STALE
from monitoring.incidents import Affected, Cause, IncidentView, Severity, Stage
from monitoring.target import State
from tests.instances.examples import (
    NOW,
    make_backend,
    make_card,
    make_health,
    make_service,
    make_snapshot,
)

HOUR = timedelta(hours=1)


def world(**health: Any) -> Snapshot:
    """Four servers: visio (two of them), an association's, and one that nothing looks after."""
    snapshot = make_snapshot(
        make_service(
            "visio",
            title="Visio-Agents",
            backends=[
                make_backend("a", "https://a.example.fr", hosting={"provider": "Péniche"}),
                make_backend("b", "https://b.example.fr", academies=["lyon"]),
            ],
        ),
        make_service(
            "pad",
            operator="asso",
            rollout="everyone",
            backends=[make_backend("un", "https://pad.example.org", probe={"profile": "etherpad"})],
        ),
        make_service("notes", backends=[{"id": "x", "url": "https://notes.example.fr"}]),
    )
    known = {
        name: make_health(State.UP, latency_ms=100, version="2.0", **health)
        for name in ("visio/a", "visio/b", "pad/un")
    }
    return with_health(snapshot, **known)


def with_health(snapshot: Snapshot, **health: Any) -> Snapshot:
    found = {}
    for server in fleet_of(snapshot, now=NOW).servers:
        if server.id in health and server.place.key:
            found[server.place.key] = health[server.id]
    return replace(snapshot, health={**snapshot.health, **found})


def ids(servers: tuple[Server, ...]) -> list[str]:
    return [item.id for item in servers]


def chosen(snapshot: Snapshot, **wanted: Any) -> list[str]:
    fleet = fleet_of(snapshot, now=NOW)
    return ids(choose(fleet.servers, Wanted(**wanted), now=NOW).servers)


def test_rows_are_worked_out_once_for_a_snapshot() -> None:
    snapshot = world()
    first = fleet_of(snapshot, now=NOW)
    assert fleet_of(snapshot, now=NOW + timedelta(seconds=5)) is first
    probed = replace(snapshot, health={})
    again = fleet_of(probed, now=NOW)
    assert again is not first
    # A probe changes no place: what is shown where was not looked up anew.
    assert [item.place for item in again.servers] == [item.place for item in first.servers]
    assert all(
        one.place is other.place for one, other in zip(first.servers, again.servers, strict=True)
    )


def test_what_is_shown_where_is_looked_up_again_when_a_decision_or_the_day_may_change_it() -> None:
    snapshot = world()
    first = fleet_of(snapshot, now=NOW)
    later = fleet_of(snapshot, now=NOW + timedelta(minutes=2))
    assert later.servers[0].place is not first.servers[0].place
    fewer = replace(snapshot, directory=Directory(cards=(make_card("reunion"),)))
    assert "visio/b" not in fleet_of(fewer, now=NOW).by_id


def test_academies_are_counted_without_the_national_offer() -> None:
    fleet = fleet_of(world(), now=NOW)
    assert fleet.by_id["visio/a"].academies == ("lyon", "reunion")
    assert fleet.by_id["visio/b"].academies == ("lyon",)


def test_a_stale_result_is_unknown_since_it_became_stale() -> None:
    server = fleet_of(world(stale_at=NOW - HOUR), now=NOW).by_id["visio/a"]
    assert server.state_at(NOW) is State.UNKNOWN
    assert server.since_at(NOW) == NOW - HOUR
    assert server.reason_at(NOW) == STALE
    before = NOW - 2 * HOUR
    assert server.state_at(before) is State.UP


def test_an_open_incident_and_what_people_signal_stand_beside_a_server() -> None:
    snapshot = world()
    key = key_of(snapshot.catalogue.services[0].backends[0])
    assert key is not None
    affected = Affected(key=key, labels={}, since=NOW, until=None, state=State.DOWN)
    still = _incident(7, affected)
    over = _incident(9, replace(affected, until=NOW))
    signals = {
        ("lyon", "visio"): _said(3),
        ("reunion", "visio"): _said(2),
        ("lyon", "pad"): _said(1),
    }
    snapshot = replace(snapshot, incidents=(over, still), signals=signals)
    fleet = fleet_of(snapshot, now=NOW)
    first, second = fleet.by_id["visio/a"], fleet.by_id["visio/b"]
    assert first.incident is still
    assert second.incident is None
    assert (first.signals, second.signals, fleet.by_id["pad/un"].signals) == (5, 3, 1)
    # Nobody said more, so the snapshot stays the same: what was said grows old all the same.
    later = fleet_of(snapshot, now=NOW + 3 * HOUR)
    assert [item.signals for item in later.servers] == [0, 0, 0, 0]


def _said(n: int) -> Signalled:
    return Signalled(n=n, since=NOW, buckets=((bucket_of(NOW), n),))


def _incident(number: int, affected: Affected) -> IncidentView:
    return IncidentView(
        id=number, uid=str(number), cause=Cause.TARGET, value="", severity=Severity.MAJOR,
        stage=Stage.INVESTIGATING, opened_at=NOW, closed_at=None, version=1, updated_at=NOW,
        targets=(affected,), messages=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["pad/un", "visio/a", "visio/b", "notes/x"]),
        ({"words": "PENICHE"}, ["visio/a"]),
        ({"words": "agents visio"}, ["visio/a", "visio/b"]),
        ({"words": "visio padlet"}, []),
        ({"academie": "reunion"}, ["pad/un", "visio/a", "notes/x"]),
        ({"operator": "asso"}, ["pad/un"]),
        ({"profile": "etherpad"}, ["pad/un"]),
        ({"standing": Standing.UNWATCHED}, ["notes/x"]),
        ({"standing": Standing.DOWN}, []),
    ],
)
def test_filters_take_what_answers_all_of_them(wanted: Any, expected: list[str]) -> None:
    assert chosen(world(), **wanted) == expected


def test_the_worst_for_most_people_comes_first() -> None:
    states = {
        "visio/a": make_health(State.DEGRADED),
        "visio/b": make_health(State.DOWN),
        "pad/un": make_health(State.DOWN),
    }
    snapshot = with_health(world(), **states)
    # Both are down: the one that more académies show, then what is disturbed.
    assert chosen(snapshot) == ["pad/un", "visio/b", "visio/a", "notes/x"]
    assert chosen(snapshot, backwards=True)[0] == "notes/x"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (Column.LATENCY, ["visio/b", "visio/a"]),
        (Column.CERTIFICATE, ["visio/a", "visio/b"]),
        (Column.VERSION, ["visio/a", "visio/b"]),
        (Column.CHECKED, ["visio/b", "visio/a"]),
        (Column.SINCE, ["visio/a", "visio/b"]),
    ],
)
def test_what_has_nothing_in_a_column_comes_last_whichever_way_it_is_sorted(
    column: Column, expected: list[str]
) -> None:
    first = make_health(
        State.UP,
        latency_ms=20,
        certificate_until=NOW + HOUR,
        version="9.8",
        checked_at=NOW,
        since=NOW,
    )
    second = make_health(
        State.UP,
        latency_ms=900,
        certificate_until=NOW + 2 * HOUR,
        version="10.2",
        checked_at=NOW - HOUR,
        since=NOW - HOUR,
    )
    snapshot = replace(world(), health={})
    snapshot = with_health(snapshot, **{"visio/a": first, "visio/b": second})
    assert chosen(snapshot, column=column)[:2] == expected
    assert chosen(snapshot, column=column, backwards=True)[:2] == expected[::-1]


def test_counts_of_states_do_not_depend_on_the_state_that_is_chosen() -> None:
    fleet = fleet_of(world(), now=NOW)
    for standing in (None, Standing.UP, Standing.DOWN):
        found = choose(fleet.servers, Wanted(standing=standing), now=NOW)
        assert found.counts == {Standing.UP: 3, Standing.UNWATCHED: 1}


@pytest.mark.parametrize(
    ("number", "expected", "page"), [(1, range(50), 1), (3, range(100, 120), 3),
                                     (0, range(50), 1), (99, range(100, 120), 3)],
)  # fmt: skip
def test_a_page_that_does_not_exist_is_the_nearest_that_does(
    number: int, expected: range, page: int
) -> None:
    found = cut(range(120), number)
    assert found.items == tuple(expected)
    assert (found.number, found.last) == (page, 3)


def test_nothing_is_one_empty_page() -> None:
    assert cut((), 5) == fleet_order.Page(items=(), number=1, last=1)


def test_a_fleet_knows_when_it_was_last_looked_at() -> None:
    assert fleet_of(world(), now=NOW).checked_at() == NOW - timedelta(minutes=1)
    assert Fleet(servers=(), by_id={}).checked_at() is None
