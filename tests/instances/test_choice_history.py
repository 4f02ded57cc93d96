from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.schema import Backend, Text
from instances import choice_history, choices, ordering
from instances.choices import ChoiceError, Decision, Hiding
from instances.models import HideReason, ServiceChoice, Visibility
from instances.ordering import Move
from instances.versions import ChangedMeanwhileError
from journal import JournalLine
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot

BY_LISE = Decision(academie="lyon", actor="account/1", now=NOW)
LATER = replace(BY_LISE, actor="account/2", now=NOW + timedelta(minutes=5))
NUAGE, PAD = make_snapshot(
    make_service("nuage"), make_service("pad", task="Écrire")
).catalogue.services
HIDING = Hiding(
    reason=HideReason.OTHER, precision="Travaux", word="Bientôt.", until=date(2026, 12, 31)
)


def row_of(session: Session, service_id: str = "nuage") -> dict[str, object]:
    session.flush()
    row = session.get_one(ServiceChoice, ("lyon", service_id))
    kept = ("visibility", "reason", "word", "until", "wording", "backends", "position")
    return {name: getattr(row, name) for name in kept}


def last(session: Session, service_id: str = "nuage") -> int:
    found = choice_history.last_line(session, "lyon", service_id)
    assert found is not None
    return found


def test_undoing_the_first_decision_leaves_none(session: Session) -> None:
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE)
    assert choice_history.undo(session, [last(session)], by=LATER, within={"lyon"}) == {"nuage"}
    empty = dict.fromkeys(("reason", "word", "until", "wording", "backends", "position"))
    assert row_of(session) == {"visibility": Visibility.NATIONAL, **empty}
    events = session.scalars(select(JournalLine.event).order_by(JournalLine.id)).all()
    assert events == ["service.hidden", "service.undone"]


def test_undoing_puts_back_exactly_what_was_there(session: Session) -> None:
    own = Backend.model_validate(make_backend("nous", "https://nuage.ac-lyon.example"))
    choices.set_backends(session, NUAGE, [own], by=BY_LISE)
    choices.reword_service(session, NUAGE, {"task": Text(fr="Ranger")}, by=BY_LISE)
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE)
    ordering.move_service(session, (NUAGE, PAD), "nuage", Move.DOWN, by=BY_LISE)
    before = row_of(session)
    choices.follow_nation_in_all(session, NUAGE, by=LATER)
    assert row_of(session) != before
    choice_history.undo(session, [last(session)], by=LATER, within={"lyon"})
    assert row_of(session) == before


def test_an_undoing_that_comes_too_late_is_refused(session: Session) -> None:
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE)
    line = last(session)
    choices.reword_service(session, NUAGE, {"task": Text(fr="Ranger")}, by=LATER)
    with pytest.raises(ChoiceError) as refused:
        choice_history.undo(session, [line], by=BY_LISE, within={"lyon"})
    assert refused.value.code == "changed-since"


def test_what_another_program_wrote_since_is_not_undone_either(session: Session) -> None:
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE)
    line = last(session)
    session.get_one(ServiceChoice, ("lyon", "nuage")).updated_at = LATER.now
    with pytest.raises(ChoiceError) as refused:
        choice_history.undo(session, [line], by=BY_LISE, within={"lyon"})
    assert refused.value.code == "changed-since"


def test_nobody_undoes_for_another_academie(session: Session) -> None:
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE)
    ordering.move_service(session, (NUAGE, PAD), "nuage", Move.DOWN, by=BY_LISE)
    session.flush()
    for line in session.scalars(select(JournalLine.id)).all():
        within = {"versailles"} if line == last(session) else {"lyon"}
        with pytest.raises(ChoiceError) as refused:
            choice_history.undo(session, [line], by=BY_LISE, within=within)
        assert refused.value.code == "not-yours"


def test_each_part_of_a_choice_has_its_author(session: Session) -> None:
    choices.reword_service(
        session,
        NUAGE,
        {"task": Text(fr="Ranger"), "summary": Text(fr="Un.")},
        by=BY_LISE,
        why="Clarté",
    )
    choices.reword_service(
        session, NUAGE, {"task": Text(fr="Ranger"), "summary": Text(fr="Deux.")}, by=LATER
    )
    choices.hide_service(session, NUAGE, HIDING, by=LATER)
    session.flush()
    found = choice_history.authors_of(session, "lyon", "nuage")
    assert (found["wording.task"].actor, found["wording.task"].reason) == ("account/1", "Clarté")
    assert (found["wording.summary"].actor, found["wording.summary"].reason) == ("account/2", None)
    assert found["visibility"].reason == HideReason.OTHER
    assert "backends" not in found


def test_the_last_reason_for_own_words_is_told_with_the_service(session: Session) -> None:
    choices.reword_service(session, NUAGE, {"task": Text(fr="R")}, by=BY_LISE, why="Clarté")
    choices.hide_service(session, PAD, HIDING, by=BY_LISE)
    session.flush()
    assert choice_history.whys_of(session, "lyon") == {"nuage": "Clarté"}


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_a_decision_from_a_form_that_is_out_of_date_is_refused(session: Session, seen: int) -> None:
    choices.hide_service(session, NUAGE, HIDING, by=BY_LISE, seen=0)
    choices.show_service(session, NUAGE, by=BY_LISE, seen=1)
    with pytest.raises(ChangedMeanwhileError) as refused:
        choices.reword_service(session, NUAGE, {}, by=LATER, seen=seen)
    assert (refused.value.actor, refused.value.version) == ("account/1", 2)
    choices.reword_service(session, NUAGE, {}, by=LATER, seen=2)


def test_two_decisions_of_one_form_are_undone_together(session: Session) -> None:
    own = Backend.model_validate(make_backend("nous", "https://nuage.ac-lyon.example"))
    choices.reword_service(session, NUAGE, {"task": Text(fr="Ranger")}, by=BY_LISE)
    first = last(session)
    choices.reword_service(session, NUAGE, {"task": Text(fr="Garder")}, by=LATER)
    lines = [last(session)]
    choices.set_backends(session, NUAGE, [own], by=LATER)
    lines.append(last(session))
    with pytest.raises(ChoiceError):
        choice_history.undo(session, [first, lines[1]], by=LATER, within={"lyon"})
    choice_history.undo(session, lines, by=LATER, within={"lyon"})
    row = row_of(session)
    assert (row["wording"], row["backends"]) == ({"task": {"fr": "Ranger"}}, None)
