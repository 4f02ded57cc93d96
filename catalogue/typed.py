"""One entry that somebody typed into a form, judged as if it stood in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Values
from dataclasses import dataclass
from typing import Generic, TypeVar

from catalogue import checks, yaml_reader
from catalogue.checks import Known
from catalogue.findings import START, Fault, Findings
from catalogue.mending import sure_faults
from catalogue.problems import WARNINGS
from catalogue.refusals import build_or_mend
from catalogue.schema import Service
from catalogue.yaml_reader import UNSEEN, Node, Scalar

S = TypeVar("S", bound=Service)
_ENTRY = ("services", 0)
"""Where the entry would stand, were it alone in a file."""


@dataclass(frozen=True, kw_only=True)
class Judged(Generic[S]):
    service: S | None
    """None when it cannot be shown as it is."""
    faults: tuple[Fault, ...]
    """Each with its place, from the entry down; warnings too."""

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.code not in WARNINGS)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.code in WARNINGS)


def judge(
    model: type[S],
    values: Values[str, object],
    *,
    known: Known,
    rules: Sequence[Callable[[S], Iterable[Fault]]] = (),
) -> Judged[S]:
    """Hold what was typed to what the file is held to, and to more `rules`; all at once."""
    findings = Findings()
    entry, mended = build_or_mend(model, node_of(values), _ENTRY, findings)
    looked_at = entry or mended
    if looked_at is not None:
        found = [*checks.service_faults(looked_at, known)]
        found += (fault for rule in rules for fault in rule(looked_at))
        for fault in sure_faults(found, _ENTRY, findings):
            findings.add_fault(fault, START, _ENTRY)
    faults = tuple(Fault(item.code, item.loc[len(_ENTRY) :], item.values) for item in findings.kept)
    judged = Judged(service=entry, faults=faults)
    return Judged(service=None, faults=faults) if judged.errors else judged


def node_of(value: object) -> Node:
    """Write plain values as the file's reader gives them; what cannot be seen is left out."""
    if isinstance(value, Values):
        inner = {str(key): (START, node_of(item)) for key, item in value.items()}
        return yaml_reader.Mapping(START, inner)
    if isinstance(value, list | tuple):
        return yaml_reader.Sequence(START, tuple(map(node_of, value)))
    if isinstance(value, bool):
        return Scalar(START, str(value).lower(), plain=True)
    if isinstance(value, int):
        return Scalar(START, str(value), plain=True)
    return Scalar(START, UNSEEN.sub(" ", str(value)), plain=False)
