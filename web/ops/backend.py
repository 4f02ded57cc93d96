"""The page of one server: what it is, how it was, and a look at it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.deadlines import support_at
from instances.fleet import Server, fleet_of
from instances.fleet_order import standing_of
from instances.snapshot import Snapshot
from instances.targets import labels_of
from instances.version_support import VersionSeen
from monitoring import last_probe, timeline
from monitoring.availability import Availability, Period
from monitoring.history import TargetHistory
from monitoring.incidents import IncidentView
from monitoring.last_probe import LastLook
from monitoring.maintenance import Occurrence, coming, covers
from monitoring.target import Part
from monitoring.timeline import Latency, Lines, Span
from web import current, incident_takers
from web.admin import probe_now, probe_words, version_words
from web.admin.probe_now import Seen
from web.forms import whole_number
from web.guards import needs
from web.ops import backend_words, fleet_words, latency_chart, times
from web.ops.backends import blueprint
from web.ops.desk import OpsDesk, ops_desk, page
from web.site import utc_now

__all__ = ["blueprint"]
"""The table's blueprint, with the routes of this module too."""

AHEAD = timedelta(days=60)
"""How far maintenance is told ahead."""
SHOWN_INCIDENTS = 10
_UNUSABLE = 422


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the database keeps of a server; nothing of one that was never probed."""

    lines: Lines
    latency: Latency | None = None
    told: LastLook | None = None


NOTHING = Past(lines=Lines(lines=(), number=1, last=1))


@blueprint.get("/serveurs/<path:backend>")
@needs(Action.WATCH)
def server(backend: str) -> ResponseReturnValue:
    at = ops_desk()
    return _page(at, _found(at.snapshot, backend))


@blueprint.post("/serveurs/<path:backend>/verifier")
@needs(Action.OPERATE)
def look(backend: str) -> ResponseReturnValue:
    at = ops_desk()
    found = _found(at.snapshot, backend)
    seen = probe_now.look(found.use.backend)
    return _page(at, found, seen=seen, status=200 if seen.result else _UNUSABLE)


def _found(snapshot: Snapshot, backend: str) -> Server:
    found = fleet_of(snapshot, now=utc_now()).by_id.get(backend)
    if found is None:
        current.not_found()
    return found


def _page(at: OpsDesk, found: Server, *, seen: Seen | None = None, status: int = 200) -> Response:
    now = utc_now()
    span = next((item for item in Span if item.value == request.args.get("latence")), Span.DAY)
    past = _past(found, span, now)
    told = _fresh(seen, now) or past.told
    return page(
        "ops/backend.html",
        at,
        status=status,
        server=found,
        line=fleet_words.line(found, now),
        standing=standing_of(found, now),
        academies=_academies(at.snapshot, found),
        past=past,
        chart=latency_chart.draw(past.latency) if past.latency else None,
        frame=latency_chart,
        span=span,
        spans=list(Span),
        version=_version(found, now),
        zone_of_classes=_zone(at.snapshot.history.get(found.place.key or "")),
        availability=_availability(at.snapshot, found),
        told=told,
        parts=[(part, told.parts.get(part) if told else None) for part in Part],
        windows=_windows(at.snapshot, found),
        incidents=_incidents(at.snapshot, found, now),
        seen=seen,
        seen_words=probe_words,
        words=backend_words,
        rows=fleet_words,
        times=times,
        now=now,
    )


def _past(found: Server, span: Span, now: datetime) -> Past:
    key = found.place.key
    if key is None:
        return NOTHING
    with current.site().sessions() as session:
        target_id = timeline.target_id_of(session, key)
        if target_id is None:
            return NOTHING
        number = max(1, whole_number(request.args.get("page")))
        return Past(
            lines=timeline.read_lines(session, target_id, page=number),
            latency=timeline.read_latency(session, target_id, span, now=now, zone=times.ZONE),
            told=last_probe.read_last(session, key),
        )


def _academies(snapshot: Snapshot, found: Server) -> list[str]:
    cards = {card.slug: card.name for card in snapshot.directory.cards}
    return sorted(cards.get(slug, slug) for slug in found.academies)


def _fresh(seen: Seen | None, now: datetime) -> LastLook | None:
    """Return what was seen just now, as it would be kept."""
    if seen is None or seen.result is None:
        return None
    result = seen.result
    return LastLook(
        at=now,
        state=result.state,
        reason=result.reason,
        message=result.message,
        parts=result.parts,
        steps=result.steps,
    )


def _availability(
    snapshot: Snapshot, found: Server
) -> list[tuple[Period, Availability, Availability]]:
    """List each period: all the time, then school hours."""
    history = snapshot.history.get(found.place.key or "")
    if history is None:
        return []
    zone = _zone(history)
    return [(item, history.over(item), history.in_school_hours(item, zone)) for item in Period]


def _zone(history: TargetHistory | None) -> str:
    """Return whose school hours are told: those of Paris, unless none of its académies is there."""
    paris, zones = str(times.ZONE), history.zones if history else {}
    return paris if paris in zones else next(iter(zones), paris)


def _version(found: Server, now: datetime) -> tuple[str, str]:
    """Word the version and until when it gets corrections, and where that is known from."""
    version = found.health.version if found.health else None
    if not version:
        return "", ""
    support = support_at(found, now.astimezone(times.ZONE).date())
    seen = VersionSeen(public_id=found.id, version=version, support=support)
    return version_words.say(seen), version_words.source(seen)


def _windows(snapshot: Snapshot, found: Server) -> tuple[Occurrence, ...]:
    use = found.use
    labels = labels_of(use.public_id, use.backend, service=use.service, operator=use.operator)
    about = [window for window in snapshot.windows if covers(window, labels)]
    return coming(about, now=utc_now(), ahead=AHEAD)


def _incidents(snapshot: Snapshot, found: Server, now: datetime) -> list[tuple[IncidentView, str]]:
    """List those that are open, with who takes care; then the latest of those that closed."""
    key = found.place.key
    own = [item for item in snapshot.incidents if key in item.keys][:SHOWN_INCIDENTS]
    names = incident_takers.takers_of(own)
    return [(item, incident_takers.say(item, names, times.ZONE, now)) for item in own]
