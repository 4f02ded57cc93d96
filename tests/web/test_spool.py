"""Openings in files: none is lost when a worker is killed, none is counted by two of them."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from instances.usage import Opening
from web import spool

OPENING = Opening("lyon", "visio", date(2026, 11, 20))
COUNTS = Counter({OPENING: 2, Opening("lyon", "pads", date(2026, 11, 21)): 1})


def taken(folder: Path) -> Counter[Opening]:
    found: Counter[Opening] = Counter()
    spool.take(folder, found.update)
    return found


def test_what_is_put_is_taken_once(tmp_path: Path) -> None:
    assert taken(tmp_path / "missing") == Counter()
    spool.put(tmp_path / "new", COUNTS)
    assert taken(tmp_path / "new") == COUNTS
    assert taken(tmp_path / "new") == Counter()
    assert list((tmp_path / "new").iterdir()) == []


def hang_while_writing(folder: str, begun: str) -> None:
    def write(_counts: spool.Counts) -> None:
        Path(begun).touch()
        time.sleep(60)

    spool.take(Path(folder), write)


def test_a_file_in_the_hands_of_a_worker_is_left_and_taken_when_it_is_killed(
    tmp_path: Path,
) -> None:
    folder, begun = tmp_path / "spool", tmp_path / "begun"
    spool.put(folder, COUNTS)
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=hang_while_writing, args=(str(folder), str(begun)))
    worker.start()
    deadline = time.monotonic() + 20
    while not begun.exists():
        assert time.monotonic() < deadline, "the worker did not begin"
        time.sleep(0.05)
    assert taken(folder) == Counter()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(10)
    assert taken(folder) == COUNTS


def test_with_the_database_away_the_file_stays(tmp_path: Path) -> None:
    def away(_counts: spool.Counts) -> None:
        raise OperationalError("INSERT", {}, Exception("away"))

    spool.put(tmp_path, COUNTS)
    with pytest.raises(OperationalError):
        spool.take(tmp_path, away)
    assert taken(tmp_path) == COUNTS


def test_a_file_that_the_database_refuses_is_set_aside(tmp_path: Path) -> None:
    def refuse(_counts: spool.Counts) -> None:
        raise DataError("INSERT", {}, Exception("value too long"))

    spool.put(tmp_path, COUNTS)
    spool.take(tmp_path, refuse)
    assert [file.suffix for file in tmp_path.iterdir()] == [".spoilt"]
    assert taken(tmp_path) == Counter()


@pytest.mark.parametrize(
    "content",
    ["", "[[", "5", "{}x", '{"a": 1}', "[1]", '[["lyon", "visio", "soon", 1]]',
     '[["lyon", "visio", "2026-11-20", "many"]]', '[["lyon", "visio", 3, 1]]'],
)  # fmt: skip
def test_a_spoilt_file_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert taken(tmp_path) == Counter()
    assert [file.name for file in tmp_path.iterdir()] == ["a.spoilt"]


def test_a_file_in_the_making_is_taken_when_its_maker_must_have_died(tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    part.write_text(json.dumps([["lyon", "visio", "2026-11-20", 2]]))
    assert taken(tmp_path) == Counter()
    long_ago = time.time() - spool.PART_SECONDS - 1
    os.utime(part, (long_ago, long_ago))
    assert taken(tmp_path) == Counter({OPENING: 2})
