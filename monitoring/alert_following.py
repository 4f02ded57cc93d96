"""What is to be told of incidents and of our network: rows of the outbox, in their transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from monitoring import alerts, incident_reading, outbox
from monitoring.alert_routes import Route, Topic
from monitoring.alerts import ENDS, INCIDENT, NETWORK, Kind
from monitoring.incidents import Event, Seen, Severity
from monitoring.models import Alert, Incident

Routes = Sequence[Route]
NETWORK_ENDED = f"{Kind.NETWORK}-ended"
"""An alert about our network whose end was told as well."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_BEGINNINGS = frozenset({Seen.OPENED, Seen.REOPENED, Seen.JOINED, Seen.MERGED, Seen.WORSE})
"""What may be news to a route that was told nothing of an incident."""


def follow(
    session: Session,
    events: Iterable[Event],
    *,
    routes: Routes,
    doubt_since: datetime | None,
    now: datetime,
) -> None:
    """Write what a batch means for the outbox, in its transaction.

    `doubt_since`: since when the monitor doubts its own network.
    """
    seen = [(event.incident_id, event.kind) for event in events]
    begun = {number for number, kind in seen if kind in _BEGINNINGS}
    tell_incidents(session, {number for number, _ in seen}, routes=routes, begun=begun, now=now)
    _tell_network(session, doubt_since, routes=routes, now=now)


def tell_incidents(
    session: Session,
    ids: Collection[int],
    *,
    routes: Routes,
    now: datetime,
    begun: Collection[int] = (),
) -> None:
    """Bring the outbox up to what these incidents are now; to do so again adds nothing.

    `begun`: those that may have begun for a route in this very batch. Of any other, a route that
    was told nothing is told that it goes on, or nothing at all when it is over.
    """
    if not ids or not routes:
        return
    rows = session.scalars(select(Incident).where(Incident.id.in_(ids))).all()
    merged = {row.id: row.merged_into for row in rows}
    for view in incident_reading.views(session, rows):
        subject, into = f"{INCIDENT}{view.id}", merged[view.id]
        known = outbox.of_subject(session, subject)
        for route in routes:
            told = tuple(row for row in known if row.route == route.name)
            content = alerts.content_of(view, merged_into=into)
            if told and not content["targets"]:
                # What another incident took in has no targets left to be named by.
                content = alerts.with_the_targets_of(told[-1].content, content)
            _Telling(
                session=session,
                route=route,
                subject=subject,
                content=content,
                rows=told,
                begins=view.id in begun,
                now=now,
            ).tell(is_open=view.is_open and into is None)


def catch_up(session: Session, *, routes: Routes, now: datetime) -> None:
    """Tell what people closed or merged, and remind of what goes on."""
    begun = _unended(session, [route.name for route in routes])
    ids = {alerts.number_of(row.subject) for row in begun}
    over = Incident.closed_at.is_not(None) | Incident.merged_into.is_not(None)
    found = session.execute(
        select(Incident.id, Incident.merged_into).where(Incident.id.in_(ids), over)
    ).all()
    ended = {row.id for row in found}
    # Whoever was told of one that was taken in hears on of the one that took it in.
    heirs = {row.merged_into for row in found if row.merged_into is not None}
    tell_incidents(session, ended, routes=routes, now=now)
    tell_incidents(session, heirs - ended, routes=routes, now=now)
    by_name = {route.name: route for route in routes}
    for row in begun:
        if row.sent_at is not None and alerts.number_of(row.subject) not in ended:
            _remind(session, row, by_name[row.route], now=now)


@dataclass(frozen=True, kw_only=True)
class _Telling:
    """What one route was told of one incident, and what it is now."""

    session: Session
    route: Route
    subject: str
    content: dict[str, Any]
    rows: tuple[Alert, ...]
    begins: bool
    now: datetime

    def tell(self, *, is_open: bool) -> None:
        last = self._last
        if last is None or alerts.kind_of(last.event) in ENDS:
            if is_open:
                self._begin(last)
            elif last is None:
                self._tell_both()
        elif is_open:
            self._go_on(last)
        else:
            self._end(last)

    @property
    def _last(self) -> Alert | None:
        turns = [row for row in self.rows if alerts.kind_of(row.event) in (Kind.OPENED, *ENDS)]
        return turns[-1] if turns else None

    @property
    def _openings(self) -> int:
        kinds = [alerts.kind_of(row.event) for row in self.rows]
        return kinds.count(Kind.OPENED) + kinds.count(Kind.PASSED)

    def _begin(self, last: Alert | None) -> None:
        """It opened; or opened again, and then an end that waits is taken back."""
        if last is not None and alerts.kind_of(last.event) is Kind.PASSED:
            event = alerts.event_name(Kind.OPENED, self._openings)
            if self._change(last, event=event):
                return
        elif last is not None and outbox.remove_waiting(self.session, last.id):
            return
        if not self.begins:
            self.content["late"] = True
        self._add_if_wanted(Kind.OPENED, number=self._openings + 1)

    def _tell_both(self) -> None:
        """It is over, and nothing was said: it began in the same batch, or is none of its events.

        A route that was added meanwhile hears no end of what it was never told to have begun.
        """
        if self.content["merged_into"] is not None:
            return
        if Topic.OPENED not in self.route.events:
            self._add_if_wanted(Kind.CLOSED, number=self._openings + 1)
        elif self.begins:
            self._add_if_wanted(Kind.PASSED, number=self._openings + 1)

    def _go_on(self, opened: Alert) -> None:
        """What waits tells what it is by now; that it grew worse is told once."""
        due = alerts.due(self.route, Kind.OPENED, self.content, now=opened.created_at)
        tried = opened.due_at if opened.attempts else _LONG_AGO
        if self._change(opened, due_at=max(due, tried)):
            return
        if alerts.is_major(self.content) and not alerts.is_major(opened.content):
            self._add_if_wanted(Kind.WORSE, number=self._openings)

    def _end(self, opened: Alert) -> None:
        """It is over: one message tells both if nothing was said yet."""
        for row in self.rows:
            if row.id > opened.id:
                outbox.remove_waiting(self.session, row.id)
        ended = alerts.event_name(Kind.PASSED, self._openings)
        if self._change(opened, event=ended):
            return
        if Topic.CLOSED in self.route.events:
            # Whoever was told of its beginning, whatever it became since.
            self._add(Kind.CLOSED, number=self._openings)
        else:
            outbox.rename(self.session, opened, ended)

    def _change(self, row: Alert, **values: Any) -> bool:
        late = {"late": True} if row.content.get("late") else {}
        return outbox.change_waiting(self.session, row, content=self.content | late, **values)

    def _add_if_wanted(self, kind: Kind, *, number: int) -> None:
        if alerts.wants(self.route, kind, self.content):
            self._add(kind, number=number)

    def _add(self, kind: Kind, *, number: int) -> None:
        event = alerts.event_name(kind, number)
        _add_row(
            self.session,
            self.route,
            subject=self.subject,
            event=event,
            content=self.content,
            now=self.now,
        )


