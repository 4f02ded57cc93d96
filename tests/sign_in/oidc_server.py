"""oidc-provider (npm), started on loopback and stopped by its process id."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.programs import skip_loudly
from tests.servers import PATIENCE, free_port, wait_until_listening
from tests.sturdy.processes import Process

HERE = Path(__file__).parent
INSTALLED = ROOT / "build" / "sign-in"
"""Beside the program, ignored by git; what the lock file names is put here once."""
OLDEST_NODE = 20
HUNG_AFTER = 30.0
"""Seconds; it takes two on a busy machine."""


def library() -> Path:
    """Return where oidc-provider is, installed if need be; or skip the test, saying why."""
    if os.environ.get("WITHOUT_NODE"):
        # .ci/run found no Node.js and has said so.
        pytest.skip("Node.js is missing: sign-in through a real provider is not tested")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        skip_loudly("node and npm are missing: install Node.js 20 or newer")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.strip().lstrip("v").partition(".")[0]) < OLDEST_NODE:
        skip_loudly(f"Node.js {OLDEST_NODE} or newer is wanted, found {said.strip()}")
    lock = (HERE / "package-lock.json").read_bytes()
    copy = INSTALLED / "package-lock.json"
    found = INSTALLED / "node_modules" / "oidc-provider" / "lib" / "index.js"
    if not (found.is_file() and copy.is_file() and copy.read_bytes() == lock):
        install(npm)
    return found


def install(npm: str) -> None:
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, INSTALLED / name)
    command = [npm, "ci", "--prefix", str(INSTALLED), "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        (INSTALLED / "package-lock.json").unlink()
        skip_loudly(f"npm could not install oidc-provider: {done.stderr[-500:]}")


class OidcServer:
    """The provider: who lives there is in a file, read at each question."""

    client_id = "la-trousse"
    secret = "a secret of thirty-two characters"

    def __init__(self, folder: Path, portal: str) -> None:
        self.folder = folder
        self.portal = portal
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.module = library()
        self.process: Process | None = None
        self.world: dict[str, Any] = {"people": {}}
        self.write()

    def person(self, name: str, **claims: Any) -> None:
        """Let somebody live there, or have other claims from now on."""
        self.world["people"][name] = {"name": name.title(), "email_verified": True} | claims
        self.write()

    def write(self) -> None:
        draft = self.folder / "world.draft"
        draft.write_text(json.dumps(self.world), encoding="utf-8")
        draft.replace(self.folder / "world.json")

    def start(self) -> None:
        """Start it, with a new key under the old name, and without anybody signed in.

        Node.js was seen to hang before its first line of ours was done: it is then started anew.
        """
        try:
            self._begin(within=HUNG_AFTER)
        except AssertionError:
            self.stop()
            self._begin(within=PATIENCE)

    def _begin(self, *, within: float) -> None:
        node = shutil.which("node")
        assert node is not None
        self.process = Process(
            *(node, str(HERE / "provider.mjs"), str(self.module), str(self.port), self.portal),
            str(self.folder / "world.json"),
            environ={"PATH": os.environ["PATH"], "NODE_ENV": "test"},
            output=self.folder / "provider.log",
        )
        popen = self.process._popen  # noqa: SLF001 - our own Process
        wait_until_listening(self.port, popen, within=within)

    def stop(self) -> None:
        if self.process is not None:
            self.process.end()
            self.process = None

    def freeze(self) -> None:
        """Let it take connections and answer nothing."""
        assert self.process is not None
        self.process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send(signal.SIGCONT)
