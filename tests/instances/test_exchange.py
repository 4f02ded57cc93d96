"""All decisions of an académie as one file: out, in again without loss, or refused with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session, sessionmaker

import journal
from catalogue.changes import ChangeKind
from catalogue.problems import Code
from database import make_engine, make_sessions, writing
from instances import exchange
from instances.choices import Decision
from instances.days import FIRST, LAST
from instances.exchange import ChangedSinceError, OtherAcademieError, Replacing
from instances.exchange_changes import NoticeKind, Part, changes, fingerprint, notices
from instances.exchange_file import read_file, write_file
from instances.exchange_rows import ANNOUNCEMENT_FIELDS, CHOICE_FIELDS, find_rows, read_decisions
from instances.exchange_schema import TextsEntry
from instances.exchange_values import Decisions, seen
from instances.models import (
    Announcement,
    HideReason,
    InstanceLogo,
    InstanceText,
    LocalServiceRow,
    ServiceChoice,
)
from instances.texts import TextField
from journal import JournalLine, Revision
from tests.databases import create_tables
from tests.instances.lyon import BY, LISE, NOW, PARIS, every_kind_of_decision


@pytest.fixture
def lyon(any_engine: Engine) -> sessionmaker[Session]:
    sessions = make_sessions(any_engine)
    with writing(sessions) as session:
        session.add_all(every_kind_of_decision())
    return sessions


def exported(sessions: sessionmaker[Session]) -> str:
    with sessions() as session:
        return write_file(read_decisions(session, "lyon", PARIS))


def read(text: str, *, zone: ZoneInfo = PARIS) -> Decisions:
    found = read_file(text.encode(), file="lyon.yaml", zone=zone)
    assert found.problems == ()
    assert found.decisions is not None
    return found.decisions


def imported(sessions: sessionmaker[Session], decisions: Decisions, **how: Any) -> int:
    values: dict[str, Any] = {"by": BY, "zone": PARIS, "reason": "reprise"} | how
    with writing(sessions) as session:
        replacing = Replacing(**values)
        return exchange.replace_all(session, decisions, replacing)


def lines(sessions: sessionmaker[Session]) -> list[JournalLine]:
    with sessions() as session:
        return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


@pytest.fixture
def empty(tmp_path: Any) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(f"sqlite:///{tmp_path}/empty.db")
    create_tables(engine)
    yield make_sessions(engine)
    engine.dispose()


def test_an_export_comes_back_byte_for_byte_in_an_empty_portal(
    lyon: sessionmaker[Session], empty: sessionmaker[Session]
) -> None:
    text = exported(lyon)
    assert imported(empty, read(text)) == 14
    assert exported(empty) == text
    assert imported(empty, read(text)) == 0, "nothing to change the second time"


def test_an_export_of_the_empty_portal_empties(lyon: sessionmaker[Session]) -> None:
    assert imported(lyon, Decisions(academie="lyon")) == 14
    assert exported(lyon) == "format: 1\nacademie: lyon\n"
    with lyon() as session:
        kept = session.scalars(select(Announcement.text)).all()
    assert sorted(kept) == ["À Rennes", "À tous"], "not Lyon's to lose"


def test_the_file_reads_like_what_was_decided(lyon: sessionmaker[Session]) -> None:
    text = exported(lyon)
    assert text.startswith("format: 1\nacademie: lyon\nchoices:\n  - id: gone-since\n")
    assert "    reason: equivalent-tool\n" in text
    assert "    until: 2027-08-31\n" in text
    assert "starts_at: '2026-11-21T09:58:00.000007+01:00'" in text
    assert "À Rennes" not in text
    assert "\u200b" not in text
    assert LISE not in text


def test_every_column_of_a_decision_is_in_the_file_or_left_out_on_purpose() -> None:
    """A column that somebody adds must not be lost in silence."""
    about_the_row = {"academie", "version", "updated_at", "updated_by", "created_by"}
    expected = {
        ServiceChoice: {*CHOICE_FIELDS, "service_id"},
        LocalServiceRow: {"name", "content", "draft", "contact", "retired_at", "published_at"},
        InstanceText: {"field", "value"},
        InstanceLogo: {"media_type", "content", "width", "height"},
        Announcement: {*ANNOUNCEMENT_FIELDS, "id"},
    }
    for table, known in expected.items():
        columns = {column.key for column in inspect(table).columns}
        assert columns - about_the_row == known, table.__name__
    assert {*TextField} | {"logo"} == set(TextsEntry.model_fields)


def test_a_decision_keeps_its_author_when_the_file_says_the_same(
    lyon: sessionmaker[Session],
) -> None:
    text = exported(lyon).replace("position: 3", "position: 4")
    later = Decision(academie="lyon", actor="account/9", now=NOW + timedelta(days=1))
    assert imported(lyon, read(text), by=later) == 1
    with lyon() as session:
        rows = find_rows(session, "lyon", PARIS).choices
    assert (rows["nuage"].version, rows["nuage"].updated_by) == (2, "account/9")
    assert (rows["visio"].version, rows["visio"].updated_by) == (1, LISE)


def test_each_changed_subject_has_its_line_in_the_journal(lyon: sessionmaker[Session]) -> None:
    with lyon() as session:
        before = journal.read_revisions(session)[Revision.DECISIONS]
    text = exported(lyon).replace("Panne demain.", "Panne lundi.")
    text = text.replace("position: 3", "position: 4").replace("poste 12", "poste 13")
    assert imported(lyon, read(text)) == 5
    found: dict[Any, Any] = {(line.event, line.subject): line for line in lines(lyon)}
    line = found["service.imported", "nuage"]
    assert (line.before["position"], line.after["position"]) == (3, 4)
    assert line.after["until"] == "2027-08-31"
    assert (line.actor, line.academie, line.reason) == (LISE, "lyon", "reprise")
    contact = found["local-service.imported", "lyon.nuage"]
    assert "contact" not in contact.before
    assert sum(event == "announcement.imported" for event, _ in found) == 1
    with lyon() as session:
        assert journal.read_revisions(session)[Revision.DECISIONS] == before + 1


def test_what_would_change_is_said_field_by_field(lyon: sessionmaker[Session]) -> None:
    with lyon() as session:
        current = read_decisions(session, "lyon", PARIS)
    text = (
        exported(lyon)
        .replace("fr: 'Se voir'", "fr: 'Se parler'")
        .replace("id: pad\n", "id: notes\n")
    )
    found = changes(current, read(text))
    said = [(item.kind, item.part, item.subject) for item in found]
    assert said == [
        (ChangeKind.ADDED, Part.CHOICE, "notes"),
        (ChangeKind.REMOVED, Part.CHOICE, "pad"),
        (ChangeKind.CHANGED, Part.CHOICE, "visio"),
    ]
    [field] = found[2].fields
    assert (field.field, field.before, field.after) == ("wording.task.fr", "Se voir", "Se parler")


def test_what_leads_nowhere_here_is_reported_and_kept(
    lyon: sessionmaker[Session], empty: sessionmaker[Session]
) -> None:
    decisions = read(exported(lyon))
    found = notices(decisions, known=["nuage", "visio", "pad"], required=["pad", "visio"])
    assert [(item.kind, item.service_id) for item in found] == [
        (NoticeKind.UNKNOWN_SERVICE, "gone-since"),
        (NoticeKind.REQUIRED, "pad"),
    ]
    imported(empty, decisions)
    assert "id: gone-since" in exported(empty)


def test_a_file_of_another_academie_is_refused_unless_its_services_are_renamed(
    lyon: sessionmaker[Session], empty: sessionmaker[Session]
) -> None:
    decisions = read(exported(lyon))
    rennes = Decision(academie="rennes", actor=LISE, now=NOW)
    with pytest.raises(OtherAcademieError, match="lyon"):
        imported(empty, decisions, by=rennes)
    imported(empty, exchange.renamed(decisions, "rennes"), by=rennes)
    with empty() as session:
        here = read_decisions(session, "rennes", PARIS)
    assert here.choices["nuage"]["replacement_service"] == "rennes.nuage"
    assert sorted(here.local_services) == ["a-venir", "ancien", "nuage"]


def test_nothing_is_written_when_somebody_decided_meanwhile(lyon: sessionmaker[Session]) -> None:
    with lyon() as session:
        seen = fingerprint(read_decisions(session, "lyon", PARIS))
    with writing(lyon) as session:
        session.get_one(ServiceChoice, ("lyon", "pad")).word = "Un mot"
    before = exported(lyon)
    with pytest.raises(ChangedSinceError):
        imported(lyon, Decisions(academie="lyon"), seen=seen)
    assert exported(lyon) == before


FAULTY = """\
format: 1
academie: lyon
choices:
  - id: nuage
    visibility: hiden
    until: 2027-02-30
    wrod: Bonjour
  - id: pad
    replacement_url: nuage
  - id: pad