def _remind(session: Session, opened: Alert, route: Route, *, now: datetime) -> None:
    number = alerts.reminder_number(route, opened.sent_at or now, now=now)
    if number == 0:
        return
    told = outbox.of_subject(session, opened.subject)
    rows = [row for row in told if row.route == route.name]
    incident = session.get(Incident, alerts.number_of(opened.subject))
    if incident is None or (incident.held_until is not None and now < incident.held_until):
        _hold_back(session, rows)
        return
    name = f"{Kind.REMINDER}-{number}-{opened.event}"
    if any(row.event == name or alerts.says_enough(row, route, now=now) for row in rows):
        return
    (view,) = incident_reading.views(session, [incident])
    content = alerts.content_of(view)
    if not view.is_back and alerts.wants(route, Kind.REMINDER, content):
        _add_row(session, route, subject=opened.subject, event=name, content=content, now=now)


def _hold_back(session: Session, rows: Iterable[Alert]) -> None:
    """Somebody takes care: reminders that wait for the end of quiet hours are taken back."""
    for row in rows:
        if row.sent_at is None and alerts.kind_of(row.event) is Kind.REMINDER:
            outbox.remove_waiting(session, row.id)


def _tell_network(
    session: Session, since: datetime | None, *, routes: Routes, now: datetime
) -> None:
    """One alert for our network, and one for its end, instead of one for each target."""
    wanting = {route.name: route for route in routes if Topic.NETWORK in route.events}
    if since is not None:
        subject = f"{NETWORK}{int(since.timestamp())}"
        # Nobody sees anything meanwhile: as grave as the gravest incident, in quiet hours too.
        content = {"since": since.timestamp(), "until": None, "severity": Severity.MAJOR.value}
        for route in wanting.values():
            _add_row(session, route, subject=subject, event=Kind.NETWORK, content=content, now=now)
        return
    for row in _network_unended(session):
        content = {**row.content, "until": now.timestamp()}
        both, end = Kind.NETWORK_PASSED.value, Kind.NETWORK_BACK.value
        if outbox.change_waiting(session, row, event=both, content=content):
            continue
        if row.route in wanting:
            route, subject = wanting[row.route], row.subject
            _add_row(session, route, subject=subject, event=end, content=content, now=now)
        outbox.rename(session, row, NETWORK_ENDED)


def _add_row(  # noqa: PLR0913 - what a row says
    session: Session,
    route: Route,
    *,
    subject: str,
    event: str,
    content: dict[str, Any],
    now: datetime,
) -> None:
    outbox.add(
        session,
        subject=subject,
        event=str(event),
        route=route.name,
        content=content,
        due_at=alerts.due(route, alerts.kind_of(event), content, now=now),
        now=now,
    )


def _network_unended(session: Session) -> Sequence[Alert]:
    """Return those that told of a doubt whose end nobody was told; "0" comes after "/"."""
    statement = select(Alert).where(
        Alert.subject >= NETWORK,
        Alert.subject < NETWORK.replace("/", "0"),
        Alert.event == Kind.NETWORK.value,
    )
    return session.scalars(statement).all()


def _unended(session: Session, routes: Collection[str]) -> Sequence[Alert]:
    """Return what told these routes of a beginning, without its end."""
    end = aliased(Alert)
    is_ended = exists().where(
        end.subject == Alert.subject,
        end.route == Alert.route,
        end.event == func.replace(Alert.event, Kind.OPENED.value, Kind.CLOSED.value),
    )
    statement = select(Alert).where(
        Alert.route.in_(routes), Alert.event.startswith(Kind.OPENED.value), ~is_ended
    )
    return session.scalars(statement.order_by(Alert.id)).all()
