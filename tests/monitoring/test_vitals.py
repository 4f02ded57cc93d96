"""What is wrong with the monitor; figures read on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from database import make_sessions, writing
from monitoring import lease
from monitoring.lease import Figures
from monitoring.models import Alert
from monitoring.vitals import Trouble, Vitals, Waiting, read_vitals, troubles

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FINE = Figures(
    held=True, epoch=3, version="1.2", cycles=9, probes=99, targets=12, refused_targets=0,
    lag_seconds=0.2, cycle_seconds=0.1, last_batch_at=NOW - timedelta(seconds=5),
    breaker_since=None, holder="pelican:42",
)  # fmt: skip
NO_ALERT = Waiting(count=0, oldest=None, error="")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"held": False}, (Trouble.NOT_RUNNING,)),
        ({"held": False, "last_batch_at": None}, (Trouble.NEVER_RAN,)),
        # It has just begun, and has not written yet.
        ({"last_batch_at": None, "targets": 0}, ()),
        ({"last_batch_at": NOW - 2 * MINUTE}, (Trouble.SILENT,)),
        ({"breaker_since": NOW - MINUTE}, (Trouble.OUR_NETWORK,)),
        ({"targets": 0}, (Trouble.NOTHING_TO_DO,)),
        ({"lag_seconds": 31.0}, (Trouble.LATE,)),
        ({"cycle_seconds": 6.0}, (Trouble.SLOW,)),
        ({"version": "1.1"}, (Trouble.ANOTHER_VERSION,)),
        (
            {"refused_targets": 2, "breaker_since": NOW},
            (Trouble.OUR_NETWORK, Trouble.REFUSED),
        ),
    ],
)
def test_each_trouble_has_its_name_the_worst_first(
    changes: dict[str, Any], expected: tuple[Trouble, ...]
) -> None:
    vitals = Vitals(figures=replace(FINE, **changes), waiting=NO_ALERT)
    assert troubles(vitals, now=NOW, version="1.2") == expected


def test_no_monitor_ever_ran() -> None:
    vitals = Vitals(figures=None, waiting=NO_ALERT)
    assert troubles(vitals, now=NOW) == (Trouble.NEVER_RAN,)


def test_alerts_that_wait_for_long_are_a_trouble_with_or_without_a_monitor() -> None:
    waiting = Waiting(count=2, oldest=NOW - 11 * MINUTE, error="")
    fine = Vitals(figures=FINE, waiting=waiting)
    stopped = Vitals(figures=replace(FINE, held=False), waiting=waiting)
    assert troubles(fine, now=NOW) == (Trouble.ALERTS_STUCK,)
    assert troubles(stopped, now=NOW) == (Trouble.NOT_RUNNING, Trouble.ALERTS_STUCK)


def test_figures_and_the_outbox_are_read_together(any_engine: Engine) -> None:
    sessions = make_sessions(any_engine)
    with sessions() as session:
        assert read_vitals(session, now=NOW) == Vitals(figures=None, waiting=NO_ALERT)
    with writing(sessions) as session:
        lease.take(session, "pelican:42", version="1.2")
        session.add_all(
            [
                _alert("a", created=NOW - 30 * MINUTE, sent=NOW),
                _alert("b", created=NOW - 20 * MINUTE, error="timeout"),
                _alert("c", created=NOW - 5 * MINUTE),
                # Held back for the night: it waits, and nothing is wrong with that.
                _alert("d", created=NOW - 60 * MINUTE, due=NOW + 60 * MINUTE),
            ]
        )
    with sessions() as session:
        vitals = read_vitals(session, now=NOW)
    assert vitals.figures is not None
    assert (vitals.figures.holder, vitals.figures.held) == ("pelican:42", True)
    assert vitals.waiting == Waiting(count=3, oldest=NOW - 20 * MINUTE, error="timeout")


def _alert(
    name: str,
    *,
    created: datetime,
    due: datetime | None = None,
    sent: datetime | None = None,
    error: str | None = None,
) -> Alert:
    return Alert(
        uid=name, subject=f"incident/{name}", event="opened", route="astreinte", content={},
        created_at=created, due_at=due or created, sent_at=sent, error=error,
    )  # fmt: skip
