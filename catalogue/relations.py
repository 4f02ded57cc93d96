"""What entries say of one another: references, names used twice, services that look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from catalogue.checks import backends_of
from catalogue.findings import Fault
from catalogue.problems import Code, Value
from catalogue.schema import GENTLE_INTERVAL, Operator, OperatorKind, Rollout, Service, Stage
from catalogue.spelling import fold


def footing_faults(
    service: Service, operators: Mapping[str, Operator], categories: Collection[str]
) -> Iterator[Fault]:
    """Yield what the service lacks to be shown at all: operator, categories, operator's rules."""
    operator = operators.get(service.operator)
    if operator is None:
        values = {"text": service.operator}
        yield Fault(Code.UNKNOWN_OPERATOR, ("operator",), values, among=operators)
    elif operator.kind is OperatorKind.ASSOCIATION:
        yield from _association_faults(service)
    for n, category in enumerate(service.categories):
        if category not in categories:
            values = {"text": category}
            yield Fault(Code.UNKNOWN_CATEGORY, ("categories", n), values, among=categories)


def _association_faults(service: Service) -> Iterator[Fault]:
    if service.rollout is not Rollout.OPT_IN:
        values = {"operator": service.operator, "text": service.rollout.value}
        yield Fault(Code.ASSOCIATION_NOT_OPT_IN, ("rollout",), values)
    for where, backend in backends_of(service):
        interval = backend.probe.interval if backend.probe else None
        if interval is not None and interval < GENTLE_INTERVAL:
            yield Fault(
                Code.PROBED_TOO_OFTEN,
                (*where, "probe", "interval"),
                {
                    "operator": service.operator,
                    "interval": interval,
                    "least": GENTLE_INTERVAL,
                },
            )


def reference_faults(
    services: Sequence[Service], ids: Collection[str]
) -> Iterator[tuple[str, Fault]]:
    """Yield references among services that lead nowhere, each with the id of its service.

    `ids` are all that exist, those of withheld services too when they have their own problem.
    """
    owners: dict[str, str] = {}
    successors = {item.id: item.lifecycle.successor for item in services}
    needs = {item.id: item.depends_on for item in services}
    obsolete = {item.id for item in services if item.lifecycle.stage is Stage.OBSOLETE}
    for service in services:
        for fault in _alternative_faults(service, ids, obsolete):
            yield service.id, fault
        for fault in _successor_faults(service, ids, successors):
            yield service.id, fault
        for fault in _dependency_faults(service, ids, needs):
            yield service.id, fault
        for fault in _alias_faults(service, ids, owners):
            yield service.id, fault


def _alternative_faults(
    service: Service, ids: Collection[str], obsolete: Collection[str]
) -> Iterator[Fault]:
    for n, other in enumerate(service.alternatives):
        where = ("alternatives", n)
        if other == service.id:
            yield Fault(Code.SELF_REFERENCE, where, {"text": other})
        elif other not in ids:
            yield Fault(Code.UNKNOWN_SERVICE, where, {"text": other}, among=ids)
        elif other in obsolete:
            yield Fault(Code.ALTERNATIVE_CLOSED, where, {"text": other})


def _successor_faults(
    service: Service, ids: Collection[str], successors: Mapping[str, str | None]
) -> Iterator[Fault]:
    where = ("lifecycle", "successor")
    successor = service.lifecycle.successor
    if successor is None:
        return
    if successor == service.id:
        yield Fault(Code.SELF_REFERENCE, where, {"text": successor})
    elif successor not in ids:
        yield Fault(Code.UNKNOWN_SERVICE, where, {"text": successor}, among=ids)
    else:
        chain = _chain(service.id, successors)
        if chain[-1] == service.id:
            yield Fault(Code.SUCCESSOR_CIRCLE, where, {"ids": tuple(chain)})


def _chain(start: str, successors: Mapping[str, str | None]) -> list[str]:
    """Follow successors from `start` until there is none, or one comes again."""
    chain, seen = [start], {start}
    while (following := successors.get(chain[-1])) is not None:
        chain.append(following)
        if following in seen:
            break
        seen.add(following)
    return chain


