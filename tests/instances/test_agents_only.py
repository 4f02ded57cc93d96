from __future__ import annotations

from instances.offer import Absence, find, offer
from instances.page import build_page
from instances.snapshot import Snapshot
from instances.targets import probe_targets
from tests.instances.examples import NOW, make_service, make_snapshot


def with_a_reserved_service(**changes: object) -> Snapshot:
    reserved = make_service("intranet", visibility="agents", **changes)
    return make_snapshot(make_service("visio"), reserved)


def test_everybody_sees_only_what_is_public() -> None:
    snapshot = with_a_reserved_service()
    card = snapshot.directory.cards[0]
    assert [tile.service.id for tile in build_page(snapshot, card, now=NOW).tiles] == ["visio"]
    found = find(snapshot, card, "intranet", now=NOW)
    assert found is not None
    assert found.absence is Absence.AGENTS_ONLY


def test_who_is_signed_in_sees_what_is_reserved_to_agents() -> None:
    snapshot = with_a_reserved_service()
    card = snapshot.directory.cards[0]
    page = build_page(snapshot, card, now=NOW, for_agents=True)
    assert [tile.service.id for tile in page.tiles] == ["visio", "intranet"]
    found = find(snapshot, card, "intranet", now=NOW, for_agents=True)
    assert found is not None
    assert found.absence is None


def test_what_is_not_offered_is_not_offered_to_agents_either() -> None:
    snapshot = with_a_reserved_service(rollout="opt-in")
    [_, reserved] = offer(snapshot, snapshot.directory.cards[0], NOW, for_agents=True)
    assert reserved.absence is Absence.NOT_OFFERED


def test_what_agents_open_is_probed() -> None:
    targets = probe_targets(with_a_reserved_service(), now=NOW, default_interval=60)
    assert any("intranet.example.fr" in target.url for target in targets)
