"""What every command starts from: settings, a database session, the picture of all académies."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions
from instances import publication
from instances.schema import AcademyCard
from instances.snapshot import Snapshot, read_snapshot
from settings import SETTINGS_KEY, Settings


def settings() -> Settings:
    found: Settings = current_app.extensions[SETTINGS_KEY]
    return found


def sessions() -> sessionmaker[Session]:
    return make_sessions(make_engine(settings().database_url))


def snapshot(session: Session) -> Snapshot:
    sources = publication.Sources(catalogue=settings().catalogue, academies=settings().academies)
    return read_snapshot(session, sources, now=datetime.now(UTC))


def card(found: Snapshot, slug: str) -> AcademyCard:
    """Return an académie's card; says which ones there are instead of an unknown one."""
    card = found.directory.by_slug(slug)
    if card is None:
        nearest = ", ".join(item.slug for item in found.directory.nearest(slug))
        raise click.ClickException(f"there is no académie {slug!r}; the nearest: {nearest}")
    return card


def actor() -> str:
    return f"command line ({getpass.getuser()})"
