"""The profile `matrix` against a real Synapse on a real PostgreSQL, behind a real nginx."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitoring.probe import check
from monitoring.target import Part, ProbeResult, ProbeTarget, State
from tests.backends import Program
from tests.monitoring.profiles.replay import make_guard_of_names
from tests.nginx import proxy
from tests.servers import PostgresServer
from tests.synapse import synapse

pytestmark = [pytest.mark.real, pytest.mark.postgres]
NAME = "matrix.lyon.example"


@pytest.fixture(scope="module")
def server(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    database = postgres_server.create_database()
    folder = tmp_path_factory.mktemp("synapse")
    with synapse(folder, name=NAME, database=database) as server:
        yield server
    postgres_server.drop_database(database)


@pytest.fixture(scope="module")
def front(server: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("nginx")
    with proxy(folder, name=NAME, behind=server.port) as front:
        yield front


def probe(url: str) -> ProbeResult:
    target = ProbeTarget(key="k", url=url, profile="matrix", timeout=20)
    return check(target, guard=make_guard_of_names())


def test_a_healthy_synapse_is_up_with_its_version(front: Program) -> None:
    result = probe(f"http://{NAME}:{front.port}")
    assert (result.state, result.reason) == (State.UP, "ok")
    assert result.version is not None
    assert result.version.startswith("1.")
    assert [step.status for step in result.steps] == [200, 200, 404]
    assert result.parts[Part.WORKS] is State.UP


def test_a_synapse_without_its_database_is_down_though_the_rest_answers(
    server: Program, postgres_server: PostgresServer
) -> None:
    postgres_server.stop("immediate")
    try:
        broken = probe(server.url)
    finally:
        postgres_server.start()
    assert (broken.state, broken.reason) == (State.DOWN, "database")
    assert [step.status for step in broken.steps] == [200, 200, 500]
    assert (broken.parts[Part.HEALTHY], broken.parts[Part.WORKS]) == (State.UP, State.DOWN)
    # Each connection that it kept fails once.
    assert State.UP in {probe(server.url).state for _ in range(5)}


def test_a_synapse_asked_by_the_name_of_another_site_is_down(front: Program) -> None:
    result = probe(f"http://autre.lyon.example:{front.port}")
    assert (result.state, result.reason) == (State.DOWN, "wrong-software")


def test_a_stopped_synapse_is_down_behind_its_front_too(server: Program, front: Program) -> None:
    with server.stopped():
        alone = probe(server.url)
        behind = probe(f"http://{NAME}:{front.port}")
    assert (alone.state, alone.reason) == (State.DOWN, "connection-refused")
    assert (behind.state, behind.reason) == (State.DOWN, "http-502")
