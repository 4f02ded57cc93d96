"""What is told of an incident: once, to whom, by one hand; put off, repeated, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from journal import JournalLine
from monitoring import alert_following, alerts, incident_merging, outbox
from monitoring.alert_routes import Route
from monitoring.alerts import Kind
from monitoring.models import Alert, Incident, IncidentTarget, Target
from monitoring.outbox import Claim

NINE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""Nine o'clock in Paris, on a Wednesday."""
NIGHT = {"from": "22:00", "to": "7:00"}
SECRET = "json://omar:secret@127.0.0.1"


def route(name: str = "all", **values: object) -> Route:
    return Route.model_validate({"name": name, "to": SECRET, "delay_minutes": 0, **values})


class Story:
    """One incident, its outbox, and the hands that change both."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self.routes: Sequence[Route] = (route(),)
        self.now = NINE
        with writing(sessions) as session:
            labels = {"backend": ["visio/a"], "service": ["visio"], "operator": ["dne"]}
            target = Target(key="k", url="https://x", profile="http", labels=labels)
            session.add(target)
            session.flush()
            self.target = target.id
        self.id = self.add()

    def add(self) -> int:
        with writing(self.sessions) as session:
            row = Incident(
                uid=str(uuid4()),
                cause="target",
                severity="minor",
                stage="investigating",
                opened_at=self.now,
                updated_at=self.now,
            )
            session.add(row)
            session.flush()
            joined = IncidentTarget(
                incident_id=row.id, target_id=self.target, since=self.now, state="down"
            )
            session.add(joined)
            return row.id

    def become(self, **values: object) -> None:
        with writing(self.sessions) as session:
            session.execute(
                update(Incident).where(Incident.id == self.id).values(updated_at=self.now, **values)
            )

    def follow(self, **values: object) -> None:
        """Let the incident become so, and the batch that saw it tell."""
        self.become(**values)
        self.follow_all([self.id])

    def follow_all(self, ids: Sequence[int], *, begun: Sequence[int] = ()) -> None:
        with writing(self.sessions) as session:
            alert_following.tell_incidents(
                session, ids, routes=self.routes, begun=begun, now=self.now
            )

    def doubt(self, since: datetime | None) -> None:
        with writing(self.sessions) as session:
            alert_following.follow(session, (), routes=self.routes, doubt_since=since, now=self.now)

    def catch_up(self) -> None:
        with writing(self.sessions) as session:
            alert_following.catch_up(session, routes=self.routes, now=self.now)

    def claim(self, number: int = 0) -> Claim | None:
        with writing(self.sessions) as session:
            return outbox.claim(session, self.routes[number], now=self.now)

    def send(self) -> list[str]:
        """Hand over all that is due; return what was told."""
        told = []
        while (claimed := self.claim()) is not None:
            told.append(claimed.said.kind.value)
            with writing(self.sessions) as session:
                assert outbox.settle_sent(session, claimed, now=self.now)
        return told

    def rows(self) -> list[Alert]:
        with self.sessions() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def story(sessions: sessionmaker[Session]) -> Story:
    return Story(sessions)


@pytest.fixture
def any_story(any_engine: Engine) -> Story:
    return Story(make_sessions(any_engine))


def test_one_message_at_the_opening_and_one_at_the_end(story: Story) -> None:
    for _batch in range(3):
        story.follow()
    assert story.send() == ["opened"]
    story.wait(minutes=20)
    for _batch in range(3):
        story.follow(closed_at=story.now)
    assert story.send() == ["closed"]
    assert len(story.rows()) == 2


def test_what_closes_before_anything_was_said_is_told_in_one_message(story: Story) -> None:
    story.routes = (route(delay_minutes=2),)
    story.follow()
    assert story.send() == []
    story.wait(minutes=1)
    story.follow(closed_at=story.now)
    story.wait(minutes=2)
    assert story.send() == ["passed"]
    assert story.rows()[0].content["closed_at"] is not None


def test_what_opens_again_is_told_again(any_story: Story) -> None:
    any_story.follow()
    assert any_story.send() == ["opened"]
    any_story.follow(closed_at=any_story.now)
    assert any_story.send() == ["closed"]
    any_story.follow(closed_at=None)
    assert any_story.send() == ["opened"]
    any_story.follow(closed_at=any_story.now)
    assert any_story.send() == ["closed"]


def test_an_end_that_was_not_told_yet_is_taken_back(story: Story) -> None:
    story.follow()
    story.send()
    story.follow(closed_at=story.now)
    story.follow(closed_at=None)
    assert story.send() == []
    story.routes = (route(delay_minutes=1),)
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"]


def test_a_flap_that_waits_and_opens_again_is_an_opening_again(story: Story) -> None:
    story.routes = (route(delay_minutes=2),)
    story.follow()
    story.follow(closed_at=story.now)
    story.follow(closed_at=None)
    story.wait(minutes=3)
    assert story.send() == ["opened"]


def test_that_it_grew_worse_is_one_more_message(story: Story) -> None:
    story.follow()
    story.send()
    for _batch in range(2):
        story.follow(severity="major")
    assert story.send() == ["worse"]
    assert story.send() == []


def test_what_grew_worse_before_it_was_told_is_told_as_it_is(story: Story) -> None:
    story.routes = (route(delay_minutes=2),)
    story.follow()
    story.follow(severity="major")
    story.wait(minutes=3)
    assert story.send() == ["opened"]
    assert story.rows()[0].content["severity"] == "major"


def test_who_wants_major_ones_alone_is_told_when_it_becomes_one(story: Story) -> None:
    story.routes = (route(severities="major"),)
    story.follow()
    assert story.rows() == []
    story.follow(severity="major")
    story.follow(severity="minor")
    assert story.send() == ["opened"]
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"], "whoever was told of it is told of its end"


def test_what_people_close_or_merge_is_told_a_moment_later(any_story: Story) -> None:
    any_story.follow()
    any_story.send()
    other = any_story.add()
    any_story.follow_all([other])
    assert any_story.send() == ["opened"]
    any_story.become(merged_into=other)
    any_story.catch_up()
    any_story.catch_up()
    assert any_story.send() == ["closed"]
    assert any_story.rows()[-1].content["merged_into"] == other


def test_what_was_taken_in_is_still_named_by_its_targets(story: Story) -> None:
    story.follow()
    other = story.add()
    with writing(story.sessions) as session:
        into, taken = session.get(Incident, other), session.get(Incident, story.id)
        assert into is not None
        assert taken is not None
        incident_merging.put_into(session, into, [taken], at=story.now)
    story.follow()
    assert story.send() == ["passed"]
    (target,) = story.rows()[-1].content["targets"]
    assert target["state"] == "down"


def test_a_reminder_comes_every_so_many_hours_until_the_end(story: Story) -> None:
    story.routes = (route(reminder_hours=4),)
    story.follow()
    assert story.send() == ["opened"]
    told = []
    for _quarter in range(4 * 9):
        story.wait(minutes=15)
        story.catch_up()
        told += story.send()
    assert told == ["reminder", "reminder"]
    story.wait(hours=4)
    story.catch_up()
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"], "nobody is reminded of what is over"


def test_in_quiet_hours_it_waits_and_then_tells_both(story: Story) -> None:
    story.routes = (route(quiet=NIGHT),)
    story.wait(hours=14)
    story.follow()
    assert story.send() == []
    story.wait(hours=1)
    story.follow(closed_at=story.now)
    assert story.send() == []
    story.wait(hours=7)
    assert story.send() == ["passed"]


def test_at_night_a_major_one_goes_out_where_that_is_wanted(story: Story) -> None:
    story.routes = (route(quiet={**NIGHT, "even_at_night": "true"}),)
    story.wait(hours=14)
    story.follow()
    assert story.send() == []
    story.follow(severity="major")
    assert story.send() == ["opened"]


def test_what_is_tried_again_waits_for_the_end_of_quiet_hours_too(story: Story) -> None:
    story.routes = (route(quiet=NIGHT),)
    story.wait(hours=12, minutes=59)
    story.follow()
    claimed = story.claim()
    assert claimed is not None
    story.wait(minutes=5)
    fail(story, claimed)
    assert story.claim() is None
    (row,) = story.rows()
    assert row.due_at == datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def fail(story: Story, claimed: Claim, *, may_have_arrived: bool = False) -> None:
    with writing(story.sessions) as session:
        outbox.settle_failed(
            session,
            claimed,
            error="http-500",
            may_have_arrived=may_have_arrived,
            due_at=story.now,
        )


def test_a_refused_message_is_tried_again_for_ever_and_is_no_repetition(story: Story) -> None:
    story.follow()
    seen = set()
    for attempt in range(1, 40):
        claimed = story.claim()
        assert claimed is not None
        assert claimed.attempts == attempt
        assert not claimed.said.uncertain
        seen.add(claimed.said.uid)
        fail(story, claimed)
    assert len(seen) == 1


def test_after_a_silence_the_same_message_says_that_it_may_be_a_repetition(story: Story) -> None:
    story.follow()
    first = story.claim()
    assert first is not None
    fail(story, first, may_have_arrived=True)
    second = story.claim()
    assert second is not None
    assert second.said.uncertain
    assert second.said.uid == first.said.uid


def test_a_claim_of_somebody_who_died_runs_out(story: Story) -> None:
    story.follow()
    first = story.claim()
    assert first is not None
    assert story.claim() is None
    story.wait(seconds=outbox.CLAIM_SECONDS + 1)
    second = story.claim()
    assert second is not None
    assert second.said.uncertain
    assert second.said.uid == first.said.uid
    with writing(story.sessions) as session:
        assert not outbox.settle_sent(session, first, now=story.now), "another holds it now"
    assert story.rows()[0].sent_at is None


def test_of_one_incident_a_route_is_told_in_order(story: Story) -> None:
    story.follow()
    first = story.claim()
    assert first is not None
    story.follow(closed_at=story.now)
    assert story.claim() is None, "the end waits for the beginning"
    fail(story, first)
    assert story.send() == ["opened", "closed"]


def test_two_hands_never_hold_the_same_row(any_story: Story) -> None:
    any_story.follow()
    with any_story.sessions() as one, any_story.sessions() as other:
        one.connection(execution_options={"trousse_writes": True})
        claimed = outbox.claim(one, any_story.routes[0], now=any_story.now)
        one.commit()
        other.connection(execution_options={"trousse_writes": True})
        assert claimed is not None
        assert outbox.claim(other, any_story.routes[0], now=any_story.now) is None


def test_each_route_is_told_for_itself(any_story: Story) -> None:
    any_story.routes = (route("one"), route("two"), route("three", operators="elsewhere"))
    any_story.follow()
    with any_story.sessions() as session:
        assert outbox.routes_with_due(session, now=any_story.now) == {"one", "two"}
    assert any_story.claim(0) is not None
    assert any_story.claim(1) is not None


def test_our_network_is_one_message_and_its_end_another(any_story: Story) -> None:
    since = any_story.now
    for _batch in range(5):
        any_story.doubt(since)
    assert any_story.send() == ["network"]
    any_story.wait(minutes=10)
    for _batch in range(5):
        any_story.doubt(None)
    assert any_story.send() == ["network_back"]
    any_story.wait(hours=1)
    any_story.doubt(any_story.now)
    any_story.wait(minutes=1)
    any_story.doubt(None)
    assert any_story.send() == ["network_passed"]


def test_at_night_our_network_is_told_as_a_major_incident_is(story: Story) -> None:
    story.routes = (route(quiet=NIGHT),)
    story.wait(hours=14)
    story.doubt(story.now)
    assert story.send() == []
    story.doubt(None)
    story.routes = (route(quiet={**NIGHT, "even_at_night": "true"}),)
    story.wait(minutes=1)
    story.doubt(story.now)
    assert story.send() == ["network"]


def test_what_has_no_route_any_more_waits_and_says_why(story: Story) -> None:
    story.follow()
    with writing(story.sessions) as session:
        later = story.now + timedelta(minutes=1)
        outbox.note_error(session, ["all"], error="route-unknown", due_at=later, now=story.now)
    (row,) = story.rows()
    assert row.error == "route-unknown"
    assert story.claim() is None


def test_a_person_drops_what_will_never_go(story: Story) -> None:
    story.follow()
    (row,) = story.rows()
    claimed = story.claim()
    assert claimed is not None
    with writing(story.sessions) as session:
        assert not outbox.drop(session, row.id, now=story.now, actor="account/1"), "it is going"
    fail(story, claimed)
    with writing(story.sessions) as session:
        assert outbox.drop(session, row.id, now=story.now, actor="account/1")
        assert not outbox.drop(session, row.id, now=story.now, actor="account/1")
    assert story.claim() is None
    with story.sessions() as session:
        (line,) = session.scalars(select(JournalLine))
    assert (line.event, line.actor, line.subject) == ("alert.dropped", "account/1", "all")


def test_a_test_goes_at_once_in_quiet_hours_too(story: Story) -> None:
    story.routes = (route(quiet=NIGHT, events="closed"),)
    story.wait(hours=14)
    with writing(story.sessions) as session:
        outbox.add_test(session, story.routes[0], now=story.now, actor="account/1")
    assert story.send() == ["test"]


def test_what_was_sent_is_forgotten_in_time_and_nothing_else(story: Story) -> None:
    story.follow()
    story.send()
    story.follow(closed_at=story.now)
    story.wait(days=200)
    with writing(story.sessions) as session:
        outbox.forget_old(session, now=story.now)
    assert [alerts.kind_of(row.event) for row in story.rows()] == [Kind.CLOSED]


def test_rows_hold_no_address(story: Story) -> None:
    story.follow()
    (row,) = story.rows()
    told = {column.name: getattr(row, column.name) for column in Alert.__table__.columns}
    assert "secret" not in str(told)
