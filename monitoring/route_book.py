"""The routes in force: the file's, or the last good ones while it cannot be read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from monitoring.alert_routes import SCHEME, Route, RoutesFile, read_routes
from settings_file import SettingsFileError, read_text

KEPT_FILE = "alert-routes.json"
"""In the state folder: the last good routes without their addresses."""
_MOST_SECRET = 4000

log = structlog.get_logger(__name__)


class AddressError(Exception):
    """The address of a route cannot be had; `code` says why, and no more."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, kw_only=True)
class Book:
    routes: tuple[Route, ...] = ()
    problems: tuple[str, ...] = ()
    """Of the file as it is now; then the routes are those that were good before."""

    def route(self, name: str) -> Route | None:
        return next((route for route in self.routes if route.name == name), None)


def look(path: Path | None, state_dir: Path) -> Book:
    """Read the file, or what is kept of the last good one; writes nothing."""
    if path is None:
        return Book()
    try:
        return Book(routes=read_routes(path))
    except SettingsFileError as error:
        return Book(routes=_kept(state_dir), problems=error.problems)


class RouteBook:
    """The same for a process that goes on: read again when the file changed."""

    def __init__(self, path: Path | None, state_dir: Path) -> None:
        self._path = path
        self._state_dir = state_dir
        self._stamp: object = None
        self._book = Book()

    def read(self) -> Book:
        """Return the routes in force; a broken file replaces nothing, and is said once."""
        if self._path is None:
            return self._book
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return self._book
        found = look(self._path, self._state_dir)
        if found.problems:
            log.error("alert-routes-refused", problems=list(found.problems))
            known = self._book.routes or found.routes
            found = Book(routes=known, problems=found.problems)
        else:
            log.info("alert-routes-read", routes=[route.name for route in found.routes])
            _keep(found.routes, self._state_dir)
        # In this order: whoever finds the new stamp finds the new routes.
        self._book, self._stamp = found, stamp
        return found


def address_of(route: Route, path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return where a route leads; raises AddressError. A file is found beside the routes'."""
    if route.to is not None:
        return route.to
    if route.to_env is not None:
        value = environ.get(route.to_env, "").strip()
    elif route.to_file is not None:
        try:
            value = read_text(path.parent / Path(route.to_file).expanduser()).strip()
        except SettingsFileError:
            raise AddressError("address-file-unreadable") from None
    else:
        # Kept without its address while the file is broken.
        raise AddressError("routes-file-broken")
    if not value or len(value) > _MOST_SECRET or "\n" in value:
        raise AddressError("address-missing")
    return value


def scheme_of(route: Route, path: Path) -> str | None:
    """Return the kind of an address ("mailtos"), which is all that may be shown of it.

    None as well for what is no address: a file may hold a password alone.
    """
    try:
        found = SCHEME.match(address_of(route, path))
    except AddressError:
        return None
    return found[1].lower()[:20] if found else None


def _keep(routes: tuple[Route, ...], state_dir: Path) -> None:
    rows = [route.model_dump(mode="json", by_alias=True, exclude={"to"}) for route in routes]
    file = state_dir / KEPT_FILE
    fresh = file.with_suffix(".new")
    try:
        fresh.write_text(json.dumps({"routes": rows}), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        log.warning("alert-routes-not-kept", reason=error.strerror)


def _kept(state_dir: Path) -> tuple[Route, ...]:
    try:
        rows: Any = json.loads((state_dir / KEPT_FILE).read_text(encoding="utf-8"))
        return RoutesFile.model_validate(rows).routes
    except (OSError, ValueError, ValidationError):
        return ()


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError as error:
        return error.errno
    return found.st_ino, found.st_size, found.st_mtime_ns
