from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.schema import Backend
from instances.service_state import StateView, backends_state, service_state, variants_state
from instances.targets import key_of
from monitoring.target import State
from tests.instances.examples import (
    NOW,
    health_of,
    make_backend,
    make_health,
    make_service,
    make_snapshot,
)

UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN
MAINTENANCE, UNKNOWN = State.MAINTENANCE, State.UNKNOWN


def backends(count: int) -> list[Backend]:
    return [
        Backend.model_validate(make_backend(f"b{n}", f"https://b{n}.example.fr"))
        for n in range(count)
    ]


def state_of(*states: State) -> State:
    made = backends(len(states))
    health = {}
    for backend, state in zip(made, states, strict=True):
        key = key_of(backend)
        assert key is not None
        health[key] = make_health(state)
    return backends_state(made, health, now=NOW).state


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((UP, DOWN), UP),
        ((DEGRADED, DOWN, UNKNOWN), DEGRADED),
        ((UNKNOWN, MAINTENANCE, DOWN), UNKNOWN),
        ((MAINTENANCE, DOWN), MAINTENANCE),
        ((DOWN, DOWN), DOWN),
    ],
)
def test_the_best_of_interchangeable_backends_speaks_for_all(
    states: tuple[State, ...], expected: State
) -> None:
    assert state_of(*states) is expected


@given(st.lists(st.sampled_from(State), min_size=1, max_size=4))
def test_another_backend_never_makes_a_service_worse(states: list[State]) -> None:
    order = [UP, DEGRADED, UNKNOWN, MAINTENANCE, DOWN]
    before = order.index(state_of(*states))
    assert all(order.index(state_of(*states, more)) <= before for more in State)


def test_a_stale_result_is_unknown_not_the_last_good_one() -> None:
    snapshot = make_snapshot(make_service("visio"))
    service = snapshot.catalogue.services[0]
    health = health_of(snapshot, visio=UP)
    [found] = health.values()
    assert service_state(service, health, now=NOW).state is UP
    assert service_state(service, health, now=found.stale_at).state is UNKNOWN


def test_nothing_is_said_of_a_backend_that_nothing_looks_after() -> None:
    service = make_service("visio", backends=[{"id": "a", "url": "https://a.example.fr"}])
    view = service_state(make_snapshot(service).catalogue.services[0], {}, now=NOW)
    assert not view.probed


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((UP, UP), UP),
        ((UP, DOWN), DEGRADED),
        ((UP, MAINTENANCE), DEGRADED),
        ((UP, UNKNOWN), UP),
        ((DOWN, DOWN), DOWN),
        ((UNKNOWN, DOWN), UNKNOWN),
    ],
)
def test_one_variant_in_trouble_among_others_is_a_disturbance(
    states: tuple[State, ...], expected: State
) -> None:
    assert variants_state([StateView(state=state) for state in states]).state is expected


def test_a_service_with_variants_in_trouble_never_reads_up() -> None:
    for states in product(State, repeat=2):
        view = variants_state([StateView(state=state) for state in states])
        if DOWN in states:
            assert view.state is not UP
