"""What is known of a target: the previous state and one more result make the next state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitoring.target import ProbeResult, ProbeTarget, State

STALE = "stale"
"""Reason of a state that nobody looked after for too long."""
AT_ONCE = ("refused-", "our-network")
"""How the reasons begin of unknown results that count at once; any other says nothing about the
target, only about this attempt (a name server that did not answer, a door that is not for us)."""

DECLARED = "declared"
"""Reason of a maintenance that somebody announced."""
TOO_LONG = "maintenance-too-long"
"""Reason of a failure: the software has declared more maintenance than a month may hold."""
WRITTEN_SECONDS = 10
"""What was heard is on every page by then."""


@dataclass(frozen=True, kw_only=True)
class Health:
    state: State
    since: datetime
    """First probe of the streak that made this state."""
    checked_at: datetime
    """Last probe that told something."""
    stale_at: datetime
    """From then on the state is unknown, whatever `state` says: ask `state_at`."""
    reason: str
    candidate: State | None = None
    """What the target seems to become, when the latest results disagree with `state`."""
    streak: int = 0
    """How many results in a row speak for the candidate."""
    candidate_since: datetime | None = None
    expected_end: datetime | None = None
    message: str | None = None
    version: str | None = None
    latency_ms: int | None = None
    certificate_until: datetime | None = None
    intermediate_first: bool = False
    """It is an intermediate certificate that ends then, before the server's own."""
    silent: str | None = None
    """See `ProbeResult.silent`."""
    heard: State | None = None
    """Verdict of the last probe, whatever the state became."""
    heard_at: datetime | None = None
    maintenance_month: str | None = None
    """ "2026-11", in UTC: the month that `maintenance_seconds` counts in; none: there are none."""
    maintenance_seconds: int = 0
    """Maintenance of that month that the software declared and nobody announced."""

    def state_at(self, now: datetime) -> State:
        return State.UNKNOWN if now >= self.stale_at else self.state


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a target's history."""

    at: datetime
    before: State
    after: State
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """For how long a verdict held: whole seconds since 1970, the last one not included."""

    state: State
    start: int
    end: int


def advance(
    previous: Health | None, result: ProbeResult, *, at: datetime, target: ProbeTarget
) -> Health:
    """Return what is known after one more result.

    A state changes after so many results in a row that agree: `down_after`, `up_after`,
    `degraded_after` of the target. Three things count at once: a maintenance that the software
    itself declares, the first success of a target of which nothing was known, and a target that
    may not be probed. Any other unknown result changes nothing: what was known grows old, and is
    forgotten after three intervals; from then on it says why. A maintenance beyond what a month
    may hold is a failure.
    """
    month, seconds = _maintenance_so_far(previous, at)
    if _is_too_long(result, seconds, target):
        result = replace(result, state=State.DOWN, reason=TOO_LONG)
    return replace(
        _next_state(previous, result, at=at, target=target),
        heard=result.state,
        # A clock that is set back must not make the same seconds count twice.
        heard_at=max(at, previous.heard_at) if previous and previous.heard_at else at,
        maintenance_month=month,
        maintenance_seconds=seconds,
    )


def held(previous: Health | None, *, until: datetime) -> Span | None:
    """Return what the last verdict stood for until another one came; none: for nothing.

    It holds until the next one, and until it is stale at most. Both ends are rounded down, so that
    spans that follow one another leave nothing out and share nothing.
    """
    if previous is None or previous.heard is None or previous.heard_at is None:
        return None
    if previous.heard is State.UNKNOWN:
        return None
    start = int(previous.heard_at.timestamp())
    end = int(min(until, previous.stale_at).timestamp())
    return Span(state=previous.heard, start=start, end=end) if start < end else None


def _next_state(
    previous: Health | None, result: ProbeResult, *, at: datetime, target: ProbeTarget
) -> Health:
    if result.state is State.UNKNOWN:
        return _learn_nothing(previous, result, at=at, target=target)
    known = _what_still_holds(previous, result, at=at, target=target)
    seen = _with_details(known, result, at=at, target=target)
    if result.state is known.state:
        return replace(_settled(seen), reason=result.reason)
    first_success = known.state is State.UNKNOWN and result.state is State.UP
    if first_success or result.state is State.MAINTENANCE:
        return _changed(seen, result, since=at)
    pending = _one_more(seen, result.state, at=at)
    if pending.streak >= _needed(result.state, target):
        return _changed(seen, result, since=pending.candidate_since or at)
    if known.state is State.UNKNOWN:
        return replace(pending, reason=result.reason)
    return pending


def changes(previous: Health | None, current: Health) -> tuple[Change, ...]:
    """List the transitions from one stored state to the next: two when the first had lapsed."""
    found = []
    before = State.UNKNOWN
    if previous is not None:
        before = previous.state_at(current.checked_at)
        if before is not previous.state:
            lapse = Change(at=previous.stale_at, before=previous.state, after=before, reason=STALE)
            found.append(lapse)
    if current.state is not before:
        change = Change(at=current.since, before=before, after=current.state, reason=current.reason)
        found.append(change)
    return tuple(found)


