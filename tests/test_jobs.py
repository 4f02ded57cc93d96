"""The monitor's chores: when the sources are looked at, and what is judged again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

import jobs
from database import writing
from instances import publication, signals
from instances.models import Publication, PublicationKind
from instances.publication import Sources
from instances.signals import Signalling
from jobs import Following, Publish
from monitoring import lease
from monitoring.lease import Lease
from tests.catalogue.reading import SOUND
from tests.conftest import SettingsFactory
from tests.portal import ACADEMIES, CATALOGUE

CARD = """\
slug: lyon
name: Lyon
title: Académie de Lyon
within: dans l’académie de Lyon
delegation: DANE de Lyon
"""
Sessions = sessionmaker[Session]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    academies = tmp_path / "academies"
    academies.mkdir()
    (academies / "lyon.yaml").write_text(CARD, encoding="utf-8")
    file = tmp_path / "services.yaml"
    backend = "      - id: main\n        url: https://nuage.example.fr\n"
    assert backend in SOUND
    text = SOUND.replace(backend, f"{backend}        academies: [lyon, rennes]\n")
    file.write_text(text, encoding="utf-8")
    return Sources(catalogue=str(file), academies=academies)


@pytest.fixture
def held(sessions: Sessions) -> Lease:
    with writing(sessions) as session:
        found = lease.take(session, "tests")
    assert found is not None
    return found


def recorded(sessions: Sessions) -> list[str]:
    """Return the codes of the problems beside the catalogue in force."""
    newest = select(Publication.problems).where(Publication.kind == PublicationKind.CATALOGUE)
    with sessions() as session:
        problems = session.scalars(newest.order_by(Publication.id.desc()).limit(1)).one()
    return [problem["code"] for problem in problems]


def test_a_new_card_has_an_unchanged_catalogue_judged_again(
    sessions: Sessions, sources: Sources, held: Lease
) -> None:
    publish = Publish(sessions, sources)
    publish(held)
    assert recorded(sessions) == ["unknown-academie"]
    rennes = CARD.replace("lyon", "rennes").replace("Lyon", "Rennes")
    # The other ending: it is a card as well.
    (sources.academies / "rennes.yml").write_text(rennes, encoding="utf-8")
    assert publish(held)
    assert recorded(sessions) == []


def test_another_program_judges_an_unchanged_catalogue_again(
    sessions: Sessions, sources: Sources, held: Lease
) -> None:
    Publish(sessions, sources)(held)
    with writing(sessions) as session:
        for row in session.scalars(select(Publication)):
            row.problems = []
    Publish(sessions, sources)(held)
    assert recorded(sessions) == ["unknown-academie"]


def test_what_was_judged_is_not_read_again_until_it_changes(
    sessions: Sessions, sources: Sources, held: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Publish(sessions, sources)
    etags: list[str | None] = []
    look = publication.look

    def watched(sources: Sources, *, etag: str | None) -> publication.Look:
        etags.append(etag)
        return look(sources, etag=etag)

    monkeypatch.setattr(publication, "look", watched)
    assert [publish(held), publish(held)] == [True, False]
    monkeypatch.setattr(jobs, "PUBLISH_SECONDS", 0.0)
    assert publish(held)
    assert [etag is None for etag in etags] == [True, False]


def test_a_publication_that_fails_waits_its_turn(
    sessions: Sessions, sources: Sources, held: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Publish(sessions, sources)
    with monkeypatch.context() as broken:
        broken.setattr(publication, "accept", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(held)
    assert not publish(held), "not at once: it would fail at every turn of the monitor"
    monkeypatch.setattr(jobs, "PUBLISH_SECONDS", 0.0)
    assert publish(held)
    assert recorded(sessions) == ["unknown-academie"]


def test_what_people_signal_is_looked_at_more_often(
    sessions: Sessions, make_settings: SettingsFactory
) -> None:
    sources = Sources(catalogue=str(CATALOGUE), academies=ACADEMIES)
    following = Following(sources, make_settings(probe_interval=60))
    now = datetime.now(UTC)
    found = []
    for n in (2, 1):
        place = Signalling("lyon", "visio", signals.bucket_of(now))
        with writing(sessions) as session:
            signals.add_signals(session, {place: n})
        with sessions() as session:
            found.append({item.key: item for item in following(session)})
    before, after = found
    hurried = [item for key, item in after.items() if item.interval != before[key].interval]
    assert {(item.labels["service"], item.interval) for item in hurried} == {(("visio",), 20)}
