"""Files of openings that could not be written down: put by one worker, taken by any."""

from __future__ import annotations

import fcntl
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from instances.usage import Opening

Counts = Counter[Opening]
PART_SECONDS = 60.0
"""Age of a file in the making whose maker must have died."""

log = structlog.get_logger()


class SpoiltError(ValueError):
    """The file does not hold openings."""


def put(folder: Path, counts: Counts) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [[*opening[:2], opening.day.isoformat(), n] for opening, n in counts.items()]
    part = folder / f"{uuid4().hex}.part"
    part.write_text(json.dumps(rows), encoding="utf-8")
    part.rename(part.with_suffix(".json"))


def take(folder: Path, write: Callable[[Counts], None]) -> None:
    """Write each file down and remove it; one that cannot be is set aside, and told.

    Raises what `write` raises when the database is away. A worker that is killed between its
    writing and its removing leaves a file that is counted twice: better than never.
    """
    for file in _waiting(folder):
        with _claimed(file) as content:
            if content is None:
                continue
            try:
                write(_read(content))
            except (SpoiltError, DataError, IntegrityError) as error:
                aside = file.replace(file.with_suffix(".spoilt"))
                log.error("openings-spoilt", file=str(aside), error=str(error))  # noqa: TRY400
            else:
                file.unlink()


def _waiting(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.json")
    for part in folder.glob("*.part"):
        try:
            age = time.time() - part.stat().st_mtime
        except FileNotFoundError:
            continue
        if age > PART_SECONDS:
            yield part


@contextmanager
def _claimed(file: Path) -> Iterator[bytes | None]:
    """Give the content while no other worker can have it; none when another has or had it.

    The system lifts the lock of a process that ends, however it ends: the file is taken again.
    """
    try:
        handle = file.open("r+b")
    except FileNotFoundError:
        yield None
        return
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        # Between our opening and our locking it may have been taken.
        yield handle.read() if file.exists() else None


def _read(content: bytes) -> Counts:
    """Raises SpoiltError."""
    try:
        rows = [
            (Opening(str(slug), str(service), date.fromisoformat(day)), int(n))
            for slug, service, day, n in json.loads(content)
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise SpoiltError(f"expected [[academie, service, day, number], …]: {error}") from error
    return Counter(dict(rows))
