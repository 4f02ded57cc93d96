"""Where somebody who has just signed in is led: to what was asked for, else to what is theirs."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from accounts.permissions import Action, Person, may, scopes_of
from catalogue.schema import Operator
from instances.schema import AcademyCard
from web import current, links

_LONGEST = 2000
_TIMES_ENCODED = 3
"""A path that is still encoded after so many rounds is a trick."""


def is_own_path(path: str) -> bool:
    r"""Tell whether an address that came with a request leads to a page of ours, and only there.

    A browser reads "//host" and "/\host" as another site; a proxy may decode what hides them.
    """
    if not path.startswith("/") or len(path) > _LONGEST:
        return False
    for _ in range(_TIMES_ENCODED):
        if not _is_plain(path):
            return False
        decoded = unquote(path)
        if decoded == path:
            return True
        path = decoded
    return False


def own_path(path: str | None) -> str | None:
    """Return what a request says is wanted next, if it is a page of ours."""
    return path if path is not None and is_own_path(path) else None


def _is_plain(path: str) -> bool:
    if "\\" in path or not path.isprintable():
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    inside, _, _ = path.partition("?")
    return not parts.scheme and not parts.netloc and "//" not in inside


def landing(person: Person, wanted: str | None = None) -> str:
    """Return the path that was wanted, else the person's desk, else what any account has."""
    asked_for = own_path(wanted)
    if asked_for is not None:
        return asked_for
    found = _own_desks(person)
    if len(found) > 1:
        return links.url("personal.desks")
    if found:
        return found[0]
    home = academie_of(person)
    if home is None:
        return links.url("personal.account")
    return links.url("personal.space", academie=home.slug)


def _own_desks(person: Person) -> list[str]:
    """Return the first screen of each desk; who governs finds the servers in the menu there."""
    found = [links.url("desk_start.start", academie=card.slug) for card in desks_of(person)]
    if may(person, Action.SEE_COUNTRY):
        found.append(links.url("national_desk.index"))
    if may(person, Action.OPERATE):
        found.append(links.url("ops_backends.index"))
    found += [
        links.url("operator_services.index", operator=item.id) for item in operators_of(person)
    ]
    return found


def desks_of(person: Person) -> tuple[AcademyCard, ...]:
    """Return the académies of whose team somebody is, by name."""
    found = (current.snapshot().card(slug) for slug in scopes_of(person, Action.SEE_DESK))
    return tuple(sorted((card for card in found if card is not None), key=lambda card: card.name))


def operators_of(person: Person) -> tuple[Operator, ...]:
    """Return the operators whose services somebody runs, in the order of the national list."""
    own = scopes_of(person, Action.OPERATE)
    return tuple(item for item in current.snapshot().catalogue.operators if item.id in own)


def academie_of(person: Person) -> AcademyCard | None:
    """Return the académie that a person's mail address belongs to."""
    domain = person.email.rpartition("@")[2].lower()
    cards = current.snapshot().directory.cards
    return next((card for card in cards if domain in map(str.lower, card.mail_domains)), None)
