"""Which académies a maintenance concerns, and what is planned for an operator's machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from catalogue.schema import Service
from instances.choices import Choice
from instances.models import Visibility
from instances.operator_view import open_incidents, operated
from instances.snapshot import Snapshot
from instances.targets import backend_uses
from instances.window_reach import concerned, planned
from monitoring.maintenance import Scope, Window
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot

HOUR = timedelta(hours=1)
TWO = [make_backend(name, f"https://{name}.example.fr") for name in ("a", "b")]


@pytest.fixture
def snapshot() -> Snapshot:
    """Lyon has Visio at its own address, and hides Pad; nobody but Réunion has one server."""
    own = Service.model_validate(make_service("own")).backends
    choices = {
        "visio": Choice(
            academie="lyon", service_id="visio", visibility=Visibility.NATIONAL, backends=own
        ),
        "pad": Choice(academie="lyon", service_id="pad", visibility=Visibility.HIDDEN),
    }
    pads = [TWO[0], {**TWO[1], "academies": ["reunion"]}]
    return make_snapshot(
        make_service("visio", backends=TWO),
        make_service("pad", backends=pads),
        make_service("salle", operator="renater"),
        choices={"lyon": choices},
    )


@pytest.mark.parametrize(
    ("scope", "value", "slugs"),
    [
        (Scope.SERVICE, "visio", ["reunion"]),
        (Scope.SERVICE, "lyon:visio", ["lyon"]),
        (Scope.BACKEND, "visio/a", ["reunion"]),
        (Scope.SERVICE, "pad", ["reunion"]),
        (Scope.SERVICE, "salle", ["lyon", "reunion"]),
        (Scope.OPERATOR, "dne", ["reunion"]),
        (Scope.OPERATOR, "asso", []),
    ],
)
def test_those_are_concerned_who_show_what_is_worked_on(
    snapshot: Snapshot, scope: Scope, value: str, slugs: list[str]
) -> None:
    uses = backend_uses(snapshot, now=NOW)
    openings = {("reunion", "visio"): 5, ("reunion", "pad"): 9, ("lyon", "visio"): 3}
    found = concerned(snapshot, uses, (scope, value), openings=openings)
    assert [item.slug for item in found] == slugs
    weights = {item.slug: item.weight for item in found}
    if value == "dne":
        assert weights == {"reunion": 9}


def make_window(number: int, **changes: Any) -> Window:
    values: dict[str, Any] = {
        "id": number, "uid": str(number), "owner": "operator/dne", "scope": Scope.SERVICE,
        "value": "visio", "title": "x", "starts_at": NOW + number * HOUR,
        "ends_at": NOW + (number + 1) * HOUR, "updated_at": NOW,
    }  # fmt: skip
    return Window(**(values | changes))


def test_what_is_planned_for_an_operator_is_about_its_own_machines(snapshot: Snapshot) -> None:
    windows = (
        make_window(1, value="salle"),
        make_window(2, value="lyon:visio"),
        make_window(3),
        make_window(4, scope=Scope.OPERATOR, value="dne"),
        make_window(5, starts_at=NOW - 3 * HOUR, ends_at=NOW - HOUR),
    )
    there = make_snapshot(choices=snapshot.choices, catalogue=snapshot.catalogue, windows=windows)
    dne = there.catalogue.operator("dne")
    assert dne is not None
    uses = operated(there, dne, now=NOW)
    assert {use.public_id for use in uses} == {"visio/a", "visio/b", "pad/a", "pad/b"}
    assert [item.window.id for item in planned(there, uses, now=NOW)] == [3, 4]
    assert open_incidents(there, dne) == ()
