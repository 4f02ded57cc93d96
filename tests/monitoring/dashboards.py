"""The panels of our two dashboards, and their queries with variables put in as Grafana does it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings import ROOT

FOLDER = ROOT / "monitoring" / "grafana"
FILES = sorted(FOLDER.glob("*.json"))
SCRAPE_SECONDS = 30
"""As prometheus.example.yml asks, and as the example of a data source tells Grafana."""
STEP_SECONDS = 60
"""Of a day's graph about 1,400 points wide, the least that a panel asks for."""
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, kw_only=True)
class Query:
    board: str
    panel: str
    expr: str
    is_instant: bool
    least: str
    """Least step that it asks for, as `5m`; empty: the data source's."""

    def filled(self, **variables: str) -> str:
        """Return it as Prometheus gets it."""
        own = _seconds(self.least) if self.least else SCRAPE_SECONDS
        step = max(STEP_SECONDS, own)
        values = {"__rate_interval": f"{max(step + own, 4 * own)}s", "__interval": f"{step}s"}
        return put_in(self.expr, values | variables)


def put_in(text: str, values: Mapping[str, str]) -> str:
    found = re.sub(r"\$\{?(\w+)\}?", lambda match: values[match[1]], text)
    assert "$" not in found
    return found


def boards() -> Iterator[tuple[Path, Any]]:
    for path in FILES:
        yield path, json.loads(path.read_text(encoding="utf-8"))


def queries() -> Iterator[Query]:
    for path, board in boards():
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield Query(
                    board=path.stem,
                    panel=panel["title"],
                    expr=target["expr"],
                    is_instant=target["instant"],
                    least=target.get("interval", ""),
                )


def _seconds(duration: str) -> int:
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
