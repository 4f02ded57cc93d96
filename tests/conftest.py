"""What the tests of every package share: settings, databases, ports and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from database import make_engine, make_sessions
from settings import Settings
from tests import servers
from tests.databases import create_tables
from tests.made_once import keep_compiled, look_for_garbage_less_often
from tests.programs import require_program

pytest_plugins = ("tests.portal",)
keep_compiled()

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No test leaves the machine: every other name is unknown.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, begin with slow ones: nobody waits for one at the end."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    look_for_garbage_less_often()


class SettingsFactory(Protocol):
    def __call__(self, **changes: Any) -> Settings: ...


@pytest.fixture
def make_settings(tmp_path: Path) -> SettingsFactory:
    """Settings as a fresh install has them, with a state folder of the test's own.

    `changes` are fields of Settings, with their final type.
    """
    state_dir = tmp_path / "state"

    def make(**changes: Any) -> Settings:
        state_dir.mkdir(mode=0o700, exist_ok=True)
        defaults = Settings.from_env({"TROUSSE_STATE_DIR": str(state_dir)})
        return replace(defaults, **changes)

    return make


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Each call gives another port of 127.0.0.1 that nobody listens on."""
    return servers.free_port


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with every table, in a file: several processes may open it."""
    engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session that may write; nothing commits unless the test does."""
    with sessions() as session:
        session.connection(execution_options={"trousse_writes": True})
        yield session


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.PostgresServer]:
    """A running PostgreSQL. A test that stops it must start it again."""
    server = servers.PostgresServer()
    try:
        server.start()
        yield server
        server.stop("immediate")
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: servers.PostgresServer) -> Iterator[str]:
    """The address of an empty database on a real PostgreSQL."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: servers.PostgresServer) -> str:
    """A database with every table, for PostgreSQL to copy; nobody stays connected to it."""
    url = postgres_server.create_database()
    engine = make_engine(url)
    create_tables(engine)
    engine.dispose()
    return url


@pytest.fixture
def postgres_engine(
    postgres_server: servers.PostgresServer, postgres_template: str
) -> Iterator[Engine]:
    """A PostgreSQL database with every table."""
    url = postgres_server.create_database(like=postgres_template)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: the test runs on SQLite, then on PostgreSQL."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return f"sqlite:///{tmp_path}/any.db"


@pytest.fixture(params=["sqlite", "postgres"])
def any_engine(request: pytest.FixtureRequest) -> Engine:
    """A database with every table: the test runs on SQLite, then on PostgreSQL."""
    engine: Engine = request.getfixturevalue(
        "postgres_engine" if request.param == "postgres" else "engine"
    )
    return engine


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium: Playwright's own download is not wanted."""
    chromium = require_program("chromium", package="chromium")
    return {"executable_path": chromium, "args": list(CHROMIUM_FLAGS)}
