"""WSGI layer in front of Flask: pages kept by instance, path, profile and encoding."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, quote

from catalogue.schema import Profile
from instances.basis import Basis, Shown, basis_of
from instances.snapshot import Snapshot
from journal import Revision
from web import metrics, tenancy
from web.kept import Headers, Kept, accepted_encoding, answer, encoded
from web.site import Site, utc_now

KEEP = "trousse.keep"
"""A view puts here until when its answer holds (a datetime), or None: compressed, not kept."""
SHOWN = "trousse.shown"
"""What the page shows (`instances.basis.Shown`): it is made anew for nothing else."""
ROUTE = "trousse.route"
REQUEST_ID = "trousse.request_id"
PROFILE = "trousse.profile"
"""The profile that is asked for (`?pour=`), if there is one of that name."""
MOST_FIELDS = 20
"""Of a query; one with more is read by nobody here."""
MAX_BYTES = 12 * 1024 * 1024
"""Some 700 pages: those that are asked for most."""
OVERHEAD = 4096
"""Bytes of a page's headers and places, about."""
OLDEST_CHECK = 60.0
"""Seconds by which a page may lag behind when states were checked again and are the same."""
GRACE = 0.5
"""Seconds for which a page that has changed may be given while another page is being made."""
PATIENCE = 5.0
"""Seconds to wait for whoever makes a page, before making one's own."""
_PROFILES = frozenset(Profile)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Key = tuple[str | None, str, str]


@dataclass(slots=True)
class _Entry:
    valid_until: float
    """Seconds since the epoch."""
    answers: dict[str, Kept]
    size: int
    shown: Shown
    basis: Basis
    revisions: Mapping[Revision, int]
    """Those of the newest snapshot in which the basis was found to be the same."""


class PageCache:
    """A page is kept as long as what it was made from is the same and its limit is not reached.

    Pages that were kept are made anew one after another, however many readers ask at once: threads
    share one interpreter, and each would make the same page. For a moment after a change the
    others give the old ones meanwhile.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], site: Site) -> None:
        self.app = app
        self.site = site
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._making = Lock()
        self._revisions: Mapping[Revision, int] | None = None
        self._last_revisions: Mapping[Revision, int] | None = None
        self._changed_at = 0.0
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
        if key is None:
            return self._through(environ, start_response, key=None)
        return self._kept_or_made(environ, start_response, key, encoding)

    def _kept_or_made(
        self, environ: Environ, start_response: StartResponse, key: Key, encoding: str
    ) -> Iterable[bytes]:
        entry, now = self._entries.get(key), time.time()
        self._notice_changes(now)
        if entry is not None and self._holds(entry, now):
            with contextlib.suppress(KeyError):  # another thread may just have dropped it
                self._entries.move_to_end(key)
            return _give(entry.answers[encoding], environ, start_response)
        if entry is None:
            return self._through(environ, start_response, key=key)
        held_just_now = self._held_just_now(entry, now)
        if self._making.acquire(timeout=0 if held_just_now else PATIENCE):
            try:
                return self._kept_meanwhile_or_made(environ, start_response, key, encoding)
            finally:
                self._making.release()
        if held_just_now:
            return _give(entry.answers[encoding], environ, start_response)
        return self._through(environ, start_response, key=key)

    def _kept_meanwhile_or_made(
        self, environ: Environ, start_response: StartResponse, key: Key, encoding: str
    ) -> Iterable[bytes]:
        entry = self._entries.get(key)
        if entry is not None and self._holds(entry, time.time()):
            return _give(entry.answers[encoding], environ, start_response)
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

    def _notice_changes(self, now: float) -> None:
        revisions = self.site.snapshot.revisions
        if revisions is not self._revisions:
            self._last_revisions, self._changed_at = self._revisions, now
            self._revisions = revisions

    def _holds(self, entry: _Entry, now: float) -> bool:
        snapshot = self.site.snapshot
        if entry.valid_until <= now:
            return False
        if entry.revisions is not snapshot.revisions:
            if basis_of(snapshot, entry.shown, now=utc_now()) != entry.basis:
                return False
            entry.revisions = snapshot.revisions
        return True

    def _held_just_now(self, entry: _Entry, now: float) -> bool:
        if entry.valid_until + GRACE <= now:
            return False
        if entry.revisions is self._revisions:
            return True
        return entry.revisions is self._last_revisions and now < self._changed_at + GRACE

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
        self._keep(key, snapshot, _entry(answers, environ[SHOWN], snapshot, valid_until))
        return _send(answers[encoding], environ, start_response)

    def _keep(self, key: Key, snapshot: Snapshot, entry: _Entry) -> None:
        with self._lock:
            if snapshot is not self.site.snapshot:
                return  # made from what has changed since
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


def _entry(
    answers: dict[str, Kept], shown: Shown, snapshot: Snapshot, valid_until: datetime
) -> _Entry:
    limit = valid_until.timestamp()
    return _Entry(
        valid_until=min(limit, time.time() + OLDEST_CHECK) if shown.targets else limit,
        answers=answers,
        size=OVERHEAD + sum(len(body) for body in {kept.body for kept in answers.values()}),
        shown=shown,
        basis=basis_of(snapshot, shown, now=utc_now()),
        revisions=snapshot.revisions,
    )


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
