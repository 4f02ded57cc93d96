"""Words of accounts: roles, rights, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.errors import AccountError
from accounts.permissions import Right, Role
from web.translation import gettext as _
from web.translation import ngettext


def role(value: Role) -> str:
    """Name a role in a word or two, the same for a woman and a man."""
    return {
        Role.TEACHER: _("Compte simple"),
        Role.EDITOR: _("Membre"),
        Role.MANAGER: _("Responsable"),
        Role.OPERATOR: _("Opérateur"),
        Role.NATIONAL: _("Équipe nationale"),
        Role.OPS: _("Équipe technique"),
    }[value]


def role_named(stored: str) -> str:
    """Name a role as a table has it; one of another version of the program as it is written."""
    return role(Role(stored)) if stored in set(Role) else stored


def role_at_length(value: Role) -> str:
    """Say what a role lets one do."""
    return {
        Role.TEACHER: _("garde ses favoris"),
        Role.EDITOR: _("décide de ce que l'académie montre"),
        Role.MANAGER: _("décide de ce que l'académie montre, et choisit les membres de l'équipe"),
        Role.OPERATOR: _("tient les services d'un opérateur"),
        Role.NATIONAL: _("voit toutes les académies, tient les comptes et les annonces nationales"),
        Role.OPS: _("tient le portail en marche"),
    }[value]


def right(value: Right, names: Mapping[str, str]) -> str:
    """Name a right with what it is for; `names` of académies and operators by slug and id."""
    if value.scope is None:
        return role(value.role)
    return f"{role(value.role)} · {names.get(value.scope, value.scope)}"


def last_visit(seen_at: datetime | None, now: datetime) -> str:
    """Say roughly when an account was last used: to the month, nobody is watched."""
    if seen_at is None:
        return _("aucune visite pour le moment")
    months = (now.year - seen_at.year) * 12 + now.month - seen_at.month
    if months <= 0:
        return _("dernière visite ce mois-ci")
    return ngettext(
        "dernière visite il y a %(num)d mois", "dernière visite il y a %(num)d mois", months
    )


def refused(error: AccountError) -> str:
    """Say why something was refused, and what to do."""
    words = {
        "bad-email": _("Cette adresse mail n'est pas complète. Exemple : lise@ac-lyon.fr"),
        "bad-name": _("Donnez un nom, en 120 signes au plus."),
        "email-taken": _("Un compte a déjà cette adresse."),
        "too-short": _("Il faut au moins 12 signes : quelques mots à la suite font l'affaire."),
        "too-long": _("200 signes au plus."),
        "too-simple": _("Ce mot de passe se devine trop vite : choisissez quelques mots."),
        "like-the-name": _("Ce mot de passe ressemble trop à votre nom ou à votre adresse."),
        "last-manager": _(
            "C'est la seule personne responsable de cette équipe : nommez d'abord "
            "quelqu'un d'autre."
        ),
        "last-national": _(
            "C'est le dernier compte de l'équipe nationale : donnez d'abord ce droit à "
            "quelqu'un d'autre."
        ),
        "given-by-provider": _(
            "Ce droit est donné par votre fournisseur d'identité : il se retire là-bas."
        ),
        "no-such-right": _("Cette personne n'a pas (ou plus) ce droit."),
        "everybody-has-it": _("Toute personne qui a un compte a déjà ce droit."),
        "scope-missing": _("Dites pour quelle académie, ou pour quel opérateur."),
        "scope-unwanted": _("Ce rôle vaut partout : il ne se donne pas pour une académie."),
        "not-of-the-team": _("On invite comme membre ou comme responsable."),
        "unknown": _("Cette invitation n'existe pas, ou elle a été retirée."),
        "accepted": _("Cette invitation a déjà servi."),
        "expired": _("Cette invitation n'est plus valable : elle avait deux semaines."),
        "void": _("La personne qui vous a invité ne fait plus partie de cette équipe."),
        "other-mail": _("Cette invitation est réservée à une autre adresse que la vôtre."),
        "mail-refused": _("Le serveur de courrier ne connaît pas cette adresse."),
        "mail-away": _("Le serveur de courrier ne répond pas."),
        "mail-in-the-clear": _("Le serveur de courrier n'est pas réglé comme il faut."),
    }
    return words.get(error.code, _("Ce n'est pas possible."))
