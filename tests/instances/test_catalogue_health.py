"""What became of each fault in the published list and cards; on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from instances import publication
from instances.catalogue_health import CatalogueHealth, Fate, read_catalogue_health
from instances.publication import Sources
from tests.portal import ACADEMIES, CATALOGUE

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
NEXT = "  - id: pads-2020"
INCOMPLETE = "  - id: sans-adresse\n    title: Sans adresse\n"


class Nation:
    """A list and cards that somebody edits, and the monitor that publishes them."""

    def __init__(self, sessions: sessionmaker[Session], folder: Path) -> None:
        self.sessions = sessions
        self.file = folder / "services.yaml"
        self.cards = folder / "cards"
        shutil.copy(CATALOGUE, self.file)
        shutil.copytree(ACADEMIES, self.cards)
        self.times = 0

    def edit(self, before: str, after: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert before in text
        self.file.write_text(text.replace(before, after, 1), encoding="utf-8")

    def publish(self) -> CatalogueHealth:
        self.times += 1
        sources = Sources(catalogue=str(self.file), academies=self.cards)
        with writing(self.sessions) as session:
            found = publication.look(sources, etag=None)
            publication.accept(session, found, sources, now=NOW + timedelta(hours=self.times))
        with self.sessions() as session:
            return read_catalogue_health(session)


@pytest.fixture
def nation(any_engine: Engine, tmp_path: Path) -> Nation:
    return Nation(make_sessions(any_engine), tmp_path)


def test_nothing_was_ever_published(nation: Nation) -> None:
    with nation.sessions() as session:
        assert read_catalogue_health(session) == CatalogueHealth(
            catalogue=None, cards=None, gone=()
        )


def test_each_fault_says_what_readers_see_meanwhile(nation: Nation) -> None:
    first = nation.publish()
    assert first.catalogue is not None
    assert [item for item in first.catalogue.faults if item.fate is not Fate.SERVED] == []
    nation.edit(NEXT, INCOMPLETE + NEXT)
    nation.edit("    title: Visio-Agents", "    titre: Visio-Agents")
    found = nation.publish().catalogue
    assert found is not None
    told = {(item.entry, item.fate) for item in found.faults if item.fate is not Fate.SERVED}
    assert told == {("sans-adresse", Fate.ABSENT), ("visio", Fate.LAST_GOOD)}
    # Absent first: that is what people miss.
    assert found.faults[0].fate is Fate.ABSENT
    nation.file.write_text("format: 1\nservices: [", encoding="utf-8")
    broken = nation.publish().catalogue
    assert broken is not None
    assert {item.fate for item in broken.faults} == {Fate.FILE}
    assert broken.count == found.count


def test_a_card_that_vanished_is_named_until_it_is_back(nation: Nation) -> None:
    nation.publish()
    card = nation.cards / "reunion.yaml"
    text = card.read_text(encoding="utf-8")
    card.unlink()
    [gone] = nation.publish().gone
    assert (gone.slug, gone.since) == ("reunion", NOW + timedelta(hours=2))
    card.write_text(text, encoding="utf-8")
    assert nation.publish().gone == ()


def test_a_card_with_a_fault_stays_as_it_was(nation: Nation) -> None:
    nation.publish()
    card = nation.cards / "lyon.yaml"
    card.write_text("slug: lyon\nnom: Lyon\n", encoding="utf-8")
    health = nation.publish()
    assert health.cards is not None
    assert {(item.entry, item.fate) for item in health.cards.faults} == {("lyon", Fate.LAST_GOOD)}
    assert health.gone == ()