local_services:
  - id: aide
    published: {title: Aide}
announcements:
  - {level: information, text: Bonjour, starts_at: "demain"}
"""


def test_all_that_is_wrong_is_said_at_once_with_its_place() -> None:
    found = read_file(FAULTY.encode(), file="lyon.yaml", zone=PARIS)
    assert found.decisions is None
    said = {(item.code, item.line, item.path) for item in found.problems}
    assert {
        (Code.UNKNOWN_CHOICE, 5, "choices[nuage].visibility"),
        (Code.NOT_A_DATE, 6, "choices[nuage].until"),
        (Code.UNKNOWN_KEY, 7, "choices[nuage].wrod"),
        (Code.BAD_FORM, 9, "choices[pad].replacement_url"),
        (Code.DUPLICATE_ID, 10, ""),
        (Code.MISSING_KEY, 13, "local_services[aide].published.task"),
        (Code.BAD_FORM, 15, "announcements[0].starts_at"),
    } <= said


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.EMPTY_FILE),
        (b"- a\n", Code.WRONG_KIND),
        (b"format: 2\nacademie: lyon\n", Code.UNSUPPORTED_FORMAT),
        (b"academie: lyon\n", Code.UNSUPPORTED_FORMAT),
        (b"format: 1\n", Code.MISSING_KEY),
        (b"format: 1\nacademie: lyon", Code.UNFINISHED),
        (b"format: 1\nacademie: &a lyon\n", Code.ANCHOR),
        (b"format: 1\nacademie: lyon\nchoices: [{id: a, word: x\n", Code.UNCLOSED_BRACKET),
        (b"\xff\xfe", Code.NOT_UTF8),
    ],
)
def test_a_file_that_is_no_export_is_refused(content: bytes, code: Code) -> None:
    found = read_file(content, file="x.yaml", zone=PARIS)
    assert found.decisions is None
    assert code in {item.code for item in found.problems}


def test_an_export_never_fails_on_what_another_version_wrote(
    lyon: sessionmaker[Session],
) -> None:
    with writing(lyon) as session:
        session.get_one(ServiceChoice, ("lyon", "pad")).reason = "a-reason-to-come"
    text = exported(lyon)
    assert "reason: a-reason-to-come" in text
    found = read_file(text.encode(), file="lyon.yaml", zone=PARIS)
    assert [item.code for item in found.problems] == [Code.UNKNOWN_CHOICE]


def test_instants_of_another_offset_are_the_same_instants(lyon: sessionmaker[Session]) -> None:
    text = exported(lyon)
    assert "T09:58:00+01:00" in text
    elsewhere = text.replace("T09:58:00+01:00", "T08:58:00+00:00")
    assert imported(lyon, read(elsewhere)) == 0


# Any text that a person may type


ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
SOME_TEXT = ANY_TEXT.filter(lambda text: seen(text).strip())
DAYS = st.dates(FIRST, LAST)
CHOICES: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    visibility=st.sampled_from(["shown", "hidden", "national"]),
    visibility_after=st.none() | st.sampled_from(["shown", "national"]),
    reason=st.none() | st.sampled_from([reason.value for reason in HideReason]),
    precision=st.none() | ANY_TEXT,
    replacement_service=st.none() | st.sampled_from(["no", "lyon.on", "visio-2020"]),
    word=st.none() | ANY_TEXT,
    review_on=st.none() | DAYS,
    until=st.none() | DAYS,
    position=st.none() | st.integers(-5, 5000),
    wording=st.none() | st.dictionaries(st.just("task"), st.builds(dict, fr=SOME_TEXT)),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    choices=st.dictionaries(st.sampled_from(["a", "no", "lyon.x", "on-2"]), CHOICES, max_size=3),
    draft=st.dictionaries(ANY_TEXT, JSON, max_size=3),
    told=st.lists(SOME_TEXT, max_size=3),
)
def test_whatever_was_typed_comes_back(
    choices: dict[str, dict[str, Any]], draft: dict[str, Any], told: list[str]
) -> None:
    engine = make_engine("sqlite://")
    create_tables(engine)
    sessions = make_sessions(engine)
    signed: dict[str, Any] = {"academie": "lyon", "updated_at": NOW, "updated_by": LISE}
    with writing(sessions) as session:
        for service_id, values in choices.items():
            session.add(ServiceChoice(**signed, service_id=service_id, **values))
        session.add(LocalServiceRow(**signed, name="x", draft=draft))
        for text in told:
            row = Announcement(academie="lyon", text=text, starts_at=NOW, created_by=LISE)
            row.level = "important"
            session.add(row)
        session.flush()
        first = write_file(read_decisions(session, "lyon", PARIS))
        found = read_file(first.encode(), file="x", zone=PARIS)
        assert found.decisions is not None, (first, found.problems)
        assert write_file(found.decisions) == first
        exchange.replace_all(session, Decisions(academie="lyon"), Replacing(by=BY, zone=PARIS))
        exchange.replace_all(session, found.decisions, Replacing(by=BY, zone=PARIS))
        assert write_file(read_decisions(session, "lyon", PARIS)) == first
    engine.dispose()
