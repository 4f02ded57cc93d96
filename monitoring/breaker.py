"""Is it them or is it us? When nearly everything fails at once, our own network is in doubt."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from monitoring.target import ProbeResult, State

OUR_NETWORK = ProbeResult(state=State.UNKNOWN, reason="our-network")
"""What a failure says while the breaker is open: nothing about the target."""
NO_ANSWER = frozenset({"name-temporary", "network-unreachable", "local-fault"})
"""Reasons of unknown results that our own network may have caused."""
LEAST_TARGETS = 10
LEAST_HOSTS = 5
MOST_OF_THEM = 0.8
LONGEST_WINDOW = 600.0
"""Seconds; targets looked at more rarely than this are not waited for."""
RECENT = 10
"""Closed again when half of so many results are answers."""


class Verdict(StrEnum):
    CALM = "calm"
    SUSPECT = "suspect"
    """So far it looks like us; not enough targets were heard to tell."""
    OURS = "ours"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What was last heard of one target. Instants are monotonic seconds."""

    host: str
    interval: float
    heard_at: float
    answers: bool
    lost_at: float | None = None
    """First failure after its last answer."""


def judge(sights: Collection[Sight], *, now: float) -> Verdict:
    """Say whether those who fail are too many, on too many hosts, too close in time."""
    if all(sight.lost_at is None for sight in sights):
        return Verdict.CALM
    lost, were_up = _lost_and_were_up(sights, now)
    if not lost or not _enough(were_up):
        return Verdict.CALM
    if _enough(lost) and len(lost) >= MOST_OF_THEM * len(were_up):
        return Verdict.OURS
    first_loss = min(sight.lost_at for sight in lost if sight.lost_at is not None)
    heard = [sight for sight in were_up if sight.heard_at >= first_loss]
    return Verdict.SUSPECT if len(lost) >= MOST_OF_THEM * len(heard) else Verdict.CALM


def is_failure(result: ProbeResult) -> bool:
    return result.state is State.DOWN or result.reason in NO_ANSWER


def _lost_and_were_up(sights: Collection[Sight], now: float) -> tuple[list[Sight], list[Sight]]:
    """Keep those who answer, or did until one interval ago."""
    window = min(LONGEST_WINDOW, max(sight.interval for sight in sights))
    lost = [
        sight for sight in sights if sight.lost_at is not None and now - sight.lost_at <= window
    ]
    return lost, lost + [sight for sight in sights if sight.answers]


def _enough(sights: Collection[Sight]) -> bool:
    return len(sights) >= LEAST_TARGETS and len({sight.host for sight in sights}) >= LEAST_HOSTS


class Breaker:
    """Remembers what was heard; opens and closes by itself. Not safe between threads."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.is_open = is_open
        self._cut = False
        """It is open because nobody answered who would if we were online."""
        self._doubtful = False
        """They did not answer while targets did: they prove nothing until they answer again."""
        self._sights: dict[str, Sight] = {}
        self._recent: deque[bool] = deque(maxlen=RECENT)

    def hear(
        self, key: str, result: ProbeResult, *, host: str, interval: float, now: float
    ) -> Verdict:
        """Take one more result in. `OURS` from the failure that opens it until it closes."""
        failed = is_failure(result)
        if not failed and result.state is State.UNKNOWN:
            self.forget(key)
            return self.verdict(now)
        sight = Sight(host=host, interval=interval, heard_at=now, answers=not failed)
        self._sights[key] = self._with_loss(key, sight)
        self._recent.append(not failed)
        return self.verdict(now)

    def online(self, *, answer: bool | None) -> None:
        """Take in whether we are online; none: nobody asked."""
        if answer is None:
            return
        if answer:
            self._doubtful = False
            if self._cut:
                self._close()
        elif not self.is_open and not self._doubtful:
            self.is_open = self._cut = True
            self._recent.clear()

    def verdict(self, now: float) -> Verdict:
        if self.is_open and 2 * sum(self._recent) >= RECENT:
            self._doubtful = self._cut
            self._close()
        elif not self.is_open and judge(self._sights.values(), now=now) is Verdict.OURS:
            self.is_open = True
            self._recent.clear()
        return Verdict.OURS if self.is_open else judge(self._sights.values(), now=now)

    def lost(self) -> tuple[str, ...]:
        """Keys of the targets that answered before they failed."""
        return tuple(key for key, sight in self._sights.items() if sight.lost_at is not None)

    def recall(self, key: str, *, host: str, interval: float, now: float) -> None:
        """Take in what is stored of a target that answered."""
        sight = Sight(host=host, interval=interval, heard_at=now, answers=True)
        self._sights.setdefault(key, sight)

    def forget(self, key: str) -> None:
        self._sights.pop(key, None)

    def _with_loss(self, key: str, sight: Sight) -> Sight:
        before = self._sights.get(key)
        if sight.answers or before is None:
            return sight
        return replace(sight, lost_at=sight.heard_at if before.answers else before.lost_at)

    def _close(self) -> None:
        """Those who still fail from here on fail by themselves."""
        self.is_open = self._cut = False
        self._recent.clear()
        self._sights = {key: replace(sight, lost_at=None) for key, sight in self._sights.items()}
