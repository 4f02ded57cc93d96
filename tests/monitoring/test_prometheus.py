"""Rules, examples and dashboards: whole for Debian's Prometheus, and about metrics that exist."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Metric

from monitoring.metrics import METRICS
from settings import ROOT
from tests.monitoring import dashboards
from tests.portal import Portal
from tests.programs import require_program
from web.metrics import DURATION, OPENINGS, REQUESTS

RULES = ROOT / "monitoring" / "prometheus"
ALERTMANAGER = str(RULES / "alertmanager.example.yml")
_OURS = re.compile(r"\b(?:[a-z_]+:)?trousse_[a-z0-9_]+(?::[a-z0-9_]+)?\b")


def promtool(*arguments: str, given: str = "") -> str:
    program = require_program("promtool", package="prometheus")
    done = subprocess.run(
        (program, *arguments), input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def rules() -> Iterator[dict[str, Any]]:
    for name in ("recording.yml", "alerts.yml"):
        for group in yaml.safe_load((RULES / name).read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def dashboard_expressions() -> Iterator[str]:
    for query in dashboards.queries():
        yield query.filled(service="visio", backend="visio/a")


def expressions() -> list[str]:
    return [rule["expr"] for rule in rules()] + list(dashboard_expressions())


def test_the_rules_are_whole() -> None:
    told = promtool(
        "check", "rules", "--lint=all", str(RULES / "recording.yml"), str(RULES / "alerts.yml")
    )
    assert told.count("SUCCESS") == 2


def amtool(*arguments: str) -> str:
    program = require_program("amtool", package="prometheus-alertmanager")
    done = subprocess.run(
        (program, *arguments), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_examples_are_whole() -> None:
    assert "is valid" in promtool("check", "config", str(RULES / "prometheus.example.yml"))
    amtool("check-config", ALERTMANAGER)


def test_every_alert_goes_to_whom_its_severity_names() -> None:
    by_severity = {"page": "astreinte", "ticket": "equipe"}
    severities = {rule["labels"]["severity"] for rule in rules() if "alert" in rule}
    assert severities == by_severity.keys()
    for severity, receiver in by_severity.items():
        route = ("config", "routes", "test", f"--config.file={ALERTMANAGER}")
        assert amtool(*route, f"severity={severity}").strip() == receiver


@pytest.mark.slow
def test_the_rules_do_what_their_own_tests_say() -> None:
    files = sorted(str(path) for path in (RULES / "tests").glob("*.yml"))
    assert len(files) == 2
    assert promtool("test", "rules", *files).count("SUCCESS") == 2


def test_every_alert_has_a_test_of_its_own() -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in (RULES / "tests").glob("*.yml"))
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    assert len(names) >= 12
    assert [name for name in sorted(names) if name not in told] == []


def given_names() -> set[str]:
    names = {spec.name for spec in METRICS}
    own: list[Metric] = [
        item for metric in (REQUESTS, DURATION, OPENINGS) for item in metric.collect()
    ]
    for family in own:
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}[family.type]
        names |= {f"{family.name}{suffix}" for suffix in suffixes}
    return names


def test_every_metric_that_a_rule_or_a_dashboard_names_exists() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    named = {name for expression in expressions() for name in _OURS.findall(expression)}
    assert len(named) > 25
    assert sorted(named - recorded - given_names()) == []
    variables = "".join(path.read_text(encoding="utf-8") for path in dashboards.FILES)
    assert set(_OURS.findall(variables)) <= recorded | given_names()


def test_no_rule_and_no_dashboard_reads_prometheus_own_labels() -> None:
    wrong = [item for item in expressions() if re.search(r"\b(instance|job)\b", item)]
    assert wrong == []


def test_every_expression_of_a_dashboard_can_be_read(tmp_path: Path) -> None:
    rows = [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(dashboard_expressions())
    ]
    assert len(rows) > 30
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rows}]}))
    promtool("check", "rules", str(file))


@pytest.mark.parametrize("path", dashboards.FILES, ids=lambda path: path.stem)
def test_a_dashboard_has_a_name_a_source_to_choose_and_panels_that_do_not_overlap(
    path: Path,
) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    assert board["uid"].startswith("trousse-")
    assert board["templating"]["list"][0]["type"] == "datasource"
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert max(x for x, _y in cells) < 24
        taken |= cells
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(numbers) == len(set(numbers))


def test_what_we_give_is_as_prometheus_wishes_it(portal: Portal) -> None:
    portal.client.get("/lyon/")
    told = promtool("check", "metrics", given=portal.client.get("/metrics").text)
    assert told.strip() == ""
