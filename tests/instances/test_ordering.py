from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.schema import Service
from database import make_sessions, writing
from instances import choices, ordering
from instances.choices import Decision, Hiding
from instances.models import HideReason, ServiceChoice
from instances.ordering import Move, arranged
from journal import JournalLine
from tests.cast import LISE
from tests.instances.examples import NOW, make_catalogue, make_service

BY_LISE = Decision(academie="lyon", actor=LISE.name, now=NOW)


def services(names: str, **categories: str) -> tuple[Service, ...]:
    entries = [
        make_service(name, categories=[categories.get(name, "parler")]) for name in names.split()
    ]
    return make_catalogue(*entries).services


def ids(found: tuple[Service, ...]) -> str:
    return " ".join(service.id for service in found)


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ({}, "a b c d"),
        ({"c": 0}, "c d a b"),
        ({"d": 0, "c": 1, "b": 2, "a": 3}, "d c b a"),
        # b came later: it follows a, as in the nation's list.
        ({"d": 0, "a": 1, "c": 2}, "d a b c"),
        # a came later, and follows nothing: the first place was given by the académie.
        ({"d": 0, "c": 1, "b": 2}, "d c b a"),
        # b and c came together.
        ({"d": 0, "a": 1}, "d a b c"),
    ],
)
def test_what_the_nation_adds_later_finds_its_place(
    positions: dict[str, int], expected: str
) -> None:
    assert ids(arranged(services("a b c d"), positions)) == expected


def test_places_are_those_of_a_category() -> None:
    several = services("a b c d", b="ecrire", d="ecrire")
    assert ids(arranged(several, {"d": 0, "b": 1, "c": 0, "a": 1})) == "c a d b"


def test_a_move_is_one_line_of_the_journal(any_engine: Engine) -> None:
    sessions, several = make_sessions(any_engine), services("a b c d", b="ecrire")
    with writing(sessions) as session:
        assert ordering.move_service(session, several, "c", Move.UP, by=BY_LISE).place == 1
    with writing(sessions) as session:
        assert ordering.move_service(session, several, "c", Move.UP, by=BY_LISE).place == 1
        assert ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE).place == 3
    with sessions() as session:
        lines = session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
        assert [(line.before, line.after) for line in lines] == [
            ({"order": ["a", "c", "d"]}, {"order": ["c", "a", "d"]}),
            ({"order": ["c", "a", "d"]}, {"order": ["c", "d", "a"]}),
        ]


def test_a_service_is_put_before_another_or_last(session: Session) -> None:
    several = services("a b c")
    assert ordering.put_before(session, several, "c", "a", by=BY_LISE).place == 1
    assert ordering.put_before(session, several, "c", None, by=BY_LISE).place == 3
    assert ordering.put_before(session, several, "c", "gone", by=BY_LISE).place == 3
    assert len(session.scalars(select(JournalLine)).all()) == 2


def test_the_national_order_comes_back(session: Session) -> None:
    several = services("a b c")
    ordering.put_before(session, several, "c", "a", by=BY_LISE)
    assert ordering.follow_national_order(session, by=BY_LISE)
    assert not ordering.follow_national_order(session, by=BY_LISE)
    session.flush()
    positions = {row.position for row in session.scalars(select(ServiceChoice))}
    assert positions == {None}


def line_of(moved: ordering.Moved) -> int:
    assert moved.line is not None
    return moved.line


def order_in(session: Session, several: tuple[Service, ...]) -> str:
    session.flush()
    rows = session.scalars(select(ServiceChoice).where(ServiceChoice.academie == "lyon"))
    positions = {row.service_id: row.position for row in rows if row.position is not None}
    return ids(arranged(several, positions))


def test_a_move_is_undone_and_the_journal_says_so(session: Session) -> None:
    several = services("a b c")
    ordering.put_before(session, several, "c", "a", by=BY_LISE)
    moved = ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE)
    ordering.undo(session, several, line_of(moved), by=BY_LISE)
    assert order_in(session, several) == "c a b"
    last = session.scalars(select(JournalLine).order_by(JournalLine.id.desc())).first()
    assert last is not None
    assert (last.event, last.before, last.after) == (
        ordering.EVENT,
        {"order": ["c", "b", "a"]},
        {"order": ["c", "a", "b"]},
    )


def test_the_first_move_undone_leaves_no_place_chosen(session: Session) -> None:
    several = services("a b c")
    moved = ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE)
    ordering.undo(session, several, line_of(moved), by=BY_LISE)
    assert {row.position for row in session.scalars(select(ServiceChoice))} == {None}


def test_a_service_that_did_not_move_offers_no_way_back(session: Session) -> None:
    several = services("a b c")
    assert ordering.move_service(session, several, "a", Move.UP, by=BY_LISE).line is None
    assert ordering.put_before(session, several, "a", "b", by=BY_LISE).line is None


def test_the_order_of_the_academie_comes_back_after_the_nations(session: Session) -> None:
    several = services("a b c d", b="ecrire", d="ecrire")
    ordering.put_before(session, several, "c", "a", by=BY_LISE)
    ordering.put_before(session, several, "d", "b", by=BY_LISE)
    line = ordering.follow_national_order(session, by=BY_LISE)
    assert line is not None
    ordering.undo(session, several, line, by=BY_LISE)
    assert order_in(session, several) == "c a d b"


def test_what_the_nation_adds_or_takes_meanwhile_is_in_nobodys_way(session: Session) -> None:
    several = services("a b c")
    ordering.put_before(session, several, "b", "a", by=BY_LISE)
    moved = ordering.put_before(session, several, "c", "b", by=BY_LISE)
    later = services("a new c")
    ordering.undo(session, later, line_of(moved), by=BY_LISE)
    assert order_in(session, later) == "a new c"


def test_an_undo_is_refused_when_the_order_changed_meanwhile(session: Session) -> None:
    several = services("a b c")
    moved = ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE)
    nora = replace(BY_LISE, actor="account/9")
    ordering.move_service(session, several, "c", Move.UP, by=nora)
    with pytest.raises(choices.ChoiceError, match="order-changed-since"):
        ordering.undo(session, several, line_of(moved), by=BY_LISE)
    line = ordering.follow_national_order(session, by=BY_LISE)
    ordering.move_service(session, several, "c", Move.UP, by=nora)
    assert line is not None
    with pytest.raises(choices.ChoiceError, match="order-changed-since"):
        ordering.undo(session, several, line, by=BY_LISE)
    assert order_in(session, several) == "a c b"


def test_an_undo_stays_at_home(session: Session) -> None:
    several = services("a b c")
    moved = ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE)
    victor = replace(BY_LISE, academie="rennes", actor="account/9")
    for number, by in ((line_of(moved), victor), (999, BY_LISE)):
        with pytest.raises(choices.ChoiceError, match="not-yours"):
            ordering.undo(session, several, number, by=by)
    assert order_in(session, several) == "b a c"


def test_moving_is_in_nobodys_way_who_decides_something_else(session: Session) -> None:
    several = services("a b")
    choices.show_service(session, several[0], by=BY_LISE)
    ordering.move_service(session, several, "a", Move.DOWN, by=BY_LISE)
    victor = replace(BY_LISE, actor="account/9")
    hiding = Hiding(reason=HideReason.OUTAGES)
    choices.hide_service(session, several[0], hiding, by=victor, seen=1)
    row = choices.hide_service(session, several[1], hiding, by=victor, seen=0)
    assert (row.version, row.position) == (1, 0)
