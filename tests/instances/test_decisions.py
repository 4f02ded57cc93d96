"""Choices, announcements, openings and publications, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Backend, Text
from database import make_sessions, writing
from instances import announcements, choices, usage
from instances.announcements import AnnouncementError, AnnouncementLevel
from instances.choices import ChoiceError, Decision, Hiding
from instances.models import (
    Announcement,
    HideReason,
    LaunchCount,
    ServiceChoice,
    Visibility,
)
from instances.usage import Opening, OpeningTally
from journal import JournalLine, Revision
from tests.cast import LISE
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot

BY_LISE = Decision(academie="lyon", actor=LISE.name, now=NOW)
NUAGE = make_snapshot(make_service("nuage")).catalogue.services[0]


def journal_events(session: Session) -> list[str]:
    return list(session.scalars(select(JournalLine.event).order_by(JournalLine.id)))


def test_hiding_is_read_back_journalled_and_counted(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    hiding = Hiding(
        reason=HideReason.EQUIVALENT_TOOL,
        precision="Toutatice",
        replacement_url="https://toutatice.example.fr",
        word="Vos fichiers sont dans Toutatice.",
        until=date(2027, 8, 31),
    )
    with writing(sessions) as session:
        choices.hide_service(session, NUAGE, hiding, by=BY_LISE)
    with sessions() as session:
        choice = choices.read_choices(session)["lyon"]["nuage"]
        line = session.scalars(select(JournalLine)).one()
        assert choice.visibility is Visibility.HIDDEN
        assert choice.until == date(2027, 8, 31)
        assert (line.actor, line.academie, line.reason) == ("Lise", "lyon", "equivalent-tool")
        assert line.after is not None
        assert line.after["until"] == "2027-08-31"
        assert journal.read_revisions(session)[Revision.DECISIONS] == 1


def test_showing_forgets_what_explained_the_hiding(session: Session) -> None:
    hiding = Hiding(reason=HideReason.OUTAGES, word="Trop de pannes.")
    choices.hide_service(session, NUAGE, hiding, by=BY_LISE)
    choices.show_service(session, NUAGE, by=BY_LISE)
    session.flush()
    choice = choices.read_choices(session)["lyon"]["nuage"]
    assert (choice.visibility, choice.word) == (Visibility.SHOWN, None)
    assert journal_events(session) == ["service.hidden", "service.shown"]


def test_own_addresses_and_words_survive_a_hiding(session: Session) -> None:
    backend = Backend.model_validate(make_backend("nous", "https://nuage.ac-lyon.example"))
    choices.set_backends(session, NUAGE, [backend], by=BY_LISE)
    choices.reword_service(session, NUAGE, {"task": Text(fr="Ranger")}, by=BY_LISE)
    choices.hide_service(session, NUAGE, Hiding(reason=HideReason.OTHER), by=BY_LISE)
    session.flush()
    choice = choices.read_choices(session)["lyon"]["nuage"]
    assert choice.backends == (backend,)
    assert choice.wording["task"].fr == "Ranger"


@pytest.mark.parametrize(
    ("changes", "hiding", "code"),
    [
        ({"rollout": "required"}, {}, "required"),
        ({}, {"replacement_service": "nuage"}, "replaces-itself"),
        ({}, {"replacement_service": "a", "replacement_url": "https://b.fr"}, "two-replacements"),
        ({}, {"replacement_service": "nuaje"}, "unknown-replacement"),
        ({}, {"replacement_url": "javascript:alert(1)"}, "not-an-address"),
        ({}, {"replacement_url": "https://[a"}, "not-an-address"),
        ({}, {"word": "a" * 141}, "word-too-long"),
        ({}, {"precision": "a" * 1001}, "precision-too-long"),
    ],
)
def test_a_hiding_that_makes_no_sense_is_refused(
    session: Session, changes: dict[str, str], hiding: dict[str, Any], code: str
) -> None:
    service = make_snapshot(make_service("nuage", **changes)).catalogue.services[0]
    with pytest.raises(ChoiceError) as refused:
        choices.hide_service(
            session,
            service,
            Hiding(reason=HideReason.OTHER, **hiding),
            by=BY_LISE,
            known={"nuage", "visio"},
        )
    assert refused.value.code == code
    assert journal_events(session) == []


def make_announcement(text: str = "Bonne rentrée", *, hours: int | None = None) -> Announcement:
    return Announcement(
        academie="lyon",
        level=AnnouncementLevel.INFORMATION,
        text=text,
        starts_at=NOW,
        ends_at=None if hours is None else NOW + timedelta(hours=hours),
        created_by=LISE.name,
    )


@pytest.mark.parametrize(
    ("announcement", "code"),
    [
        (make_announcement("   "), "empty"),
        (make_announcement("a" * 2001), "too-long"),
        (make_announcement(hours=-1), "ends-before-start"),
    ],
)
def test_an_announcement_that_cannot_be_read_is_refused(
    session: Session, announcement: Announcement, code: str
) -> None:
    with pytest.raises(AnnouncementError) as refused:
        announcements.announce(session, announcement, now=NOW)
    assert refused.value.code == code


def test_a_withdrawn_or_past_announcement_is_not_read(session: Session) -> None:
    kept = announcements.announce(session, make_announcement("Kept", hours=2), now=NOW)
    withdrawn = announcements.announce(session, make_announcement("Gone"), now=NOW)
    by = announcements.Author(actor=LISE.name, now=NOW)
    announcements.withdraw(session, withdrawn, by=by)
    session.flush()
    found = announcements.read_announcements(session, now=NOW + timedelta(hours=1))
    assert [planned.view.text for planned in found] == [kept.text]
    assert announcements.read_announcements(session, now=NOW + timedelta(hours=2)) == ()


def test_openings_add_up_by_service_and_day(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    monday, tuesday = date(2026, 11, 16), date(2026, 11, 17)
    for day in (monday, tuesday, tuesday):
        with writing(sessions) as session:
            usage.add_openings(session, {Opening("lyon", "nuage", day): 3})
    with sessions() as session:
        assert usage.openings_since(session, "lyon", monday) == {"nuage": 9}
        assert usage.openings_since(session, "lyon", tuesday) == {"nuage": 6}
        assert usage.openings_since(session, "rennes", monday) == {}
        assert len(session.scalars(select(LaunchCount)).all()) == 2


def test_openings_are_forgotten_after_25_months(session: Session) -> None:
    today = date(2026, 11, 20)
    for day in (date(2024, 10, 20), date(2024, 10, 25), today):
        usage.add_openings(session, {Opening("lyon", "nuage", day): 1})
    usage.forget_old(session, today=today)
    assert usage.openings_since(session, "lyon", date(2020, 1, 1)) == {"nuage": 2}


def test_openings_that_could_not_be_written_are_counted_again() -> None:
    tally = OpeningTally()
    opening = Opening("lyon", "nuage", date(2026, 11, 16))
    tally.add(opening)
    taken = tally.take()
    tally.add(opening)
    tally.put_back(taken)
    assert tally.take() == {opening: 2}
    assert tally.take() == {}


def test_a_decision_of_another_program_costs_no_other_decision(session: Session) -> None:
    backend = Backend.model_validate(make_backend("nous", "https://nuage.ac-lyon.example"))
    choices.set_backends(session, NUAGE, [backend], by=BY_LISE)
    for service_id, values in (
        ("un", {"visibility": Visibility.HIDDEN, "backends": [{"id": "a", "url": "https://[a"}]}),
        ("deux", {"wording": {"task": {"fr": "Ranger"}, "summary": {"de": "x"}, "tone": "?"}}),
    ):
        session.add(
            ServiceChoice(
                academie="lyon", service_id=service_id, updated_at=NOW, updated_by="x", **values
            )
        )
    session.flush()
    read = choices.read_choices(session)["lyon"]
    assert read["nuage"].backends == (backend,)
    assert (read["un"].visibility, read["un"].backends) == (Visibility.HIDDEN, None)
    assert dict(read["deux"].wording) == {"task": Text(fr="Ranger")}


def test_an_announcement_of_another_program_is_left_out(session: Session) -> None:
    unknown = make_announcement("Later")
    unknown.level = "urgent"
    session.add_all([unknown, make_announcement("Now")])
    session.flush()
    found = announcements.read_announcements(session, now=NOW)
    assert [planned.view.text for planned in found] == ["Now"]


def test_an_own_address_of_a_service_with_variants_is_refused(session: Session) -> None:
    variant = {"id": "ecole", "label": "École", "backends": [make_backend("a", "https://a.fr")]}
    entry = make_service("tubes", backends=[], variants=[variant])
    service = make_snapshot(entry).catalogue.services[0]
    own = Backend.model_validate(make_backend("nous", "https://tubes.ac-lyon.example"))
    with pytest.raises(ChoiceError) as refused:
        choices.set_backends(session, service, [own], by=BY_LISE)
    assert refused.value.code == "has-variants"
    choices.set_backends(session, service, [], by=BY_LISE)


@pytest.mark.parametrize(("field", "length"), [("task", 80), ("choose_when", 40), ("summary", 120)])
def test_own_words_are_held_to_the_lengths_of_the_catalogue(
    session: Session, field: str, length: int
) -> None:
    choices.reword_service(session, NUAGE, {field: Text(fr="a" * length)}, by=BY_LISE)
    with pytest.raises(ChoiceError) as refused:
        choices.reword_service(session, NUAGE, {field: Text(fr="a" * (length + 1))}, by=BY_LISE)
    assert refused.value.code == "wording-refused"
    assert refused.value.values["field"] == field


def test_an_announcement_about_a_service_that_there_is_not_is_refused(session: Session) -> None:
    announcement = make_announcement()
    announcement.service_id = "nuaje"
    with pytest.raises(AnnouncementError) as refused:
        announcements.announce(session, announcement, now=NOW, known={"nuage"})
    assert refused.value.code == "unknown-service"
    announcement.service_id = "nuage"
    announcements.announce(session, announcement, now=NOW, known={"nuage"})
