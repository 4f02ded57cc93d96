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
from monitoring.target import State
from web.context import say
from web.status_view import StatusView

Values = dict[str, Any]

WORDS = {
    State.UP: "operational",
    State.DEGRADED: "degraded_performance",
    State.DOWN: "major_outage",
    State.MAINTENANCE: "under_maintenance",
}


def components(view: StatusView) -> list[Values]:
    """List the services whose state is known; one with variants is a group of them."""
    found = []
    for position, tile in enumerate(view.page.tiles, start=1):
        if is_known(tile.state):
            found.append(_service(view, tile, position))
        inside = enumerate((item for item in tile.variants if is_known(item.state)), start=1)
        found += [_variant(view, tile, item, place) for place, item in inside]
    return found


def unverified(view: StatusView) -> list[Values]:
    return [
        {"id": tile.service.id, "name": tile.service.title}
        for tile in view.page.tiles
        if not is_known(tile.state)
    ]


def is_known(state: StateView) -> bool:
    return state.probed and state.state in WORDS


def _service(view: StatusView, tile: Tile, position: int) -> Values:
    service = tile.service
    values = _component(view, service.id, service.title, tile.state, position)
    values["description"] = say(service.task)
    if tile.variants:
        shown = [_variant_id(tile, item) for item in tile.variants if is_known(item.state)]
        down = any(item.state.state is State.DOWN for item in tile.variants)
        values |= {"group": True, "components": shown}
        if down and tile.state.state is State.DEGRADED:
            values["status"] = "partial_outage"
    return values


def _variant(view: StatusView, tile: Tile, item: VariantView, position: int) -> Values:
    name = say(item.variant.label)
    values = _component(view, _variant_id(tile, item), name, item.state, position)
    return values | {"group_id": tile.service.id if is_known(tile.state) else None}


def _variant_id(tile: Tile, item: VariantView) -> str:
    return f"{tile.service.id}.{item.variant.id}"


def _component(
    view: StatusView, component_id: str, name: str, state: StateView, position: int
) -> Values:
    made = view.page.catalogue_since
    since = state.since or made
    return {
        "id": component_id,
        "name": name,
        "status": WORDS[state.state],
        "created_at": local(min(made, since), view.page),
        "updated_at": local(since, view.page),
        "position": position,
        "description": None,
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
