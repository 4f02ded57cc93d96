"""One check of one target: the steps of its profile, and a single verdict. Never raises."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from monitoring.memory import Memory
from monitoring.profiles import PROFILES
from monitoring.profiles.recipe import (
    FILTERED,
    AbsentError,
    Ask,
    Check,
    Connect,
    Context,
    Profile,
    UnlikeError,
    Verdict,
    judge_status,
)
from monitoring.target import DEFAULT_PORTS, Part, ProbeResult, ProbeTarget, State, Step
from outbound import Answer, Code, Guard, OutboundError, TimedOut

log = structlog.get_logger(__name__)

# These say something about us or our network, not about the server.
UNKNOWN_CODES = frozenset(
    {Code.REFUSED_ADDRESS, Code.REFUSED_SCHEME, Code.REFUSED_PORT, Code.REFUSED_CREDENTIALS}
    | {Code.NAME_TEMPORARY, Code.NETWORK_UNREACHABLE, Code.LOCAL_FAULT}
)
ANSWERED_CODES = frozenset({Code.TOO_MANY_REDIRECTS, Code.BAD_ANSWER})
"""Somebody did answer."""
SLOW = Verdict(state=State.DEGRADED, reason="slow")
TOO_LARGE = Verdict(state=State.UNKNOWN, reason="too-large")
SLOW_SHARE = 0.5
"""A healthy answer that took more of the time-out than this is slow."""
USUAL_INTERVAL = 60
"""Seconds; a check rests for longer where probes are rarer."""
WORSE = (State.UP, State.DEGRADED, State.UNKNOWN, State.MAINTENANCE, State.DOWN)


def check(
    target: ProbeTarget,
    *,
    guard: Guard,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    memory: Memory | None = None,
) -> ProbeResult:
    """Run the target's profile within `target.timeout` seconds overall.

    Without `memory` every check runs; with one, shared by the probes of a process, heavier checks
    rest after a success and a server that said "too many requests" is left alone for a while.
    """
    profile = PROFILES.get(target.profile)
    if profile is None:
        return ProbeResult(state=State.UNKNOWN, reason="unknown-profile")
    try:
        return _Probe(target, profile, guard=guard, now=clock(), memory=memory).run()
    except Exception:  # a fault of ours must neither end the loop nor look like an outage
        log.exception("probe_failed", target=target.key, profile=target.profile)
        return ProbeResult(state=State.UNKNOWN, reason="probe-error")


def result_as_json(result: ProbeResult) -> dict[str, Any]:
    """What `flask monitor check --json` prints: plain values, dates in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(result).items()
    } | {"state": result.state.value, "steps": [asdict(step) for step in result.steps]}


