"""Size of the database with 1,000 targets: after 90 days, and what a year adds."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from bench.figures import Figure, report
from database import make_engine, make_sessions, writing
from monitoring import history, history_work, last_probe, records, rollups
from monitoring.calendars import calendars
from monitoring.models import Day, FiveMinutes, History, Hour, LastProbe, Target, Transition
from monitoring.rollups import DAY, FIVE_MINUTES, HOUR
from monitoring.target import Part, ProbeResult, ProbeTarget, State, Step
from upkeep.upgrade import load_tables

TARGETS = 1000
SAMPLE = 50
"""Targets really filled; sizes are scaled from them, row by row."""
INTERVAL = 30
TRANSITIONS_A_DAY = 1
"""An outage every other day of every target: far more than people would put up with."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MEGABYTE = 1_000_000
ZONES = (
    "Europe/Paris",
    "America/Cayenne",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Miquelon",
    "Indian/Mayotte",
    "Indian/Reunion",
)
"""Those of the académies' cards."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="trousse-bench-") as folder:
        return report(measure(Path(folder)))


def measure(folder: Path) -> Iterator[Figure]:
    engine = make_engine(f"sqlite:///{folder}/size.db")
    load_tables().create_all(engine)
    sizes = {"empty": size(engine)}
    ids = register(engine)
    for name, model, span, count in (
        ("five minutes", FiveMinutes, FIVE_MINUTES, 48 * 12),
        ("hours", Hour, HOUR, 90 * 24),
        ("days", Day, DAY, 365),
    ):
        before = size(engine)
        fill(engine, ids, model, span, count)
        sizes[name] = (size(engine) - before) / (SAMPLE * count)
    before = size(engine)
    fill_transitions(engine, ids, days=360)
    sizes["transitions"] = (size(engine) - before) / (SAMPLE * 360 * TRANSITIONS_A_DAY)
    before = size(engine)
    fill_histories(engine, ids)
    sizes["history"] = (size(engine) - before) / SAMPLE
    before = size(engine)
    fill_last_probes(engine, ids)
    sizes["last probe"] = (size(engine) - before) / SAMPLE
    engine.dispose()
    yield from projection(sizes)


def projection(sizes: dict[str, float]) -> Iterator[Figure]:
    days_a_year = TARGETS * 365 * sizes["days"]
    changes_a_day = TARGETS * TRANSITIONS_A_DAY * sizes["transitions"]
    after_90_days = (
        sizes["empty"]
        + TARGETS * (576 * sizes["five minutes"] + 2160 * sizes["hours"] + 90 * sizes["days"])
        + 90 * changes_a_day
        + TARGETS * (sizes["history"] + sizes["last probe"])
    )
    detail = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    yield Figure(
        name="database after 90 days, 1,000 targets",
        value=after_90_days / MEGABYTE,
        unit="MB",
        at_most=350,
        detail=f"bytes a row: {detail}",
    )
    yield Figure(
        name="database, added by the year that follows",
        value=(days_a_year + 365 * changes_a_day) / MEGABYTE,
        unit="MB",
        at_most=50,
        detail="days and transitions; transitions stop growing after 400 days",
    )


def size(engine: Engine) -> float:
    """Bytes of the pages in use, whatever the log beside the file holds."""
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        return float((pages - free) * connection.execute(text("PRAGMA page_size")).scalar_one())


def register(engine: Engine) -> list[int]:
    with writing(make_sessions(engine)) as session:
        found = [
            ProbeTarget(key=f"{n:024x}", url=f"https://h{n}.example.fr", profile="http")
            for n in range(SAMPLE)
        ]
        records.register(session, found)
        return list(session.scalars(select(Target.id)))


def fill(
    engine: Engine, ids: list[int], model: type[FiveMinutes | Hour | Day], span: int, count: int
) -> None:
    """Row by row in the order of time, as the monitor adds them."""
    last = rollups.bucket(NOW, span)
    with writing(make_sessions(engine)) as session:
        for place in range(last - count, last):
            session.execute(insert(model), [row(target_id, place, span) for target_id in ids])


def row(target_id: int, place: int, span: int) -> dict[str, int]:
    probes = span // INTERVAL
    down = random.choice((0, 0, 0, probes // 10))  # noqa: S311 - not a secret
    latency = random.randint(20, 400)  # noqa: S311
    return {
        "target_id": target_id,
        "bucket": place,
        "up": span - down * INTERVAL,
        "degraded": 0,
        "down": down * INTERVAL,
        "maintenance": 0,
        "checks": probes,
        "failures": down,
        "latency_sum": latency * probes,
        "latency_count": probes - down,
        "latency_max": 3 * latency,
    }


def fill_histories(engine: Engine, ids: list[int]) -> None:
    """Those of targets in trouble every day: nothing weighs more."""
    until = history_work.settled(NOW)
    found, last = calendars(ZONES, until=until), rollups.bucket(until, HOUR)
    names = ("bucket", "up", "degraded", "down", "maintenance", "failures")
    worked_out = {}
    for target_id in ids:
        rows = [row(target_id, last - n, HOUR) for n in range(90 * 24)]
        hours = [[item[name] for name in names] for item in rows]
        worked_out[target_id] = history_work.figures([], hours, found, until=until, now=NOW)
    with writing(make_sessions(engine)) as session:
        history.write(session, worked_out)
        assert len(session.scalars(select(History)).all()) == SAMPLE  # noqa: S101


def fill_last_probes(engine: Engine, ids: list[int]) -> None:
    step = Step(
        url="https://visio.example.fr/bigbluebutton/api",
        status=200,
        latency_ms=87,
        reason="ok",
        part=Part.HEALTHY,
    )
    parts = dict.fromkeys(Part, State.UP)
    result = ProbeResult(
        state=State.UP, reason="ok", version="31.0.1", steps=(step,) * 3, parts=parts
    )
    content = last_probe.content_of(result)
    with writing(make_sessions(engine)) as session:
        rows = [{"target_id": number, "at": NOW, "content": content} for number in ids]
        session.execute(insert(LastProbe), rows)


def fill_transitions(engine: Engine, ids: list[int], *, days: int) -> None:
    with writing(make_sessions(engine)) as session:
        for n in range(days * TRANSITIONS_A_DAY):
            at = NOW - timedelta(days=days) + n * timedelta(days=1) / TRANSITIONS_A_DAY
            add_transitions(session, ids, at, is_down=bool(n % 2))


def add_transitions(session: Session, ids: list[int], at: datetime, *, is_down: bool) -> None:
    before, after = ("up", "down") if is_down else ("down", "up")
    lines = [
        {"target_id": target_id, "at": at, "before": before, "after": after, "reason": "http-502"}
        for target_id in ids
    ]
    session.execute(insert(Transition), lines)


if __name__ == "__main__":
    sys.exit(main())
