"""Pages are made anew for what they tell, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from instances.basis import Basis, Shown
from instances.basis import basis_of as basis_of_shown
from instances.choices import Decision, follow_nation, show_service
from instances.page import build_page
from instances.publication import Sources
from instances.signals import Signalled
from instances.snapshot import Snapshot, read_snapshot
from journal import Revision
from monitoring.history import TargetHistory
from monitoring.incidents import Message, Source
from monitoring.target import State
from tests.conftest import SettingsFactory
from tests.instances.examples import (
    NOW,
    health_of,
    make_backend,
    make_card,
    make_health,
    make_incident,
    make_service,
    make_snapshot,
)


def basis_of(snapshot: Snapshot, targets: tuple[str, ...] | None, *, now: datetime) -> Basis:
    return basis_of_shown(snapshot, Shown(targets), now=now)


SERVICES = (make_service("visio"), make_service("pad"))


def checked(**states: State) -> Snapshot:
    snapshot = make_snapshot(*SERVICES)
    revisions = {Revision.CATALOGUE: 1, Revision.DECISIONS: 1, Revision.HEALTH: 1}
    return replace(snapshot, health=health_of(snapshot, **states), revisions=revisions)


def targets_of(snapshot: Snapshot, *names: str) -> tuple[str, ...]:
    return tuple(health_of(snapshot, **dict.fromkeys(names, State.UP)))


UP = checked(visio=State.UP, pad=State.UP)
VISIO = targets_of(UP, "visio")


def test_a_page_names_every_target_that_it_shows() -> None:
    levels = [
        {"id": level, "label": level, "backends": [make_backend("a", f"https://{level}.example")]}
        for level in ("college", "lycee")
    ]
    tubes = make_service("tubes", backends=[], variants=levels)
    unprobed = make_service("autre", backends=[make_backend("a", "https://a.example", probe=None)])
    snapshot = make_snapshot(*SERVICES, tubes, unprobed)
    page = build_page(snapshot, make_card("rennes"), now=NOW)
    assert len(set(page.targets)) == 4


@pytest.mark.parametrize("state", [State.DOWN, State.MAINTENANCE, State.UNKNOWN, None])
def test_another_state_is_another_page(state: State | None) -> None:
    after = checked(pad=State.UP) if state is None else checked(visio=state, pad=State.UP)
    assert basis_of(UP, VISIO, now=NOW) != basis_of(after, VISIO, now=NOW)


def test_states_of_others_change_nothing() -> None:
    after = checked(visio=State.UP, pad=State.DOWN)
    assert basis_of(UP, VISIO, now=NOW) == basis_of(after, VISIO, now=NOW)
    assert basis_of(UP, (), now=NOW) == basis_of(after, (), now=NOW)


def test_a_fresh_check_of_the_same_state_changes_nothing() -> None:
    (key,) = VISIO
    later = NOW + timedelta(seconds=30)
    again = make_health(State.UP, checked_at=later, stale_at=later + timedelta(minutes=3))
    again = replace(again, since=UP.health[key].since, latency_ms=99)
    after = replace(UP, health={key: again}, revisions={**UP.revisions, Revision.HEALTH: 2})
    assert basis_of(UP, VISIO, now=NOW) == basis_of(after, VISIO, now=later)


@pytest.mark.parametrize("field", ["since", "expected_end"])
def test_the_times_that_a_page_tells_count(field: str) -> None:
    (key,) = VISIO
    changes: dict[str, Any] = {field: NOW - timedelta(days=1)}
    after = replace(UP, health={key: replace(UP.health[key], **changes)})
    assert basis_of(UP, VISIO, now=NOW) != basis_of(after, VISIO, now=NOW)


def test_what_nobody_checks_any_more_is_unknown() -> None:
    (key,) = VISIO
    too_late = UP.health[key].stale_at
    assert basis_of(UP, VISIO, now=NOW) != basis_of(UP, VISIO, now=too_late)


@pytest.mark.parametrize("revision", [Revision.CATALOGUE, Revision.DECISIONS])
@pytest.mark.parametrize("targets", [VISIO, (), None])
def test_catalogue_and_decisions_change_every_page(
    revision: Revision, targets: tuple[str, ...] | None
) -> None:
    after = replace(UP, revisions={**UP.revisions, revision: 2})
    assert basis_of(UP, targets, now=NOW) != basis_of(after, targets, now=NOW)


def test_a_page_that_did_not_say_what_it_shows_changes_with_every_state() -> None:
    after = replace(UP, revisions={**UP.revisions, Revision.HEALTH: 2})
    assert basis_of(UP, None, now=NOW) != basis_of(after, None, now=NOW)


def test_what_another_academie_decides_changes_nothing() -> None:
    lyon = Shown(VISIO, "lyon")
    before = replace(UP, decided={"lyon": 1, None: 1})
    elsewhere = replace(
        before,
        decided={"lyon": 1, "rennes": 2, None: 1},
        revisions={**UP.revisions, Revision.DECISIONS: 2},
    )
    assert basis_of_shown(before, lyon, now=NOW) == basis_of_shown(elsewhere, lyon, now=NOW)


@pytest.mark.parametrize("whose", ["lyon", None])
def test_what_it_decides_or_is_told_with_all_is_another_page(whose: str | None) -> None:
    lyon = Shown(VISIO, "lyon")
    after = replace(UP, decided={whose: 2})
    assert basis_of_shown(UP, lyon, now=NOW) != basis_of_shown(after, lyon, now=NOW)


def test_the_snapshot_notes_whose_decisions_changed(
    session: Session, make_settings: SettingsFactory
) -> None:
    settings = make_settings()
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    first = read_snapshot(session, sources, now=NOW)
    visio = first.catalogue.services[0]
    by = Decision(academie="lyon", actor="account/1", now=NOW)
    show_service(session, visio, by=by)
    second = read_snapshot(session, sources, now=NOW, last=first)
    assert second.decided == {"lyon": 1}
    show_service(session, visio, by=replace(by, academie="rennes"))
    third = read_snapshot(session, sources, now=NOW, last=second)
    assert third.decided == {"lyon": 1, "rennes": 2}
    follow_nation(session, visio, by=by)
    assert read_snapshot(session, sources, now=NOW, last=third).decided["lyon"] == 3


FOLLOWING = Shown(VISIO, "lyon", follows=True)
SILENT = Shown(VISIO, "lyon")


def happening(what: str, whose: str) -> Snapshot:
    """Return the snapshot after something of one of the two services changed."""
    (key,) = targets_of(UP, whose)
    one = Signalled(n=3, since=NOW, buckets=((1, 3),))
    fresh: dict[str, tuple[Revision, dict[str, Any]]] = {
        "incident": (Revision.INCIDENTS, {"incidents": (make_incident([key]),)}),
        "history": (Revision.HISTORY, {"history": {key: TargetHistory(at=NOW)}}),
        "signal": (Revision.SIGNALS, {"signals": {("lyon", whose): one}}),
    }
    revision, changes = fresh[what]
    return replace(UP, revisions={**UP.revisions, revision: 2}, **changes)


@pytest.mark.parametrize("what", ["incident", "history", "signal"])
def test_a_page_that_follows_is_another_when_something_happens(what: str) -> None:
    after = happening(what, "visio")
    assert basis_of_shown(UP, FOLLOWING, now=NOW) != basis_of_shown(after, FOLLOWING, now=NOW)
    assert basis_of_shown(UP, SILENT, now=NOW) == basis_of_shown(after, SILENT, now=NOW)


@pytest.mark.parametrize("what", ["incident", "history"])
def test_what_happens_to_services_that_it_does_not_show_leaves_it_alone(what: str) -> None:
    after = happening(what, "pad")
    assert basis_of_shown(UP, FOLLOWING, now=NOW) == basis_of_shown(after, FOLLOWING, now=NOW)


def test_what_people_signal_elsewhere_is_told_by_the_nation_alone() -> None:
    after = replace(UP, signals={("rennes", "visio"): Signalled(n=5, since=NOW)})
    assert basis_of_shown(UP, FOLLOWING, now=NOW) == basis_of_shown(after, FOLLOWING, now=NOW)
    nation = Shown(VISIO, "national", follows=True)
    assert basis_of_shown(UP, nation, now=NOW) != basis_of_shown(after, nation, now=NOW)


def test_one_more_line_of_a_story_is_another_page() -> None:
    before, line = happening("incident", "visio"), Message(uid="m", at=NOW, source=Source.PROBE)
    told = replace(before.incidents[0], messages=(line,))
    after = replace(before, incidents=(told,))
    assert basis_of_shown(before, FOLLOWING, now=NOW) != basis_of_shown(after, FOLLOWING, now=NOW)


def test_announced_work_is_told_by_every_page() -> None:
    after = replace(UP, revisions={**UP.revisions, Revision.WINDOWS: 2})
    assert basis_of_shown(UP, SILENT, now=NOW) != basis_of_shown(after, SILENT, now=NOW)
