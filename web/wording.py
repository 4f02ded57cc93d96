"""Turns the values and codes that pages carry into French and English sentences."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from catalogue.schema import (
    Access,
    LaunchKind,
    Operator,
    OperatorKind,
    Profile,
    Service,
    SignIn,
    Users,
    WithPupilsAnswer,
)
from instances.page import Badge, InstancePage, Tile
from instances.schema import AcademyCard, ContactKind
from instances.service_state import StateView
from monitoring.target import State
from web import dates
from web.translation import gettext, ngettext

PROFILES = tuple(Profile)
"""In the order of the page."""
_MEETING_ICONS = frozenset({"visio", "classe", "bulle", "presentation"})


# States


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


# Tiles


def sign_in(way: SignIn) -> str:
    """Say how one enters."""
    return {
        SignIn.NONE: gettext("Sans compte"),
        SignIn.AGENT: gettext("Avec vos identifiants académiques"),
        SignIn.PROCONNECT: gettext("Avec ProConnect (adresse professionnelle)"),
        SignIn.EDUCONNECT: gettext("Élèves et familles : ÉduConnect"),
        SignIn.ACCOUNT: gettext("Compte à créer sur ce service"),
    }[way]


def guests(users: Users) -> str:
    """Say who else enters, in the few words that a tile has; empty when nobody does."""
    if users.tous is Access.DIRECT:
        return gettext("ouvert à tous")
    if users.tous is Access.LINK:
        return gettext("vos invités entrent par le lien")
    pupils, families = users.eleves is Access.LINK, users.familles is Access.LINK
    if pupils and families:
        return gettext("élèves et familles entrent par le lien")
    if pupils:
        return gettext("vos élèves entrent par le lien")
    if families:
        return gettext("les familles entrent par le lien")
    return ""


def facts(tile: Tile) -> str:
    """Word the one line of facts of a tile."""
    # Beside a sign-in, "sans compte" would speak of the guests, who have their own words.
    ways = [way for way in tile.service.sign_in if way is not SignIn.NONE]
    parts = [sign_in(way) for way in ways] or [sign_in(SignIn.NONE)]
    if tile.operator.kind is OperatorKind.ASSOCIATION:
        parts.insert(0, gettext("Association, hors Éducation nationale"))
    if words := guests(tile.service.users):
        parts.append(words)
    return " · ".join(parts)


def who_enters(users: Users) -> tuple[str, ...]:
    """List everybody who may enter, one sentence each."""
    words = {
        Access.DIRECT: {
            "agents": gettext("Les agents, directement"),
            "eleves": gettext("Les élèves, directement"),
            "familles": gettext("Les familles, directement"),
            "tous": gettext("Tout le monde, directement"),
        },
        Access.LINK: {
            "agents": gettext("Les agents, avec le lien que vous donnez"),
            "eleves": gettext("Les élèves, avec le lien que vous donnez"),
            "familles": gettext("Les familles, avec le lien que vous donnez"),
            "tous": gettext("Toute personne qui a le lien"),
        },
    }
    given = [(who, getattr(users, who)) for who in ("agents", "eleves", "familles", "tous")]
    return tuple(words[access][who] for who, access in given if access is not None)


def with_pupils(answer: WithPupilsAnswer) -> str:
    """Say whether a service is for use with pupils."""
    return {
        WithPupilsAnswer.YES: gettext("Oui, vous pouvez l'utiliser avec vos élèves."),
        WithPupilsAnswer.NO: gettext("Non, ce service n'est pas fait pour les élèves."),
        WithPupilsAnswer.CONDITIONS: gettext("Oui, sous conditions."),
    }[answer]


def badge(tile: Tile) -> str:
    """Word the badge of a tile; empty when it has none."""
    if tile.badge is None:
        return ""
    closing = gettext("Ferme bientôt")
    if tile.badge_date is not None:
        closing = gettext("Ferme le %(day)s", day=dates.short_day(tile.badge_date))
    return {
        Badge.CLOSED: gettext("Fermé"),
        Badge.CLOSING: closing,
        Badge.TRIAL: gettext("À l'essai"),
        Badge.NEW: gettext("Nouveau"),
        Badge.LOCAL: gettext("Service de votre académie"),
    }[tile.badge]


# When something fails


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
        parts.append(f"{span[0].upper()}{span[1:]}.")
    if view.state is State.DEGRADED:
        parts.append(gettext("Il peut être lent."))
    if view.checked_at is not None:
        hour = dates.hour(view.checked_at, zone)
        parts.append(gettext("Vérifié à %(hour)s.", hour=hour))
    return " ".join(parts)


# Opening and sharing


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
    """Tell whether a link can be made before anybody enters."""
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


# People and help


def profile(value: Profile) -> str:
    """Word a profile as its reader would say it."""
    return {
        Profile.ECOLE: gettext("J'enseigne à l'école"),
        Profile.COLLEGE_LYCEE: gettext("J'enseigne au collège ou au lycée"),
        Profile.DIRECTION: gettext("Je dirige"),
        Profile.BUREAUX: gettext("Je travaille dans les bureaux"),
        Profile.ACCOMPAGNEMENT: gettext("J'accompagne, j'inspecte"),
    }[value]


def chosen_profile(value: Profile) -> str:
    """Word the profile that was chosen."""
    return {
        Profile.ECOLE: gettext("Pour l'école"),
        Profile.COLLEGE_LYCEE: gettext("Pour le collège et le lycée"),
        Profile.DIRECTION: gettext("Pour la direction"),
        Profile.BUREAUX: gettext("Pour les bureaux"),
        Profile.ACCOMPAGNEMENT: gettext("Pour l'accompagnement et l'inspection"),
    }[value]


def profile_place(value: Profile) -> str:
    """Word where people of a profile work."""
    return {
        Profile.ECOLE: gettext("à l'école"),
        Profile.COLLEGE_LYCEE: gettext("au collège, au lycée"),
        Profile.DIRECTION: gettext("pour la direction"),
        Profile.BUREAUX: gettext("dans les bureaux"),
        Profile.ACCOMPAGNEMENT: gettext("pour l'accompagnement et l'inspection"),
    }[value]


def contact_kind(kind: ContactKind) -> str:
    """Title a step of the help."""
    return {
        ContactKind.NEARBY: gettext("Près de vous"),
        ContactKind.ACADEMIE: gettext("Assistance de l'académie"),
    }[kind]


def operator_kind(operator: Operator) -> str:
    """Say what kind of body runs a service; nothing of the Éducation nationale's own."""
    return {
        OperatorKind.EDUCATION: "",
        OperatorKind.STATE: gettext("C'est un service de l'État."),
        OperatorKind.COLLECTIVITE: gettext("C'est un service d'une collectivité."),
        OperatorKind.ASSOCIATION: gettext("C'est une association, hors Éducation nationale."),
    }[operator.kind]


def accessibility(declared: str) -> str:
    """Word the mention that the law asks for on every page."""
    return {
        "non": gettext("non conforme"),
        "partial": gettext("partiellement conforme"),
        "full": gettext("totalement conforme"),
    }[declared]
