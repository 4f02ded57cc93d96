"""Databases at the schema of this version, made by its own migrations."""

from __future__ import annotations

import pytest

from settings import Settings
from tests.conftest import SettingsFactory
from tests.programs import skip_loudly
from upkeep.upgrade import MIGRATIONS, upgrade


@pytest.fixture
def settings(make_settings: SettingsFactory, any_url: str) -> Settings:
    """Settings of a deployment whose database is empty: SQLite, then PostgreSQL."""
    return make_settings(database_url=any_url)


@pytest.fixture
def upgraded(settings: Settings) -> Settings:
    """The same, once the database has its tables."""
    return with_tables(settings)


@pytest.fixture
def on_sqlite(make_settings: SettingsFactory) -> Settings:
    """A deployment whose tables are in SQLite's file of the state folder."""
    return with_tables(make_settings())


def with_tables(settings: Settings) -> Settings:
    if not list((MIGRATIONS / "versions").glob("*.py")):
        skip_loudly("there is no migration yet: make migration NAME='Initial tables'")
    upgrade(settings)
    return settings
