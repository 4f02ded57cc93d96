"""Readers of Statuspage's form understand what we say, and are told nothing that we do not know."""

from __future__ import annotations

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest

from instances.targets import key_of
from monitoring import probe, windows
from monitoring.memory import Memory
from monitoring.target import ProbeTarget, State, target_key
from outbound import Guard
from tests.portal import Portal
from tests.web import happenings
from tests.web.happenings import AN_HOUR, Said, now
from tests.web.statuspage_reader import Document
from web import statuspage
from web.status_json import DOCUMENTS


def read(portal: Portal, name: str = "summary", start: str = "/lyon") -> Document:
    answer = portal.client.get(f"{start}/etat/api/v2/{name}.json")
    assert answer.status_code == 200
    return Document.model_validate_json(answer.text)


def statuses(portal: Portal) -> dict[str, str]:
    return {item.id: item.status for item in read(portal).components or ()}


@pytest.mark.parametrize("start", ["/lyon", "/en/lyon", ""])
def test_every_document_is_in_the_form_and_names_its_page(portal: Portal, start: str) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    happenings.add_window(portal, "service", "pad")
    happenings.add_incident(
        portal, happenings.keys_of(portal, "visio"), Said(text="Nous y sommes.", at=now())
    )
    for name in DOCUMENTS:
        found = read(portal, name, start)
        assert found.page.id == (start.rpartition("/")[2] or "national")


