"""Announced work is told where its services are shown, for as long as it comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from instances.choices import Choice
from instances.models import Visibility
from instances.page import InstancePage, build_page
from instances.planned import SOON
from instances.targets import probe_targets
from monitoring.announced import with_announced
from monitoring.maintenance import Repeats, Scope, Window, covers
from tests.instances.examples import NOW, make_backend, make_card, make_service, make_snapshot

HOUR = timedelta(hours=1)
HOSTED = {"hosting": {"provider": "ovh"}}
SERVICES = (
    make_service("visio", backends=[make_backend(one, f"https://{one}.fr") for one in "ab"]),
    make_service(
        "pad", operator="renater", backends=[make_backend("a", "https://pad.fr", **HOSTED)]
    ),
    make_service("notes", backends=[{"id": "a", "url": "https://notes.fr"}]),
)


def make_window(scope: Scope, value: str, **changes: Any) -> Window:
    values: dict[str, Any] = {"id": 1, "uid": "w", "owner": "operator/dne", "title": "Entretien"}
    values |= {"starts_at": NOW + 5 * HOUR, "ends_at": NOW + 6 * HOUR, "updated_at": NOW}
    return Window(scope=scope, value=value, **(values | changes))


def page_with(*windows: Window, **changes: Any) -> InstancePage:
    snapshot = make_snapshot(*SERVICES, windows=windows, **changes)
    return build_page(snapshot, make_card("lyon"), now=NOW)


@pytest.mark.parametrize(
    ("scope", "value", "expected"),
    [
        (Scope.SERVICE, "visio", {"visio": True}),
        (Scope.BACKEND, "visio/a", {"visio": False}),
        (Scope.OPERATOR, "dne", {"visio": True, "notes": True}),
        (Scope.PROVIDER, "ovh", {"pad": True}),
        (Scope.HOST, "notes.fr", {"notes": True}),
        (Scope.HOST, "ailleurs.fr", None),
    ],
)
def test_a_window_is_about_what_it_names(
    scope: Scope, value: str, expected: dict[str, bool] | None
) -> None:
    found = [
        {touched.service.id: touched.wholly for touched in work.touched}
        for work in page_with(make_window(scope, value)).planned
    ]
    assert found == ([] if expected is None else [expected])


def test_pages_name_servers_as_the_monitor_does() -> None:
    """A window that makes a target "in maintenance" stands on the page of its service."""
    snapshot = make_snapshot(*SERVICES)
    for target in probe_targets(snapshot, now=NOW, default_interval=60):
        for scope in Scope:
            value = target.labels.get(scope, ("",))[0]
            window = make_window(scope, value)
            told = {item.service.id for work in page_with(window).planned for item in work.touched}
            assert not covers(window, target.labels) or told & set(target.labels["service"])


def test_work_on_the_service_of_the_nation_is_not_work_on_an_academies_own_address() -> None:
    own = make_snapshot(make_service("visio", backends=[make_backend("a", "https://lyon.fr")]))
    choice = Choice(
        academie="lyon",
        service_id="visio",
        visibility=Visibility.SHOWN,
        backends=own.catalogue.services[0].backends,
    )
    choices = {"lyon": {"visio": choice}}
    assert page_with(make_window(Scope.SERVICE, "visio"), choices=choices).planned == ()
    assert page_with(make_window(Scope.SERVICE, "lyon:visio"), choices=choices).planned


def test_two_services_on_one_server_stand_still_together() -> None:
    shared = [make_backend("a", "https://commun.fr")]
    services = (make_service("un", backends=shared), make_service("deux", backends=shared))
    snapshot = make_snapshot(*services, windows=(make_window(Scope.SERVICE, "un"),))
    [work] = build_page(snapshot, make_card("lyon"), now=NOW).planned
    assert {item.service.id for item in work.touched} == {"un", "deux"}


def test_an_academie_puts_no_server_of_the_nations_in_maintenance() -> None:
    """It may give its own service the address of any server: that makes the server not its own."""
    notes = next(item for item in make_snapshot(*SERVICES).catalogue.services if item.id == "notes")
    backends = (*make_snapshot(*SERVICES).catalogue.services[1].backends,)
    choice = Choice(
        academie="lyon", service_id=notes.id, visibility=Visibility.SHOWN, backends=backends
    )
    window = make_window(Scope.SERVICE, "lyon:notes", owner="academie/lyon")
    snapshot = make_snapshot(*SERVICES, windows=(window,), choices={"lyon": {"notes": choice}})
    targets = probe_targets(snapshot, now=NOW, default_interval=60)
    [shared] = [item for item in targets if "lyon:notes/a" in item.labels["backend"]]
    assert "pad/a" in shared.labels["backend"]
    assert not any(item.announced for item in with_announced(targets, [window], now=NOW))
    [work] = build_page(snapshot, make_card("lyon"), now=NOW).planned
    assert [item.service.id for item in work.touched] == ["notes"]
    assert build_page(snapshot, make_card("reunion"), now=NOW).planned == ()


def test_of_a_window_that_comes_again_the_next_time_is_told() -> None:
    weekly = make_window(
        Scope.SERVICE,
        "visio",
        starts_at=NOW - timedelta(days=15),
        ends_at=NOW - timedelta(days=15) + HOUR,
        repeats=Repeats.WEEKLY,
    )
    [work] = page_with(weekly).planned
    assert NOW < work.occurrence.starts_at <= NOW + timedelta(days=7)


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": NOW - 3 * HOUR, "ends_at": NOW - 2 * HOUR},
        {"ended_at": NOW - HOUR},
        {"starts_at": NOW + timedelta(days=400), "ends_at": NOW + timedelta(days=400) + HOUR},
    ],
)
def test_what_is_over_called_off_or_far_away_is_not_told(changes: dict[str, Any]) -> None:
    assert page_with(make_window(Scope.SERVICE, "visio", **changes)).planned == ()


def test_a_page_holds_until_its_window_comes_near_begins_and_ends() -> None:
    far = make_window(Scope.SERVICE, "visio", starts_at=NOW + SOON + HOUR, ends_at=NOW + SOON * 2)
    near = make_window(Scope.SERVICE, "visio")
    now = make_window(Scope.SERVICE, "visio", starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    pages = [page_with(window) for window in (far, near, now)]
    assert [page.valid_until - NOW for page in pages] == [HOUR, 5 * HOUR, HOUR]
    assert [len(page.planned_soon) for page in pages] == [0, 1, 0], "the tile tells what goes on"
