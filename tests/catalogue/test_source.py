"""The catalogue from a file and from an https address, with what can go wrong on the way."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue.problems import Code
from catalogue.source import Fetched, NotModified, SourceError, read_source
from catalogue.yaml_reader import MOST_BYTES
from outbound.adapter import tls_context
from tests.catalogue.reading import SOUND
from tests.certificates import Signed, make_authority, make_certificate, write_authority
from tests.ill_behaved import (
    Handler,
    Listener,
    drips,
    floods,
    hangs_up,
    http_answer,
    read_request,
    redirects_to,
    says,
    says_nothing,
)

CONTENT = SOUND.encode()


def refused(source: str, **options: object) -> Code:
    with pytest.raises(SourceError) as caught:
        read_source(source, **options)  # type: ignore[arg-type]
    assert caught.value.problem.file == source
    return caught.value.problem.code


def fetched(source: str, **options: object) -> Fetched:
    found = read_source(source, **options)  # type: ignore[arg-type]
    assert isinstance(found, Fetched)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "services.yaml"
    path.write_bytes(CONTENT)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_a_file_is_read_with_a_digest_and_its_date(file: Path) -> None:
    found = fetched(str(file))
    assert found.content == CONTENT
    assert found.modified_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert isinstance(read_source(str(file), etag=found.etag), NotModified)
    file.write_bytes(CONTENT + b"#")
    assert fetched(str(file), etag=found.etag).etag != found.etag


def test_a_path_that_leads_to_no_file_is_said_so(tmp_path: Path) -> None:
    assert refused(str(tmp_path / "nothing.yaml")) is Code.SOURCE_MISSING
    assert refused(str(tmp_path)) is Code.SOURCE_UNREADABLE
    assert refused("/dev/zero") is Code.SOURCE_UNREADABLE
    assert refused("a\0b") is Code.SOURCE_UNREADABLE


def test_a_file_that_is_too_large_is_not_read(file: Path) -> None:
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    assert refused(str(file)) is Code.TOO_LARGE


def test_a_file_being_written_waits_for_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "services.yaml"
    file.write_bytes(CONTENT[:500])
    pauses = []

    def write_on(seconds: float) -> None:
        pauses.append(seconds)
        file.write_bytes(CONTENT)

    assert refused(str(file), pause=write_on) is Code.SOURCE_CHANGING
    assert fetched(str(file), pause=pauses.append).content == CONTENT
    assert len(pauses) == 2


@pytest.fixture(scope="module")
def authority() -> Signed:
    return make_authority()


Serve = Callable[[Handler], Listener]


@pytest.fixture
def serve(authority: Signed, tmp_path: Path) -> Serve:
    context = make_certificate("localhost", issuer=authority).server_context(tmp_path)
    return lambda handler: Listener(handler, tls=context)


@pytest.fixture
def certificates(authority: Signed, tmp_path: Path) -> str:
    return str(write_authority(authority, tmp_path))


def address(server: Listener) -> str:
    return f"https://localhost:{server.port}/services.yaml"


def test_an_address_is_read_with_its_etag(serve: Serve, certificates: str) -> None:
    requests: list[bytes] = []

    def answer(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(read_request(connection))
        known = b'If-None-Match: "v1"' in requests[-1]
        when = "Tue, 14 Nov 2023 22:13:20 GMT"
        connection.sendall(
            http_answer("304 Not Modified", b"")
            if known
            else http_answer(body=CONTENT, ETag='"v1"', Last_Modified=when)
        )

    with serve(answer) as server:
        found = fetched(address(server), certificates=certificates)
        assert (found.content, found.etag) == (CONTENT, '"v1"')
        assert found.modified_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
        again = read_source(address(server), etag=found.etag, certificates=certificates)
    assert isinstance(again, NotModified)
    assert b"If-None-Match" not in requests[0]


def holds(versions: list[bytes]) -> Handler:
    """Give the last of these versions, with an ETag, or nothing to whom has it."""

    def answer(connection: socket.socket, _over: threading.Event) -> None:
        etag = f'"v{len(versions)}"'
        known = f"If-None-Match: {etag}".encode() in read_request(connection)
        connection.sendall(
            http_answer("304 Not Modified", b"")
            if known
            else http_answer(body=versions[-1], ETag=etag)
        )

    return answer


@pytest.fixture
def own_authority(certificates: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust the tests' authority the way a machine of an académie trusts its own."""
    monkeypatch.setenv("SSL_CERT_FILE", certificates)
    tls_context.cache_clear()
    yield
    tls_context.cache_clear()