def test_each_state_has_its_word_and_what_nobody_watches_none(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    portal.set_state("salle", State.DEGRADED)
    portal.set_state("pad", State.MAINTENANCE)
    portal.set_state("tubes", State.DOWN, backend="maternelle.a")
    assert statuses(portal) == {
        "visio": "major_outage",
        "salle": "degraded_performance",
        "pad": "under_maintenance",
        "tubes": "partial_outage",
        "tubes.maternelle": "major_outage",
        "tubes.cycle-2": "operational",
    }
    found = read(portal)
    assert found.unverified == [{"id": "notes", "name": "CodiMD"}], "nobody watches it"
    [group] = [item for item in found.components or () if item.group]
    assert group.components == ["tubes.maternelle", "tubes.cycle-2"]


@pytest.mark.parametrize(
    ("states", "indicator"),
    [
        ({}, "none"),
        ({"pad": State.MAINTENANCE}, "maintenance"),
        ({"pad": State.MAINTENANCE, "salle": State.DEGRADED}, "minor"),
        ({"visio": State.DOWN}, "major"),
        ({"visio": State.DOWN, "salle": State.DOWN, "pad": State.DOWN}, "critical"),
        (dict.fromkeys(("visio", "salle", "pad"), State.UNKNOWN), "minor"),
    ],
)
def test_the_whole_is_summed_up(portal: Portal, states: dict[str, State], indicator: str) -> None:
    portal.set_all(State.UP)
    for service, state in states.items():
        portal.set_state(service, state)
    status = read(portal, "status").status
    assert status is not None
    assert status.indicator == indicator


def test_a_service_stays_a_component_when_its_state_is_not_known(portal: Portal) -> None:
    portal.set_all(State.UP)
    before = read(portal).components or []
    assert not any(item.unverified for item in before)
    for service in ("visio", "tubes"):
        portal.set_state(service, State.UNKNOWN)
    found = {item.id: item for item in read(portal).components or ()}
    assert list(found) == [item.id for item in before]
    unverified = {name for name, item in found.items() if item.unverified}
    assert unverified == {"visio", "tubes", "tubes.maternelle", "tubes.cycle-2"}
    assert {found[name].status for name in unverified} == {"degraded_performance"}
    assert all((found[name].description or "").startswith("État non") for name in unverified)
    assert found["tubes"].components == ["tubes.maternelle", "tubes.cycle-2"]
    names = {item["id"] for item in read(portal).unverified or ()}
    assert names == {"visio", "tubes", "notes"}


def test_what_an_open_incident_said_stands_while_its_service_cannot_be_verified(
    portal: Portal,
) -> None:
    portal.set_all(State.UP)
    variant = portal.site.snapshot.catalogue.service("tubes")
    assert variant is not None
    key = str(key_of(variant.variants[0].backends[0]))
    for service in ("visio", "tubes"):
        portal.set_state(service, State.UNKNOWN)
    keys = happenings.keys_of(portal, "visio")
    happenings.add_incident(portal, keys, Said(code="opened", at=now()))
    happenings.add_incident(portal, [key], Said(code="opened", at=now()))
    found = read(portal)
    about = {item.id for one in found.incidents or () for item in one.components}
    assert about == {"visio", "tubes.maternelle"}
    expected = {"visio": "major_outage", "tubes": "partial_outage"}
    expected |= {"tubes.maternelle": "major_outage", "tubes.cycle-2": "degraded_performance"}
    said = {item.id: item.status for item in found.components or () if item.unverified}
    assert said == expected
    assert found.status is not None
    assert found.status.indicator == "minor", "nobody reads that all is well"
    assert found.status.description.startswith("Un souci dure")


def test_nothing_checked_is_not_said_to_work(portal: Portal) -> None:
    found = read(portal)
    assert found.components
    assert all(item.unverified for item in found.components)
    assert "operational" not in statuses(portal).values()
    assert found.status is not None
    assert found.status.indicator == "minor"
    assert found.status.description == "Nous n'arrivons pas à vérifier en ce moment."


def test_an_incident_has_its_story_newest_first(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    keys = happenings.keys_of(portal, "visio")
    uid = happenings.add_incident(
        portal,
        keys,
        Said(code="opened", at=now() - AN_HOUR),
        Said(text="Cause trouvée.", stage="identified", at=now() - AN_HOUR / 2),
        Said(text="Ça doit aller.", stage="resolved", at=now()),
    )
    over = now() - timedelta(days=1)
    happenings.add_incident(portal, keys, opened_at=over - AN_HOUR, closed_at=over)
    [incident] = read(portal, "incidents/unresolved").incidents or []
    assert (incident.id, incident.impact, incident.status) == (uid, "major", "monitoring")
    assert [update.status for update in incident.incident_updates] == [
        "monitoring",
        "identified",
        "investigating",
    ], "it still fails: nobody is told that it is resolved"
    assert [component.id for component in incident.components] == ["visio"]
    every = read(portal, "incidents").incidents or []
    assert [item.status for item in every] == ["monitoring", "resolved"]
    assert every[1].resolved_at == over


def test_trouble_and_work_touch_what_is_inside_a_group_never_the_group(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("tubes", State.DOWN, backend="maternelle.a")
    variant = portal.site.snapshot.catalogue.service("tubes")
    assert variant is not None
    [key] = [key_of(item) for item in variant.variants[0].backends][:1]
    happenings.add_incident(portal, [str(key)], Said(code="opened", at=now()))
    happenings.add_window(portal, "service", "tubes")
    found = read(portal)
    [incident], [work] = found.incidents or [], found.scheduled_maintenances or []
    assert [item.id for item in incident.components] == ["tubes.maternelle"]
    assert [item.id for item in work.components] == ["tubes.maternelle", "tubes.cycle-2"]


def test_the_oldest_incidents_are_left_out(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuspage, "MOST_INCIDENTS", 2)
    keys = happenings.keys_of(portal, "visio")
    for n in range(3):
        over = now() - timedelta(days=1, hours=n)
        times = {"opened_at": over - AN_HOUR / 2, "closed_at": over, "updated_at": over}
        happenings.add_incident(portal, keys, **times)
    assert len(read(portal, "incidents").incidents or ()) == 2


def test_planned_work_comes_then_goes_on(portal: Portal) -> None:
    happenings.add_window(portal, "service", "pad")
    begun = now() - AN_HOUR / 2
    told = {"updated_at": begun - 48 * AN_HOUR}
    happenings.add_window(
        portal, "service", "salle", starts_at=begun, ends_at=begun + AN_HOUR, **told
    )
    [active] = read(portal, "scheduled-maintenances/active").scheduled_maintenances or []
    [upcoming] = read(portal, "scheduled-maintenances/upcoming").scheduled_maintenances or []
    assert (active.status, upcoming.status) == ("in_progress", "scheduled")
    assert active.scheduled_for == active.updated_at == begun
    assert len(read(portal, "scheduled-maintenances").scheduled_maintenances or ()) == 2


def test_planned_work_is_completed_when_it_is_over_or_called_off(portal: Portal) -> None:
    begun = now() - AN_HOUR / 2
    times = {"starts_at": begun, "ends_at": begun + AN_HOUR}
    off = happenings.add_window(portal, "service", "pad")
    cut = happenings.add_window(portal, "service", "salle", **times)
    before = {item.id for item in read(portal).scheduled_maintenances or ()}
    happenings.stop_window(portal, cut, windows.end_now)
    happenings.stop_window(portal, off, windows.call_off)
    over = {"starts_at": begun - AN_HOUR, "ends_at": begun, "updated_at": begun - 48 * AN_HOUR}
    happenings.add_window(portal, "service", "visio", **over)
    found = read(portal, "scheduled-maintenances").scheduled_maintenances or []
    assert [item.status for item in found] == ["completed"] * 3
    assert {item.id for item in found[:2]} == before, "under the id by which it was announced"
    words = [item.incident_updates[0].body for item in found]
    assert words[0] == "La maintenance est annulée."
    assert words[1].endswith("plus tôt que prévu.")
    assert words[2] == "La maintenance est terminée."
    assert found[2].resolved_at == found[2].updated_at == begun
    for name in ("summary", "scheduled-maintenances/active", "scheduled-maintenances/upcoming"):
        assert read(portal, name).scheduled_maintenances == []


def test_times_are_those_of_the_academie_with_their_offset(portal: Portal) -> None:
    text = portal.client.get("/reunion/etat/api/v2/status.json").text
    assert json.loads(text)["page"]["updated_at"].endswith("+04:00")


def test_anybody_may_read_it_from_anywhere_and_ask_again_cheaply(portal: Portal) -> None:
    path = "/lyon/etat/api/v2/summary.json"
    answer = portal.client.get(path)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=60" in answer.headers["Cache-Control"]
    again = portal.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_another_portals_probe_reads_it(portal: Portal, address: str) -> None:
    url = f"{address}/lyon/etat"
    target = ProbeTarget(key=target_key(url, "statuspage", None), url=url, profile="statuspage")
    guard = Guard((ip_network("127.0.0.0/8"),), user_agent="Tests")
    heard = []
    for services, state in (
        ((), State.UP),
        (("pad",), State.MAINTENANCE),
        (("visio",), State.DOWN),
        (("visio", "salle", "pad"), State.DOWN),
    ):
        portal.set_all(State.UP)
        for service in services:
            portal.set_state(service, state)
        heard.append(probe.check(target, guard=guard, memory=Memory()).state)
    assert heard == [State.UP, State.MAINTENANCE, State.DEGRADED, State.DOWN]
