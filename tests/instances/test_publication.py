from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import journal
from catalogue.problems import Problem
from database import make_sessions, writing
from instances import publication
from instances.models import Publication, PublicationKind
from instances.publication import Sources
from instances.snapshot import read_snapshot, without_database
from journal import Revision
from tests.instances.examples import NOW

GOOD = """\
format: 1
categories:
  - id: parler
    title: Se parler
    icon: cat-parler
operators:
  - id: dne
    name: DNE
    kind: education
services:
  - id: visio
    title: Visio
    task: Réunir des collègues
    summary: Une salle pour se voir.
    icon: visio
    categories: [parler]
    users: {agents: direct}
    sign_in: [agent]
    operator: dne
    backends:
      - id: principal
        url: https://visio.example.fr
"""
CARD = """\
slug: lyon
name: Lyon
title: Académie de Lyon
within: dans l’académie de Lyon
delegation: DANE de Lyon
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    academies = tmp_path / "academies"
    academies.mkdir()
    (academies / "lyon.yaml").write_text(CARD, encoding="utf-8")
    file = tmp_path / "services.yaml"
    file.write_text(GOOD, encoding="utf-8")
    return Sources(catalogue=str(file), academies=academies)


def write(sources: Sources, text: str) -> None:
    Path(sources.catalogue).write_text(text, encoding="utf-8")


def publish(session: Session, sources: Sources, *, hours: int = 0) -> tuple[Problem, ...]:
    found = publication.look(sources, etag=publication.last_etag(session))
    return publication.accept(session, found, sources, now=NOW + timedelta(hours=hours))


def titles(session: Session, sources: Sources) -> list[str]:
    published = publication.read(session, sources, now=NOW)
    return [service.title for service in published.catalogue.services]


def test_a_good_file_is_published_once(any_engine: Engine, sources: Sources) -> None:
    sessions = make_sessions(any_engine)
    for hours in range(3):
        with writing(sessions) as session:
            assert publish(session, sources, hours=hours) == ()
    with sessions() as session:
        kinds = sorted(session.scalars(select(Publication.kind)))
        assert kinds == [PublicationKind.ACADEMIES, PublicationKind.CATALOGUE]
        assert journal.read_revisions(session)[Revision.CATALOGUE] == 2
        assert titles(session, sources) == ["Visio"]


@pytest.mark.parametrize(
    "broken",
    ["", "services: [", GOOD[:150], GOOD.replace("url: https://visio", "url: visio")],
    ids=["empty", "not-yaml", "half-written", "bad-entry"],
)
def test_a_broken_file_never_replaces_a_good_one(
    session: Session, sources: Sources, broken: str
) -> None:
    publish(session, sources)
    write(sources, broken)
    problems = publish(session, sources, hours=1)
    assert problems
    assert titles(session, sources) == ["Visio"]
    again = publish(session, sources, hours=2)
    assert again == (), "a problem is reported when it is new"


def test_a_new_version_says_since_when_it_holds(session: Session, sources: Sources) -> None:
    publish(session, sources)
    write(sources, GOOD.replace("title: Visio", "title: Visio-Agents"))
    publish(session, sources, hours=5)
    published = publication.read(session, sources, now=NOW)
    assert titles(session, sources) == ["Visio-Agents"]
    assert published.catalogue_since == NOW + timedelta(hours=5)


def test_a_missing_file_is_a_problem_and_changes_nothing(
    session: Session, sources: Sources
) -> None:
    publish(session, sources)
    Path(sources.catalogue).unlink()
    [problem] = publish(session, sources, hours=1)
    assert problem.code == "source-missing"
    assert titles(session, sources) == ["Visio"]


def test_a_bad_card_keeps_its_last_good_version_and_a_gone_one_closes(
    session: Session, sources: Sources
) -> None:
    rennes = sources.academies / "rennes.yaml"
    rennes.write_text(CARD.replace("lyon", "rennes"), encoding="utf-8")
    publish(session, sources)
    rennes.write_text("slug: 12:30\n", encoding="utf-8")
    publish(session, sources, hours=1)
    directory = publication.read(session, sources, now=NOW).directory
    assert [card.slug for card in directory.cards] == ["lyon", "rennes"]
    rennes.unlink()
    publish(session, sources, hours=2)
    directory = publication.read(session, sources, now=NOW).directory
    assert [card.slug for card in directory.cards] == ["lyon"]


def test_versions_out_of_force_are_forgotten_after_400_days(
    session: Session, sources: Sources
) -> None:
    publish(session, sources)
    write(sources, GOOD.replace("title: Visio", "title: Visio-Agents"))
    publish(session, sources, hours=1)
    publication.forget_old(session, now=NOW + timedelta(days=401))
    assert len(session.scalars(select(Publication)).all()) == 2
    assert titles(session, sources) == ["Visio-Agents"]


def test_without_publication_nor_database_the_source_itself_is_read(
    session: Session, sources: Sources
) -> None:
    assert titles(session, sources) == ["Visio"]
    snapshot = without_database(sources, now=NOW)
    assert [card.slug for card in snapshot.directory.cards] == ["lyon"]
    assert snapshot.health == {}


def test_a_snapshot_reads_only_what_changed(session: Session, sources: Sources) -> None:
    publish(session, sources)
    session.flush()
    first = read_snapshot(session, sources, now=NOW)
    again = read_snapshot(session, sources, now=NOW, last=first)
    assert again.catalogue is first.catalogue
    assert again.health is first.health
    journal.bump(session, Revision.HEALTH)
    third = read_snapshot(session, sources, now=NOW, last=again)
    assert third.catalogue is first.catalogue
    assert third.health is not first.health


def test_the_problem_of_a_source_goes_when_the_same_file_is_back(
    any_engine: Engine, sources: Sources
) -> None:
    with writing(make_sessions(any_engine)) as session:
        publish(session, sources)
        Path(sources.catalogue).rename(f"{sources.catalogue}.aside")
        assert [problem.code for problem in publish(session, sources)] == ["source-missing"]
        Path(f"{sources.catalogue}.aside").rename(sources.catalogue)
        publish(session, sources)
        kept = session.scalars(
            select(Publication.problems).where(Publication.kind == PublicationKind.CATALOGUE)
        )
        assert list(kept) == [[]]