@pytest.mark.usefixtures("own_authority")
def test_an_authority_of_the_system_is_trusted_from_one_version_to_the_next(serve: Serve) -> None:
    versions = [CONTENT]
    with serve(holds(versions)) as server:
        first = fetched(address(server))
        assert (first.content, first.etag) == (CONTENT, '"v1"')
        assert isinstance(read_source(address(server), etag=first.etag), NotModified)
        versions.append(CONTENT + b"# 2\n")
        second = fetched(address(server), etag=first.etag)
        assert (second.content, second.etag) == (versions[-1], '"v2"')
        assert isinstance(read_source(address(server), etag=second.etag), NotModified)


@pytest.mark.usefixtures("own_authority")
def test_a_certificate_for_another_name_is_refused_all_the_same(
    authority: Signed, tmp_path: Path
) -> None:
    context = make_certificate("elsewhere.test", issuer=authority).server_context(tmp_path)
    with Listener(says(http_answer(body=CONTENT)), tls=context) as server:
        assert refused(address(server)) is Code.SOURCE_UNREACHABLE


def test_a_redirect_is_followed_on_https_alone(serve: Serve, certificates: str) -> None:
    with serve(says(http_answer(body=CONTENT))) as server:
        with serve(redirects_to(address(server))) as first:
            assert fetched(address(first), certificates=certificates).content == CONTENT
        with Listener(says(http_answer(body=CONTENT))) as clear:
            with serve(redirects_to(clear.url)) as first:
                code = refused(address(first), certificates=certificates)
            assert code is Code.SOURCE_REDIRECT
            assert clear.count_of_others() == 0


def test_a_circle_of_redirects_ends(serve: Serve, certificates: str) -> None:
    with serve(redirects_to("/services.yaml")) as server:
        assert refused(address(server), certificates=certificates) is Code.SOURCE_REDIRECT
        assert server.connections <= 6


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (says(http_answer("404 Not Found")), Code.SOURCE_STATUS),
        (says(http_answer("503 Service Unavailable")), Code.SOURCE_STATUS),
        (says(http_answer("304 Not Modified", b"")), Code.SOURCE_STATUS),
        (hangs_up, Code.SOURCE_UNREACHABLE),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nformat"), Code.SOURCE_UNREACHABLE),
        (floods(b"HTTP/1.1 200 OK\r\n\r\n", b"#" * 65536), Code.TOO_LARGE),
        (
            says(http_answer(body=gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")),
            Code.TOO_LARGE,
        ),
    ],
    ids=["404", "503", "304 unasked", "hangs up", "cut off", "endless", "bomb"],
)
def test_a_bad_answer_is_a_problem(
    serve: Serve, certificates: str, handler: Handler, code: Code
) -> None:
    with serve(handler) as server:
        assert refused(address(server), certificates=certificates) is code


@pytest.mark.parametrize(
    "handler",
    [says_nothing, drips(b"HTTP/1.1 200 OK\r\n", b"X"), drips(b"HTTP/1.1 200 OK\r\n\r\n", b"#")],
    ids=["silent", "slow headers", "slow body"],
)
def test_the_clock_is_kept_whatever_drips(
    serve: Serve, certificates: str, handler: Handler
) -> None:
    with serve(handler) as server:
        before = time.monotonic()
        code = refused(address(server), certificates=certificates, seconds=0.5)
        assert code is Code.SOURCE_TOO_SLOW
        assert time.monotonic() - before < 2


def test_a_certificate_of_nobody_is_refused(serve: Serve) -> None:
    with serve(says(http_answer(body=CONTENT))) as server:
        assert refused(address(server)) is Code.SOURCE_UNREACHABLE


def test_proxies_of_the_environment_are_not_asked(
    serve: Serve, certificates: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Listener(says(http_answer())) as proxy, serve(says(http_answer(body=CONTENT))) as server:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert fetched(address(server), certificates=certificates).content == CONTENT
        assert proxy.count_of_others() == 0


@pytest.mark.parametrize("source", ["http://localhost/services.yaml", "ftp://localhost/x"])
def test_only_https_is_asked(source: str) -> None:
    assert refused(source) is Code.SOURCE_REDIRECT
