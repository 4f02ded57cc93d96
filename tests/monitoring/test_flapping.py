"""What comes and goes is one incident, and few messages, however slowly it does."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from database import make_sessions, writing
from monitoring import alert_following, outbox
from monitoring.alert_routes import Route
from monitoring.incidents import IncidentView
from monitoring.models import Transition
from tests.monitoring.incident_scene import DOWN, UP, Fleet, make_target, minute

DAY = 24 * 60
ROUTE = Route.model_validate({"name": "ops", "to": "json://127.0.0.1", "reminder_hours": 24})


class Duty:
    """Whoever is told, by a monitor that writes and hands over every now and then."""

    def __init__(self, engine: Engine) -> None:
        self.fleet = Fleet(make_sessions(engine), {})
        self.fleet.watch(make_target("visio", backend="visio/a", service="visio"))
        self.fleet.batch(("visio", UP, -60))
        self.told: list[tuple[str, bool]] = []
        """What was told, and whether it worked then."""

    def live(self, *, down: int, period: int) -> None:
        """Let it fail for so many minutes in each period of a day, then wait for an end."""
        falls = dict.fromkeys(range(0, DAY, period), DOWN)
        moves = falls | {at + down: UP for at in falls}
        works = True
        for now in sorted({*moves, *range(1, DAY + 150, 10)}):
            seen = [("visio", moves[now], float(now))] if now in moves else []
            works = moves.get(now, UP if works else DOWN) is UP
            events = self.fleet.batch(*seen, now=now)
            with writing(self.fleet.sessions) as session:
                at, routes = minute(now), (ROUTE,)
                alert_following.follow(session, events, routes=routes, doubt_since=None, now=at)
                alert_following.catch_up(session, routes=routes, now=at)
                while (claimed := outbox.claim(session, ROUTE, now=at)) is not None:
                    self.told.append((claimed.said.kind.value, works))
                    assert outbox.settle_sent(session, claimed, now=at)

    def incidents(self) -> list[IncidentView]:
        return self.fleet.incidents()


@pytest.mark.parametrize(("down", "period"), [(3, 15), (5, 60), (10, 125)])
def test_a_server_that_flaps_for_a_day_sends_a_handful_of_messages(
    engine: Engine, down: int, period: int
) -> None:
    duty = Duty(engine)
    duty.live(down=down, period=period)
    # It fails, it works again, it is unstable; and a day later its end.
    kinds = [kind for kind, _works in duty.told]
    assert kinds == ["opened", "closed", "opened", "closed"]
    assert all(works for kind, works in duty.told if kind == "closed")
    (found,) = duty.incidents()
    assert found.is_unstable
    assert found.closed_at == max(item.until for item in found.targets if item.until)
    assert len(found.messages) == len(kinds)
    with duty.fleet.sessions() as session:
        changes = session.scalars(select(Transition.after).order_by(Transition.id)).all()
    # Each change of its state is written all the same.
    assert changes == ["up", *["down", "up"] * -(-DAY // period)]


def test_failures_that_are_hours_apart_are_incidents_of_their_own(engine: Engine) -> None:
    duty = Duty(engine)
    duty.live(down=5, period=180)
    assert len(duty.incidents()) == DAY // 180
    assert not any(item.is_unstable for item in duty.incidents())