def goes_stale(at: datetime, target: ProbeTarget) -> datetime:
    """Return when a probe that began then has said all it can.

    Where a probe may last longer than its interval the next begins when it is over, and takes as
    long: a server that hangs stays down between two of them.
    """
    longest = target.interval + 2 * target.timeout + WRITTEN_SECONDS
    return at + timedelta(seconds=max(3 * target.interval + target.timeout, longest))


def _maintenance_so_far(previous: Health | None, at: datetime) -> tuple[str | None, int]:
    """Return the month and its seconds of maintenance that nobody announced, up to now."""
    if previous is None:
        return None, 0
    begins = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = f"{begins:%Y-%m}"
    seconds = previous.maintenance_seconds if previous.maintenance_month == month else 0
    span = held(previous, until=at)
    # Maintenance counts at once: as long as it is what was heard, the reason is its own.
    if span and span.state is State.MAINTENANCE and previous.reason != DECLARED:
        seconds += max(0, span.end - max(span.start, int(begins.timestamp())))
    return (month, seconds) if seconds else (None, 0)


def _is_too_long(result: ProbeResult, seconds: int, target: ProbeTarget) -> bool:
    detected = result.state is State.MAINTENANCE and result.reason != DECLARED
    return detected and seconds >= target.maintenance_cap


def _learn_nothing(
    previous: Health | None, result: ProbeResult, *, at: datetime, target: ProbeTarget
) -> Health:
    fresh = previous is not None and at < previous.stale_at
    if previous is not None and fresh and not result.reason.startswith(AT_ONCE):
        if previous.state is not State.UNKNOWN or previous.candidate is not None:
            return previous
        # There is nothing that could grow old: only why nothing is known, which stays said.
        stale_at = goes_stale(at, target)
        return replace(previous, checked_at=at, stale_at=stale_at, reason=result.reason)
    known = _what_still_holds(previous, result, at=at, target=target)
    since = known.since if known.state is State.UNKNOWN else at
    return replace(
        _settled(known),
        state=State.UNKNOWN,
        since=since,
        checked_at=at,
        stale_at=goes_stale(at, target),
        reason=result.reason,
        latency_ms=None,
    )


def _what_still_holds(
    previous: Health | None, result: ProbeResult, *, at: datetime, target: ProbeTarget
) -> Health:
    if previous is None:
        return Health(
            state=State.UNKNOWN,
            since=at,
            checked_at=at,
            stale_at=goes_stale(at, target),
            reason=result.reason,
        )
    if at < previous.stale_at:
        return previous
    since = previous.since if previous.state is State.UNKNOWN else previous.stale_at
    return replace(_settled(previous), state=State.UNKNOWN, since=since, reason=STALE)


def _with_details(
    known: Health, result: ProbeResult, *, at: datetime, target: ProbeTarget
) -> Health:
    """A version or a certificate is remembered through failures; the rest is of this probe."""
    chain = result if result.certificate_until else known
    return replace(
        known,
        checked_at=at,
        stale_at=goes_stale(at, target),
        expected_end=_promised_end(known, result, at=at),
        message=result.message,
        version=result.version or known.version,
        latency_ms=result.latency_ms,
        certificate_until=chain.certificate_until,
        intermediate_first=chain.intermediate_first,
        silent=result.silent,
    )


def _promised_end(known: Health, result: ProbeResult, *, at: datetime) -> datetime | None:
    """A software that answers "in an hour" whenever it is asked would put its end off for ever.

    What it promised first stands until that is over; what people announce is as they announce it.
    """
    before, again = known.expected_end, result.expected_end
    says_so_itself = result.state is State.MAINTENANCE and DECLARED not in (
        known.reason,
        result.reason,
    )
    if says_so_itself and before is not None and again is not None and at < before:
        return min(before, again)
    return again


def _settled(health: Health) -> Health:
    return replace(health, candidate=None, streak=0, candidate_since=None)


def _changed(health: Health, result: ProbeResult, *, since: datetime) -> Health:
    return replace(_settled(health), state=result.state, since=since, reason=result.reason)


def _one_more(health: Health, candidate: State, *, at: datetime) -> Health:
    # A failure and then an answer with trouble is trouble twice in a row (the same holds for a
    # success on the way out of a failure): without this, alternating results would never settle.
    same_streak = health.candidate is candidate or candidate is State.DEGRADED
    if same_streak and health.candidate is not None:
        return replace(health, candidate=candidate, streak=health.streak + 1)
    return replace(health, candidate=candidate, streak=1, candidate_since=at)


def _needed(state: State, target: ProbeTarget) -> int:
    if state is State.DOWN:
        return target.down_after
    if state is State.DEGRADED:
        return target.degraded_after
    return target.up_after
