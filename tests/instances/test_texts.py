"""What an académie says of itself, over what its card says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Text
from instances import texts
from instances.choices import Decision
from instances.page import InstancePage, build_page
from instances.schema import ContactKind, HelpContact
from instances.snapshot import Snapshot
from instances.texts import Saying, Spotlight, TextError, TextField, Texts, Value
from instances.versions import ChangedMeanwhileError
from journal import JournalLine, Revision
from tests.instances.examples import NOW, make_service, make_snapshot

BY_LISE = Decision(academie="lyon", actor="account/1", now=NOW)
TODAY = date(2026, 11, 20)
NAMES = ("visio", "pad", "nuage")


def contact(name: str, **values: str) -> HelpContact:
    return HelpContact(kind=ContactKind.ACADEMIE, name=Text(fr=name), **values)


def say(
    session: Session, field: TextField, value: Value | None, *, seen: int | None = None
) -> None:
    texts.say(session, Saying(field=field, value=value, seen=seen, reason="Parce que"), by=BY_LISE)
    session.flush()


def spotlight(*services: str, starts: date = TODAY, ends: date | None = None) -> Spotlight:
    title = Text(fr="Pour les conseils")
    return Spotlight(title=title, services=services or NAMES, starts=starts, ends=ends)


def lines(session: Session) -> list[JournalLine]:
    return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (TextField.DELEGATION, Text(fr="DRANE de Lyon", en="Lyon team")),
        (TextField.WELCOME, Text(fr="Bonne rentrée à tous.")),
        (TextField.HELP, (contact("Assistance", phone="04 72 80 60 60"), contact("ERUN"))),
        (TextField.HELP, ()),
        (TextField.SPOTLIGHT, spotlight(ends=date(2026, 12, 1))),
    ],
)
def test_what_is_said_is_read_back(session: Session, field: TextField, value: Value) -> None:
    say(session, field, value)
    assert getattr(texts.read_texts(session)["lyon"], field.value) == value
    assert journal.read_revisions(session)[Revision.DECISIONS] == 1


def test_the_cards_value_comes_back_and_versions_go_on(session: Session) -> None:
    say(session, TextField.DELEGATION, Text(fr="DRANE"))
    say(session, TextField.DELEGATION, None, seen=1)
    assert texts.read_texts(session) == {}
    row = texts.find_row(session, "lyon", TextField.DELEGATION)
    assert row is not None
    assert row.version == 2
    changed, back = lines(session)
    assert (changed.event, back.event) == ("text.changed", "text.as-the-card")
    assert (changed.before, changed.after, changed.reason) == (None, {"fr": "DRANE"}, "Parce que")
    assert (back.before, back.after) == ({"fr": "DRANE"}, None)


def test_to_say_the_same_again_is_no_decision(session: Session) -> None:
    say(session, TextField.WELCOME, Text(fr="Bonjour"))
    say(session, TextField.WELCOME, Text(fr="Bonjour"))
    assert len(lines(session)) == 1


def test_the_second_of_two_is_told(session: Session) -> None:
    say(session, TextField.WELCOME, Text(fr="Bonjour"), seen=0)
    with pytest.raises(ChangedMeanwhileError) as meanwhile:
        say(session, TextField.WELCOME, Text(fr="Bonsoir"), seen=0)
    assert (meanwhile.value.version, meanwhile.value.actor) == (1, "account/1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (TextField.DELEGATION, Text(fr="a" * 81)),
        (TextField.WELCOME, Text(fr="a" * 301)),
    ],
)
def test_what_is_too_long_is_refused(session: Session, field: TextField, value: Value) -> None:
    with pytest.raises(ValidationError):
        say(session, field, value)


def test_the_journal_keeps_no_address_of_mail(session: Session) -> None:
    say(session, TextField.HELP, (contact("Assistance", email="paul.durand@ac-lyon.fr"),))
    [line] = lines(session)
    assert line.after is not None
    assert line.after[0]["email"] == "…@ac-lyon.fr"
    [stored] = texts.read_texts(session)["lyon"].help or ()
    assert stored.email == "paul.durand@ac-lyon.fr"


def test_who_touched_a_field_last_is_known(session: Session) -> None:
    say(session, TextField.WELCOME, Text(fr="Bonjour"))
    later = Decision(academie="lyon", actor="account/2", now=NOW + timedelta(hours=1))
    texts.say(session, Saying(field=TextField.WELCOME, value=None), by=later)
    session.flush()
    [(subject, word)] = texts.last_words(session, "lyon").items()
    assert subject == "text/welcome"
    assert (word.actor, word.at, word.reason) == ("account/2", later.now, None)
    assert texts.last_words(session, "rennes") == {}


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (spotlight("visio", "pad", "visio"), "twice-the-same"),
        (spotlight("visio", "pad", "nuaje"), "unknown-service"),
        (spotlight(starts=TODAY, ends=TODAY - timedelta(1)), "ends-before-start"),
        (spotlight(starts=date(2026, 1, 1), ends=date(2026, 1, 2)), "already-over"),
    ],
)
def test_a_mise_en_avant_that_could_not_be_shown_is_refused(found: Spotlight, code: str) -> None:
    with pytest.raises(TextError) as refused:
        texts.check_spotlight(found, known=NAMES, today=TODAY)
    assert refused.value.code == code


def with_spotlight(found: Spotlight, *names: str) -> Snapshot:
    services = [make_service(name) for name in names or NAMES]
    return make_snapshot(*services, texts={"lyon": Texts(spotlight=found)})


def page(snapshot: Snapshot, *, days: int = 0) -> InstancePage:
    card = snapshot.card("lyon")
    assert card is not None
    return build_page(snapshot, card, now=NOW + timedelta(days=days))


def test_it_appears_and_goes_by_itself() -> None:
    snapshot = with_spotlight(spotlight(starts=date(2026, 11, 21), ends=date(2026, 11, 22)))
    shown = [page(snapshot, days=days).spotlight is not None for days in range(4)]
    assert shown == [False, True, True, False]
    midnight = "2026-11-21T00:00:00+01:00"
    assert page(snapshot).valid_until.isoformat() == midnight


def test_its_services_stand_in_its_own_order() -> None:
    shown = page(with_spotlight(spotlight("nuage", "visio", "pad"))).spotlight
    assert shown is not None
    assert [tile.service.id for tile in shown.tiles] == ["nuage", "visio", "pad"]


def test_a_service_that_left_drops_out_and_the_last_takes_all_with_it() -> None:
    shown = page(with_spotlight(spotlight(), "pad", "docs")).spotlight
    assert shown is not None
    assert [tile.service.id for tile in shown.tiles] == ["pad"]
    assert page(with_spotlight(spotlight(), "docs")).spotlight is None


def test_another_academie_shows_nothing_of_it() -> None:
    snapshot = with_spotlight(spotlight())
    card = snapshot.card("reunion")
    assert card is not None
    assert build_page(snapshot, card, now=NOW).spotlight is None
