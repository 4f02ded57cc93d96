"""Debian's Prometheus with our rules and our example, in front of a running portal."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.request import urlopen

from settings import ROOT
from tests.programs import require_program
from tests.servers import free_port, wait_until_listening
from tests.sturdy.deployment import Deployment

RULES = ROOT / "monitoring" / "prometheus"
RULE_FILES = ("recording.yml", "alerts.yml")


def hurried(name: str) -> str:
    """Return one of our files with every wait cut down to a second."""
    text = (RULES / name).read_text(encoding="utf-8")
    waits = r"((?:for|keep_firing_for|interval|\w+_interval|group_wait): )\d+[smh]\b"
    return re.sub(waits, r"\g<1>1s", text)


def start_prometheus(site: Deployment, *, alertmanager: int = 9) -> str:
    program = require_program("prometheus", package="prometheus")
    port, folder = free_port(), site.folder / "prometheus"
    folder.mkdir()
    for name in RULE_FILES:
        (folder / name).write_text(hurried(name), encoding="utf-8")
    config = hurried("prometheus.example.yml").replace(":8000", f":{site.port}")
    config = config.replace(":9093", f":{alertmanager}")
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    process = site.start(
        program,
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        name="prometheus",
    )
    wait_until_listening(port, process._popen)  # noqa: SLF001 - our own Process
    return f"http://127.0.0.1:{port}"


def read(address: str) -> Any:
    with urlopen(address, timeout=20) as answer:  # noqa: S310 - of our own Prometheus
        return json.load(answer)["data"]
