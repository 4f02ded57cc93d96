"""Which national services seem to do what one of the académie's own does: told, not merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from catalogue.checks import backends_of
from catalogue.schema import Rollout, Service, Stage
from catalogue.spelling import distance, fold, stem
from instances.models import Visibility
from instances.schema import LocalService
from instances.snapshot import Snapshot

_SHORTEST_WITH_ERROR = 5
_ENOUGH_WORDS = 2


class Likeness(StrEnum):
    """In what two services are alike."""

    TASK = "task"
    """Word for word: the two must not stand on one page."""
    ADDRESS = "address"
    """One host."""
    SOFTWARE = "software"
    """One software, in one category."""
    TITLE = "title"
    KEYWORDS = "keywords"
    """Two words at least, in one category."""


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    local: LocalService
    national: Service
    likenesses: tuple[Likeness, ...]
    """Never empty; the strongest first."""


def duplicates(snapshot: Snapshot, slug: str) -> tuple[Duplicate, ...]:
    """List what is published by an académie and comes from the nation too, hidden ones left out."""
    choices = snapshot.choices_of(slug)
    hidden = {name for name, item in choices.items() if item.visibility is Visibility.HIDDEN}
    return tuple(
        Duplicate(local=local, national=national, likenesses=found)
        for local in snapshot.local.get(slug, ())
        for national in snapshot.catalogue.services
        if national.lifecycle.stage is not Stage.OBSOLETE
        if national.id not in hidden or national.rollout is Rollout.REQUIRED
        if (found := tuple(likenesses(local, national)))
    )


def likenesses(first: Service, second: Service) -> Iterator[Likeness]:
    """Tell in what two services are alike, the strongest first."""
    close = bool(set(first.categories) & set(second.categories))
    if fold(first.task.fr) == fold(second.task.fr):
        yield Likeness.TASK
    if _hosts(first) & _hosts(second):
        yield Likeness.ADDRESS
    if close and _software(first) and _software(first) == _software(second):
        yield Likeness.SOFTWARE
    if _are_near(fold(first.title), fold(second.title)):
        yield Likeness.TITLE
    if close and len(_words(first) & _words(second)) >= _ENOUGH_WORDS:
        yield Likeness.KEYWORDS


def _hosts(service: Service) -> set[str]:
    return {urlsplit(backend.url).hostname or "" for _, backend in backends_of(service)}


def _software(service: Service) -> str:
    return fold(service.software.name) if service.software else ""


def _words(service: Service) -> set[str]:
    return {stem(fold(word)) for word in _searched(service)} - {""}


def _searched(service: Service) -> Iterable[str]:
    return (service.title, *service.keywords)


def _are_near(first: str, second: str) -> bool:
    """Tell whether two titles are the same name, give or take one letter."""
    if first == second:
        return True
    if min(len(first), len(second)) < _SHORTEST_WITH_ERROR:
        return False
    return distance(first, second, most=1) <= 1
