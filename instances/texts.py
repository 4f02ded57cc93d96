"""What an académie says of itself: delegation, help, welcome, what it puts forward, its logo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.schema import Model, Sentence, ShortText
from instances.models import InstanceLogo, InstanceText
from instances.schema import AcademyCard, HelpContact
from instances.stored import readable


class TextField(StrEnum):
    """What may be said; the value is the key of its row."""

    DELEGATION = "delegation"
    HELP = "help"
    WELCOME = "welcome"
    SPOTLIGHT = "spotlight"


class Spotlight(Model):
    """A mise en avant: a few services under a title, for a time."""

    title: ShortText
    services: tuple[str, ...] = Field(min_length=3, max_length=6)
    """Ids, national or the académie's own."""
    starts: date
    ends: date | None = None
    """Last day, in the académie's zone."""


@dataclass(frozen=True, kw_only=True)
class Logo:
    media_type: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Audited values over the card's; none: as the card says."""

    delegation: ShortText | None = None
    help: tuple[HelpContact, ...] | None = None
    welcome: Sentence | None = None
    spotlight: Spotlight | None = None
    logo: Logo | None = None


class _Delegation(Model):
    value: ShortText


class _Help(Model):
    value: tuple[HelpContact, ...]


class _Welcome(Model):
    value: Sentence


class _Spotlight(Model):
    value: Spotlight


SHAPES: Mapping[TextField, type[Model]] = {
    TextField.DELEGATION: _Delegation,
    TextField.HELP: _Help,
    TextField.WELCOME: _Welcome,
    TextField.SPOTLIGHT: _Spotlight,
}


def with_texts(card: AcademyCard, texts: Texts) -> AcademyCard:
    """Return the card with what the académie says instead."""
    said = {"delegation": texts.delegation, "help": texts.help}
    changes = {name: value for name, value in said.items() if value is not None}
    return card.model_copy(update=changes) if changes else card


def read_texts(session: Session) -> dict[str, Texts]:
    """Read what every académie says of itself, by slug."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in session.scalars(select(InstanceText)):
        field = row.field
        if field in SHAPES:
            read = readable(
                SHAPES[TextField(field)], {"value": row.value}, f"text {row.academie}/{field}"
            )
            if read is not None:
                found[row.academie][field] = read.value  # type: ignore[attr-defined]
    for logo in session.scalars(select(InstanceLogo)):
        found[logo.academie]["logo"] = Logo(
            media_type=logo.media_type,
            content=logo.content,
            width=logo.width,
            height=logo.height,
        )
    return {academie: Texts(**values) for academie, values in found.items()}
