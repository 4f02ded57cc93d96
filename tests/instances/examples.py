"""A small nation for the tests: a few services, two académies, states chosen by each test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.schema import Catalogue
from instances.directory import Directory
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from instances.targets import key_of
from monitoring.health import Health
from monitoring.incidents import Affected, Cause, IncidentView, Severity, Stage
from monitoring.target import State

NOW = datetime(2026, 11, 20, 8, 58, tzinfo=UTC)


def make_service(service_id: str, **changes: Any) -> dict[str, Any]:
    """Return the entry of a service that is complete enough to be valid."""
    return {
        "id": service_id,
        "title": service_id.title(),
        "task": f"Faire {service_id}",
        "summary": f"Pour faire {service_id}.",
        "icon": "visio",
        "categories": ["parler"],
        "users": {"agents": "direct"},
        "sign_in": ["agent"],
        "operator": "dne",
        "backends": [make_backend("principal", f"https://{service_id}.example.fr")],
    } | changes


def make_backend(backend_id: str, url: str, **changes: Any) -> dict[str, Any]:
    return {"id": backend_id, "url": url, "probe": {"profile": "http"}} | changes


def make_catalogue(*services: dict[str, Any]) -> Catalogue:
    return Catalogue.model_validate(
        {
            "categories": [
                {"id": "parler", "title": "Se parler", "icon": "cat-parler"},
                {"id": "ecrire", "title": "Écrire", "icon": "cat-ecrire"},
            ],
            "operators": [
                {"id": "dne", "name": "DNE", "kind": "education"},
                {"id": "renater", "name": "RENATER", "kind": "state"},
                {"id": "asso", "name": "Une association", "kind": "association"},
            ],
            "services": services,
        }
    )


def make_card(slug: str, **changes: Any) -> AcademyCard:
    entry = {
        "slug": slug,
        "name": slug.title(),
        "title": f"Académie de {slug.title()}",
        "within": f"dans l’académie de {slug.title()}",
        "delegation": "DANE",
    }
    return AcademyCard.model_validate(entry | changes)


def make_snapshot(*services: dict[str, Any], **changes: Any) -> Snapshot:
    """Lyon in Paris time and Réunion four zones away, unless the test gives other cards."""
    cards = (make_card("lyon"), make_card("reunion", timezone="Indian/Reunion"))
    values: dict[str, Any] = {
        "catalogue": make_catalogue(*services),
        "catalogue_since": NOW - timedelta(days=2),
        "directory": Directory(cards=cards),
    }
    return Snapshot(**(values | changes))


def make_health(state: State, **changes: Any) -> Health:
    values: dict[str, Any] = {
        "state": state,
        "since": NOW - timedelta(hours=1),
        "checked_at": NOW - timedelta(minutes=1),
        "stale_at": NOW + timedelta(minutes=2),
        "reason": "ok",
    }
    return Health(**(values | changes))


def health_of(snapshot: Snapshot, **states: State) -> dict[str, Health]:
    """Give every backend of each named service one state ("-" in ids reads "_" here)."""
    found = {}
    for name, state in states.items():
        service = snapshot.catalogue.service(name.replace("_", "-"))
        assert service is not None
        backends = [*service.backends, *(b for v in service.variants for b in v.backends)]
        for backend in backends:
            key = key_of(backend)
            assert key is not None
            found[key] = make_health(state)
    return found


def make_incident(targets: Iterable[str], *, number: int = 1, **changes: Any) -> IncidentView:
    opened: datetime = changes.get("opened_at", NOW - timedelta(hours=2))
    values: dict[str, Any] = {
        "id": number,
        "uid": str(number),
        "cause": Cause.TARGET,
        "value": "",
        "severity": Severity.MAJOR,
        "stage": Stage.INVESTIGATING,
        "opened_at": opened,
        "closed_at": None,
        "version": 1,
        "updated_at": opened,
        "targets": tuple(
            Affected(key=key, labels={}, since=opened, until=None, state=State.DOWN)
            for key in targets
        ),
        "messages": (),
    }
    return IncidentView(**(values | changes))
