"""Until when a version of some software gets corrections, from a dated file of facts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

FILE = Path(__file__).with_name("end_of_life.yaml")
STALE = timedelta(days=365)
"""After that long, "no end was announced" says nothing any more."""
_NUMBERS = re.compile(r"\s*v?(\d{1,9}(?:\.\d{1,9})*)(?!\d)", re.IGNORECASE | re.ASCII)
Numbers = tuple[int, ...]


class Standing(StrEnum):
    SUPPORTED = "supported"
    ENDED = "ended"
    UNKNOWN = "unknown"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cycle(_Strict):
    """A line of versions that end together."""

    cycle: str = Field(pattern=r"^\d+(\.\d+)*$", strict=True)
    until: date | None
    newest: str = Field(pattern=r"^\d+(\.\d+)*$", strict=True)


class Product(_Strict):
    name: str
    also: tuple[str, ...] = ()
    source: HttpUrl
    as_of: date
    cycle_parts: int = Field(ge=1, le=3)
    only_newest: bool = False
    cycles: tuple[Cycle, ...]
    """The newest first."""

    @model_validator(mode="after")
    def _require_order(self) -> Self:
        found = [_numbers(entry.cycle) for entry in self.cycles]
        if found != sorted(set(found), reverse=True):
            raise ValueError(f"{self.name}: cycles once each, the newest first")
        if any(len(numbers) != self.cycle_parts for numbers in found):
            raise ValueError(f"{self.name}: a cycle has {self.cycle_parts} numbers")
        newest = [_numbers(entry.newest)[: self.cycle_parts] for entry in self.cycles]
        if newest != found:
            raise ValueError(f"{self.name}: the newest version is one of its cycle")
        if self.only_newest and len(self.cycles) != 1:
            raise ValueError(f"{self.name}: one cycle where only the newest is corrected")
        return self


class _Facts(_Strict):
    products: dict[str, Product]


@dataclass(frozen=True, kw_only=True)
class Support:
    """What is known of a version."""

    software: str
    cycle: str
    standing: Standing
    until: date | None
    """The last day with corrections, where it is known."""
    ended: date | None
    """`until`, once it is past: without corrections since. None beside ENDED: not known since when.
    """
    newest: str | None
    """The newest version of its cycle on `as_of`."""
    as_of: date
    source: str


def support_of(software: str, version: str | None, *, today: date) -> Support | None:
    """`software` is the name of a profile or of the software itself, in any case.

    None when nothing is known of the software, or the version does not start with a number.
    """
    product = _by_name().get(software.strip().lower())
    numbers = _numbers(version or "")
    if product is None or not numbers:
        return None
    cycle = _cycle_of(product, numbers)
    found = next((entry for entry in product.cycles if _numbers(entry.cycle) == cycle), None)
    until = found.until if found else None
    standing = _standing(product, cycle, found, today=today)
    return Support(
        software=product.name,
        cycle=".".join(map(str, cycle)),
        standing=standing,
        until=until,
        ended=until if standing is Standing.ENDED else None,
        newest=found.newest if found else None,
        as_of=product.as_of,
        source=str(product.source),
    )


def _standing(product: Product, cycle: Numbers, found: Cycle | None, *, today: date) -> Standing:
    if found is not None and found.until is not None:
        return Standing.ENDED if today > found.until else Standing.SUPPORTED
    if found is not None:
        return Standing.UNKNOWN if today > product.as_of + STALE else Standing.SUPPORTED
    if not product.cycles:
        return Standing.UNKNOWN
    oldest = product.cycles[-1]
    before = cycle < _numbers(oldest.cycle)
    over = product.only_newest or (oldest.until is not None and today > oldest.until)
    # Newer than the file, or skipped by it: it cannot say.
    return Standing.ENDED if before and over else Standing.UNKNOWN


def _cycle_of(product: Product, numbers: Numbers) -> Numbers:
    padded = (*numbers, 0, 0)
    return padded[: product.cycle_parts]


def _numbers(version: str) -> Numbers:
    """The numbers that a version starts with: (3, 4, 0) of "v3.4.0.beta2-dev"."""
    found = _NUMBERS.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()


@cache
def products() -> dict[str, Product]:
    """The file, read once. Raises ValueError (pydantic's) when it is not as it should be."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return _Facts.model_validate(content).products


@cache
def _by_name() -> dict[str, Product]:
    return {
        name.lower(): product
        for key, product in products().items()
        for name in (key, product.name, *product.also)
    }
