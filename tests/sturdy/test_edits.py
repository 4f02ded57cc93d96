"""Twenty edits of the live catalogue, half of them broken, while people read."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from instances.models import Publication, PublicationKind
from tests.sturdy.conftest import Told
from tests.sturdy.deployment import Deployment
from tests.sturdy.load import Readers
from tests.sturdy.offer import NOTES, PAD, offer_text, replace_file
from tests.sturdy.processes import wait_until

pytestmark = pytest.mark.slow

BROKEN = "Visio-cassée"
"""The title in every broken edit: nobody may ever read it."""
Break = Callable[[Path, bytes], None]


def half_written(path: Path, text: bytes) -> None:
    """Cut within the first service, in place."""
    path.write_bytes(text[: text.index(b"sign_in: [none]") + 4])


def cut_before_the_end(path: Path, text: bytes) -> None:
    """Cut within the last line of the last service: all that stands before looks whole."""
    broken = text.replace(b"kind: education", b"kind: nobody")
    path.write_bytes(broken[: broken.rindex(b'url: "') + 12])


def empty(path: Path, _text: bytes) -> None:
    path.write_bytes(b"")


def bad_entry(path: Path, text: bytes) -> None:
    replace_file(path, text.replace(b"icon: visio", b"icons: visio"))


def bad_yaml(path: Path, text: bytes) -> None:
    replace_file(path, text.replace(b"    title:", b"   title:", 1))


def tabs(path: Path, text: bytes) -> None:
    replace_file(path, text.replace(b"    title:", b"\ttitle:", 1))


def not_text(path: Path, text: bytes) -> None:
    replace_file(path, text.replace("Écrire".encode(), "Écrire".encode("latin-1")))


def no_services(path: Path, text: bytes) -> None:
    replace_file(path, text[: text.index(b"services:")])


def deleted(path: Path, _text: bytes) -> None:
    path.unlink()


def another_file(path: Path, _text: bytes) -> None:
    replace_file(path, b"<html><title>502 Bad Gateway</title></html>\n")


BREAKS: tuple[Break, ...] = (
    half_written, empty, bad_entry, bad_yaml, deleted,
    tabs, not_text, no_services, cut_before_the_end, another_file,
)  # fmt: skip


def recorded(deployment: Deployment) -> list[str]:
    """Return the codes of the problems that stand beside the version in force."""
    newest = select(Publication.problems).where(Publication.kind == PublicationKind.CATALOGUE)
    with deployment.sessions() as session:
        problems = session.scalars(newest.order_by(Publication.id.desc()).limit(1)).one_or_none()
    return [problem["code"] for problem in problems or ()]


def test_twenty_edits_half_of_them_broken_cost_no_reader_anything(
    deployment: Deployment, backend: str, tell: Told
) -> None:
    deployment.start_monitor()
    deployment.start_portal()
    wait_until(lambda: recorded_version(deployment) is not None, "a first version")
    good = [f"Visio-{n}" for n in range(1, len(BREAKS) + 1)]
    with Readers(deployment.port) as readers:
        for title, break_it in zip(good, BREAKS, strict=True):
            break_it(deployment.catalogue, offer_text(backend, BROKEN).encode())
            name = break_it.__name__
            wait_until(lambda: recorded(deployment) != [], f"the problem of {name}")
            replace_file(deployment.catalogue, offer_text(backend, title).encode())
            wait_until(lambda: recorded(deployment) == [], f"no problem after {name}")
            wait_for_title(deployment, title)
            assert deployment.titles(10) == {title}
        restart_with_a_broken_file(deployment, backend, good[-1])
    seen = readers.seen
    tell(f"{seen.asked} pages read during 20 edits, slowest {seen.slowest * 1000:.0f} ms")
    assert seen.failures == []
    assert set(seen.titles) <= {"Visio-0", *good}
    assert set(good) <= set(seen.titles), "readers saw each good version"
    assert seen.asked > 500


def wait_for_title(deployment: Deployment, title: str) -> None:
    wanted = [title, title]
    wait_until(lambda: titles_of_each(deployment) == wanted, f"{title} on each worker")


def titles_of_each(deployment: Deployment) -> list[str]:
    return list(deployment.titles_of_each_worker().values())


def restart_with_a_broken_file(deployment: Deployment, backend: str, last: str) -> None:
    """Restart workers and monitor while the file is broken, with readers still there."""
    half_written(deployment.catalogue, offer_text(backend, BROKEN).encode())
    wait_until(lambda: recorded(deployment) != [], "the problem of the last edit")
    assert deployment.portal is not None
    assert deployment.monitor is not None
    assert deployment.monitor.stop() == 0
    before = deployment.workers()
    deployment.portal.send(signal.SIGHUP)
    wait_until(
        lambda: len(deployment.workers()) == 2 and not set(before) & set(deployment.workers()),
        "two new workers",
    )
    deployment.start_monitor()
    wait_until(lambda: "lease-taken" in deployment.started[-1].said, "the monitor at work")
    assert titles_of_each(deployment) == [last, last]
    assert deployment.titles(40) == {last}
    page = deployment.get()[1]
    assert PAD in page
    assert NOTES in page
    assert recorded(deployment) != []


def test_a_file_cut_between_two_entries_removes_no_service(
    deployment: Deployment, backend: str
) -> None:
    deployment.start_monitor()
    deployment.start_portal()
    wait_until(lambda: recorded_version(deployment) is not None, "a first version")
    whole = offer_text(backend).encode()
    deployment.catalogue.write_bytes(whole[: whole.index(b"  - id: notes") + len(b"  - id: n")])
    wait_until(lambda: recorded(deployment) != [], "a problem")
    assert NOTES in deployment.get()[1]


def recorded_version(deployment: Deployment) -> int | None:
    newest = select(Publication.id).where(Publication.kind == PublicationKind.CATALOGUE)
    with deployment.sessions() as session:
        return session.scalars(newest.order_by(Publication.id.desc()).limit(1)).one_or_none()
