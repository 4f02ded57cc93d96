"""Incidents in the database: they open, grow and close from what the probes see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from journal import Revision
from monitoring import incident_queries as queries
from monitoring import incident_rules as rules
from monitoring.health import Change
from monitoring.incident_queries import Failed
from monitoring.incident_rules import AGAIN, TROUBLE, Cluster, Labels, Reason, Standing, Trouble
from monitoring.incident_story import Story, Told
from monitoring.incidents import UNWATCHED, Cause, Event, Seen, Severity
from monitoring.models import IncidentTarget, Target
from monitoring.records import Moved
from monitoring.target import State


def follow(session: Session, moved: Sequence[Moved], *, now: datetime) -> tuple[Event, ...]:
    """Write what a batch means for incidents, in its transaction; return each line written.

    To be called with every batch, also when nothing moved: time alone may close an incident.
    """
    session.flush()
    missed = queries.untold(session, now=now)
    if not moved and not missed and not queries.may_be_over(session):
        return ()
    story = _Batch(session, now).write(moved, missed)
    if story.changed:
        journal.bump(session, Revision.INCIDENTS)
    return story.events()


class _Batch:
    """The changes of one batch, in their order."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._story = Story(session)
        self._failed: dict[int, Failed] = {}
        self._returned: dict[int, datetime] = {}
        """Who has failed again, and is back in its incident."""
        self._watched: Mapping[int, Labels] | None = None
        self._unseen: set[int] = set()
        """Who left because nobody looks any more."""

    def write(self, moved: Sequence[Moved], missed: Mapping[int, Failed]) -> Story:
        for item in rules.in_order(moved):
            self._apply(item.target_id, item.change)
        for target_id, failed in missed.items():
            if self._story.of(target_id) is None:
                self._failed.setdefault(target_id, failed)
        self._settle()
        self._let_go()
        for told in self._story:
            self._weigh(told)
            self._tell_who_moved(told)
            self._close_when_over(told)
        return self._story

    def _apply(self, target_id: int, change: Change) -> None:
        if change.after is State.UP:
            self._recover(target_id, change.at)
        elif change.after in TROUBLE:
            self._fail(target_id, change)

    def _recover(self, target_id: int, at: datetime) -> None:
        if self._concerns_who_failed(target_id):
            self._settle()
        told = self._story.of(target_id)
        if told is not None:
            self._story.leave(told, target_id, at=at)

    def _concerns_who_failed(self, target_id: int) -> bool:
        """Whether they may share a cause: then they are to meet before this one leaves."""
        fresh = self._failed.keys() | self._returned.keys()
        if not fresh or target_id in fresh:
            return bool(fresh)
        own = rules.ties(self._labels().get(target_id, {}))
        return any(own & rules.ties(self._labels().get(other, {})) for other in fresh)

    def _fail(self, target_id: int, change: Change) -> None:
        told = self._story.of(target_id)
        if told is not None:
            self._story.enter(told, target_id, since=change.at, state=change.after)
            return
        told = self._just_left(target_id, change.at)
        if told is not None:
            self._return(told, target_id, change)
            return
        known = self._failed.get(target_id)
        since = known.since if known else change.at
        state = rules.worse(known.state, change.after) if known else change.after
        self._failed[target_id] = Failed(since=since, state=state)

    def _just_left(self, target_id: int, at: datetime) -> Told | None:
        """Return the open incident that it left less than two hours before."""
        left = [
            (member.until, told.row.id)
            for told in self._story
            if (member := told.members.get(target_id)) is not None
            and member.until is not None
            and at - member.until <= AGAIN
        ]
        return self._story[max(left)[1]] if left else None

    def _return(self, told: Told, target_id: int, change: Change) -> None:
        """Nobody was told that it left in this batch, nor that the last of all did."""
        if told.left.pop(target_id, None) is None and told.active():
            told.joined[target_id] = change.at
        self._story.enter(told, target_id, since=change.at, state=change.after)
        self._returned[target_id] = change.at

    def _settle(self) -> None:
        """Find a place for those that have just failed."""
        if not self._failed and not self._returned:
            return
        labels = self._labels()
        troubles = [
            Trouble(target_id=number, since=failed.since, labels=labels.get(number, {}))
            for number, failed in self._failed.items()
        ]
        for told in self._story:
            troubles += [self._trouble(member, told, labels) for member in told.active()]
        standing = [_standing(told) for told in self._story]
        for cluster in rules.clusters(troubles, labels, standing):
            self._place(cluster, {number: self._failed[number] for number in cluster.fresh})
        self._failed, self._returned = {}, {}

    def _trouble(self, member: IncidentTarget, told: Told, labels: Mapping[int, Labels]) -> Trouble:
        return Trouble(
            target_id=member.target_id,
            since=member.again_at or member.since,
            labels=labels.get(member.target_id, {}),
            incident=told.row.id,
            returns=member.target_id in self._returned,
        )

    def _place(self, cluster: Cluster, failed: Mapping[int, Failed]) -> None:
        if cluster.incidents:
            told = self._story[cluster.incidents[0]]
            told.joined |= {number: item.since for number, item in failed.items()}
        else:
            told = self._begin(cluster, failed)
        for number, item in failed.items():
            self._story.enter(told, number, since=item.since, state=item.state)
        instants = [item.since for item in failed.values()]
        instants += [self._returned[item] for item in cluster.targets if item in self._returned]
        latest = max(told.row.opened_at, *instants)
        others = [self._story[number] for number in cluster.incidents[1:]]
        if others:
            self._story.absorb(told, others, at=latest)
        if (told.row.cause, told.row.value) != cluster.reason:
            self._widen(told, cluster.reason, at=latest)

    def _begin(self, cluster: Cluster, failed: Mapping[int, Failed]) -> Told:
        since = min(item.since for item in failed.values())
        closed = queries.closed_just_before(self._session, failed)
        if closed is None:
            states = (item.state for item in failed.values())
            worst = State.DOWN if State.DOWN in states else State.DEGRADED
            severity = rules.severity_of(worst)
            told = self._story.open(at=since, severity=severity, reason=cluster.reason)
        else:
            told = self._story.reopen(closed)
        code = Seen.REOPENED if closed else Seen.OPENED
        self._story.tell(told, code, at=since, content=self._story.keys(list(failed)))
        return told

    def _widen(self, told: Told, reason: Reason, *, at: datetime) -> None:
        if not rules.is_wider(reason, than=Cause(told.row.cause)):
            return
        told.row.cause, told.row.value = reason
        content = {"cause": reason[0].value, "value": reason[1]}
        self._story.tell(told, Seen.WIDENED, at=at, content=content)

    def _let_go(self) -> None:
        """Nobody looks after them any more: nothing goes on that could be told."""
        for target_id in queries.unwatched(self._session):
            told = self._story.of(target_id)
            if told is not None:
                self._story.leave(told, target_id, at=self._now)
                self._unseen.add(target_id)

    def _weigh(self, told: Told) -> None:
        active = told.active()
        if told.changed_at is None or not active:
            return
        states = queries.states(self._session, [member.target_id for member in active])
        before = Severity(told.row.severity)
        members = [(states[member.target_id], State(member.state)) for member in active]
        after = rules.overall(before, members)
        told.row.severity = after
        if after is not before and not told.begins:
            code = Seen.WORSE if after is Severity.MAJOR else Seen.BETTER
            self._story.tell(told, code, at=told.changed_at)

    def _tell_who_moved(self, told: Told) -> None:
        """Tell it of a whole batch at once; that everybody left is told as the end."""
        gone = told.left if told.active() else {}
        back = {number: at for number, at in gone.items() if number not in self._unseen}
        hidden = {number: at for number, at in gone.items() if number in self._unseen}
        self._tell_several(told, Seen.JOINED, told.joined)
        self._tell_several(told, Seen.LEFT, back)
        self._tell_several(told, Seen.LEFT, hidden, **UNWATCHED)

    def _tell_several(
        self, told: Told, code: Seen, several: Mapping[int, datetime], **more: bool
    ) -> None:
        if several:
            at = max(told.row.opened_at, *several.values())
            content = {**self._story.keys(list(several)), **more}
            self._story.tell(told, code, at=at, content=content)

    def _close_when_over(self, told: Told) -> None:
        """Close when all is up; what has failed again before is waited for."""
        if told.active():
            return
        ends = [member.until for member in told.members.values() if member.until]
        last = max(ends, default=self._now)
        quiet = timedelta(seconds=told.row.quiet_seconds)
        is_watched = any(number in self._labels() for number in told.members)
        if quiet and is_watched and self._now - last < quiet:
            return
        final = [number for number, member in told.members.items() if member.until == last]
        is_seen = any(number in self._labels() for number in final)
        self._story.close(told, at=last, content=None if is_seen else UNWATCHED)

    def _labels(self) -> Mapping[int, Labels]:
        if self._watched is None:
            statement = select(Target.id, Target.labels).where(Target.watched)
            self._watched = {row.id: row.labels for row in self._session.execute(statement)}
        return self._watched


def _standing(told: Told) -> Standing:
    return Standing(
        id=told.row.id,
        opened_at=told.row.opened_at,
        cause=Cause(told.row.cause),
        value=told.row.value,
        failed={number: member.again_at or member.since for number, member in told.members.items()},
    )