def _dependency_faults(
    service: Service, ids: Collection[str], needs: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    for n, other in enumerate(service.depends_on):
        where = ("depends_on", n)
        if other == service.id:
            yield Fault(Code.SELF_REFERENCE, where, {"text": other})
        elif other not in ids:
            yield Fault(Code.UNKNOWN_SERVICE, where, {"text": other}, among=ids)
        elif way := _way(other, service.id, needs):
            yield Fault(Code.DEPENDENCY_CIRCLE, where, {"ids": (service.id, *way)})


def _way(start: str, goal: str, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the shortest way from one service to another that it needs; empty: there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        further = [item for item in needs.get(way[-1], ()) if item not in seen]
        seen.update(further)
        ways += [(*way, item) for item in further]
    return ()


def _alias_faults(
    service: Service, ids: Collection[str], owners: dict[str, str]
) -> Iterator[Fault]:
    """Compare with all ids and the aliases seen so far; `owners` remembers these."""
    for n, alias in enumerate(service.aliases):
        owner = alias if alias in ids else owners.get(alias)
        if owner is None or (owner == service.id and alias != owner):
            owners[alias] = service.id
        else:
            yield Fault(Code.ALIAS_TAKEN, ("aliases", n), {"text": alias, "owner": owner})


def likeness_faults(services: Sequence[Service]) -> Iterator[tuple[str, Fault]]:
    """Yield tasks used twice, and services that nothing tells apart when both come up.

    Two services are alike when they share a category and a keyword: one word finds both.
    """
    open_ones = [item for item in services if item.lifecycle.stage is not Stage.OBSOLETE]
    tasks: dict[str, list[str]] = defaultdict(list)
    words: dict[tuple[str, str], list[str]] = defaultdict(list)
    for service in open_ones:
        tasks[fold(service.task.fr)].append(service.id)
        for key in _likeness_keys(service):
            words[key].append(service.id)
    for service in open_ones:
        same = tuple(item for item in tasks[fold(service.task.fr)] if item != service.id)
        if same:
            values: dict[str, Value] = {"text": service.task.fr, "others": same}
            yield service.id, Fault(Code.TASK_TWICE, ("task",), values)
        if service.choose_when is None:
            found = {other for key in _likeness_keys(service) for other in words[key]}
            alike = tuple(item.id for item in open_ones if item.id in found - {service.id})
            if alike:
                yield service.id, Fault(Code.ALIKE, ("choose_when",), {"others": alike})


def _likeness_keys(service: Service) -> set[tuple[str, str]]:
    folded = {fold(word) for word in service.keywords}
    return {(category, word) for category in service.categories for word in folded}


def without_loose_ends(services: Sequence[Service]) -> tuple[Service, ...]:
    """Take out every reference that leads nowhere: what is served holds together."""
    loose: dict[str, set[tuple[str | int, ...]]] = defaultdict(set)
    for service_id, fault in reference_faults(services, {item.id for item in services}):
        if fault.code is not Code.ALTERNATIVE_CLOSED:
            loose[service_id].add(fault.where)
    return tuple(_cut(item, loose[item.id]) if item.id in loose else item for item in services)


def _cut(service: Service, loose: Collection[tuple[str | int, ...]]) -> Service:
    cycle = service.lifecycle
    if ("lifecycle", "successor") in loose:
        cycle = cycle.model_copy(update={"successor": None})
    update = {
        "lifecycle": cycle,
        "alternatives": _kept(service.alternatives, "alternatives", loose),
        "depends_on": _kept(service.depends_on, "depends_on", loose),
        "aliases": _kept(service.aliases, "aliases", loose),
    }
    return service.model_copy(update=update)


def _kept(
    items: Sequence[str], field: str, loose: Collection[tuple[str | int, ...]]
) -> tuple[str, ...]:
    return tuple(item for n, item in enumerate(items) if (field, n) not in loose)
