"""A service is at least as available as the best of its servers; levels are counted apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from catalogue.schema import Text
from instances.page import build_page
from instances.service_history import ServiceHistory, best, histories_of
from instances.targets import key_of
from monitoring.availability import Availability, Period
from monitoring.target import State
from tests.instances.examples import NOW, make_backend, make_card, make_service, make_snapshot
from tests.instances.histories import Known

UP, DOWN, WORK = State.UP, State.DOWN, State.MAINTENANCE


def history_of(*known: Known, zone: str = "Europe/Paris") -> ServiceHistory:
    backends = [make_backend(f"b{n}", f"https://{n}.fr") for n in range(len(known))]
    snapshot = make_snapshot(make_service("visio", backends=backends))
    keys = [str(key_of(backend)) for backend in snapshot.catalogue.services[0].backends]
    page = build_page(snapshot, make_card("lyon", timezone=zone), now=NOW)
    [found] = histories_of(page, dict(zip(keys, known, strict=True)))
    return found


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ([(9_000, 9_000), (9_990, 8_000)], (9_990, 8_000)),
        ([(9_000, 9_000), (10_000, 3)], (9_000, 9_000)),
        ([(None, 9_000), (9_000, 5_000)], (9_000, 5_000)),
        ([(None, 0), (None, 0)], (None, 0)),
        ([(9_990, 8_000), (9_990, 9_000)], (9_990, 9_000)),
    ],
)
def test_the_best_of_those_that_were_looked_at_speaks_for_the_service(
    several: list[tuple[int | None, int]], expected: tuple[int | None, int]
) -> None:
    found = best([Availability(share=share, coverage=coverage) for share, coverage in several])
    assert (found.share, found.coverage) == expected


def test_school_hours_are_those_of_the_academie() -> None:
    for zone, share in (("Europe/Paris", 8), ("Indian/Reunion", 7)):
        found = history_of(Known(at=NOW), zone=zone)
        assert {line.school_hours.share for line in found.periods} == {share}
    assert [line.period for line in found.periods] == list(Period)


def test_a_day_is_as_good_as_the_best_of_its_servers() -> None:
    found = history_of(
        Known(at=NOW, worst=(UP, DOWN, DOWN, None)),
        Known(at=NOW - timedelta(hours=1), worst=(DOWN, UP, DOWN, DOWN)),
    )
    assert [(run.worst, run.length) for run in found.runs] == [(UP, 2), (DOWN, 2)]
    assert found.at == NOW - timedelta(hours=1)


def test_days_that_were_alike_stand_together() -> None:
    [one, two, three] = history_of(Known(at=NOW, worst=(UP, UP, UP, DOWN, WORK, WORK))).runs
    assert (one.first, one.last, one.offset) == (date(2026, 11, 15), date(2026, 11, 17), 0)
    assert (two.worst, two.share, two.offset, two.length) == (DOWN, 9_000, 3, 1)
    assert (three.worst, three.offset, three.last) == (WORK, 4, date(2026, 11, 20))


def test_each_variant_has_its_own_and_what_nobody_watches_none() -> None:
    levels = [
        {"id": name, "label": name, "backends": [make_backend("a", f"https://{name}.fr")]}
        for name in ("college", "lycee")
    ]
    bare = make_service("notes", backends=[{"id": "a", "url": "https://notes.fr"}])
    snapshot = make_snapshot(make_service("tubes", backends=[], variants=levels), bare)
    variants = snapshot.catalogue.services[0].variants
    keys = [str(key_of(variant.backends[0])) for variant in variants]
    page = build_page(snapshot, make_card("lyon"), now=NOW)
    known = {keys[0]: Known(at=NOW), keys[1]: Known(at=NOW, share=5)}
    found = histories_of(page, known)
    assert [(item.label, item.periods[0].whole.share) for item in found] == [
        (Text(fr="college"), 10_000),
        (Text(fr="lycee"), 5),
    ]
    assert histories_of(page, {}) == ()


def test_an_empty_history_draws_nothing() -> None:
    found = history_of(replace(Known(at=NOW), share=None))
    assert found.runs == ()
