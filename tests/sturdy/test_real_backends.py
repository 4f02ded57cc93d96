"""Must be seen in a browser: real servers that work, stop and come back, probed for real."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import backends
from tests.sturdy.conftest import Deploy
from tests.sturdy.deployment import Deployment

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]

CATALOGUE = """\
format: 1
categories:
  - {{id: parler, title: Se parler, icon: cat-parler}}
  - {{id: ecrire, title: Écrire, icon: cat-ecrire}}
operators:
  - {{id: dne, name: la DNE, kind: education}}
services:
  - id: salle
    title: Rendez-vous
    task: Parler à quelques-uns
    summary: Une salle sans compte.
    icon: bulle
    categories: [parler]
    users: {{agents: direct, tous: link}}
    sign_in: [none]
    operator: dne
    launch: {{kind: room, path: "/{{name}}"}}
    backends:
      - {{id: a, url: "{room}", probe: {{profile: jitsi}}}}
    alternatives: [wiki]
  - id: wiki
    title: Wiki
    task: Écrire à plusieurs
    summary: Un wiki.
    icon: livre
    categories: [ecrire]
    users: {{tous: direct}}
    sign_in: [none]
    operator: dne
    launch: {{kind: document, path: "/doku.php?id={{name}}"}}
    backends:
      - id: a
        url: "{wiki}"
        probe: {{profile: http, path: "/doku.php?id=start", expect: {{text: Le wiki répond}}}}
    alternatives: [salle]
"""
PATIENCE = 60_000
"""Milliseconds: three probes five seconds apart, on a busy machine."""


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[backends.Program]:
    folder = tmp_path / "wiki"
    folder.mkdir()
    with backends.dokuwiki(folder) as server:
        yield server


@pytest.fixture
def prosody(tmp_path: Path) -> Iterator[backends.Program]:
    folder = tmp_path / "prosody"
    folder.mkdir()
    with backends.prosody(folder, host="meet.localhost") as server:
        yield server


@pytest.fixture
def deployment(
    deploy: Deploy, wiki: backends.Program, prosody: backends.Program
) -> Iterator[Deployment]:
    deployment = deploy(TROUSSE_PROBE_INTERVAL="5")
    with contextlib.ExitStack() as stack:
        front = stack.enter_context(backends.front(domain="meet.localhost", behind=prosody.port))
        text = CATALOGUE.format(room=front.url, wiki=wiki.url)
        deployment.catalogue.write_text(text, encoding="utf-8")
        deployment.upgrade()
        deployment.start_portal()
        deployment.start_monitor()
        yield deployment


def shows(page: Page, deployment: Deployment, service: str, words: str) -> None:
    """Look at the académie's page again until a tile says so."""
    tile = page.locator(f'li.tile[data-id="{service}"]')

    def look() -> bool:
        page.goto(f"http://127.0.0.1:{deployment.port}/rennes/")
        return bool(re.search(words, tile.inner_text()))

    for _ in range(PATIENCE // 500):
        if look():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{service} never read {words!r}: {tile.inner_text()!r}")


def test_a_teacher_sees_real_servers_work_stop_and_come_back(
    page: Page, deployment: Deployment, wiki: backends.Program, prosody: backends.Program
) -> None:
    base = f"http://127.0.0.1:{deployment.port}"
    shows(page, deployment, "wiki", "Fonctionne")
    shows(page, deployment, "salle", "Fonctionne")

    wiki.stop()
    shows(page, deployment, "wiki", r"En panne depuis \d+\sh(\s\d\d)?")
    page.locator('li.tile[data-id="wiki"] a.tile-main').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wiki est en panne")
    expect(page.locator('main a[href="/rennes/ouvrir/salle"]').first).to_be_visible()

    # Its front still serves the page: only the conversation behind it is dead.
    prosody.stop()
    shows(page, deployment, "salle", "En panne depuis")
    page.goto(f"{base}/rennes/etat")
    expect(page.locator("main")).to_contain_text("2 services ont un souci")

    wiki.start()
    prosody.start()
    shows(page, deployment, "wiki", "Fonctionne")
    shows(page, deployment, "salle", "Fonctionne")
    assert page.request.get(f"{base}/rennes/ouvrir/wiki").url.startswith(f"{wiki.url}/doku.php?id=")
    room = page.request.get(f"{base}/rennes/ouvrir/salle", max_redirects=0)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[a-z0-9-]{20,}", room.headers["location"])
