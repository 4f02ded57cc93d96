from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from instances.choices import Choice
from instances.models import Visibility
from instances.snapshot import Snapshot
from instances.targets import backend_uses, key_of, probe_targets
from monitoring.target import ProbeTarget
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot


def targets_of(snapshot: Snapshot, default_interval: int = 60) -> tuple[ProbeTarget, ...]:
    return probe_targets(snapshot, now=NOW, default_interval=default_interval)


def with_choices(*services: dict[str, Any], slug: str = "lyon", **values: Any) -> Snapshot:
    choice = Choice(academie=slug, service_id=services[0]["id"], **values)
    return make_snapshot(*services, choices={slug: {choice.service_id: choice}})


def test_a_backend_is_probed_once_for_all_who_show_it() -> None:
    [target] = targets_of(make_snapshot(make_service("visio")))
    assert target.labels["backend"] == ("visio/principal",)
    assert target.labels["academie"] == ("national", "lyon", "reunion")


def test_a_service_that_nobody_shows_is_not_probed() -> None:
    proposed = make_service("visio", rollout="opt-in")
    assert targets_of(make_snapshot(proposed)) == ()
    shown = with_choices(proposed, visibility=Visibility.SHOWN)
    assert [target.labels["academie"] for target in targets_of(shown)] == [("lyon",)]


def test_an_academies_own_address_has_a_target_and_a_name_of_its_own() -> None:
    service = make_service("visio", rollout="opt-in", backends=[])
    own = make_snapshot(make_service("visio")).catalogue.services[0].backends
    snapshot = with_choices(service, visibility=Visibility.SHOWN, backends=own)
    [target] = targets_of(snapshot)
    assert target.labels["backend"] == ("lyon:visio/principal",)


def test_two_services_on_one_server_are_one_target_with_the_strictest_wishes() -> None:
    url = "https://commun.example.fr"
    calm = make_backend("a", url, probe={"profile": "http", "interval": 300, "down_after": 5})
    keen = make_backend("b", f"{url}/", probe={"profile": "http", "interval": 30})
    snapshot = make_snapshot(
        make_service("un", backends=[calm]), make_service("deux", backends=[keen])
    )
    [target] = targets_of(snapshot)
    assert (target.interval, target.down_after) == (30, 3)
    assert target.labels["service"] == ("un", "deux")


@pytest.mark.parametrize("services", [("un", "deux"), ("deux", "un")])
def test_an_academie_makes_no_server_of_the_nations_fail_sooner(services: tuple[str, str]) -> None:
    """It may give its own service the address of any server, and wishes of its own."""
    keen = {"profile": "http", "interval": 30, "timeout": 1, "down_after": 1, "up_after": 20}
    own = make_service("deux", backends=[make_backend("b", "https://commun.fr", probe=keen)])
    national = make_service("un", backends=[make_backend("a", "https://commun.fr")])
    elsewhere = make_service("deux", backends=[make_backend("a", "https://deux.fr")])
    both = {"un": national, "deux": elsewhere}
    choice = Choice(
        academie="lyon",
        service_id="deux",
        visibility=Visibility.SHOWN,
        backends=make_snapshot(own).catalogue.services[0].backends,
    )
    snapshot = make_snapshot(*(both[name] for name in services), choices={"lyon": {"deux": choice}})
    [shared] = [item for item in targets_of(snapshot) if len(item.labels["backend"]) > 1]
    assert set(shared.labels["backend"]) == {"un/a", "lyon:deux/b"}
    wishes = (shared.timeout, shared.down_after, shared.up_after)
    assert wishes == (ProbeTarget.timeout, ProbeTarget.down_after, ProbeTarget.up_after)


def test_a_target_names_what_its_service_cannot_work_without() -> None:
    needy = make_service("visio", depends_on=["identite"])
    found = targets_of(make_snapshot(make_service("identite"), needy))
    assert [item.labels.get("depends-on") for item in found] == [None, ("identite",)]


