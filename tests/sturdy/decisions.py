"""What an académie decides while the portal runs."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from catalogue.schema import Service
from database import writing
from instances import choices, publication
from instances.choices import Decision, Hiding
from instances.models import HideReason
from instances.publication import Sources
from tests.sturdy.deployment import Deployment


def _pad(deployment: Deployment) -> Service:
    settings = deployment.settings
    sources = Sources(catalogue=settings.catalogue, academies=settings.academies)
    service = publication.read_sources(sources, now=datetime.now(UTC)).catalogue.service("pad")
    assert service is not None
    return service


def _by() -> Decision:
    return Decision(academie="rennes", actor="Rozenn", now=datetime.now(UTC))


def hide_pad(deployment: Deployment, sessions: sessionmaker[Session] | None = None) -> None:
    with writing(sessions or deployment.sessions) as session:
        hiding = Hiding(reason=HideReason.OUTAGES)
        choices.hide_service(session, _pad(deployment), hiding, by=_by())


def show_pad(deployment: Deployment, sessions: sessionmaker[Session] | None = None) -> None:
    with writing(sessions or deployment.sessions) as session:
        choices.show_service(session, _pad(deployment), by=_by())


def pad_is_shown(deployment: Deployment) -> bool:
    status, page = deployment.get()
    assert status == 200
    return "/rennes/ouvrir/pad" in page
