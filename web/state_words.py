"""Words of states: on a tile, on the status page and on the page for when something fails."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from catalogue.schema import LaunchKind, Service
from instances.page import InstancePage, Tile
from instances.service_state import StateView
from monitoring.target import State
from web import dates
from web.link_words import is_meeting
from web.translation import capital, gettext, ngettext


def state_name(state: State) -> str:
    """Name a state in a word or two."""
    return {
        State.UP: gettext("Fonctionne"),
        State.DEGRADED: gettext("Perturbé"),
        State.DOWN: gettext("En panne"),
        State.MAINTENANCE: gettext("En maintenance"),
        State.UNKNOWN: gettext("État non vérifié"),
    }[state]


def state(view: StateView, zone: ZoneInfo) -> str:
    """Word a state for a tile: "En panne depuis 7 h 42", "En maintenance jusqu'à 9 h"."""
    name = state_name(view.state)
    if view.state in (State.UP, State.UNKNOWN):
        return name
    words = f"{name} {span}" if (span := state_span(view, zone)) else name
    if view.state is State.DEGRADED:
        return gettext("%(state)s : peut être lent", state=words)
    return words


def state_span(view: StateView, zone: ZoneInfo) -> str:
    """Word since when, or for a maintenance until when; empty when nobody knows.

    "Today" is the day of the last check: a page is never older than its checks allow.
    """
    now = view.checked_at or datetime.now(UTC)
    end = view.expected_end if view.state is State.MAINTENANCE else None
    if end is not None and end > now:
        return dates.until(end, zone, now)
    return dates.since(view.since, zone, now) if view.since is not None else ""


def trouble(page: InstancePage) -> str:
    """Count what is wrong: "1 service en panne, 1 en maintenance."; empty when nothing is."""
    parts = []
    if page.down:
        parts.append(ngettext("%(num)d service en panne", "%(num)d services en panne", page.down))
    if page.maintenance and parts:
        parts.append(gettext("%(num)d en maintenance", num=page.maintenance))
    elif page.maintenance:
        parts.append(
            ngettext(
                "%(num)d service en maintenance",
                "%(num)d services en maintenance",
                page.maintenance,
            )
        )
    return f"{', '.join(parts)}." if parts else ""


def troubled(page: InstancePage) -> tuple[Tile, ...]:
    """List the tiles that the status page names first, the worst first."""
    order = (State.DOWN, State.MAINTENANCE, State.DEGRADED)
    found = [tile for tile in page.tiles if tile.state.probed and tile.state.state in order]
    return tuple(sorted(found, key=lambda tile: order.index(tile.state.state)))


def overall(page: InstancePage) -> str:
    """Say in one sentence whether things work."""
    count = len(troubled(page))
    if page.mostly_unknown or page.checked_at is None:
        return gettext("Nous n'arrivons pas à vérifier en ce moment.")
    if count == 0:
        return gettext("Tout fonctionne.")
    return ngettext("%(num)d service a un souci.", "%(num)d services ont un souci.", count)


def prevented(service: Service) -> str:
    """Say what a breakdown prevents, and what goes on."""
    if is_meeting(service):
        return gettext("On ne peut pas ouvrir de nouvelle visio ; celles en cours continuent.")
    if service.launch.kind is LaunchKind.DOCUMENT:
        return gettext("On ne peut pas ouvrir de document ; vos textes y sont restés.")
    return gettext("On ne peut pas l'ouvrir pour l'instant.")


def trouble_title(tile: Tile) -> str:
    """Title the page that somebody reaches when a service does not open."""
    title = tile.service.title
    return {
        State.UP: gettext("%(title)s fonctionne de notre côté", title=title),
        State.DEGRADED: gettext("%(title)s est perturbé", title=title),
        State.DOWN: gettext("%(title)s est en panne", title=title),
        State.MAINTENANCE: gettext("%(title)s est en maintenance", title=title),
        State.UNKNOWN: gettext("%(title)s : état non vérifié", title=title),
    }[tile.state.state]


def trouble_facts(tile: Tile, zone: ZoneInfo) -> str:
    """Say since when, until when, and when we looked: "Depuis 7 h 42. Vérifié à 8 h 58."."""
    view = tile.state
    if not view.probed:
        return gettext("Nous ne surveillons pas ce service.")
    if view.state is State.UNKNOWN:
        return gettext("Nous n'arrivons pas à le vérifier. Vous pouvez quand même l'ouvrir.")
    parts = []
    span = state_span(view, zone)
    if span and view.state is not State.UP:
        parts.append(f"{capital(span)}.")
    if view.state is State.DEGRADED:
        parts.append(gettext("Il peut être lent."))
    if view.checked_at is not None:
        hour = dates.hour(view.checked_at, zone)
        parts.append(gettext("Vérifié à %(hour)s.", hour=hour))
    return " ".join(parts)
