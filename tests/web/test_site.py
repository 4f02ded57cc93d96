"""A worker starts whatever the database holds."""

from __future__ import annotations

from sqlalchemy import text

from app import create_app
from database import make_engine
from tests.conftest import SettingsFactory
from upkeep.upgrade import upgrade
from web.site import SITE


def test_a_worker_starts_whatever_the_database_holds(make_settings: SettingsFactory) -> None:
    settings = make_settings()
    upgrade(settings)
    engine = make_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO publication (kind, content_hash, content, since, source, problems,"
                " checked_at) VALUES ('catalogue', '', 'no JSON', '2026-11-20', '', '[]',"
                " '2026-11-20')"
            )
        )
    engine.dispose()
    app = create_app(settings)
    site = app.extensions[SITE]
    assert site.snapshot.catalogue.services
    assert app.test_client().get("/readyz").status_code == 200
    site.engine.dispose()
