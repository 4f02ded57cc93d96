"""Announcements are changed, withdrawn and listed; who does it is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from instances import announcements
from instances.announcement_board import LISTED_PAST, Phase, phase_of, read_board
from instances.announcements import AnnouncementError, AnnouncementLevel, Author, Content, tidied
from instances.models import Announcement
from instances.versions import ChangedMeanwhileError
from journal import JournalLine
from tests.instances.examples import NOW

HOUR = timedelta(hours=1)
BY_LISE = Author(actor="account/1", now=NOW)
BY_NORA = Author(actor="account/2", now=NOW)


def content(text: str = "Bonjour", *, start: int = 1, end: int | None = None) -> Content:
    """An announcement from and until some hours from now."""
    return Content(
        level=AnnouncementLevel.INFORMATION,
        text=text,
        starts_at=NOW + start * HOUR,
        ends_at=None if end is None else NOW + end * HOUR,
    )


def announce(
    session: Session, said: Content | None = None, *, academie: str | None = "lyon"
) -> Announcement:
    values = (said or content()).__dict__
    row = Announcement(academie=academie, created_by="account/1", version=1, **values)
    return announcements.announce(session, row, now=NOW)


def lines(session: Session) -> list[JournalLine]:
    session.flush()
    return list(session.scalars(select(JournalLine).order_by(JournalLine.id)))


def test_a_change_is_journalled_from_what_it_was_to_what_it_is(session: Session) -> None:
    row = announce(session)
    announcements.change(session, row, content("Bonsoir", start=2, end=3), by=BY_NORA)
    line = lines(session)[-1]
    assert (line.event, line.actor) == ("announcement.changed", "account/2")
    assert line.before is not None
    assert line.after is not None
    assert (line.before["text"], line.after["text"]) == ("Bonjour", "Bonsoir")
    assert line.after["ends_at"] == "2026-11-20T11:58:00+00:00"
    assert row.version == 2


def test_a_start_to_come_is_moved_to_now_at_the_earliest(session: Session) -> None:
    row = announce(session)
    announcements.change(session, row, content(start=-5), by=BY_LISE)
    assert row.starts_at == NOW


def test_a_start_that_is_past_stays(session: Session) -> None:
    row = announce(session, content(start=-5))
    announcements.change(session, row, content("Bonsoir", start=4), by=BY_LISE)
    assert (row.text, row.starts_at) == ("Bonsoir", NOW - 5 * HOUR)


@pytest.mark.parametrize("said", [content(" "), content("a" * 2001), content(start=3, end=2)])
def test_what_could_not_be_published_cannot_be_changed_to(session: Session, said: Content) -> None:
    row = announce(session)
    with pytest.raises(AnnouncementError):
        announcements.change(session, row, said, by=BY_LISE)
    assert (row.text, row.version) == ("Bonjour", 1)


def test_what_is_over_or_withdrawn_is_not_rewritten(session: Session) -> None:
    over = announce(session, content(start=-5, end=-4))
    withdrawn = announce(session)
    announcements.withdraw(session, withdrawn, by=BY_LISE)
    for row in (over, withdrawn):
        with pytest.raises(AnnouncementError) as refused:
            announcements.change(session, row, content(), by=BY_LISE)
        assert refused.value.code == "over"


def test_who_withdraws_and_restores_is_the_one_who_is_written_down(session: Session) -> None:
    row = announce(session)
    announcements.withdraw(session, row, by=BY_NORA)
    announcements.restore(session, row, by=BY_LISE)
    told = [(line.event.partition(".")[2], line.actor) for line in lines(session)]
    assert told == [
        ("published", "account/1"),
        ("withdrawn", "account/2"),
        ("restored", "account/1"),
    ]


@pytest.mark.parametrize("academie", ["lyon", None])
def test_the_second_of_two_is_told_who_came_first(session: Session, academie: str | None) -> None:
    row = announce(session, academie=academie)
    announcements.change(session, row, content("Nora"), by=replace(BY_NORA, seen=1))
    session.flush()
    with pytest.raises(ChangedMeanwhileError) as meanwhile:
        announcements.change(session, row, content("Lise"), by=replace(BY_LISE, seen=1))
    assert (meanwhile.value.actor, meanwhile.value.at) == ("account/2", NOW)
    assert row.text == "Nora"


def test_a_desk_lists_its_own_and_what_the_nation_says_now_or_later(session: Session) -> None:
    for name, start, end in (("now", -2, None), ("newer", -1, 1), ("soon", 1, 2), ("past", -3, -1)):
        announce(session, content(name, start=start, end=end))
        announce(session, content(f"national {name}", start=start, end=end), academie=None)
        announce(session, content(f"rennes {name}", start=start, end=end), academie="rennes")
    announcements.withdraw(session, announce(session, content("gone")), by=BY_LISE)
    session.flush()
    board = read_board(session, "lyon", now=NOW)
    texts = {phase.value: [row.text for row in rows] for phase, rows in board.items()}
    assert texts == {
        "current": ["national newer", "newer", "national now", "now"],
        "coming": ["soon", "national soon"],
        "over": ["past"],
        "withdrawn": ["gone"],
    }
    national = read_board(session, None, now=NOW)
    assert [row.text for row in national[Phase.OVER]] == ["national past"]
    assert all(row.academie is None for rows in national.values() for row in rows)


def test_the_list_of_what_is_over_is_bounded(session: Session) -> None:
    for start in range(LISTED_PAST + 5):
        announce(session, content(f"{start}", start=-start - 2, end=-1))
    session.flush()
    over = read_board(session, "lyon", now=NOW)[Phase.OVER]
    assert [row.text for row in over] == [str(number) for number in range(LISTED_PAST)]


@pytest.mark.parametrize(
    ("start", "end", "phase"),
    [
        (1, None, Phase.COMING),
        (0, None, Phase.CURRENT),
        (-1, 1, Phase.CURRENT),
        (-1, 0, Phase.OVER),
    ],
)
def test_a_phase_begins_at_its_very_instant(start: int, end: int | None, phase: Phase) -> None:
    row = Announcement(academie="lyon", withdrawn=False, **content(start=start, end=end).__dict__)
    assert phase_of(row, NOW) is phase


def test_a_text_is_tidied() -> None:
    assert tidied("  Un  \r\n\r\n\r\n\r\nDeux\rTrois \n\n") == "Un\n\nDeux\nTrois"
