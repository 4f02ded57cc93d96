"""A new reading of the catalogue put over the last accepted one: a bad edit removes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from catalogue.entries import Loaded, Section
from catalogue.relations import footing_faults, without_loose_ends
from catalogue.schema import Catalogue, Category, Operator, Service

E = TypeVar("E", Category, Operator, Service)


def merge(new: Loaded, last: Catalogue | None) -> Catalogue:
    """Return what to serve from now on.

    An entry of the file that is withheld keeps its last accepted version; what that version
    needs (operator, categories) is kept with it. An entry that the file no longer names is
    removed, unless an entry that cannot be told apart might have been it.
    """
    if last is None:
        return new.catalogue
    if not new.usable:
        return last
    merger = _Merger(new, last)
    services = merger.services()
    return Catalogue(
        categories=tuple(merger.categories.values()),
        operators=tuple(merger.operators.values()),
        services=without_loose_ends(services),
    )


class _Merger:
    def __init__(self, new: Loaded, last: Catalogue) -> None:
        self.new = new
        self.last_categories = _by_id(last.categories)
        self.last_operators = _by_id(last.operators)
        self.last_services = _by_id(last.services)
        self.categories = _overlay(new.categories, self.last_categories)
        self.operators = _overlay(new.operators, self.last_operators)

    def services(self) -> tuple[Service, ...]:
        chosen = (self._choose(item) for item in _names(self.new.services, self.last_services))
        return tuple(service for service in chosen if service is not None)

    def _choose(self, service_id: str) -> Service | None:
        """Prefer the new version, then the last; each before an operator's older version."""
        sources = [self.new.services.entries, self.last_services]
        if service_id == self.new.services.unfinished:
            sources.reverse()
        versions = [source[service_id] for source in sources if service_id in source]
        operators = {**self.last_operators, **self.operators}
        older_operators = {**self.operators, **self.last_operators}
        categories = {**self.last_categories, **self.categories}
        for known in (operators, older_operators):
            for service in versions:
                if not any(footing_faults(service, known, categories)):
                    self.operators[service.operator] = known[service.operator]
                    for category in service.categories:
                        self.categories[category] = categories[category]
                    return service
        return None


def _by_id(entries: Iterable[E]) -> dict[str, E]:
    return {entry.id: entry for entry in entries}


def _names(section: Section[E], last: Mapping[str, E]) -> tuple[str, ...]:
    if not section.may_lack:
        return section.order
    return tuple(dict.fromkeys((*section.order, *last)))


def _overlay(section: Section[E], last: Mapping[str, E]) -> dict[str, E]:
    """Take each entry of the file, or its last accepted version where it is withheld."""
    versions = {**last, **section.entries}
    if section.unfinished is not None and section.unfinished in last:
        versions[section.unfinished] = last[section.unfinished]
    return {name: versions[name] for name in _names(section, last) if name in versions}
