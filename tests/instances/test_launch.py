from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.schema import Backend, Launch, LaunchKind, Naming
from instances import launch
from instances.targets import key_of
from monitoring.health import Health
from monitoring.target import State
from tests.instances.examples import NOW, make_backend, make_health

ALPHABETS = ("letters", "letters-digits", "letters-digits-hyphen")


def make_backends(*states: State | None) -> tuple[list[Backend], dict[str, Health]]:
    """None: a backend without probe."""
    backends, health = [], {}
    for number, state in enumerate(states):
        entry = make_backend(f"b{number}", f"https://b{number}.example.fr")
        if state is None:
            del entry["probe"]
        backend = Backend.model_validate(entry)
        backends.append(backend)
        key = key_of(backend)
        if state is not None and key is not None:
            health[key] = make_health(state)
    return backends, health


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        ((State.DOWN, State.UP), "b1"),
        ((State.DEGRADED, State.UP), "b1"),
        ((State.UNKNOWN, State.DEGRADED), "b1"),
        ((State.DOWN, State.UNKNOWN), "b1"),
        ((State.MAINTENANCE, None), "b1"),
        ((State.DOWN, State.MAINTENANCE), None),
    ],
)
def test_a_launch_goes_to_the_best_backend_and_never_to_one_in_trouble(
    states: tuple[State | None, ...], chosen: str | None
) -> None:
    backends, health = make_backends(*states)
    found = launch.choose_backend(backends, health, now=NOW)
    assert (found.id if found else None) == chosen


def test_who_insists_gets_an_address_all_the_same() -> None:
    backends, health = make_backends(State.DOWN)
    found = launch.choose_backend(backends, health, now=NOW, even_in_trouble=True)
    assert found is not None


def test_launches_are_shared_out_by_weight() -> None:
    backends, health = make_backends(State.UP, State.UP)
    heavy = [backends[0].model_copy(update={"weight": 9}), backends[1]]
    random = Random(7)
    chosen = Counter(
        launch.choose_backend(heavy, health, now=NOW, random=random) for _ in range(1000)
    )
    assert 850 < chosen[heavy[0]] < 950


def test_an_address_is_the_backend_and_the_path_with_the_name() -> None:
    backend = Backend.model_validate(make_backend("a", "https://pad.example.fr/"))
    document = Launch(kind=LaunchKind.DOCUMENT, path="/p/{name}")
    assert launch.address(backend, document, name="a-b") == "https://pad.example.fr/p/a-b"
    assert launch.address(backend, Launch()) == "https://pad.example.fr/"


def test_a_generated_name_holds_sixty_bits() -> None:
    words = len(launch._words())  # noqa: SLF001 - the list is a file of data
    tail = launch.TAIL_LENGTH * math.log2(len(launch.TAIL_ALPHABET))
    assert 3 * math.log2(words) + tail >= 60


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_names_are_made_of_what_the_service_accepts(alphabet: str) -> None:
    naming = Naming.model_validate({"alphabet": alphabet, "length": 40})
    names = [launch.generate_name(naming) for _ in range(200)]
    assert len(set(names)) == 200
    assert all(launch.is_complete(name, naming) for name in names)


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("Conseil de cycle 3", "conseil-de-cycle-3-"),
        ("Réunion élèves & cœur", "reunion-eleves-coeur-"),
        ("  ../../admin?x=1#y ", "admin-x-1-y-"),
    ],
)
def test_a_typed_name_is_normalised_and_gets_a_tail(typed: str, start: str) -> None:
    name = launch.complete_name(typed, Naming())
    assert name.startswith(start)
    assert len(name) == len(start) + launch.TAIL_LENGTH


@pytest.mark.parametrize("typed", ["", "   ", "!!!", "你好"])
def test_a_name_of_which_nothing_is_left_is_refused(typed: str) -> None:
    with pytest.raises(launch.NameRefusedError):
        launch.complete_name(typed, Naming())


@given(st.text(max_size=200), st.sampled_from(ALPHABETS), st.integers(16, 80))
def test_whatever_is_typed_the_name_is_complete_or_refused(
    typed: str, alphabet: str, length: int
) -> None:
    naming = Naming.model_validate({"alphabet": alphabet, "length": length})
    try:
        name = launch.complete_name(typed, naming)
    except launch.NameRefusedError:
        return
    assert launch.is_complete(name, naming)


@pytest.mark.parametrize(
    "name",
    [
        *("", "court", "a/b-1234567890", "https://ailleurs.example", "é" * 20),
        *("javascript", "conseil-de-cycle", "conseil--bcdfghjk", "-bcdfghjk", "bcdfghjk"),
    ],
)
def test_a_name_from_elsewhere_is_not_taken_for_one_of_ours(name: str) -> None:
    assert not launch.is_complete(name, Naming())
