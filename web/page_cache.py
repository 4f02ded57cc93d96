"""WSGI layer in front of Flask: pages kept by instance, path, profile and encoding."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote

from catalogue.schema import Profile
from instances.snapshot import Snapshot
from web import metrics, tenancy
from web.kept import Headers, Kept, accepted_encoding, answer, encoded
from web.site import Site

KEEP = "trousse.keep"
"""A view puts here until when its answer holds (a datetime), or None: compressed, not kept."""
ROUTE = "trousse.route"
REQUEST_ID = "trousse.request_id"
PROFILE = "trousse.profile"
"""The profile that is asked for (`?pour=`), if there is one of that name."""
MOST_FIELDS = 20
"""Of a query; one with more is read by nobody here."""
MAX_BYTES = 12 * 1024 * 1024
"""Some 700 pages: those that are asked for between two changes of a state."""
OVERHEAD = 4096
"""Bytes of a page's headers and places, about."""
_PROFILES = frozenset(Profile)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Key = tuple[str | None, str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    valid_until: float
    """Seconds since the epoch."""
    answers: dict[str, Kept]
    size: int


class PageCache:
    """A page is kept as long as its snapshot is in force and its own limit is not reached."""

    def __init__(self, app: Callable[..., Iterable[bytes]], site: Site) -> None:
        self.app = app
        self.site = site
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._entries_of: Snapshot | None = None
        """All are of one snapshot: a page asked once a day would hold yesterday's in memory."""
        self._size = 0
        self._lock = Lock()
        self._places: dict[str, tenancy.Place] = {}
        self._places_of: object = None
        self._encodings: dict[str, str] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[REQUEST_ID] = token_hex(8)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._through(environ, start_response, key=None)
        encoding = self._encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        asset = self.site.assets.answer(environ["PATH_INFO"], encoding)
        if asset is not None:
            return _give(asset, environ, start_response)
        key = self._key(environ)
        kept = None if key is None else self._find(key, encoding)
        if kept is not None:
            return _give(kept, environ, start_response)
        return self._through(environ, start_response, key=key)

    def _key(self, environ: Environ) -> Key | None:
        """Return what identifies a page; none when what is asked for is not kept."""
        place = self._place(environ.get("HTTP_HOST", ""))
        if not place.known:
            return None
        query = environ.get("QUERY_STRING", "")
        if query and not _read_query(query, environ):
            return None
        return place.own_slug, environ["PATH_INFO"], environ.get(PROFILE, "")

    def _find(self, key: Key, encoding: str) -> Kept | None:
        if self._entries_of is not self.site.snapshot:
            return None
        entry = self._entries.get(key)
        if entry is None or entry.valid_until <= time.time():
            return None
        with contextlib.suppress(KeyError):  # another thread may just have dropped it
            self._entries.move_to_end(key)
        return entry.answers[encoding]

    def _through(
        self, environ: Environ, start_response: StartResponse, *, key: Key | None
    ) -> Iterable[bytes]:
        """Ask Flask, and keep what it says may be kept."""
        started = time.perf_counter()
        snapshot = self.site.snapshot
        place = self._place(environ.get("HTTP_HOST", ""))
        if tenancy.is_slugged_on_own_host(environ, place):
            return _redirect_without_slug(environ, start_response)
        tenancy.rewrite(environ, place)
        captured: list[Any] = []

        def capture(status: str, headers: Headers, exc_info: Any = None) -> None:
            captured[:] = [status, headers, exc_info]

        body = self.app(environ, capture)
        status, headers, exc_info = captured
        metrics.count_request(environ, status, time.perf_counter() - started)
        # The answer to a HEAD has no body that somebody else could be given.
        is_whole = environ["REQUEST_METHOD"] == "GET" and status.startswith("200")
        if KEEP not in environ or not is_whole:
            start_response(status, headers, exc_info)
            return body
        whole = _joined(body)
        headers = [item for item in headers if item[0] not in ("Content-Length", "Vary")]
        route = environ.get(ROUTE, "-")
        encoding = self._encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        valid_until = environ[KEEP]
        if key is None or valid_until is None:
            once = answer(whole, headers, route=route, encoding=encoding, status=status)
            return _send(once, environ, start_response)
        answers = encoded(whole, headers, route=route, status=status)
        self._keep(key, snapshot, valid_until, answers)
        return _send(answers[encoding], environ, start_response)

    def _keep(
        self, key: Key, snapshot: Snapshot, valid_until: datetime, answers: dict[str, Kept]
    ) -> None:
        entry = _Entry(
            valid_until=valid_until.timestamp(),
            answers=answers,
            size=OVERHEAD + sum(len(body) for body in {kept.body for kept in answers.values()}),
        )
        with self._lock:
            if snapshot is not self.site.snapshot:
                return  # made from what has changed since
            if self._entries_of is not snapshot:
                self._entries, self._size = OrderedDict(), 0
                self._entries_of = snapshot
            replaced = self._entries.pop(key, None)
            self._size += entry.size - (replaced.size if replaced else 0)
            self._entries[key] = entry
            while self._size > MAX_BYTES:
                _, oldest = self._entries.popitem(last=False)
                self._size -= oldest.size

    def _place(self, host: str) -> tenancy.Place:
        directory = self.site.snapshot.directory
        if self._places_of is not directory:
            self._places, self._places_of = {}, directory
        # By name alone: strangers choose the port that they say.
        name = tenancy.host_name(host)
        place = self._places.get(name)
        if place is None:
            place = tenancy.place_of(name, self.site.settings.public_url, directory)
            if place.known:
                self._places[name] = place
        return place

    def _encoding(self, header: str) -> str:
        found = self._encodings.get(header)
        if found is None:
            found = accepted_encoding(header)
            if len(self._encodings) < 200:  # noqa: PLR2004 - strangers choose this header
                self._encodings[header] = found
        return found


def _read_query(query: str, environ: Environ) -> bool:
    """Tell whether the page may be kept, and say which profile it is for.

    The views read the profile from the environment, so that key and page never differ on it.
    """
    try:
        fields = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return False
    names = {name for name, _ in fields}
    wanted = next((value for name, value in fields if name == "pour"), "")
    if wanted in _PROFILES:
        environ[PROFILE] = wanted
    return not names & {"q", "variante"}


def _joined(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _give(kept: Kept, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    metrics.count_kept(kept.route)
    return _send(kept, environ, start_response)


def _send(kept: Kept, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    environ[ROUTE] = kept.route
    if kept.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        headers = [item for item in kept.headers if item[0] != "Content-Length"]
        start_response("304 Not Modified", headers)
        return []
    start_response(kept.status, kept.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.content]


def _redirect_without_slug(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    language = tenancy.ENGLISH if path.startswith(f"{tenancy.ENGLISH}/") else ""
    # Without leading slashes: "//host" would lead elsewhere.
    rest = path[len(language) + 1 :].partition("/")[2].lstrip("/\\")
    rest = "/" + quote(rest.encode("latin-1"), safe="/:@!$&'()*+,;=~")
    query = environ.get("QUERY_STRING", "")
    location = environ.get("SCRIPT_NAME", "") + language + rest + (f"?{query}" if query else "")
    start_response("308 Permanent Redirect", [("Location", location), ("Content-Length", "0")])
    return []
