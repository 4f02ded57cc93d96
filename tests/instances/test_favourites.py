from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts import lifecycle
from database import make_sessions, writing
from instances.favourites import (
    MOST,
    add_favourites,
    list_favourites,
    remove_favourite,
    set_favourites,
    synced,
)
from tests.cast import AWA, LISE, Person
from tests.instances.examples import NOW


def account(session: Session, person: Person = AWA) -> int:
    made = lifecycle.create_account(session, email=person.email, name=person.name, now=NOW)
    return made.id


def test_they_are_listed_in_the_order_in_which_they_were_added(session: Session) -> None:
    awa = account(session)
    add_favourites(session, awa, "rennes", service_ids=["visio", "pad"])
    add_favourites(session, awa, "rennes", service_ids=["nuage", "visio"])
    assert list_favourites(session, awa, "rennes") == ("visio", "pad", "nuage")


def test_those_of_another_academie_and_of_another_person_are_others(session: Session) -> None:
    awa, lise = account(session), account(session, LISE)
    add_favourites(session, awa, "rennes", service_ids=["visio"])
    add_favourites(session, lise, "rennes", service_ids=["pad"])
    assert list_favourites(session, awa, "lyon") == ()
    remove_favourite(session, awa, "rennes", service_id="pad")
    assert list_favourites(session, lise, "rennes") == ("pad",)


def test_setting_keeps_the_order_and_lets_the_others_go(session: Session) -> None:
    awa = account(session)
    add_favourites(session, awa, "rennes", service_ids=["visio", "pad", "nuage"])
    set_favourites(session, awa, "rennes", service_ids=["evento", "nuage", "visio"])
    assert list_favourites(session, awa, "rennes") == ("visio", "nuage", "evento")


def test_removing_what_is_not_there_changes_nothing(session: Session) -> None:
    awa = account(session)
    remove_favourite(session, awa, "rennes", service_id="visio")
    assert list_favourites(session, awa, "rennes") == ()


def test_two_browsers_may_add_the_same(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        awa = account(session)
    for _ in range(2):
        with writing(sessions) as session:
            add_favourites(session, awa, "rennes", service_ids=["visio"])
    with sessions() as session:
        assert list_favourites(session, awa, "rennes") == ("visio",)


def test_an_account_takes_its_favourites_along(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        awa = account(session)
        add_favourites(session, awa, "rennes", service_ids=["visio"])
    with writing(sessions) as session:
        found = lifecycle.find_by_email(session, AWA.email)
        assert found is not None
        lifecycle.delete_account(session, found, actor="account/1", now=NOW)
    with sessions() as session:
        assert list_favourites(session, awa, "rennes") == ()


@pytest.mark.parametrize(
    ("mine", "device", "expected"),
    [
        ((), [], ()),
        (("a",), ["b", "a"], ("a", "b")),
        (("a", "b"), ["b", "c", "c"], ("a", "b", "c")),
        ((), ["rennes.ent", "<script>", "", "../x", "A", "a" * 200], ("rennes.ent",)),
    ],
)
def test_a_device_adds_what_the_account_lacks(
    mine: tuple[str, ...], device: list[str], expected: tuple[str, ...]
) -> None:
    assert synced(mine, device) == expected


def test_there_are_never_more_than_a_device_keeps() -> None:
    assert len(synced(("mine",), [f"s{n}" for n in range(100)])) == MOST
