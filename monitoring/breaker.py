"""Is it them or is it us? When nearly everything fails at once, our own network is in doubt."""

from __future__ import annotations

from collections import Counter, deque
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
DOUBTFUL_SECONDS = 3600.0
"""Nothing is believed for so long of addresses that were silent while targets answered."""


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
    if not any(_is_recent(sight, now) for sight in sights):
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


def _is_recent(sight: Sight, now: float) -> bool:
    return sight.lost_at is not None and now - sight.lost_at <= LONGEST_WINDOW


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
        self._answered = False
        """Somebody did, ever."""
        self._failures = 0
        """Heard since it is open."""
        self._doubtful_until = float("-inf")
        """They did not answer while targets did: until then they prove nothing."""
        self._sights: dict[str, Sight] = {}
        """In the order in which they were heard."""
        self._intervals: Counter[float] = Counter()
        self._lost: set[str] = set()
        """Keys of those with a `lost_at`."""
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
        self._answered = self._answered or not failed
        self._keep(key, self._with_loss(key, sight))
        self._recent.append(not failed)
        self._failures += failed
        return self.verdict(now)

    def online(self, *, answer: bool | None, now: float) -> None:
        """Take in whether we are online; none: nobody asked."""
        if answer is None:
            return
        if answer:
            self._doubtful_until = float("-inf")
            if self._cut:
                self._close()
        elif not self.is_open and now >= self._doubtful_until:
            self._open()
            self._cut = True

    def verdict(self, now: float) -> Verdict:
        if self.is_open and 2 * sum(self._recent) >= RECENT:
            if self._cut and 2 * self._failures < RECENT:
                self._doubtful_until = now + DOUBTFUL_SECONDS
            self._close()
        verdict = Verdict.OURS if self.is_open else self._judge(now)
        if verdict is Verdict.OURS and not self.is_open:
            self._open()
        return verdict

    def _open(self) -> None:
        self.is_open = True
        self._failures = 0
        self._recent.clear()

    def _judge(self, now: float) -> Verdict:
        """Judge all of them, unless some that were just heard are enough to be calm.

        Where nobody ever answered, nobody can be lost: that they are many is enough.
        """
        if not self._answered and _enough(self._sights.values()):
            return Verdict.OURS
        lost = [self._sights[key] for key in self._lost if _is_recent(self._sights[key], now)]
        window = min(LONGEST_WINDOW, max(self._intervals, default=LONGEST_WINDOW))
        losses = [at for sight in lost if (at := sight.lost_at) is not None and now - at <= window]
        if not losses:
            return Verdict.CALM
        heard, first_loss = 0, min(losses)
        for sight in reversed(self._sights.values()):
            if sight.heard_at < first_loss:
                break
            heard += sight.answers or (sight.lost_at is not None and now - sight.lost_at <= window)
            if len(losses) < MOST_OF_THEM * heard:
                return Verdict.CALM
        return judge(self._sights.values(), now=now)

    def lost(self) -> tuple[str, ...]:
        """Keys of the targets that answered before they failed."""
        return tuple(key for key in self._sights if key in self._lost)

    def recall(self, key: str, *, host: str, interval: float, now: float) -> None:
        """Take in what is stored of a target that answered."""
        self._answered = True
        if key not in self._sights:
            sight = Sight(host=host, interval=interval, heard_at=now, answers=True)
            self._keep(key, sight)

    def forget(self, key: str) -> None:
        sight = self._sights.pop(key, None)
        self._lost.discard(key)
        if sight is not None:
            self._intervals[sight.interval] -= 1
            self._intervals += Counter()  # drops what is down to nought

    def _keep(self, key: str, sight: Sight) -> None:
        self.forget(key)
        self._sights[key] = sight
        self._intervals[sight.interval] += 1
        if sight.lost_at is not None:
            self._lost.add(key)

    def _with_loss(self, key: str, sight: Sight) -> Sight:
        before = self._sights.get(key)
        if sight.answers or before is None:
            return sight
        return replace(sight, lost_at=sight.heard_at if before.answers else before.lost_at)

    def _close(self) -> None:
        """Those who still fail from here on fail by themselves."""
        self.is_open = self._cut = False
        self._recent.clear()
        self._lost.clear()
        self._sights = {key: replace(sight, lost_at=None) for key, sight in self._sights.items()}
