"""The letters that go out by mail, in words."""

from __future__ import annotations

from datetime import date

from accounts.mail import Letter
from accounts.permissions import Role
from web import account_words, dates
from web.translation import gettext as _


def invitation(  # noqa: PLR0913 - what it says, one by one
    to: str, *, inviter: str, academie: str, role: Role, address: str, until: date
) -> Letter:
    """Invite to an académie's team; `academie` is its title."""
    text = _(
        "Bonjour,\n\n"
        "%(inviter)s vous invite à rejoindre l'équipe de La Trousse : %(academie)s.\n"
        "Votre rôle : %(role)s (%(explained)s).\n\n"
        "Pour accepter, ouvrez ce lien. Il ne sert qu'une fois, jusqu'au %(until)s :\n\n"
        "%(address)s\n\n"
        "Si vous n'attendiez pas cette invitation, vous n'avez rien à faire.\n",
        inviter=inviter,
        academie=academie,
        role=account_words.role(role),
        explained=account_words.role_at_length(role),
        until=dates.full_day(until),
        address=address,
    )
    subject = _("Invitation à rejoindre l'équipe : %(academie)s", academie=academie)
    return Letter(to=to, subject=subject, text=text)


def farewell(to: str, *, portal: str, address: str, on: date) -> Letter:
    """Tell the owner of an unused account that it goes."""
    text = _(
        "Bonjour,\n\n"
        "Vous avez un compte sur %(portal)s, et vous ne vous en servez plus depuis longtemps.\n"
        "Il sera supprimé le %(day)s, avec ce qu'il garde (vos favoris, par exemple).\n\n"
        "Pour le garder, il suffit d'entrer une fois d'ici là :\n\n"
        "%(address)s\n\n"
        "Sinon, vous n'avez rien à faire : les services restent ouverts à tous, sans compte.\n",
        portal=portal,
        day=dates.full_day(on),
        address=address,
    )
    subject = _("Votre compte sera supprimé le %(day)s", day=dates.full_day(on))
    return Letter(to=to, subject=subject, text=text)
