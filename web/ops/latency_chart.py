"""The latency of one server as a drawing: where each line goes, in the units of an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date

from monitoring.timeline import Latency, Point, Span
from web import dates
from web.ops import times
from web.translation import language

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 76, 12, 14, 40
_STEPS = (1, 2, 4, 8, 10)
_LINES = 4
_TICKS = {Span.DAY: timedelta(hours=4), Span.WEEK: timedelta(days=1), Span.MONTH: timedelta(days=5)}


@dataclass(frozen=True, kw_only=True)
class Tick:
    at: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    mean: str
    """What a path draws; interrupted where nothing answered."""
    longest: str
    failed: str
    """A mark at the foot for each while in which a probe failed."""
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def draw(latency: Latency) -> Chart | None:
    """Return none when nothing was ever answered."""
    known = [item for item in latency.points if item.max_ms is not None]
    if not known:
        return None
    top = _round_up(max(item.max_ms or 0 for item in known))
    frame = _Frame(start=latency.start, end=latency.end, top=top, bucket=latency.bucket)
    return Chart(
        mean=frame.path((item.at, item.mean_ms) for item in known),
        longest=frame.path((item.at, item.max_ms) for item in known),
        failed=frame.marks([item for item in latency.points if item.failures]),
        rows=frame.rows(),
        columns=frame.columns(_instants(latency), latency.span),
    )


@dataclass(frozen=True, kw_only=True)
class _Frame:
    start: datetime
    end: datetime
    top: float
    """Milliseconds at the upper edge."""
    bucket: int

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, milliseconds: float) -> float:
        return HEIGHT - BOTTOM - milliseconds / self.top * (HEIGHT - TOP - BOTTOM)

    def path(self, values: Iterable[tuple[datetime, float | None]]) -> str:
        half, drawn = timedelta(seconds=self.bucket) / 2, []
        last: datetime | None = None
        for at, value in values:
            joined = last is not None and (at - last).total_seconds() <= self.bucket
            place = f"{self.x(at + half):.1f} {self.y(value or 0):.1f}"
            # A point that stands alone is a dot: a line of no length with round ends.
            drawn.append(f"L{place}" if joined else f"M{place}h0")
            last = at
        return "".join(drawn)

    def marks(self, points: Sequence[Point]) -> str:
        half = timedelta(seconds=self.bucket) / 2
        return "".join(f"M{self.x(item.at + half):.1f} {HEIGHT - BOTTOM}v8" for item in points)

    def rows(self) -> tuple[Tick, ...]:
        return tuple(
            Tick(at=round(self.y(value), 1), words=times.latency(value))
            for value in (self.top * step / _LINES for step in range(_LINES + 1))
        )

    def columns(self, instants: Iterable[datetime], span: Span) -> tuple[Tick, ...]:
        return tuple(
            Tick(at=round(self.x(at), 1), words=_said(at, span))
            for at in instants
            # Words beside the edge would be cut off.
            if LEFT + 20 < self.x(at) < WIDTH - RIGHT - 30
        )


def _instants(latency: Latency) -> Iterable[datetime]:
    """Yield round instants in Paris: every fourth hour, every midnight, every fifth one."""
    step = _TICKS[latency.span]
    local = latency.start.astimezone(times.ZONE).replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(int((latency.end - latency.start) / step) + 8):
        # On clocks, not in hours that went by: the night of a change has one more, or one less.
        at = (midnight + number * step).replace(tzinfo=times.ZONE)
        if latency.start <= at < latency.end:
            yield at


def _said(at: datetime, span: Span) -> str:
    local = at.astimezone(times.ZONE)
    if span is Span.DAY:
        return dates.hour(local)
    if span is Span.WEEK:
        return format_date(local, "EEE d", locale=language())
    return format_date(local, "d MMM", locale=language())


def _round_up(value: float) -> float:
    """Return the next figure whose quarters are told without a remainder: 20, 40, 80, 160, 200."""
    size = 20.0
    while True:
        for step in _STEPS:
            if value <= size * step:
                return size * step
        size *= 10
