"""The guard against real sockets: only look-ups are played, never connections."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from outbound import Code, Guard, OutboundError
from outbound.certificates import Ending, ending
from outbound.names import Resolver
from tests import certificates, ill_behaved
from tests.certificates import Signed
from tests.ill_behaved import Listener, forbidden_listener, http_answer, says

HERE = (ip_network("127.0.0.1/32"),)
"""The only place these tests may reach; everything else stands for our inner network."""
DEADLINE = 0.6
NOISE = 10.0
"""Seconds: the machine may be busy; without a deadline these servers would hold us for ever."""

Look = Callable[[str], list[str]]


def guard(lookup: Look | None = None, *, ca_file: Path | None = None, **more: str) -> Guard:
    resolver = Resolver(lookup) if lookup else None
    return Guard(HERE, user_agent="Tests", resolver=resolver, ca_file=ca_file, **more)


def always(*found: str) -> Look:
    return lambda _host: list(found)


def in_turn(*answers: list[str]) -> tuple[Look, list[str]]:
    """A name server that changes its mind, and what it was asked."""
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return lookup, asked


def code_of(ask: Guard, url: str, *, method: str = "GET", same_site: bool = True) -> Code:
    with pytest.raises(OutboundError) as error:
        ask.fetch(method, url, deadline_seconds=NOISE, same_site_redirects=same_site)
    return error.value.code


# What a good answer gives


def test_an_answer_carries_what_a_probe_needs() -> None:
    page = http_answer("404 Not Found", b"gone", Content_Type="text/plain", Set_Cookie="a=b")
    with Listener(says(page)) as server:
        answer = guard().fetch("GET", f"{server.url}/a?b=c")
    assert (answer.status, answer.body, answer.hops) == (404, b"gone", 1)
    assert answer.headers["content-type"] == "text/plain"
    assert answer.url == f"{server.url}/a?b=c"
    assert answer.latency > 0
    assert answer.certificate_until is None


def test_a_request_says_who_we_are_and_nothing_else() -> None:
    requests: list[bytes] = []

    def keep(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(ill_behaved.read_request(connection))
        connection.sendall(http_answer(Set_Cookie="session=1; Path=/"))

    with Listener(keep) as server:
        ask = guard()
        ask.fetch("GET", f"{server.url}/one")
        ask.fetch("POST", f"{server.url}/two", headers={"Accept": "text/xml"}, body=b"<a/>")
    first, second = (request.decode().split("\r\n") for request in requests)
    assert sorted(first) == sorted(
        [
            *("GET /one HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "User-Agent: Tests"),
            *("Accept: */*", "Accept-Encoding: identity", "Cache-Control: no-cache"),
            *("Connection: close", "", ""),
        ]
    )
    assert "Accept: text/xml" in second
    assert second[-1] == "<a/>"
    assert not [line for line in second if line.lower().startswith("cookie")]


def test_a_connection_is_closed_unless_an_upgrade_is_asked() -> None:
    requests: list[bytes] = []

    def switch(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(ill_behaved.read_request(connection))
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")

    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    with Listener(switch) as server:
        answer = guard().fetch("GET", server.url, headers=upgrade)
    assert (answer.status, answer.body) == (101, b"")
    assert b"\r\nConnection: Upgrade\r\n" in requests[0]


def test_a_compressed_answer_within_bounds_is_read() -> None:
    page = http_answer(body=gzip.compress(b"fine"), Content_Encoding="gzip")
    with Listener(says(page)) as server:
        assert guard().fetch("GET", server.url).body == b"fine"


def test_a_redirect_on_the_same_site_is_followed() -> None:
    def site(connection: socket.socket, _over: threading.Event) -> None:
        request = ill_behaved.read_request(connection)
        first = request.startswith(b"GET / ")
        connection.sendall(
            http_answer("302 Found", b"", Location="/in") if first else http_answer()
        )

    with Listener(site) as server:
        answer = guard().fetch("GET", server.url)
    assert (answer.status, answer.hops, answer.url) == (200, 2, f"{server.url}/in")


def test_a_redirect_to_another_site_is_itself_the_answer() -> None:
    with (
        Listener(says(http_answer())) as sso,
        Listener(ill_behaved.redirects_to(f"http://sso.test:{sso.port}/")) as server,
    ):
        answer = guard(always("127.0.0.1")).fetch("GET", f"http://a.test:{server.port}/")
        assert sso.count_of_others() == 0
    assert answer.status == 302


def test_a_www_name_is_the_same_site() -> None:
    with (
        Listener(says(http_answer())) as www,
        Listener(ill_behaved.redirects_to(f"http://www.a.test:{www.port}/")) as server,
    ):
        answer = guard(always("127.0.0.1")).fetch("GET", f"http://a.test:{server.port}/")
    assert (answer.status, answer.hops) == (200, 2)


def test_credentials_are_not_carried_to_another_host() -> None:
    requests: list[bytes] = []

    def keep(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(ill_behaved.read_request(connection))
        connection.sendall(http_answer())

    with (
        Listener(keep) as other,
        Listener(ill_behaved.redirects_to(f"http://b.test:{other.port}/")) as server,
    ):
        guard(always("127.0.0.1")).fetch(
            "GET",
            f"http://a.test:{server.port}/",
            headers={"Authorization": "Bearer x", "Cookie": "a=b", "X-Kept": "yes"},
            same_site_redirects=False,
        )
    sent = requests[0].lower()
    assert b"x-kept: yes" in sent
    assert b"authorization" not in sent
    assert b"cookie" not in sent


def test_a_bare_connection_is_opened_and_closed() -> None:
    with Listener(says(b"")) as server:
        assert guard().connect("127.0.0.1", server.port) > 0
        assert server.count_of_others() == 1


# Where it must never go


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.2", "2130706434", "017700000002", "0x7f000002"),
        *("0177.0.0.2", "0x7f.0.0.2", "127.2", "127.0.0.02"),
        *("[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "[::127.0.0.2]"),
        *("[64:ff9b::7f00:2]", "[64:ff9b:1::7f00:2]", "[2002:7f00:2::]", "[2002:7f00:2::1]"),
        *("[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]"),
        *("0.0.0.0", "169.254.169.254", "10.0.0.1", "[::1]", "[fd00::1]"),
    ],
)
def test_no_spelling_reaches_a_forbidden_address(host: str) -> None:
    with forbidden_listener() as listener:
        ask = guard()
        assert code_of(ask, f"http://{host}:{listener.port}/") is Code.REFUSED_ADDRESS
        with pytest.raises(OutboundError) as error:
            ask.connect(host.strip("[]"), listener.port)
        assert error.value.code is Code.REFUSED_ADDRESS


def test_a_forbidden_address_of_the_other_family_is_refused() -> None:
    with forbidden_listener(host="::1") as listener:
        assert code_of(guard(), f"http://[::1]:{listener.port}/") is Code.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.2"],
        ["10.0.0.1", "127.0.0.2"],
        ["::ffff:127.0.0.2"],
        ["64:ff9b::7f00:2"],
        ["2002:7f00:2::1"],
        ["fe80::1%lo"],
        ["::1"],
    ],
)
def test_a_name_of_a_forbidden_address_is_refused(found: list[str]) -> None:
    with forbidden_listener() as listener:
        url = f"http://harmless.test:{listener.port}/"
        assert code_of(guard(always(*found)), url) is Code.REFUSED_ADDRESS


def test_the_real_look_up_of_localhost_is_refused_where_not_allowed() -> None:
    with forbidden_listener(host="127.0.0.1") as listener:
        nowhere = Guard(user_agent="Tests")
        for host in ("localhost", "LOCALHOST"):
            url = f"http://{host}:{listener.port}/"
            assert code_of(nowhere, url) is Code.REFUSED_ADDRESS


def test_of_several_addresses_only_an_allowed_one_is_asked() -> None:
    with Listener(says(http_answer())) as server, forbidden_listener(port=server.port):
        for found in (["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2", "::1"]):
            answer = guard(always(*found)).fetch("GET", f"http://a.test:{server.port}/")
            assert answer.status == 200


def test_the_name_is_not_looked_up_again_between_check_and_connection() -> None:
    lookup, asked = in_turn(["127.0.0.1"], ["127.0.0.2"])
    with Listener(says(http_answer())) as server, forbidden_listener(port=server.port):
        answer = guard(lookup).fetch("GET", f"http://rebinding.test:{server.port}/")
    assert answer.status == 200
    assert asked == ["rebinding.test"]


def test_a_name_that_turns_forbidden_is_refused_the_next_time() -> None:
    lookup, _ = in_turn(["127.0.0.1"], ["127.0.0.2"])
    with Listener(says(http_answer())) as server, forbidden_listener(port=server.port):
        ask = guard(lookup)
        ask.fetch("GET", f"http://rebinding.test:{server.port}/")
        url = f"http://rebinding.test:{server.port}/"
        assert code_of(ask, url) is Code.REFUSED_ADDRESS


def test_a_name_that_turns_forbidden_between_two_hops_is_refused() -> None:
    lookup, asked = in_turn(["127.0.0.1"], ["127.0.0.2"])
    server = Listener(ill_behaved.redirects_to("/again"))
    with server, forbidden_listener(port=server.port):
        url = f"http://rebinding.test:{server.port}/"
        assert code_of(guard(lookup), url) is Code.REFUSED_ADDRESS
    assert len(asked) == 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Same", "308 Same"])
def test_a_redirect_to_a_forbidden_address_is_refused(status: str) -> None:
    with (
        forbidden_listener() as listener,
        Listener(ill_behaved.redirects_to(listener.url, status)) as server,
    ):
        code = code_of(guard(), server.url, method="POST", same_site=False)
        assert code is Code.REFUSED_ADDRESS


def test_each_hop_is_checked_not_only_the_first() -> None:
    with (
        forbidden_listener() as listener,
        Listener(ill_behaved.redirects_to(f"http://0x7f.2:{listener.port}/")) as last,
        Listener(ill_behaved.redirects_to(last.url)) as first,
    ):
        code = code_of(guard(), first.url, same_site=False)
        assert code is Code.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("file:///etc/passwd", Code.REFUSED_SCHEME),
        ("gopher://127.0.0.1:70/", Code.REFUSED_SCHEME),
        ("http://127.0.0.1:6379/", Code.REFUSED_PORT),
        ("//127.0.0.1:22/", Code.REFUSED_PORT),
        ("http://user:word@127.0.0.1/", Code.REFUSED_CREDENTIALS),
        ("http://127.0.0.1\\@a.test/", Code.REFUSED_ADDRESS),
        ("http://[", Code.REFUSED_ADDRESS),
    ],
)
def test_a_redirect_obeys_the_rules_of_addresses(location: str, code: Code) -> None:
    with Listener(ill_behaved.redirects_to(location)) as server:
        assert code_of(guard(), server.url) is code


def test_redirects_end() -> None:
    with Listener(ill_behaved.redirects_to("/round")) as server:
        assert code_of(guard(), server.url) is Code.TOO_MANY_REDIRECTS
        assert server.count_of_others() == 4


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_environment_names_no_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with forbidden_listener() as listener, Listener(says(http_answer())) as server:
        monkeypatch.setenv(name, listener.url)
        assert guard().fetch("GET", server.url).status == 200


def test_the_environment_gives_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    requests: list[bytes] = []

    def keep(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(ill_behaved.read_request(connection))
        connection.sendall(http_answer())

    with Listener(keep) as server:
        guard().fetch("GET", server.url)
    assert b"authorization" not in requests[0].lower()


def test_a_proxy_of_the_settings_is_used_and_forbidden_addresses_stay_so() -> None:
    requests: list[bytes] = []

    def proxy(connection: socket.socket, _over: threading.Event) -> None:
        requests.append(ill_behaved.read_request(connection))
        connection.sendall(http_answer(body=b"by proxy"))

    def lookup(host: str) -> list[str]:
        if host == "inner.test":
            return ["10.0.0.1"]
        raise socket.gaierror(socket.EAI_AGAIN, "only the proxy knows")

    with Listener(proxy) as server:
        ask = guard(lookup, proxy=server.url)
        assert ask.fetch("GET", "http://outer.test/a").body == b"by proxy"
        assert code_of(ask, "http://10.0.0.1/") is Code.REFUSED_ADDRESS
        assert code_of(ask, "http://inner.test/") is Code.REFUSED_ADDRESS
    assert len(requests) == 1
    assert requests[0].startswith(b"GET http://outer.test/a HTTP/1.1\r\n")


# Who would hold us for ever


@pytest.fixture
def silence() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def timed_out(ask: Guard, url: str, *, expected: Code = Code.TIMEOUT) -> None:
    started = time.monotonic()
    with pytest.raises(OutboundError) as error:
        ask.fetch("GET", url, deadline_seconds=DEADLINE, max_bytes=10**12)
    assert error.value.code is expected
    assert time.monotonic() - started < DEADLINE + NOISE


@pytest.mark.parametrize("first", [[], ["127.0.0.1"]])
def test_a_silent_name_server_ends_at_the_deadline(
    silence: threading.Event, first: list[str]
) -> None:
    """Silent at once, or only when asked again for the redirect."""
    answers = [first] if first else []

    def lookup(_host: str) -> list[str]:
        if answers:
            return answers.pop()
        silence.wait()
        return ["127.0.0.1"]

    with Listener(ill_behaved.redirects_to("/again")) as server:
        url = f"http://silent.test:{server.port}/"
        timed_out(guard(lookup), url, expected=Code.NAME_TEMPORARY)


SLOW_SERVERS = {
    "says nothing": ill_behaved.says_nothing,
    "slow headers": ill_behaved.drips(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "slow header lines": ill_behaved.drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", pause=0.1),
    "slow first line": ill_behaved.drips(b"", b"H"),
    "endless continue": ill_behaved.drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "slow body": ill_behaved.drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
    "slow chunks": ill_behaved.drips(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"
    ),
    "slow body without length": ill_behaved.drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "slow chunk size": ill_behaved.drips(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"
    ),
    "endless body": ill_behaved.floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
    "endless chunks": ill_behaved.floods(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nxxxx\r\n" * 999
    ),
}


@pytest.mark.parametrize("name", SLOW_SERVERS)
def test_no_server_holds_us_past_the_deadline(name: str) -> None:
    with Listener(SLOW_SERVERS[name]) as server:
        timed_out(guard(), server.url)


@pytest.mark.parametrize(
    "handler",
    [
        ill_behaved.says_nothing,
        ill_behaved.drips(b"\x16\x03\x03\x3f\xff\x02", b"x"),
    ],
    ids=["silent", "slow hello"],
)
def test_a_slow_handshake_ends_at_the_deadline(handler: ill_behaved.Handler) -> None:
    with Listener(handler) as server:
        timed_out(guard(), f"https://127.0.0.1:{server.port}/")


def test_a_full_accept_queue_ends_at_the_deadline() -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for client in (first, second):
            client.settimeout(0)
            client.connect_ex(listener.getsockname())
        timed_out(guard(), f"http://127.0.0.1:{listener.getsockname()[1]}/")
        with pytest.raises(OutboundError) as error:
            guard().connect("127.0.0.1", listener.getsockname()[1], deadline_seconds=DEADLINE)
        assert error.value.code is Code.TIMEOUT


@pytest.mark.parametrize(
    "handler",
    [
        ill_behaved.floods(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        ill_behaved.floods(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"4000\r\n" + b"x" * 0x4000 + b"\r\n",
        ),
        says(http_answer(body=b"x" * 300_000)),
        says(ill_behaved.gzip_bomb(50_000_000)),
        says(ill_behaved.deflate_bomb(50_000_000)),
        says(ill_behaved.nested_bomb(50_000_000)),
    ],
    ids=["endless", "endless chunks", "long", "gzip bomb", "deflate bomb", "nested bomb"],
)
def test_an_answer_larger_than_asked_is_cut(handler: ill_behaved.Handler) -> None:
    with Listener(handler) as server:
        ask = guard()
        tracemalloc.start()
        answer = ask.fetch("GET", server.url, deadline_seconds=NOISE)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (answer.status, answer.is_cut, len(answer.body)) == (200, True, 256 * 1024)
    assert peak < 8_000_000


def test_an_answer_as_large_as_asked_is_whole() -> None:
    with Listener(says(http_answer(body=b"x" * 1000))) as server:
        whole = guard().fetch("GET", server.url, max_bytes=1000)
        cut = guard().fetch("GET", server.url, max_bytes=999)
    assert (whole.is_cut, len(whole.body)) == (False, 1000)
    assert (cut.is_cut, len(cut.body)) == (True, 999)


@pytest.mark.parametrize(
    "answer",
    [
        http_answer(body=b"not compressed", Content_Encoding="gzip"),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        b"HTTP/1.1 9999 OK\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_bad(answer: bytes) -> None:
    with Listener(says(answer)) as server:
        assert code_of(guard(), server.url) is Code.BAD_ANSWER


def test_a_garbled_header_neither_fails_nor_fills_our_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon here\r\nX: y\r\n\r\nok"
    with Listener(says(answer)) as server:
        guard().fetch("GET", server.url)
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


def test_a_closed_port_a_cut_and_a_missing_name_are_told_apart() -> None:
    with Listener(ill_behaved.hangs_up) as server:
        assert code_of(guard(), server.url) is Code.CONNECTION_RESET
    assert code_of(guard(), server.url) is Code.CONNECTION_REFUSED

    def lookup(_host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert code_of(guard(lookup), "http://missing.test/") is Code.NAME_NOT_FOUND


@pytest.mark.slow
def test_fifty_bad_servers_do_not_delay_fifty_good_ones() -> None:
    handlers = [handler for name, handler in SLOW_SERVERS.items() if "endless" not in name]
    with Listener(says(http_answer())) as good:
        bad = [Listener(handler) for handler in handlers]
        try:
            for server in bad:
                server.__enter__()
            ask = guard()

            def bad_one(number: int) -> str:
                try:
                    ask.fetch("GET", bad[number % len(bad)].url, deadline_seconds=2)
                except OutboundError as error:
                    return error.code.value
                return "answered"

            def good_one(_number: int) -> float:
                return ask.fetch("GET", good.url, deadline_seconds=NOISE).latency

            with ThreadPoolExecutor(100) as pool:
                bad_results = pool.map(bad_one, range(50))
                good_results = list(pool.map(good_one, range(50)))
                assert set(bad_results) == {"timeout"}
            assert max(good_results) < NOISE
        finally:
            for server in bad:
                server.__exit__(None, None, None)


# Who pretends to be somebody else


@pytest.fixture(scope="module")
def authority() -> Signed:
    return certificates.make_authority()


@pytest.fixture
def ca_file(authority: Signed, tmp_path: Path) -> Path:
    return certificates.write_authority(authority, tmp_path)


def secure(context: ssl.SSLContext) -> Listener:
    return Listener(says(http_answer()), tls=context)


def test_a_good_certificate_is_accepted_and_its_end_told(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    until = certificates.NOW + timedelta(days=12)
    good = certificates.make_certificate("good.test", issuer=authority, until=until)
    with secure(good.server_context(tmp_path)) as server:
        ask = guard(always("127.0.0.1"), ca_file=ca_file)
        answer = ask.fetch("GET", f"https://good.test:{server.port}/")
    assert (answer.status, answer.certificate_until) == (200, until)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("leaf", "between", "root", "first"),
    [(12, 5, 20, True), (5, 12, 20, False), (12, 12, 20, False), (12, 20, 5, False)],
)
def test_the_first_end_of_the_chain_is_told_and_whose_it_is_the_root_left_out(
    leaf: int, between: int, root: int, *, first: bool, tmp_path: Path
) -> None:
    make, now = certificates.make_authority, certificates.NOW
    top = make("Root", until=now + root * DAY)
    middle = make("Between", issuer=top, until=now + between * DAY)
    good = certificates.make_certificate("good.test", issuer=middle, until=now + leaf * DAY)
    with secure(good.server_context(tmp_path, middle)) as server:
        ask = guard(always("127.0.0.1"), ca_file=certificates.write_authority(top, tmp_path))
        answer = ask.fetch("GET", f"https://good.test:{server.port}/")
    assert answer.certificate_until == now + min(leaf, between) * DAY
    assert answer.intermediate_first is first


def test_a_python_that_shows_no_chain_leaves_the_servers_own_certificate(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    until = certificates.NOW + timedelta(days=12)
    good = certificates.make_certificate("good.test", issuer=authority, until=until)
    context = ssl.create_default_context(cafile=str(ca_file))
    with (
        secure(good.server_context(tmp_path)) as server,
        socket.create_connection((server.host, server.port), NOISE) as plain,
        context.wrap_socket(plain, server_hostname="good.test") as sock,
    ):
        whole = ending(sock)
        other_python = SimpleNamespace(getpeercert=sock.getpeercert)
        alone = ending(cast("ssl.SSLSocket", other_python))
    assert whole == alone == Ending(at=until, intermediate=False)


def test_the_name_asked_for_is_the_one_sent_in_the_handshake(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    names: list[str | None] = []
    context = certificates.make_certificate("good.test", issuer=authority).server_context(tmp_path)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with secure(context) as server:
        ask = guard(always("127.0.0.1"), ca_file=ca_file)
        ask.fetch("GET", f"https://good.test:{server.port}/")
    assert names == ["good.test"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("expired", Code.TLS_EXPIRED),
        ("another name", Code.TLS_WRONG_HOST),
        ("self-signed", Code.TLS_SELF_SIGNED),
        ("another authority", Code.TLS_UNTRUSTED),
    ],
)
def test_a_bad_certificate_is_named(
    fault: str, code: Code, authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    make = certificates.make_certificate
    bad = {
        "expired": lambda: make("good.test", issuer=authority, until=certificates.NOW),
        "another name": lambda: make("other.test", issuer=authority),
        "self-signed": lambda: make("good.test", issuer=None),
        "another authority": lambda: make("good.test", issuer=certificates.make_authority()),
    }[fault]()
    with secure(bad.server_context(tmp_path)) as server:
        ask = guard(always("127.0.0.1"), ca_file=ca_file)
        assert code_of(ask, f"https://good.test:{server.port}/") is code


def test_a_certificate_for_a_name_does_not_serve_its_address(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    good = certificates.make_certificate("good.test", issuer=authority)
    with secure(good.server_context(tmp_path)) as server:
        code = code_of(guard(ca_file=ca_file), f"https://127.0.0.1:{server.port}/")
    assert code is Code.TLS_WRONG_HOST


def test_plain_http_behind_an_https_address_is_a_tls_failure(ca_file: Path) -> None:
    with Listener(ill_behaved.drips(http_answer(), b"")) as server:
        url = f"https://good.test:{server.port}/"
        code = code_of(guard(always("127.0.0.1"), ca_file=ca_file), url)
    assert code is Code.TLS_FAILED


def test_https_does_not_follow_down_to_http(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    good = certificates.make_certificate("good.test", issuer=authority)
    with Listener(says(http_answer())) as plain:
        handler = ill_behaved.redirects_to(f"http://good.test:{plain.port}/")
        with Listener(handler, tls=good.server_context(tmp_path)) as server:
            ask = guard(always("127.0.0.1"), ca_file=ca_file)
            answer = ask.fetch("GET", f"https://good.test:{server.port}/")
        assert plain.count_of_others() == 0
    assert answer.status == 302


def test_https_goes_through_a_proxy_of_the_settings_and_is_verified_end_to_end(
    authority: Signed, ca_file: Path, tmp_path: Path
) -> None:
    asked: list[bytes] = []
    good = certificates.make_certificate("good.test", issuer=authority)
    with secure(good.server_context(tmp_path)) as server:

        def proxy(connection: socket.socket, over: threading.Event) -> None:
            asked.append(ill_behaved.read_request(connection).partition(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with socket.create_connection((server.host, server.port)) as behind:
                ill_behaved.join(connection, behind, over)

        with Listener(proxy) as middle:
            ask = guard(always("127.0.0.1"), ca_file=ca_file, proxy=middle.url)
            answer = ask.fetch("GET", f"https://good.test:{server.port}/")
            assert code_of(ask, f"https://wrong.test:{server.port}/") is Code.TLS_WRONG_HOST
    assert (answer.status, answer.body) == (200, b"fine")
    assert asked[0].startswith(f"CONNECT good.test:{server.port} HTTP/1.".encode())


def test_a_silent_proxy_ends_at_the_deadline() -> None:
    with Listener(ill_behaved.says_nothing) as proxy:
        ask = guard(always("127.0.0.1"), proxy=proxy.url)
        timed_out(ask, "http://a.test/")
        timed_out(ask, "https://a.test/")
