"""Announced maintenance for calendars: all of it to subscribe to, or one occurrence to add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from icalendar import Calendar, Event

from instances.past_work import Outcome, PastWork
from instances.planned import PlannedWork
from monitoring.maintenance import Occurrence, Repeats, Window, occurrences
from web import current, links, status_words
from web.calendar_zones import vtimezone
from web.status import at, view_of
from web.status_programs import answer, past_work_of
from web.status_view import StatusView
from web.translation import gettext

_TYPE = "text/calendar; charset=utf-8"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@at("/maintenances.ics")
def calendar(academie: str) -> Response:
    view = view_of(academie)
    every = _calendar(view)
    told = list(_told(view))
    zones = {item.window.timezone for item, _ in told if item.window.repeats is not Repeats.ONCE}
    since = min((item.window.starts_at for item, _ in told), default=view.now)
    # A calendar without any component is none.
    for name in sorted(zones) or [view.page.card.timezone]:
        every.add_component(vtimezone(name, since=since, now=view.now))
    for _, events in told:
        for event in events:
            every.add_component(event)
    return answer(every.to_ical(), _TYPE, view)


def _told(view: StatusView) -> Iterator[tuple[PlannedWork, list[Event]]]:
    for work in view.page.planned:
        yield work, _series(work)
    goes_on = {work.window.id for work in view.page.planned}
    for past in past_work_of(view):
        if past.is_news and past.window.id not in goes_on:
            goes_on.add(past.window.id)
            yield past, _ended(past)


@at("/maintenances/<uid>/<moment>.ics")
def occurrence(academie: str, uid: str, moment: str) -> Response:
    """Give one time of a window, for those who want no more than that in their calendar."""
    view = view_of(academie)
    stopped = (past for past in past_work_of(view) if past.is_news)
    asked = (uid, moment)
    known = (*view.page.planned, *stopped)
    work = next((w for w in known if (w.window.uid, status_words.moment_of(w)) == asked), None)
    if work is None:
        current.not_found()
    one = _calendar(view)
    uid = uid if work.window.repeats is Repeats.ONCE else f"{uid}-{moment}"
    one.add_component(_stopped(work, uid) if isinstance(work, PastWork) else _time(work, uid))
    response = answer(one.to_ical(), _TYPE, view)
    response.headers["Content-Disposition"] = 'attachment; filename="maintenance.ics"'
    return response


def _calendar(view: StatusView) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//La Trousse//FR")
    made.add("version", "2.0")
    made.add("x-wr-calname", gettext("Maintenances prévues"))
    made.add("x-wr-timezone", view.page.card.timezone)
    made.add("x-published-ttl", "PT1H")
    made.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    return made


def _series(work: PlannedWork) -> list[Event]:
    """Return a window with all its occurrences, and those that ended before their time."""
    window = work.window
    if window.repeats is Repeats.ONCE:
        return [_time(work, window.uid)]
    zone = ZoneInfo(window.timezone)
    whole = Occurrence(window=window, starts_at=window.starts_at, ends_at=window.ends_at)
    series = _event(work, whole, uid=window.uid, zone=zone)
    series.add("rrule", _rule(window, zone))
    return [series, *(_exception(work, cut, zone) for cut in _cut(window))]


def _ended(last: PastWork) -> list[Event]:
    """Return a window that ended before its time, or was called off; `last`: its last time.

    A series ends at the time that was called off with it, and that one is cancelled: a rule that
    ended before would not say so.
    """
    window, taking = last.window, last.occurrence
    if window.repeats is Repeats.ONCE:
        return [_stopped(last, window.uid)]
    zone = ZoneInfo(window.timezone)
    called_off = last.outcome is Outcome.CALLED_OFF
    rule = _rule(replace(window, ended_at=taking.starts_at) if called_off else window, zone)
    whole = replace(taking, starts_at=window.starts_at, ends_at=window.starts_at + window.duration)
    never_began = called_off and taking.starts_at == window.starts_at
    series = _event(last, whole, uid=window.uid, zone=zone, is_off=never_began)
    series.add("rrule", rule)
    if never_began:
        return [series]
    times = [_exception(last, cut, zone) for cut in _cut(window) if cut != _took_place(last)]
    return [series, *times, _exception(last, _took_place(last), zone, is_off=called_off)]


def _took_place(work: PastWork) -> Occurrence:
    """Return the time as it was; one that was called off, as it would have been."""
    called_off = work.outcome is Outcome.CALLED_OFF
    return work.occurrence if called_off else replace(work.occurrence, ends_at=work.stopped_at)


def _time(work: PlannedWork, uid: str) -> Event:
    return _event(work, work.occurrence, uid=uid)


def _stopped(work: PastWork, uid: str) -> Event:
    called_off = work.outcome is Outcome.CALLED_OFF
    return _event(work, _took_place(work), uid=uid, is_off=called_off)


def _exception(
    work: PlannedWork, taking: Occurrence, zone: ZoneInfo, *, is_off: bool = False
) -> Event:
    """Return one time of a series that is not like the others."""
    single = _event(work, taking, uid=work.window.uid, zone=zone, is_off=is_off)
    single.add("recurrence-id", taking.starts_at.astimezone(zone))
    return single


def _cut(window: Window) -> tuple[Occurrence, ...]:
    """Return the occurrences that ended early."""
    moment = timedelta(microseconds=1)
    return tuple(
        item
        for cut in window.cuts
        for item in occurrences(window, start=cut - moment, end=cut + moment)
        if item.ends_at == cut
    )


def _rule(window: Window, zone: ZoneInfo) -> dict[str, Any]:
    first = window.starts_at.astimezone(zone)
    rule: dict[str, Any] = {"freq": "weekly"}
    if window.repeats is Repeats.MONTHLY:
        week = (first.day - 1) // 7 + 1
        # The fifth Tuesday of a month is its last one.
        nth = -1 if week == 5 else week  # noqa: PLR2004 - weeks of a month
        rule = {"freq": "monthly", "byday": f"{nth}{_DAYS[first.weekday()]}"}
    ends = [window.ended_at] if window.ended_at is not None else []
    if window.until is not None:
        ends.append(datetime.combine(window.until, time(23, 59, 59), tzinfo=zone))
    if ends:
        rule["until"] = min(ends).astimezone(UTC)
    return rule


def _event(
    work: PlannedWork,
    taking: Occurrence,
    *,
    uid: str,
    zone: ZoneInfo | None = None,
    is_off: bool = False,
) -> Event:
    window, event = work.window, Event()
    event.add("uid", uid)
    event.add("dtstamp", window.updated_at.astimezone(UTC))
    event.add("last-modified", window.updated_at.astimezone(UTC))
    event.add("sequence", window.version)
    event.add("dtstart", taking.starts_at.astimezone(zone or UTC))
    event.add("dtend", taking.ends_at.astimezone(zone or UTC))
    titles = status_words.titles(work.touched)
    event.add("summary", gettext("%(titles)s en maintenance", titles=titles))
    event.add("description", "\n\n".join(item for item in (window.title, window.text) if item))
    event.add("url", links.absolute_url("status.status"))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return event
