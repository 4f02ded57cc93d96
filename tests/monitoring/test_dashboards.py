"""Dashboards hold to what Grafana asks, and its maker's linter of dashboards as code."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from settings import ROOT
from tests.monitoring import dashboards

BOARDS = [pytest.param(board, id=path.stem) for path, board in dashboards.boards()]
UNITS = {"none", "s", "d", "percentunit", "ops", "reqps"}
"""Of Grafana's, those that we use; a word that it does not know is printed behind each figure."""
_RANGE = re.compile(r"\b(?:rate|increase|irate|delta)\([^\[]*\[([^\]]+)\]")
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def provisioned(kind: str) -> Any:
    file = dashboards.FOLDER / "provisioning" / kind / "trousse.example.yml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("board", BOARDS)
def test_every_panel_says_what_it_shows_and_reads_the_chosen_source(board: Any) -> None:
    assert not board["editable"], "it is code: a change on the screen would be lost"
    for panel in board["panels"]:
        assert panel["title"]
        assert panel["description"].endswith((".", "?")), panel["title"]
        assert [target["datasource"] for target in panel["targets"]] == [SOURCE] * len(
            panel["targets"]
        )
        assert panel["datasource"] == SOURCE


@pytest.mark.parametrize("board", BOARDS)
def test_a_figure_has_a_unit_and_colours_of_its_own(board: Any) -> None:
    """Without steps Grafana paints all above 80 red: the ninetieth second, or académie."""
    for panel in board["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        if panel["type"] != "table":
            assert defaults["unit"] in UNITS, panel["title"]
        if panel["type"] in {"stat", "bargauge"}:
            first, *others = defaults["thresholds"]["steps"]
            assert first["value"] is None, panel["title"]
            values = [step["value"] for step in others]
            assert values == sorted(values)


@pytest.mark.parametrize("board", BOARDS)
def test_states_are_named_and_painted_as_on_our_screens(board: Any) -> None:
    for panel in board["panels"]:
        legends = [target.get("legendFormat") for target in panel["targets"]]
        if "{{state}}" in legends:
            named = [item["matcher"]["options"] for item in panel["fieldConfig"]["overrides"]]
            assert set(named) == {"up", "degraded", "down", "maintenance", "unknown"}


@pytest.mark.parametrize("board", BOARDS)
def test_a_query_is_of_one_kind_and_its_letter_its_own(board: Any) -> None:
    for panel in board["panels"]:
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
        for target in panel["targets"]:
            assert target["instant"] != target["range"]
            assert target["instant"] == (panel["type"] != "timeseries"), panel["title"]


def test_a_pace_is_worked_out_over_what_grafana_draws() -> None:
    """Over five fixed minutes most of a month would be left out."""
    spans = [span for query in dashboards.queries() for span in _RANGE.findall(query.expr)]
    assert len(spans) == 5
    assert set(spans) == {"$__rate_interval"}


@pytest.mark.parametrize("board", BOARDS)
def test_variables_follow_the_time_that_is_looked_at(board: Any) -> None:
    first, *others = board["templating"]["list"]
    assert (first["name"], first["type"], first["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
    for variable in others:
        assert variable["refresh"] == 2
        assert variable["query"]["query"] == variable["definition"]


def test_a_table_leads_to_the_dashboard_of_a_backend_by_names_that_are_there() -> None:
    [national] = [board for path, board in dashboards.boards() if path.stem == "national"]
    [backend] = [board for path, board in dashboards.boards() if path.stem == "backend"]
    variables = {variable["name"] for variable in backend["templating"]["list"]}
    tables = [panel for panel in national["panels"] if panel["type"] == "table"]
    assert len(tables) == 2
    for panel in tables:
        [renaming] = panel["transformations"]
        columns = set(renaming["options"]["renameByName"].values())
        overrides = panel["fieldConfig"]["overrides"]
        assert {item["matcher"]["options"] for item in overrides} <= columns
        assert {item["displayName"] for item in panel["options"]["sortBy"]} <= columns
        [url] = re.findall(r'"url": "([^"]+)"', dashboards.as_text(overrides))
        assert url.startswith(f"/d/{backend['uid']}?")
        assert set(re.findall(r"var-(\w+)=", url)) <= variables
        assert set(re.findall(r"__data\.fields\.(\w+)", url)) <= columns


def test_grafana_finds_them_and_prometheus_by_our_examples() -> None:
    [source] = provisioned("datasources")["datasources"]
    example = ROOT / "monitoring" / "prometheus" / "prometheus.example.yml"
    scraped = yaml.safe_load(example.read_text(encoding="utf-8"))["global"]["scrape_interval"]
    assert source["type"] == "prometheus"
    assert source["jsonData"]["timeInterval"] == scraped == f"{dashboards.SCRAPE_SECONDS}s"
    [provider] = provisioned("dashboards")["providers"]
    assert (provider["type"], provider["allowUiUpdates"]) == ("file", False)
    assert provider["options"]["path"].endswith("/trousse")