class _Probe:
    """The state of one run."""

    def __init__(
        self,
        target: ProbeTarget,
        profile: Profile,
        *,
        guard: Guard,
        now: datetime,
        memory: Memory | None,
    ) -> None:
        self.target = target
        self.profile = profile
        self.guard = guard
        self.memory = memory or Memory()
        self.looks_rarely = memory is not None
        self.context = Context(target=target, now=now)
        self.deadline = time.monotonic() + target.timeout
        self.slow_after = target.timeout * SLOW_SHARE
        self.steps: list[Step] = []
        self.parts: dict[Part, State] = {}
        self.answer: Answer | None = None
        self.absent = False
        self.version: str | None = None
        self.certificate_until: datetime | None = None
        self.intermediate_first = False

    def run(self) -> ProbeResult:
        until = self.memory.quiet_until(self.target.url, self.context.now)
        if until is not None:
            quiet = Verdict(state=State.UNKNOWN, reason="asked-too-often", expected_end=until)
            return self._result(quiet)
        worst = Verdict(state=State.UP)
        for number, part in enumerate(self.profile.checks):
            verdict = self._judge(number, part)
            if verdict.state is State.DEGRADED:
                # What the software says of itself tells more than a slow answer.
                worst = verdict if worst.reason in {"ok", SLOW.reason} else worst
            elif verdict.state is not State.UP:
                return self._result(verdict)
        return self._result(worst)

    def _judge(self, number: int, part: Check) -> Verdict:
        """One check's verdict; UP when it need not or cannot be asked."""
        proof = self.memory.proof(self.target.key, number)
        if proof is not None:
            self.version = self.version or proof.version
            verdict = Verdict(state=State.UP)
            self._note(part, verdict, measured=proof.measured)
            return verdict
        left = self.deadline - time.monotonic()
        verdict = self._ask_in_turn(number, part)
        if part.courtesy:
            return Verdict(state=State.UP)
        self.version = self.version or verdict.version
        measured = part.essential or not self._is_not_measurable(part, verdict)
        if not measured:
            verdict = Verdict(state=State.UP)
        if not part.essential and verdict.reason == Code.TIMEOUT and left < self.slow_after:
            verdict = SLOW  # slow checks before it left no fair share of the time
        if verdict.reason == "asked-too-often":
            self.memory.keep_quiet(self.target.url, verdict.expected_end, self.context.now)
        self._note(part, verdict, measured=measured)
        self._rest(number, part, verdict, measured=measured)
        return verdict

    def _rest(self, number: int, part: Check, verdict: Verdict, *, measured: bool) -> None:
        if verdict.state is not State.UP or not part.rest:
            return
        seconds = part.rest * max(1.0, self.target.interval / USUAL_INTERVAL)
        self.memory.prove(
            self.target.key, number, seconds=seconds, version=self.version, measured=measured
        )

    def _note(self, part: Check, verdict: Verdict, *, measured: bool) -> None:
        """What this says of its part; nothing while nobody answers at all."""
        if measured and self.parts.get(Part.REACHABLE, State.UP) is State.UP:
            before = self.parts.get(part.part, State.UP)
            self.parts[part.part] = max(before, verdict.state, key=WORSE.index)

    def _is_not_measurable(self, part: Check, verdict: Verdict) -> bool:
        """Refused, moved, limited, switched off or of another shape: says nothing of health."""
        if verdict.reason in part.tells:
            return False
        if verdict.state is State.UNKNOWN or verdict.reason == Code.TOO_MANY_REDIRECTS:
            return True
        told = self.answer is not None and self.answer.status < 500  # noqa: PLR2004
        return told and verdict.state is State.DOWN

    def _ask_in_turn(self, number: int, part: Check) -> Verdict:
        """The first answer that was not refused; else a refusal, rather than "nothing there"."""
        refusals = []
        for place, ask in enumerate(part.asks):
            instead = self.target.path if number == place == 0 else None
            verdict = self._ask(part, ask, instead)
            filtered = self.answer is not None and self.answer.status in FILTERED
            if not (filtered or self.absent) or verdict.state not in {State.UNKNOWN, State.DOWN}:
                return verdict
            refusals.append(verdict)
        return min(refusals, key=lambda verdict: verdict.state is State.DOWN)

    def _ask(self, part: Check, ask: Ask | Connect, instead: str | None) -> Verdict:
        """One request and its step; a failure is a verdict too."""
        started = time.monotonic()
        self.answer, self.absent = None, False
        url = self.target.url if isinstance(ask, Connect) else self._url(ask, instead)
        reached = State.UP
        try:
            verdict = self._connect() if isinstance(ask, Connect) else self._fetch(ask, url)
        except UnlikeError as error:
            self.absent = isinstance(error, AbsentError)
            verdict = Verdict(state=State.DOWN, reason=error.reason)
            if self.answer is not None and _may_follow(self.answer, error):
                verdict = TOO_LARGE
        except OutboundError as error:
            state = State.UNKNOWN if error.code in UNKNOWN_CODES else State.DOWN
            verdict = Verdict(state=state, reason=error.code.value)
            reached = State.UP if error.code in ANSWERED_CODES else state
        if reached is State.UP or Part.REACHABLE not in self.parts:
            self.parts[Part.REACHABLE] = reached
        taken = time.monotonic() - started
        if verdict.state is State.UP and taken > self.slow_after:
            verdict = replace(verdict, state=SLOW.state, reason=SLOW.reason)
        step = Step(
            url=url,
            status=self.answer.status if self.answer else None,
            latency_ms=round(taken * 1000),
            reason=verdict.reason,
            part=part.part,
        )
        self.steps.append(step)
        return verdict

    def _fetch(self, ask: Ask, url: str) -> Verdict:
        self.answer = answer = self.guard.fetch(
            ask.method,
            url,
            headers=ask.headers,
            body=ask.body(self.context) if ask.body else None,
            deadline_seconds=self._left(),
            max_bytes=ask.max_bytes,
        )
        if self.certificate_until is None:
            self.certificate_until = answer.certificate_until
            self.intermediate_first = answer.intermediate_first
        if answer.status in ask.codes or ask.own_codes:
            return ask.read(answer, self.context)
        return judge_status(answer, self.context.now) or ask.read(answer, self.context)

    def _connect(self) -> Verdict:
        parts = urlsplit(self.target.url)
        self.guard.connect(parts.hostname or "", parts.port or 0, deadline_seconds=self._left())
        return Verdict(state=State.UP)

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(Code.TIMEOUT, "no time left for this step")
        return left

    def _url(self, ask: Ask, instead: str | None) -> str:
        place = instead or (ask.place(self.context) if callable(ask.place) else ask.place)
        if not place.startswith("/"):
            return place or self.target.url
        parts = urlsplit(self.target.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{place}"

    def _silent(self, verdict: Verdict) -> str | None:
        """Ask after the verdict, which half a host that answers does not change."""
        if not self.looks_rarely or verdict.state not in {State.UP, State.DEGRADED}:
            return None
        parts = urlsplit(self.target.url)
        return self.guard.silent_address(
            parts.hostname or "",
            parts.port or DEFAULT_PORTS[parts.scheme],
            deadline_seconds=self.deadline - time.monotonic(),
        )

    def _result(self, verdict: Verdict) -> ProbeResult:
        return ProbeResult(
            state=verdict.state,
            reason=verdict.reason,
            # Of the first request: what comes after differs from one probe to the next.
            latency_ms=self.steps[0].latency_ms if self.steps else None,
            version=self.version,
            message=verdict.message,
            expected_end=verdict.expected_end,
            certificate_until=self.certificate_until,
            intermediate_first=self.intermediate_first,
            silent=self._silent(verdict),
            steps=tuple(self.steps),
            parts=dict(self.parts),
        )


def _may_follow(answer: Answer, error: UnlikeError) -> bool:
    """What was missed may stand in the rest of a long body, unless its status says enough."""
    told = answer.status >= 500 or error.reason.startswith("http-")  # noqa: PLR2004
    return answer.is_cut and not told
