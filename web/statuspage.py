"""The status in the form that readers of Statuspage know: parts, incidents, planned maintenance.

That form has no word for what is not known. A service whose state nobody could check stays a
component, marked `unverified`, with what its open incident last said of it or else the mildest word
that is not "fine"; one that nobody watches is none. `unverified` names them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from instances.incidents_here import IncidentHere
from instances.page import InstancePage
from instances.past_work import PastWork
from instances.planned import PlannedWork, told_since
from monitoring.incidents import Message, Severity, Stage
from monitoring.target import State
from web import incident_words, links, state_words, status_words
from web.context import say
from web.status_programs import past_work_of, stable_id, story_address, work_id
from web.status_view import StatusView, line_of
from web.statuspage_parts import WORDS, Values, has_unseen_trouble, local, touched
from web.translation import gettext

MOST_INCIDENTS = 50
_IMPACT = {Severity.MINOR: "minor", Severity.MAJOR: "major"}


# The whole


def page(view: StatusView) -> Values:
    shown = view.page
    known = [shown.catalogue_since, *(item.incident.updated_at for item in view.stories)]
    known += [at for tile in shown.tiles for at in (tile.state.checked_at, tile.state.since) if at]
    return {
        "id": shown.card.slug,
        "name": gettext("État des services, %(name)s", name=say(shown.card.title)),
        "url": links.absolute_url("status.status"),
        "time_zone": shown.card.timezone,
        "updated_at": local(max(known), shown),
    }


def status(view: StatusView) -> Values:
    indicated = indicator(view.page)
    if indicated == "none" and has_unseen_trouble(view):
        words = gettext("Un souci dure, et nous n'arrivons pas à le vérifier en ce moment.")
        return {"indicator": "minor", "description": words}
    return {"indicator": indicated, "description": state_words.overall(view.page)}


def indicator(shown: InstancePage) -> str:
    """Sum up in one word; that nothing can be checked is "minor": there is no nearer word."""
    states = [tile.state.state for tile in shown.tiles if tile.state.state in WORDS]
    down = states.count(State.DOWN)
    if shown.mostly_unknown or not states:
        return "minor"
    if 2 * down > len(states):
        return "critical"
    if down:
        return "major"
    if State.DEGRADED in states:
        return "minor"
    return "maintenance" if State.MAINTENANCE in states else "none"


# Incidents


def incidents(view: StatusView, *, unresolved: bool = False) -> list[Values]:
    """List the latest, as many as that form has, and never fewer than those that go on."""
    stories = [
        item
        for place, item in enumerate(view.stories)
        if item.incident.is_open or (place < MOST_INCIDENTS and not unresolved)
    ]
    return [_incident(view, item) for item in stories]


def _incident(view: StatusView, story: IncidentHere) -> Values:
    incident = story.incident
    updates = list(_updates(view, story))
    watching = [item["created_at"] for item in updates if item["status"] == Stage.MONITORING]
    stage = updates[-1]["status"]
    return {
        "id": incident.uid,
        "name": status_words.story_title(story),
        "status": stage if incident.is_open else Stage.RESOLVED.value,
        "created_at": local(incident.opened_at, view.page),
        "updated_at": local(incident.updated_at, view.page),
        "monitoring_at": watching[0] if watching else None,
        "resolved_at": local(incident.closed_at, view.page) if incident.closed_at else None,
        "impact": _IMPACT[incident.severity],
        "shortlink": story_address(incident.uid),
        "started_at": local(incident.opened_at, view.page),
        "page_id": view.page.card.slug,
        "incident_updates": updates[::-1],
        "components": touched(view, story, incident.keys),
    }


def _updates(view: StatusView, story: IncidentHere) -> Iterator[Values]:
    """Yield the lines of its story, oldest first; never none."""
    incident, stage = story.incident, Stage.INVESTIGATING
    told = [(item, line_of(item, view.titles)) for item in incident.messages]
    lines = [(item, line) for item, line in told if line is not None]
    for message, line in lines:
        stage = _stage(message, stage, is_over=not incident.is_open)
        yield _update(view, incident.uid, message.uid, message.at, stage, line.text or line.stage)
    if not lines:
        words = incident_words.progress(incident)
        first = stable_id(view, "update", incident.uid)
        yield _update(view, incident.uid, first, incident.opened_at, stage, words)


def _stage(message: Message, before: Stage, *, is_over: bool) -> Stage:
    stage = message.stage or before
    # What still fails is not told to be solved, whatever somebody hoped.
    return Stage.MONITORING if stage is Stage.RESOLVED and not is_over else stage


def _update(  # noqa: PLR0913, PLR0917 - what a line is made of
    view: StatusView, subject: str, uid: str, at: datetime, stage: str, body: str
) -> Values:
    written = local(at, view.page)
    return {
        "id": uid,
        "status": str(stage),
        "body": body,
        "incident_id": subject,
        "created_at": written,
        "updated_at": written,
        "display_at": written,
        "affected_components": None,
        "deliver_notifications": False,
        "custom_tweet": None,
        "tweet_id": None,
    }


# Planned maintenance


def maintenances(view: StatusView, *, going_on: bool = True, coming: bool = True) -> list[Values]:
    found = [(work, work.occurrence.starts_at <= view.now) for work in view.page.planned]
    return [
        _maintenance(view, work, is_on=is_on)
        for work, is_on in found
        if (going_on if is_on else coming)
    ]


def completed(view: StatusView) -> list[Values]:
    """List what is over, or was called off, in the last days; the latest first."""
    return [_completed(view, work) for work in past_work_of(view)]


def _maintenance(view: StatusView, work: PlannedWork, *, is_on: bool) -> Values:
    known = told_since(work)
    words = work.window.text or work.window.title
    if is_on:
        # That it goes on is news of its beginning: readers go by the dates.
        begun = max(known, work.occurrence.starts_at)
        return _work(view, work, ("in_progress", begun, words)) | _made(view, known)
    return _work(view, work, ("scheduled", known, words))


def _completed(view: StatusView, work: PastWork) -> Values:
    words = status_words.outcome(work, view.page.card.zone)
    values = _work(view, work, ("completed", work.stopped_at, words))
    known = min(told_since(work), work.stopped_at)
    return values | _made(view, known) | {"resolved_at": values["updated_at"]}


def _made(view: StatusView, known: datetime) -> Values:
    """Date it from when it was announced: in that form even `started_at` says no more."""
    return dict.fromkeys(("created_at", "started_at"), local(known, view.page))


def _work(view: StatusView, work: PlannedWork, update: tuple[str, datetime, str]) -> Values:
    """`update`: what is told last of it, as which stage, of when, in which words."""
    stage, at, words = update
    uid, taking = work_id(view, work), work.occurrence
    update_id = stable_id(view, "window-update", uid, stage)
    written = local(at, view.page)
    return {
        "id": uid,
        "name": work.window.title,
        "status": stage,
        **_made(view, at),
        "updated_at": written,
        "monitoring_at": None,
        "resolved_at": None,
        "impact": "maintenance",
        "shortlink": f"{links.absolute_url('status.status')}#prevu",
        "page_id": view.page.card.slug,
        "incident_updates": [_update(view, uid, update_id, at, stage, words)],
        "components": touched(view, work),
        "scheduled_for": local(taking.starts_at, view.page),
        "scheduled_until": local(taking.ends_at, view.page),
    }
