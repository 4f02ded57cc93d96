"""Words of links that people open, prepare and share."""

from __future__ import annotations

import re
from datetime import date, time

from catalogue.schema import LaunchKind, Service, SignIn, Visibility
from instances.page import Tile
from instances.schema import AcademyCard
from web import dates
from web.translation import gettext

_MEETING_ICONS = frozenset({"visio", "classe", "bulle", "presentation"})


def is_meeting(service: Service) -> bool:
    """Tell a room where people talk from a text that they write."""
    if service.launch.kind is LaunchKind.ROOM:
        return True
    return service.launch.kind is LaunchKind.CREATE and service.icon in _MEETING_ICONS


def open_verb(service: Service) -> str:
    """Name the button that opens a service."""
    if service.launch.kind is LaunchKind.LINK:
        return gettext("Ouvrir")
    return gettext("Démarrer")


def can_prepare(service: Service) -> bool:
    """Tell whether a link can be made, by anybody, before anybody enters."""
    if service.visibility is Visibility.AGENTS:
        return False
    return service.launch.kind in (LaunchKind.ROOM, LaunchKind.DOCUMENT)


def link_comes_later(service: Service) -> str:
    """Say of a service that makes its own address when one gets it; empty for the others."""
    if service.launch.kind is not LaunchKind.CREATE:
        return ""
    if is_meeting(service):
        return gettext("Le lien à partager vous sera donné une fois entré dans la visio.")
    return gettext("Le lien à partager vous sera donné une fois entré.")


def guests_need_no_account(service: Service) -> bool:
    """Tell whether whoever has the link enters without signing in."""
    return service.users.tous is not None or SignIn.NONE in service.sign_in


def prepare_title(service: Service) -> str:
    """Title the form that makes a link."""
    if is_meeting(service):
        return gettext("Préparer un lien de visio")
    return gettext("Préparer un lien de document")


def form_error(code: str) -> str:
    """Say what is wrong with what somebody typed to prepare a link, and what to type."""
    return {
        "name-unusable": gettext("Ce nom ne peut pas servir : écrivez-le avec des lettres."),
        "day-unreadable": gettext("Nous n'avons pas compris ce jour. Exemple : 3/12/2026."),
        "hour-unreadable": gettext("Nous n'avons pas compris cette heure. Exemple : 18 h 30."),
        "hour-alone": gettext("Donnez aussi le jour, ou laissez l'heure vide."),
    }[code]


def meeting_title(tile: Tile) -> str:
    """Title a meeting in somebody's calendar."""
    return gettext("Visio") if is_meeting(tile.service) else tile.service.title


def when(
    day_of: date | None, hour_of: time | None, card: AcademyCard, *, zones_differ: bool
) -> str:
    """Word a meeting's day and hour, "le jeudi 3 décembre à 18 h"; empty without a day."""
    if day_of is None:
        return ""
    if hour_of is None:
        return gettext("le %(day)s", day=dates.day(day_of))
    words = gettext("le %(day)s à %(hour)s", day=dates.day(day_of), hour=dates.hour(hour_of))
    return f"{words} ({dates.zone_name(card)})" if zones_differ else words


def message(service: Service, address: str, moment: str) -> str:
    """Write the message to paste; `moment` comes from `when` and may be empty.

    The address ends its line: no mail program then takes a full stop for a part of it.
    """
    values = {"moment": f" {moment}" if moment else "", "address": address}
    no_account, goodbye = gettext("Il n'y a pas de compte à créer."), gettext("À bientôt.")
    if is_meeting(service):
        text = gettext(
            "Bonjour, nous nous retrouvons en visio%(moment)s. Pour entrer : %(address)s", **values
        )
    else:
        text = gettext(
            "Bonjour, voici le document où nous écrivons ensemble%(moment)s : %(address)s",
            **values,
        )
    if guests_need_no_account(service):
        text = f"{text}\n{no_account}"
    return f"{text}\n{goodbye}"


def address_groups(address: str) -> tuple[str, ...]:
    """Cut an address into pieces that can be read aloud; the scheme goes, browsers add it."""
    return tuple(re.findall(r"[^/-]+[/-]?", re.sub(r"^https?://", "", address)))