def test_a_server_of_others_is_asked_every_five_minutes_at_most() -> None:
    probe = {"profile": "http", "interval": 30}
    services = [
        make_service(
            name, operator=operator, backends=[make_backend("a", f"https://{name}.fr", probe=probe)]
        )
        for name, operator in (("notre", "dne"), ("leur", "renater"))
    ]
    intervals = {t.labels["service"]: t.interval for t in targets_of(make_snapshot(*services))}
    assert intervals == {("notre",): 30, ("leur",): 300}


def test_variants_are_named_after_their_service() -> None:
    variant = {
        "id": "cycle-2",
        "label": "Cycle 2",
        "backends": [make_backend("un", "https://tube.example.fr")],
    }
    snapshot = make_snapshot(make_service("tubes", backends=[], variants=[variant]))
    assert [use.public_id for use in backend_uses(snapshot, now=NOW)] == ["tubes/cycle-2.un"]


def test_a_backend_without_probe_is_shown_and_not_watched() -> None:
    service = make_service("visio", backends=[{"id": "a", "url": "https://a.example.fr"}])
    snapshot = make_snapshot(service)
    assert targets_of(snapshot) == ()
    assert len(backend_uses(snapshot, now=NOW)) == 1


def test_an_address_that_nobody_can_read_costs_no_other_its_probe() -> None:
    # No door lets it in any more; a database may hold one from before.
    sound = make_snapshot(make_service("visio"), make_service("nuage"))
    service = sound.catalogue.services[0]
    unreadable = service.backends[0].model_copy(update={"url": "https://[a"})
    choice = Choice(
        academie="lyon",
        service_id="visio",
        visibility=Visibility.NATIONAL,
        backends=(unreadable,),
    )
    snapshot = replace(sound, choices={"lyon": {"visio": choice}})
    assert key_of(unreadable) is None
    found = {target.labels["backend"] for target in targets_of(snapshot)}
    assert found == {("visio/principal",), ("nuage/principal",)}


def test_who_must_be_asked_gently_is_so_whoever_else_asks() -> None:
    url = "https://commun.example.fr"
    probe = {"profile": "http", "interval": 30}
    ours = make_service("notre", backends=[make_backend("a", url, probe=probe)])
    theirs = make_service("leur", operator="asso", backends=[make_backend("a", url, probe=probe)])
    for services in ((ours, theirs), (theirs, ours)):
        assert [target.interval for target in targets_of(make_snapshot(*services))] == [300]


def test_two_things_to_see_at_one_address_are_two_targets() -> None:
    url = "https://statut.example.fr"
    services = [
        make_service(
            name,
            backends=[make_backend("a", url, probe={"profile": "http", "expect": {"text": name}})],
        )
        for name in ("un", "deux")
    ]
    snapshot = make_snapshot(*services, make_service("trois", backends=[make_backend("a", url)]))
    targets = targets_of(snapshot)
    assert [target.expect.text for target in targets] == ["un", "deux", None]
    keys = [key_of(service.backends[0]) for service in snapshot.catalogue.services]
    assert keys == [target.key for target in targets]
    assert len(set(keys)) == 3


def test_what_people_signal_is_looked_at_more_often_and_gently_still() -> None:
    backends = [make_backend("a", "https://notre.fr")]
    ours = make_service("notre", backends=backends)
    theirs = make_service("leur", operator="renater")
    slow = make_service(
        "lent",
        backends=[make_backend("a", "https://lent.fr", probe={"profile": "http", "timeout": 30})],
    )
    snapshot = make_snapshot(ours, theirs, slow, make_service("autre"))
    hurried = {("lyon", "notre"), ("lyon", "leur"), ("lyon", "lent"), ("nulle-part", "autre")}
    found = probe_targets(snapshot, now=NOW, default_interval=60, hurried=hurried)
    intervals = {target.labels["service"][0]: target.interval for target in found}
    assert intervals == {"notre": 20, "leur": 300, "lent": 31, "autre": 60}
