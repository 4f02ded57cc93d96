"""The people of every test: always the same five, so that a test reads like a story."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.permissions import Right, Role


@dataclass(frozen=True, kw_only=True)
class Person:
    name: str
    email: str
    academie: str | None = None
    """Slug of the only académie that concerns them."""


AWA = Person(name="Awa", email="awa@ac-rennes.fr", academie="rennes")
"""A teacher, anonymous to the portal."""
LISE = Person(name="Lise", email="lise@ac-lyon.fr", academie="lyon")
"""Of the DANE of Lyon."""
VICTOR = Person(name="Victor", email="victor@ac-versailles.fr", academie="versailles")
"""Of the DANE of Versailles: must see and touch nothing of Lyon."""
NORA = Person(name="Nora", email="nora@education.gouv.fr")
"""Looks after the national catalogue."""
OMAR = Person(name="Omar", email="omar@education.gouv.fr")
"""Keeps the servers running."""

RIGHTS: dict[str, tuple[Right, ...]] = {
    AWA.name: (),
    LISE.name: (Right(role=Role.MANAGER, scope="lyon"),),
    VICTOR.name: (Right(role=Role.MANAGER, scope="versailles"),),
    NORA.name: (Right(role=Role.NATIONAL),),
    OMAR.name: (Right(role=Role.OPS),),
}
"""What each may do, once signed in."""
