"""A real Prometheus reads a running portal: rules load, an alert fires and ends in Alertmanager."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml

from tests.monitoring.receivers import Receiver, receiver
from tests.programs import require_program
from tests.servers import free_port, wait_until_listening
from tests.sturdy.deployment import Deployment
from tests.sturdy.processes import wait_until
from tests.sturdy.prometheus_server import RULE_FILES, RULES, hurried, read, start_prometheus

pytestmark = pytest.mark.slow


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def start_alertmanager(site: Deployment, hook: Receiver) -> int:
    program = require_program("prometheus-alertmanager", package="prometheus-alertmanager")
    port, folder = free_port(), site.folder / "alertmanager"
    folder.mkdir()
    config = hurried("alertmanager.example.yml").replace("127.0.0.1:9095", hook.place)
    (folder / "alertmanager.yml").write_text(config, encoding="utf-8")
    process = site.start(
        program,
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        name="alertmanager",
    )
    wait_until_listening(port, process._popen)  # noqa: SLF001 - our own Process
    return port


def told(hook: Receiver, status: str) -> set[str]:
    """Return the alerts that arrived with this status."""
    return {
        alert["labels"]["alertname"]
        for text in hook.texts
        for alert in json.loads(text)["alerts"]
        if alert["status"] == status
    }


def rule_healths(prometheus: str) -> list[tuple[str, str]]:
    groups = read(f"{prometheus}/api/v1/rules")["groups"]
    return [(rule["name"], rule["health"]) for group in groups for rule in group["rules"]]


def written_rules() -> list[str]:
    """Return the names of the rules of our two files."""
    texts = [yaml.safe_load((RULES / name).read_text(encoding="utf-8")) for name in RULE_FILES]
    rules = [rule for text in texts for group in text["groups"] for rule in group["rules"]]
    return sorted(rule.get("alert") or rule["record"] for rule in rules)


def test_an_alert_fires_and_ends(deployment: Deployment, hook: Receiver) -> None:
    deployment.start_portal()
    prometheus = start_prometheus(deployment, alertmanager=start_alertmanager(deployment, hook))
    absent = "TrousseMonitorAbsent"
    wait_until(lambda: absent in told(hook, "firing"), "nobody is the monitor: told")
    deployment.start_monitor()
    wait_until(lambda: absent in told(hook, "resolved"), "somebody is: told")
    shown = f"{prometheus}/api/v1/query?query=academie_state:trousse_backends:count"
    wait_until(lambda: bool(read(shown)["result"]), "states of the académies")
    healths = rule_healths(prometheus)
    assert sorted(name for name, _ in healths) == written_rules()
    assert [name for name, health in healths if health != "ok"] == []
