"""A catalogue from the bytes of its file: what can be served, and every problem in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from catalogue import checks, relations, yaml_reader
from catalogue.checks import Known
from catalogue.entries import Loaded, Section
from catalogue.findings import MOST_FINDINGS, START, Fault, Findings, Loc, Mark
from catalogue.mending import sure_faults
from catalogue.merging import merge
from catalogue.problems import Code, Problem
from catalogue.refusals import build_or_mend
from catalogue.schema import Catalogue, Category, Operator, Service
from catalogue.top import KEYS, check_top, report_kind
from catalogue.yaml_reader import Node, Refused, Scalar, Sequence, inner_node, place_of

ID_FORM = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

__all__ = ["Loaded", "load", "merge"]

E = TypeVar("E", Category, Operator, Service)


def load(
    content: bytes,
    *,
    file: str,
    known_profiles: frozenset[str],
    known_icons: frozenset[str] | None = None,
    known_academies: frozenset[str] | None = None,
) -> Loaded:
    """Read a catalogue; never raises on its content. `file` is the name that problems carry."""
    known = Known(profiles=known_profiles, icons=known_icons, academies=known_academies)
    findings = Findings()
    root = yaml_reader.read_yaml(content, findings, sections=KEYS)
    if not isinstance(root, yaml_reader.Mapping):
        report_kind(root, findings)
        return _unusable(root, findings, file)
    check_top(root, findings)
    reading = _Reading(root, findings, unfinished=_report_end(content, findings))
    categories = reading.section("categories", Category, known, checks.category_faults)
    operators = reading.section("operators", Operator, known, checks.operator_faults)
    services = reading.section("services", Service, known, checks.service_faults)
    # Entries are withheld one by one; what is wrong above them spoils all.
    usable = all(len(loc) >= 2 for loc in findings.spoilt_entries)  # noqa: PLR2004 (section, index)
    if not usable:
        reading.forgive_unknown(categories, operators, services)
    footed = reading.footed(services, operators, categories)
    reading.report_relations(services, footed)
    if not usable:
        return _unusable(root, findings, file)
    return Loaded(
        catalogue=Catalogue(
            categories=tuple(categories.entries.values()),
            operators=tuple(operators.entries.values()),
            services=relations.without_loose_ends(footed),
        ),
        problems=located_problems(root, findings, file),
        usable=True,
        withheld=_withheld(services, footed),
        categories=categories,
        operators=operators,
        services=services,
    )


def _withheld(services: Section[Service], footed: tuple[Service, ...]) -> tuple[str, ...]:
    served = {service.id for service in footed}
    return tuple(item for item in services.order if item not in served)


def _unusable(root: Node | None, findings: Findings, file: str) -> Loaded:
    problems = located_problems(root, findings, file)
    return Loaded(catalogue=Catalogue(), problems=problems, usable=False)


def _report_end(content: bytes, findings: Findings) -> bool:
    """Tell whether the file may be half written: editors and programs end the last line."""
    if content.endswith((b"\n", b"\r")):
        return False
    lines = content.decode(errors="replace").splitlines()
    findings.add(Code.UNFINISHED, Mark(len(lines), len(lines[-1]) + 1))
    return True


class _Reading:
    """One pass over a file whose three lists are there."""

    def __init__(self, root: yaml_reader.Mapping, findings: Findings, *, unfinished: bool) -> None:
        self.root = root
        self.findings = findings
        self.unfinished = unfinished
        """The last line has no end."""
        self.last_section = next((key for key in reversed(root.entries) if key in KEYS), None)
        self.index: dict[str, int] = {}
        """Where in `services` each id stands."""
        self.broken: dict[str, Service] = {}
        """Services that are withheld, with stand-ins: looked at, never served."""
        self.forgiven: frozenset[Code] = frozenset()
        """What cannot be said for sure, as some entries cannot be told."""

    def section(
        self,
        name: str,
        model: type[E],
        known: Known,
        faults: Callable[[E, Known], Iterator[Fault]],
    ) -> Section[E]:
        node = inner_node(self.root, name)
        items = node.items if isinstance(node, Sequence) else ()
        ids = [_id_of(item) for item in items]
        counts = Counter(ids)
        self._report_duplicates(name, items, [text if counts[text] > 1 else None for text in ids])
        entries = {}
        for n, item in enumerate(items):
            loc = (name, n)
            entry, mended = build_or_mend(model, item, loc, self.findings)
            looked_at = entry or mended
            if looked_at is None:
                continue
            self._add(sure_faults(faults(looked_at, known), loc, self.findings), loc)
            if loc not in self.findings.spoilt_entries:
                entries[looked_at.id] = looked_at
            elif isinstance(looked_at, Service) and counts[looked_at.id] == 1:
                self.broken[looked_at.id] = looked_at
        if name == "services":
            self.index = {text: n for n, text in enumerate(ids) if text}
        order = tuple(dict.fromkeys(text for text in ids if text))
        cut = self._is_cut_after(name, items)
        nameless = any(not (text and ID_FORM.fullmatch(text)) for text in ids)
        return Section(
            entries=entries,
            order=order,
            may_lack=nameless or cut or self._ends_badly(name, len(items)),
            unfinished=ids[-1] if cut else None,
        )

    def _is_cut_after(self, name: str, items: tuple[Node, ...]) -> bool:
        return self.unfinished and bool(items) and name == self.last_section

    def _ends_badly(self, name: str, count: int) -> bool:
        """Tell whether the last entry of the file is broken, as half-written ones are."""
        last = (name, count - 1)
        return name == self.last_section and last in self.findings.spoilt_entries

    def _report_duplicates(self, name: str, items: tuple[Node, ...], ids: list[str | None]) -> None:
        """Withhold all of one id: nobody can tell which one was meant."""
        first: dict[str, int] = {}
        for n, text in enumerate(ids):
            if text is None:
                continue
            self.findings.spoil((name, n))
            mark, loc = place_of(items[n], ("id",)), (name, n, "id")
            if text in first:
                line = first[text]
                self.findings.add(Code.DUPLICATE_ID, mark, loc, id=text, first_line=line)
            first.setdefault(text, mark.line)

    def _add(self, faults: Iterable[Fault], entry: Loc) -> None:
        for fault in faults:
            if fault.code in self.forgiven:
                continue
            mark = place_of(self.root, (*entry, *fault.where))
            self.findings.add_fault(fault, mark, entry)

    def forgive_unknown(
        self,
        categories: Section[Category],
        operators: Section[Operator],
        services: Section[Service],
    ) -> None:
        """Call nothing unknown that may stand where the file cannot be read."""
        lacking = {
            Code.UNKNOWN_CATEGORY: categories.may_lack or not categories.order,
            Code.UNKNOWN_OPERATOR: operators.may_lack or not operators.order,
            Code.UNKNOWN_SERVICE: services.may_lack or not services.order,
        }
        self.forgiven = frozenset(code for code, lacks in lacking.items() if lacks)

    def footed(
        self,
        services: Section[Service],
        operators: Section[Operator],
        categories: Section[Category],
    ) -> tuple[Service, ...]:
        """Return the services whose operator and categories are there; report the others."""
        withheld = {
            Code.UNKNOWN_OPERATOR: (Code.WITHHELD_OPERATOR, set(operators.order)),
            Code.UNKNOWN_CATEGORY: (Code.WITHHELD_CATEGORY, set(categories.order)),
        }
        footed = []
        for service in (*services.entries.values(), *self.broken.values()):
            entry = self._entry(service.id)
            found = relations.footing_faults(service, operators.entries, categories.entries)
            faults = sure_faults((_narrow(item, withheld) for item in found), entry, self.findings)
            self._add(faults, entry)
            if not faults and service.id in services.entries:
                footed.append(service)
        return tuple(footed)

    def report_relations(self, services: Section[Service], footed: tuple[Service, ...]) -> None:
        known = {**services.entries, **self.broken}
        # All of them: an unknown operator must not hide a second fault.
        everything = [known[item] for item in services.order if item in known]
        for service_id, fault in relations.reference_faults(everything, set(services.order)):
            entry = self._entry(service_id)
            self._add(sure_faults([fault], entry, self.findings), entry)
        for service_id, fault in relations.likeness_faults(footed):
            self._add([fault], self._entry(service_id))

    def _entry(self, service_id: str) -> Loc:
        return ("services", self.index[service_id])


def _narrow(fault: Fault, withheld: dict[Code, tuple[Code, set[str]]]) -> Fault:
    """Tell an operator that was withheld from one that nobody wrote."""
    code, ids = withheld.get(fault.code, (fault.code, set()))
    text = fault.values.get("text")
    return Fault(code, fault.where, {"text": text}) if text in ids else fault


def _id_of(node: Node) -> str | None:
    if isinstance(node, Refused):
        return node.id
    inner = inner_node(node, "id")
    return inner.text.strip() or None if isinstance(inner, Scalar) else None


def located_problems(root: Node | None, findings: Findings, file: str) -> tuple[Problem, ...]:
    """Say where in the file each finding stands, from its head to its foot."""
    problems = [
        Problem(
            code=item.code,
            file=file,
            line=item.mark.line,
            column=item.mark.column,
            path=_path(root, item.loc),
            values=item.values,
        )
        for item in findings.kept
    ]
    problems.sort(key=lambda item: (item.line, item.column))
    if findings.full:
        last = problems[-1] if problems else None
        values: dict[str, Any] = {"limit": MOST_FINDINGS}
        line = last.line if last else START.line
        code = Code.TOO_MANY_PROBLEMS
        problems.append(Problem(code=code, file=file, line=line, column=1, values=values))
    return tuple(problems)


def _path(root: Node | None, loc: Loc) -> str:
    """Write `services[nuage].backends[main].url`: an id says more than a position."""
    path, node = "", root
    for step in loc:
        node = inner_node(node, step) if node is not None else None
        if isinstance(step, int):
            name = _id_of(node) if node is not None else None
            path += f"[{name or step}]"
        else:
            path += f".{step}" if path else step
    return path
