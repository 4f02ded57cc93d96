"""A hostile and flapping fleet, and what becomes of it by a reckoning that shares no code."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
"""Ten days from here cross into another month."""
DAYS = 10
INTERVAL = 3600
TIMEOUT = 10
LIMIT = 3 * INTERVAL + TIMEOUT
CAP = 4 * 3600
NEEDED = {"U": 2, "G": 2, "D": 3}
CUTS = ((40.0, 43.0), (150.0, 152.5))
"""Hours after the start between which our own network is cut."""
WINDOW = (100.0, 104.0)
"""Work that the operator of every seventh backend announced."""


class Heard(NamedTuple):
    """What was heard of one backend: U, G, D, M (declared by itself), A (announced), t, n.

    t: no answer from the name server; n: our own network.
    """

    at: datetime
    letter: str


@dataclass
class Backend:
    """How one backend behaves, hour after hour, by chance."""

    number: int
    dice: random.Random
    heard: list[Heard] = field(default_factory=list)
    _mood: str = "U"
    _until: float = 0.0

    @property
    def is_worked_on(self) -> bool:
        return self.number % 7 == 0

    def answer(self, hour: float) -> str:
        """Say what a probe meets, whatever stands between it and us."""
        if _is_quiet(hour):
            return "U"
        kind = self.number % 20
        if kind == 0:
            return self.dice.choice("UDUGUDtM")
        if kind == 1:
            return "D" if self.dice.random() < 0.45 else "U"
        if hour >= self._until:
            self._mood = self.dice.choice("DDGMt" if self._mood == "U" else "U")
            longest = (60 if kind < 8 else 200) if self._mood == "U" else 12
            self._until = hour + self.dice.expovariate(2 / longest)
        return self._mood

    def instants(self) -> Iterator[float]:
        """Seconds after the start: every hour, never quite at the same moment."""
        second = self.number * INTERVAL / 300
        while second < DAYS * 86400:
            yield second + self.dice.random() * 20
            second += INTERVAL


def _is_quiet(hour: float) -> bool:
    """Nobody fails in the two hours before a cut: which failures were whose is then plain."""
    return any(start - 2 <= hour < end for start, end in CUTS)


def is_cut(hour: float) -> bool:
    return any(start <= hour < end for start, end in CUTS)


def is_announced(hour: float) -> bool:
    return WINDOW[0] <= hour < WINDOW[1]


def hour_of(at: datetime) -> float:
    return (at - START).total_seconds() / 3600


def judged(heard: Sequence[Heard]) -> list[Heard]:
    """Turn the maintenance beyond what a month may hold into failures."""
    found: list[Heard] = []
    month, seconds = 0, 0
    for at, letter in heard:
        if at.month != month:
            month, seconds = at.month, 0
        if found and found[-1].letter == "M":
            first = datetime(at.year, at.month, 1, tzinfo=UTC)
            begins = max(found[-1].at, first)
            ends = min(at, found[-1].at + timedelta(seconds=LIMIT))
            seconds += max(0, int(ends.timestamp()) - int(begins.timestamp()))
        too_long = letter == "M" and seconds >= CAP
        found.append(Heard(at, "D" if too_long else letter))
    return found


def transitions(heard: Sequence[Heard]) -> list[tuple[datetime, str]]:
    """Return when the state became which: u, g, d, m or ?."""
    state, told = "?", None
    run: list[Heard] = []
    found: list[tuple[datetime, str]] = []
    for item in heard:
        at, letter = item
        if told is not None and at >= told + timedelta(seconds=LIMIT):
            if state != "?":
                found.append((told + timedelta(seconds=LIMIT), "?"))
            state, run, told = "?", [], at
        if letter == "t":
            continue
        told = at
        if letter == "n":
            if state != "?":
                found.append((at, "?"))
            state, run = "?", []
        elif letter.replace("A", "M").lower() == state:
            run = []
        elif letter in "MA" or (letter == "U" and state == "?"):
            state, run = letter.replace("A", "M").lower(), []
            found.append((at, state))
        else:
            run = [*run, item] if run and letter in (run[-1].letter, "G") else [item]
            if len(run) >= NEEDED[letter]:
                state = letter.lower()
                found.append((run[0].at, state))
                run = []
    return found


def seconds(heard: Sequence[Heard], start: datetime, end: datetime) -> dict[str, int]:
    """Return for how many seconds each verdict held between two instants."""
    total = dict.fromkeys("UGDMAtn", 0)
    first, last = int(start.timestamp()), int(end.timestamp())
    for item, following in zip(heard, [*heard[1:], None], strict=True):
        if following is None:
            break
        until = min(following.at, item.at + timedelta(seconds=LIMIT))
        held = min(last, int(until.timestamp())) - max(first, int(item.at.timestamp()))
        total[item.letter] += max(0, held)
    return total


def share_and_coverage(
    heard: Sequence[Heard], start: datetime, end: datetime
) -> tuple[int | None, int]:
    """Return both in hundredths of a percent, as docs/availability.md words them."""
    held = seconds(heard, start, end)
    good, bad = held["U"] + held["G"], held["D"]
    failed = any(item.letter == "D" and start <= item.at < end for item in heard)
    share = None if good + bad == 0 else 10_000 * good // (good + bad)
    if failed and share == 10_000:
        share = 9_999
    known = good + bad + held["M"] + held["A"]
    return share, 10_000 * known // int((end - start).total_seconds())


def troubles(changes: Sequence[tuple[datetime, str]]) -> list[tuple[datetime, datetime | None]]:
    """Return from when to when it was down or disturbed, until it was up again."""
    found: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for at, state in changes:
        if state in "dg" and since is None:
            since = at
        elif state == "u" and since is not None:
            found.append((since, at))
            since = None
    return found if since is None else [*found, (since, None)]
