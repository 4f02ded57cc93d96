"""Turns the values and codes that pages carry into French and English sentences."""

from __future__ import annotations

from babel.numbers import format_decimal

from catalogue.schema import (
    Access,
    Operator,
    OperatorKind,
    Profile,
    SignIn,
    Users,
    WithPupilsAnswer,
)
from instances.badges import Badge
from instances.page import Tile
from instances.schema import ContactKind
from web import dates
from web import ending_words as endings
from web import incident_words as incidents
from web import link_words as links
from web import state_words as states
from web import status_words as status
from web.translation import gettext, language

# Templates reach the sister modules through this one; the rest of it is for them alone.
__all__ = ["dates", "endings", "incidents", "links", "states", "status"]

PROFILES = tuple(Profile)
"""In the order of the page."""


def number(value: int) -> str:
    """Word a count: "61 735" with a narrow no-break space, "61,735" in English."""
    return str(format_decimal(value, locale=language()))


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
    day = "" if tile.badge_date is None else dates.short_day(tile.badge_date)
    return {
        Badge.CLOSED: gettext("Fermé"),
        Badge.CLOSING: gettext("Ferme le %(day)s", day=day),
        Badge.HOSTING_ENDS: gettext("Hébergé jusqu'au %(day)s", day=day),
        Badge.HOSTING_ENDS_IN_PART: gettext("Hébergé en partie jusqu'au %(day)s", day=day),
        Badge.TRIAL: gettext("À l'essai"),
        Badge.NEW: gettext("Nouveau"),
        Badge.LOCAL: gettext("Service de votre académie"),
    }[tile.badge]


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
