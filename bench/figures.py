"""A measured figure, its budget, and how both are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.programs import BenchError, end_at_sigterm


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured; without a budget it is only information."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    detail: str = ""
    """The runs behind it, or what it was measured with."""

    @property
    def is_broken(self) -> bool:
        too_small = self.at_least is not None and not self.value >= self.at_least
        too_big = self.at_most is not None and not self.value <= self.at_most
        return too_small or too_big

    def __str__(self) -> str:
        budgets = [
            f"{sign} {number(limit)} {self.unit}".rstrip()
            for sign, limit in (("at least", self.at_least), ("at most", self.at_most))
            if limit is not None
        ]
        verdict = ("BROKEN" if self.is_broken else "ok") if budgets else "info"
        value = f"{number(self.value)} {self.unit}".rstrip()
        budget = f"  (budget: {' and '.join(budgets)})" if budgets else ""
        detail = f"\n        {self.detail}" if self.detail else ""
        return f"{verdict:6}  {self.name}: {value}{budget}{detail}"


def number(value: float) -> str:
    """Three figures that count, never more digits than the measure is worth."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def report(figures: Iterable[Figure]) -> int:
    """Print each figure as it comes; returns the exit code."""
    end_at_sigterm()
    broken = False
    try:
        for figure in figures:
            print(figure, flush=True)
            broken = broken or figure.is_broken
    except BenchError as error:
        print(f"BROKEN  {error}", flush=True)
        return 1
    return int(broken)
