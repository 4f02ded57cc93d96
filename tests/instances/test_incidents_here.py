"""An incident is told where people could meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from instances.incidents_here import incidents_here, titles_by_key
from instances.page import build_page
from instances.targets import key_of
from monitoring.incidents import IncidentView, Message, Severity, Source
from monitoring.target import State
from tests.instances.examples import (
    NOW,
    health_of,
    make_backend,
    make_card,
    make_incident,
    make_service,
    make_snapshot,
)

TWO = [make_backend("a", "https://a.fr"), make_backend("b", "https://b.fr")]
LEVELS = [
    {"id": level, "label": level, "backends": [make_backend("a", f"https://{level}.fr")]}
    for level in ("college", "lycee")
]
SNAPSHOT = make_snapshot(
    make_service("visio", backends=TWO),
    make_service("pad", launch={"kind": "document", "path": "/{name}"}, backends=[
        make_backend("a", "https://pad-a.fr"), make_backend("b", "https://pad-b.fr"),
    ]),
    make_service("tubes", backends=[], variants=LEVELS),
    make_service("ailleurs", rollout="opt-in"),
)  # fmt: skip


def keys(service_id: str) -> list[str]:
    service = SNAPSHOT.catalogue.service(service_id)
    assert service is not None
    every = [*service.backends, *(b for variant in service.variants for b in variant.backends)]
    return [key for key in map(key_of, every) if key is not None]


def told(*incidents: IncidentView, **states: State) -> dict[int, set[str]]:
    snapshot = replace(SNAPSHOT, health=health_of(SNAPSHOT, **states))
    page = build_page(snapshot, make_card("lyon"), now=NOW)
    return {
        item.incident.id: {touched.service.id for touched in item.touched}
        for item in incidents_here(incidents, page)
    }


def test_a_server_that_another_stood_in_for_is_not_told() -> None:
    assert told(make_incident(keys("visio")[:1])) == {}
    assert told(make_incident(keys("visio"))) == {1: {"visio"}}


def test_it_is_told_when_the_service_does_not_work_well_or_somebody_wrote_of_it() -> None:
    one = make_incident(keys("visio")[:1])
    assert told(one, visio=State.DEGRADED) == {1: {"visio"}}
    line = Message(uid="m", at=NOW, source=Source.PERSON, text="Nous y sommes.")
    assert told(replace(one, messages=(line,)), visio=State.UP) == {1: {"visio"}}


def test_two_incidents_at_one_time_leave_nothing_to_fall_back_on() -> None:
    first, second = keys("visio")
    one, two = make_incident([first]), make_incident([second], number=2)
    assert told(one, two) == {1: {"visio"}}, "once is enough"
    over = replace(one, closed_at=two.opened_at)
    assert told(over, two) == {}


def test_levels_that_fail_together_are_told_once_until_one_of_them_lasts() -> None:
    first, second = keys("tubes")
    one, two = make_incident([first]), make_incident([second], number=2)
    assert told(two, one) == {1: {"tubes"}}
    line = Message(uid="m", at=NOW, source=Source.PERSON, text="Nous y sommes.")
    assert set(told(one, replace(two, messages=(line,)))) == {1, 2}
    end = one.opened_at + timedelta(minutes=20)
    over = replace(one, closed_at=end)
    assert set(told(over, two)) == {1, 2}
    assert set(told(over, replace(two, closed_at=end + timedelta(minutes=3)))) == {1}
    assert set(told(over, replace(two, closed_at=end + timedelta(minutes=9)))) == {1, 2}
    milder = replace(one, severity=Severity.MINOR)
    assert set(told(milder, two)) == {1, 2}


def test_a_text_is_on_one_server_alone_and_a_level_is_no_other() -> None:
    assert told(make_incident(keys("pad")[:1])) == {1: {"pad"}}
    assert told(make_incident(keys("tubes")[:1])) == {1: {"tubes"}}


def test_what_is_not_shown_here_is_not_told_here() -> None:
    assert told(make_incident(keys("ailleurs"))) == {}


def test_targets_have_the_names_that_people_know() -> None:
    page = build_page(SNAPSHOT, make_card("lyon"), now=NOW)
    assert {titles_by_key(page)[key] for key in keys("tubes")} == {"Tubes"}
    assert not set(keys("ailleurs")) & set(titles_by_key(page))
