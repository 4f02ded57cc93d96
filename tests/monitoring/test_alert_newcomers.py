"""Routes that come late are told of what is open already: once, as what is not new."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from database import make_sessions, writing
from monitoring import alert_newcomers, lease, outbox
from monitoring.alert_routes import Route
from monitoring.alerts import Message, Said
from monitoring.courier import Courier
from monitoring.models import Incident
from monitoring.route_book import RouteBook
from tests.monitoring.receivers import receiver
from tests.monitoring.scene import wait_for
from tests.monitoring.test_outbox import NIGHT, Story, route


@pytest.fixture
def story(any_engine: Engine) -> Story:
    return Story(make_sessions(any_engine))


def meet(story: Story) -> int:
    """Tell the routes of what is open; return in how many transactions."""
    after: int | None = 0
    turns = 0
    while after is not None:
        turns += 1
        with writing(story.sessions) as session:
            after = alert_newcomers.tell(session, story.routes, after=after, now=story.now)
    return turns


def begin(story: Story) -> None:
    """Let the batch tell that has seen the incident open."""
    story.follow_all([story.id], begun=[story.id])


def join(story: Story, newcomer: Route) -> None:
    """Add a route to the file, an hour after the incident opened and was told."""
    begin(story)
    story.send()
    story.wait(hours=1)
    story.routes = (*story.routes, newcomer)


def told(story: Story, name: str) -> list[str]:
    return [row.event for row in story.rows() if row.route == name]


def test_a_route_that_is_added_is_told_once_of_what_is_open(story: Story) -> None:
    join(story, route("late", reminder_hours=4))
    for _turn in range(3):
        meet(story)
    story.follow()
    assert (told(story, "all"), told(story, "late")) == (["opened"], ["opened"])
    story.routes = story.routes[1:]
    assert story.send() == ["opened"]
    (row,) = [row for row in story.rows() if row.route == "late"]
    assert row.content["late"]
    story.wait(hours=4)
    story.catch_up()
    assert story.send() == ["reminder"]
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"]


def test_what_it_does_not_want_is_not_told(story: Story) -> None:
    join(story, route("late", severities="major"))
    story.routes = (*story.routes, route("else", operators="elsewhere"), route("x", events="worse"))
    meet(story)
    assert {row.route for row in story.rows()} == {"all"}


def test_its_quiet_hours_and_its_delay_hold_and_what_waits_stays_old_news(story: Story) -> None:
    story.wait(hours=13, minutes=30)
    join(story, route("late", quiet=NIGHT))
    meet(story)
    story.routes = story.routes[1:]
    assert story.send() == []
    story.follow(severity="major")
    (row,) = [row for row in story.rows() if row.route == "late"]
    assert row.content["late"]
    assert row.content["severity"] == "major"
    assert row.due_at == route(quiet=NIGHT).quiet_until(story.now, major=True) > story.now
    story.follow(closed_at=story.now)
    assert told(story, "late") == ["passed"], "its beginning still waits: one message tells both"


def test_a_route_that_was_taken_out_and_is_back_is_not_told_twice(story: Story) -> None:
    join(story, route("late"))
    kept, story.routes = story.routes, ()
    meet(story)
    story.routes = kept
    meet(story)
    assert told(story, "all") == ["opened"]


def test_what_opened_again_while_a_route_was_away_is_told_when_it_is_back(story: Story) -> None:
    join(story, route("late"))
    story.follow(closed_at=story.now)
    away, story.routes = story.routes[:1], story.routes[1:]
    story.become(closed_at=None)
    begin(story)
    story.routes = away
    meet(story)
    meet(story)
    assert told(story, "all") == ["opened"], "its end still waited, and is taken back"
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"]
    story.become(closed_at=None)
    meet(story)
    meet(story)
    assert told(story, "all") == ["opened", "closed", "opened-2"]
    assert story.rows()[-1].content["late"]


def test_what_waits_for_a_route_is_kept_when_it_is_mended(story: Story) -> None:
    begin(story)
    (before,) = story.rows()
    story.routes = (route(severities="minor", reminder_hours=2),)
    meet(story)
    (after,) = story.rows()
    assert (after.uid, after.due_at) == (before.uid, before.due_at)
    assert not after.content.get("late")


def test_nobody_hears_the_end_of_what_they_were_not_told_began(story: Story) -> None:
    join(story, route("late"))
    story.routes = (*story.routes, route("ends", events="closed"))
    story.follow(closed_at=story.now)
    meet(story)
    story.catch_up()
    assert told(story, "all") == ["opened", "closed"]
    assert told(story, "late") == []
    assert told(story, "ends") == ["closed"], "which asks for ends alone"


def test_what_began_and_ended_in_one_batch_is_told_in_one_message(story: Story) -> None:
    story.become(closed_at=story.now)
    begin(story)
    assert story.send() == ["passed"]


def test_a_route_is_told_by_the_batch_that_sees_more_and_as_old_news(story: Story) -> None:
    join(story, route("late"))
    story.follow()
    meet(story)
    assert [row.content.get("late") for row in story.rows()] == [None, True]


def test_many_open_incidents_are_told_in_several_transactions(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_newcomers, "MOST", 2)
    for _incident in range(4):
        story.add()
    assert meet(story) == 3, "of five incidents"
    assert told(story, "all") == ["opened"] * 5
    assert story.send() == ["opened"] * 5


def test_whoever_was_told_of_one_that_was_taken_in_hears_on_of_the_other(story: Story) -> None:
    story.follow()
    story.send()
    into = story.add()
    story.become(merged_into=into, closed_at=story.now)
    story.catch_up()
    story.catch_up()
    assert story.send() == ["closed", "opened"]
    with writing(story.sessions) as session:
        session.get_one(Incident, into).closed_at = story.now
    story.catch_up()
    assert story.send() == ["closed"]


def test_who_was_told_of_what_is_open_is_never_forgotten(story: Story) -> None:
    story.follow()
    story.send()
    story.wait(days=200)
    with writing(story.sessions) as session:
        outbox.forget_old(session, now=story.now)
    meet(story)
    assert told(story, "all") == ["opened"]
    story.follow(closed_at=story.now)
    assert story.send() == ["closed"]
    story.wait(days=91)
    with writing(story.sessions) as session:
        outbox.forget_old(session, now=story.now)
    assert story.rows() == []


def words(said: Said) -> Message:
    return Message(title=f"{said.kind.value} {said.content.get('late')}", text=said.uid)


def test_a_file_that_was_wrong_at_the_start_and_is_mended_is_served_at_once(
    story: Story, tmp_path: Path
) -> None:
    story.routes = ()
    story.follow()
    file = tmp_path / "alerts.yaml"
    file.write_text("routes: [{name: all}]", encoding="utf-8")
    courier = Courier(story.sessions, RouteBook(file, tmp_path), path=file, words=words)
    with writing(story.sessions) as session:
        held = lease.take(session, "a")
    assert held is not None

    with receiver() as there:
        courier.begin(held)
        courier.wait(10)
        assert story.rows() == []
        to = f"json://{there.place}/"
        file.write_text(f"routes: [{{name: all, to: '{to}', delay_minutes: 0}}]", encoding="utf-8")

        def is_sent() -> bool:
            courier.begin(held)
            return any(row.sent_at for row in story.rows())

        wait_for(is_sent, seconds=20)
        courier.wait(10)
    (row,) = story.rows()
    (text,) = there.texts
    assert "opened True" in text
    assert row.uid in text
