"""The Atom feed of an académie's status: incidents, each line of their story, announced work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template

from instances.incidents_here import IncidentHere
from instances.past_work import PastWork
from instances.planned import PlannedWork, told_since
from monitoring.incidents import Seen
from web import incident_words, links, status_words
from web.status import at, view_of
from web.status_programs import (
    answer,
    instant,
    past_work_of,
    stable_id,
    story_address,
    work_id,
)
from web.status_view import Line, StatusView, line_of

MOST_ENTRIES = 100


@dataclass(frozen=True, kw_only=True)
class Entry:
    id: str
    title: str
    published: datetime
    updated: datetime
    address: str
    text: str


@at("/fil.atom")
def feed(academie: str) -> Response:
    view = view_of(academie)
    entries = sorted(_entries(view), key=lambda entry: (entry.updated, entry.id), reverse=True)
    last = max((entry.updated for entry in entries), default=view.page.catalogue_since)
    body = render_template(
        "status/feed.xml",
        page=view.page,
        id=stable_id(view, "feed"),
        updated=last,
        entries=entries[:MOST_ENTRIES],
        instant=instant,
    )
    return answer(body, "application/atom+xml; charset=utf-8", view)


def _entries(view: StatusView) -> Iterator[Entry]:
    for story in view.stories:
        yield _incident(view, story)
        yield from _messages(view, story)
    for work in view.page.planned:
        yield _window(view, work)
    for past in past_work_of(view):
        if past.is_news:
            yield _stopped(view, past)


def _incident(view: StatusView, story: IncidentHere) -> Entry:
    incident = story.incident
    told = [incident_words.progress(incident)]
    told += [_sentence(line, view) for line in view.lines(story)]
    return Entry(
        id=stable_id(view, "incident", incident.uid),
        title=status_words.story_title(story),
        published=incident.opened_at,
        updated=incident.updated_at,
        address=story_address(incident.uid),
        text="\n\n".join(told),
    )


def _messages(view: StatusView, story: IncidentHere) -> Iterator[Entry]:
    """Give each line after the first an entry: a reader that knows the incident hears of it."""
    for message in story.incident.messages:
        line = line_of(message, view.titles)
        if line is None or message.code is Seen.OPENED:
            continue
        yield Entry(
            id=stable_id(view, "message", message.uid),
            title=f"{status_words.titles(story.touched)} : {line.stage or line.text}",
            published=message.at,
            updated=message.at,
            address=story_address(story.incident.uid),
            text=_sentence(line, view),
        )


def _window(view: StatusView, work: PlannedWork) -> Entry:
    told = [work.window.title, work.window.text, status_words.repeats(work)]
    return _work(
        view,
        work,
        title=status_words.planned(work, view.page.card.zone),
        at=told_since(work),
        told=told,
    )


def _stopped(view: StatusView, work: PastWork) -> Entry:
    """Give the entry that announced it another end: a reader that knew it hears of it."""
    zone = view.page.card.zone
    return _work(
        view,
        work,
        title=status_words.stopped(work, zone),
        at=work.stopped_at,
        told=[status_words.outcome(work, zone), work.window.title],
    )


def _work(
    view: StatusView, work: PlannedWork, *, title: str, at: datetime, told: Iterable[str]
) -> Entry:
    return Entry(
        id=work_id(view, work),
        title=title,
        published=at,
        updated=at,
        address=f"{links.absolute_url('status.status')}#prevu",
        text="\n\n".join(item for item in told if item),
    )


def _sentence(line: Line, view: StatusView) -> str:
    when = status_words.moment(line.at, view.page.card.zone, view.now)
    stage = f"{line.stage}. " if line.stage and line.text else line.stage
    return f"{when} · {stage}{line.text} ({line.by})"
