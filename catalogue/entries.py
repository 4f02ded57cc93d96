"""What a reading of the file gives: its entries section by section, and what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from catalogue.problems import Problem
from catalogue.schema import Catalogue, Category, Operator, Service

E = TypeVar("E", Category, Operator, Service)


@dataclass(frozen=True, kw_only=True)
class Section(Generic[E]):
    """One list of the file: the entries that are right in themselves, and all ids in order."""

    entries: Mapping[str, E] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """Ids as the file lists them, those of withheld entries too."""
    may_lack: bool = False
    """Entries may be meant that it does not name: one has no readable id, or the file is cut off
    after it."""
    unfinished: str | None = None
    """Id of the entry in which the file may have been cut off."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    catalogue: Catalogue
    """What the file gives by itself, withheld entries left out; `merging.merge` puts in their
    last accepted version."""
    problems: tuple[Problem, ...]
    """By line and column."""
    usable: bool
    """False: the file as a whole replaces nothing (unreadable, empty, cut off)."""
    withheld: tuple[str, ...] = ()
    """Ids of the services that the file names and that are not served as it says."""
    categories: Section[Category] = field(default_factory=Section)
    operators: Section[Operator] = field(default_factory=Section)
    services: Section[Service] = field(default_factory=Section)
