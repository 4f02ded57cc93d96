from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import journal
from catalogue.problems import Problem
from catalogue.source import Fetched
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
    found = publication.look(sources, etag=publication.last_etag(session, sources))
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


def spoil(session: Session, kind: PublicationKind, old: str, new: str) -> None:
    """Make the version in force what another program could have written."""
    row = session.scalars(select(Publication).where(Publication.kind == kind)).one()
    row.content = json.loads(json.dumps(row.content).replace(old, new))
    session.commit()


def second_service() -> str:
    return GOOD + GOOD[GOOD.index("  - id: visio") :].replace("isio", "ersio").replace(
        "Réunir des collègues", "Se voir"
    )


def test_an_entry_that_this_version_refuses_is_left_out_alone(
    session: Session, sources: Sources
) -> None:
    write(sources, second_service())
    publish(session, sources)
    spoil(session, PublicationKind.CATALOGUE, '"title": "Versio"', '"titles": ["Versio"]')
    assert titles(session, sources) == ["Visio"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"title"', '"titles"'),
        ('"services"', '"tools"'),
        ('"operators": [', '"operators": 1, "x": ['),
    ],
    ids=["renamed-field", "renamed-section", "no-list"],
)
def test_a_version_that_cannot_be_read_gives_way_to_the_source(
    session: Session, sources: Sources, old: str, new: str
) -> None:
    publish(session, sources)
    spoil(session, PublicationKind.CATALOGUE, old, new)
    assert titles(session, sources) == ["Visio"]
    assert publish(session, sources, hours=1) == ()
    found = publication.look(sources, etag=None)
    publication.accept(session, found, sources, now=NOW)
    session.commit()
    nowhere = Sources(catalogue="nowhere.yaml", academies=sources.academies)
    assert titles(session, nowhere) == ["Visio"], "a version that can be read is in force again"


def test_cards_that_cannot_be_read_give_way_to_the_folder(
    session: Session, sources: Sources
) -> None:
    publish(session, sources)
    spoil(session, PublicationKind.ACADEMIES, '"within"', '"inside"')
    directory = publication.read(session, sources, now=NOW).directory
    assert [card.slug for card in directory.cards] == ["lyon"]


def test_the_etag_of_another_source_is_not_asked_with(session: Session, sources: Sources) -> None:
    publish(session, sources)
    assert publication.last_etag(session, sources)
    moved = Path(sources.catalogue).rename(f"{sources.catalogue}.moved")
    elsewhere = replace(sources, catalogue=str(moved))
    assert publication.last_etag(session, elsewhere) is None
    publish(session, elsewhere, hours=1)
    assert publication.last_etag(session, elsewhere), "the same content from there is known now"


def test_no_transaction_is_open_while_a_source_is_read(
    any_engine: Engine, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones: list[bool] = []
    look = publication.look

    with make_sessions(any_engine)() as session:

        def watched(sources: Sources, *, etag: str | None) -> publication.Look:
            open_ones.append(session.in_transaction())
            return look(sources, etag=etag)

        monkeypatch.setattr(publication, "look", watched)
        snapshot = read_snapshot(session, sources, now=NOW)
    assert open_ones == [False]
    assert [service.id for service in snapshot.catalogue.services] == ["visio"]


@pytest.mark.parametrize("spoilt", ["services: [", GOOD.replace("icon: visio", "icons: visio")])
def test_a_file_spoilt_while_it_is_read_gives_way_to_what_was_published_meanwhile(
    any_engine: Engine, sources: Sources, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    """A worker that starts between the first publication and the first bad edit."""
    sessions = make_sessions(any_engine)
    look = publication.look

    def too_late(wanted: Sources, *, etag: str | None) -> publication.Look:
        monkeypatch.setattr(publication, "look", look)
        with writing(sessions) as other:
            publish(other, wanted)
        write(wanted, spoilt)
        return look(wanted, etag=etag)

    monkeypatch.setattr(publication, "look", too_late)
    with sessions() as session:
        assert titles(session, sources) == ["Visio"]


def test_an_address_and_an_etag_of_any_length_are_kept(
    any_engine: Engine, sources: Sources
) -> None:
    address = "https://depot.example.fr/" + "a" * 600
    found = publication.look(sources, etag=None)
    assert isinstance(found.catalogue, Fetched)
    found = replace(found, catalogue=replace(found.catalogue, etag="e" * 900))
    far = replace(sources, catalogue=address)
    with writing(make_sessions(any_engine)) as session:
        publication.accept(session, found, far, now=NOW)
    with make_sessions(any_engine)() as session:
        assert publication.last_etag(session, far) == "e" * 900
