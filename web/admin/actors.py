"""Who did something, in words: a member, a former one, the command line."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.identities import PROVIDER
from accounts.permissions import account_of
from web.translation import gettext as _


def say_actor(actor: str, names: Mapping[str, str]) -> str:
    """Name somebody; `names` as accounts.names.names_of gives them."""
    if actor in names:
        return names[actor]
    number = account_of(actor)
    if number is not None:
        return _("ancien membre n° %(number)s", number=number)
    if actor == PROVIDER:
        return _("le fournisseur d'identité")
    return _("l'équipe technique")
