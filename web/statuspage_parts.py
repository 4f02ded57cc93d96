"""Services as the components of Statuspage's form, and its way of writing an instant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from instances.incidents_here import IncidentHere
from instances.page import InstancePage, Tile, VariantView
from instances.planned import PlannedWork
from instances.service_state import StateView
from instances.targets import key_of
from monitoring.incidents import Severity
from monitoring.target import State
from web import state_words
from web.context import say
from web.status_view import StatusView

Values = dict[str, Any]

WORDS = {
    State.UP: "operational",
    State.DEGRADED: "degraded_performance",
    State.DOWN: "major_outage",
    State.MAINTENANCE: "under_maintenance",
}
NOT_VERIFIED = "degraded_performance"
"""Of what is not known: there is no word for it, and this is the mildest that is not "fine"."""
_SAID = {Severity.MINOR: WORDS[State.DEGRADED], Severity.MAJOR: WORDS[State.DOWN]}


def components(view: StatusView) -> list[Values]:
    """List the services that are watched; one with variants is a group of them.

    Watched is a decision: nothing leaves the list when its state cannot be verified for a while.
    """
    found = []
    for position, tile in enumerate(view.page.tiles, start=1):
        inside = [item for item in tile.variants if item.state.probed]
        variants = [_variant(view, tile, item, n) for n, item in enumerate(inside, start=1)]
        if tile.state.probed:
            found.append(_service(view, tile, position, variants))
        found += variants
    return found


def unverified(view: StatusView) -> list[Values]:
    return [
        {"id": tile.service.id, "name": tile.service.title}
        for tile in view.page.tiles
        if not is_known(tile.state)
    ]


def has_unseen_trouble(view: StatusView) -> bool:
    """Tell whether an incident goes on for a service that cannot be verified now."""
    return any(
        tile.state.probed and not is_known(tile.state) and _severities(view, tile)
        for tile in view.page.tiles
    )


def is_known(state: StateView) -> bool:
    return state.probed and state.state in WORDS


def _service(view: StatusView, tile: Tile, position: int, variants: list[Values]) -> Values:
    service, state = tile.service, tile.state
    values = _component(view, service.id, service.title, state, position)
    told = (values["description"], say(service.task))
    values["description"] = ". ".join(text for text in told if text)
    if tile.variants:
        values |= {"group": True, "components": [item["id"] for item in variants]}
    statuses = {item["status"] for item in variants}
    if not is_known(state):
        values["status"] = _of_several(statuses) if variants else _said(_severities(view, tile))
    elif WORDS[State.DOWN] in statuses and state.state is State.DEGRADED:
        values["status"] = "partial_outage"
    return values


def _of_several(statuses: set[str]) -> str:
    if len(statuses) == 1:
        return min(statuses)
    return "partial_outage" if WORDS[State.DOWN] in statuses else NOT_VERIFIED


def _said(severities: Collection[Severity]) -> str:
    """Return what the open incidents last said of what cannot be verified."""
    worst = Severity.MAJOR if Severity.MAJOR in severities else Severity.MINOR
    return _SAID[worst] if severities else NOT_VERIFIED


def _severities(view: StatusView, tile: Tile, item: VariantView | None = None) -> set[Severity]:
    return {
        story.incident.severity
        for story in view.stories
        if story.incident.is_open
        and story.is_about(tile.service.id)
        and (item is None or _keys(item) & story.incident.keys)
    }


def _variant(view: StatusView, tile: Tile, item: VariantView, position: int) -> Values:
    name = say(item.variant.label)
    values = _component(view, _variant_id(tile, item), name, item.state, position)
    if not is_known(item.state):
        values["status"] = _said(_severities(view, tile, item))
    return values | {"group_id": tile.service.id}


def _variant_id(tile: Tile, item: VariantView) -> str:
    return f"{tile.service.id}.{item.variant.id}"


def _component(
    view: StatusView, component_id: str, name: str, state: StateView, position: int
) -> Values:
    made = view.page.catalogue_since
    since = state.since or state.checked_at or made
    known = is_known(state)
    return {
        "id": component_id,
        "name": name,
        "status": WORDS[state.state] if known else NOT_VERIFIED,
        "unverified": not known,
        "created_at": local(min(made, since), view.page),
        "updated_at": local(since, view.page),
        "position": position,
        "description": None if known else state_words.state_name(State.UNKNOWN),
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": view.page.card.slug,
        "group": False,
        "only_show_if_degraded": False,
    }


def touched(
    view: StatusView, item: IncidentHere | PlannedWork, keys: Collection[str] = ()
) -> list[Values]:
    """List parts, and of a group those inside it: readers look for no group here.

    `keys`: of what fails; without one of a group's own, all that is inside it is listed.
    """
    ids: set[str] = set()
    for tile in view.page.tiles:
        if any(known.service.id == tile.service.id for known in item.touched):
            failing = [part for part in tile.variants if _keys(part) & set(keys)]
            parts = failing or tile.variants
            ids |= {_variant_id(tile, part) for part in parts} or {tile.service.id}
    return [component for component in components(view) if component["id"] in ids]


def _keys(item: VariantView) -> set[str | None]:
    return {key_of(backend) for backend in item.variant.backends}


def local(moment: datetime, shown: InstancePage) -> str:
    """Write it with its thousandths, as that form does: readers were written for those alone."""
    return moment.astimezone(shown.card.zone).isoformat(timespec="milliseconds")
