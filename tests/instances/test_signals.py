"""What people say does not work: counted by five minutes, and grown old by itself."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import Engine, func, select

import journal
from database import make_sessions, writing
from instances import signals
from instances.models import Signal
from instances.signals import Signalled, Signalling, SignalTally
from journal import Revision
from tests.instances.examples import NOW

MINUTE = timedelta(minutes=1)
PLACE = ("lyon", "visio")


def said(*minutes_ago: int) -> dict[tuple[str, str], Signalled]:
    counts = Counter(signals.bucket_of(NOW - minutes * MINUTE) for minutes in minutes_ago)
    buckets = tuple(sorted(counts.items()))
    return {PLACE: Signalled(n=len(minutes_ago), since=NOW, buckets=buckets)}


def test_signals_are_added_up_and_everybody_hears_of_it(any_engine: Engine) -> None:
    sessions, bucket = make_sessions(any_engine), signals.bucket_of(NOW)
    counts = {Signalling(*PLACE, bucket): 2, Signalling("rennes", "pad", bucket): 1}
    for _ in range(2):
        with writing(sessions) as session:
            signals.add_signals(session, counts)
    with writing(sessions) as session:
        signals.add_signals(session, {Signalling(*PLACE, bucket - 3): 1})
    with sessions() as session:
        found = signals.read_signals(session, now=NOW)
        assert journal.read_revisions(session)[Revision.SIGNALS] == 3
    assert {place: item.n for place, item in found.items()} == {PLACE: 5, ("rennes", "pad"): 2}
    assert found[PLACE].since.timestamp() == (bucket - 3) * signals.SPAN


def test_old_ones_are_neither_read_nor_kept_for_ever(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    old = NOW - signals.KEPT_FOR - 10 * MINUTE
    with writing(sessions) as session:
        for moment in (NOW, NOW - 3 * signals.RECENT, old):
            place = Signalling(*PLACE, signals.bucket_of(moment))
            signals.add_signals(session, {place: 1})
    with writing(sessions) as session:
        assert signals.read_signals(session, now=NOW)[PLACE].n == 1
        signals.forget_old(session, now=NOW)
        assert session.scalar(select(func.count()).select_from(Signal)) == 2


def test_what_was_read_grows_old_without_being_read_again() -> None:
    found = said(0, 1, 60)[PLACE]
    recent = signals.recent([found], now=NOW)
    assert recent is not None
    assert recent.n == 3
    later = signals.ends_at(recent)
    after = signals.recent([found], now=later)
    assert after is not None
    assert after.n == 2
    before = signals.recent([found], now=later - timedelta(seconds=1))
    assert before is not None
    assert before.n == 3
    assert signals.recent([found], now=NOW + timedelta(days=1)) is None


def test_three_people_in_a_quarter_of_an_hour_make_it_urgent() -> None:
    assert signals.hurried(said(0, 5, 10), now=NOW) == {PLACE}
    assert signals.hurried(said(0, 5), now=NOW) == frozenset()
    assert signals.hurried(said(0, 40, 50), now=NOW) == frozenset()


def test_what_could_not_be_written_is_counted_again_unless_it_is_too_old() -> None:
    tally = SignalTally()
    tally.add(*PLACE, now=NOW)
    taken = tally.take()
    assert tally.take() == Counter()
    tally.put_back(taken, now=NOW + MINUTE)
    assert tally.take() == taken
    tally.put_back(taken, now=NOW + 2 * signals.RECENT)
    assert tally.take() == Counter()
