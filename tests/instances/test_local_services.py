from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts import rationing
from catalogue.problems import Code
from catalogue.spelling import fold
from catalogue.typed import Judged
from instances import local_services, offer
from instances.badges import Badge
from instances.choices import Decision
from instances.local_judging import Surroundings, judge, with_service
from instances.local_reading import read_local_services
from instances.local_services import (
    Farewell,
    Handle,
    Likeness,
    LocalServiceError,
    Ready,
    Written,
)
from instances.models import LocalServiceRow
from instances.page import OTHERS, build_page
from instances.schema import LocalService
from instances.service_models import service_models
from instances.snapshot import Snapshot
from instances.targets import backend_uses, probe_targets, target_of
from instances.versions import ChangedMeanwhileError
from journal import JournalLine, Revision, read_revisions
from monitoring.profiles import PROFILES
from settings import ROOT
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot

OFTEN = {"profile": "http", "interval": 60}
LISE = Decision(academie="lyon", actor="account/1", now=NOW)
VICTOR = Decision(academie="versailles", actor="account/2", now=NOW)
ENTRY: dict[str, Any] = {
    "title": "Pronote",
    "task": "Saisir les notes",
    "icon": "visio",
    "categories": ["parler"],
    "users": {"agents": "direct"},
    "sign_in": ["agent"],
    "backends": [make_backend("principal", "https://pronote.example.fr")],
}


def local(name: str = "pronote", **changes: Any) -> LocalService:
    entry = {"summary": "Les notes.", **ENTRY, **changes}
    return LocalService.model_validate({**entry, "id": f"lyon.{name}"})


def judged(snapshot: Snapshot, name: str = "pronote", **changes: Any) -> Judged[LocalService]:
    card = snapshot.card("lyon")
    assert card is not None
    around = Surroundings(snapshot=snapshot, card=card, now=NOW, icons=frozenset({"visio"}))
    return judge({**ENTRY, **changes}, f"lyon.{name}", around)


def codes(snapshot: Snapshot, **changes: Any) -> set[tuple[Code, tuple[str | int, ...]]]:
    return {(fault.code, fault.where) for fault in judged(snapshot, **changes).faults}


# Judging


def test_title_task_and_address_make_a_service() -> None:
    service = judged(make_snapshot()).service
    assert service is not None
    assert service.summary.fr == "Saisir les notes"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "x" * 61}, (Code.TOO_LONG, ("title",))),
        ({"icon": "rien"}, (Code.UNKNOWN_ICON, ("icon",))),
        ({"categories": ["partie"]}, (Code.UNKNOWN_CATEGORY, ("categories", 0))),
        ({"backends": []}, (Code.NO_ADDRESS, ("backends",))),
        ({"lifecycle": {"until": "31/12"}}, (Code.NOT_A_DATE, ("lifecycle", "until"))),
        ({"lifecycle": {"until": "2027-01-01"}}, (Code.NO_TAKEOUT, ("lifecycle", "until"))),
        ({"alternatives": ["parti"]}, (Code.UNKNOWN_SERVICE, ("alternatives", 0))),
        ({"inconnu": "x"}, (Code.UNKNOWN_KEY, ("inconnu",))),
        ({"task": "Faire visio"}, (Code.TASK_TWICE, ("task",))),
        ({"task": "FAIRE  visio !"}, (Code.TASK_TWICE, ("task",))),
        (
            {"backends": [{"id": "a", "url": "https://a.fr", "weight": "deux"}]},
            (Code.NOT_AN_INTEGER, ("backends", 0, "weight")),
        ),
        (
            {"run_by": {"name": "Asso", "kind": "association"},
             "backends": [make_backend("a", "https://a.fr", probe=OFTEN)]},
            (Code.PROBED_TOO_OFTEN, ("backends", 0, "probe", "interval")),
        ),
    ],
)  # fmt: skip
def test_what_the_file_may_not_hold_a_form_may_not_publish(
    changes: dict[str, Any], fault: tuple[Code, tuple[str | int, ...]]
) -> None:
    snapshot = make_snapshot(make_service("visio"))
    assert fault in codes(snapshot, **changes)
    assert judged(snapshot, **changes).service is None


def test_an_association_that_an_academie_publishes_needs_no_second_opt_in() -> None:
    assert codes(make_snapshot(), run_by={"name": "Asso", "kind": "association"}) == set()


def test_what_only_helps_to_choose_is_advice() -> None:
    snapshot = make_snapshot(make_service("visio", keywords=["zoom"]))
    found = judged(snapshot, keywords=["zoom"])
    assert found.service is not None
    assert [fault.code for fault in found.warnings] == [Code.ALIKE]


def test_a_service_may_keep_its_own_task() -> None:
    snapshot = with_service(make_snapshot(), "lyon", local())
    assert judged(snapshot).service is not None
    assert (Code.TASK_TWICE, ("task",)) in {
        (fault.code, fault.where) for fault in judged(snapshot, name="autre").faults
    }


# Drafts, publishing


def test_what_is_published_leaves_no_draft_behind_that_a_query_would_count(
    session: Session,
) -> None:
    publish(session, local())
    drafts = select(LocalServiceRow.name).where(LocalServiceRow.draft.is_not(None))
    assert session.scalars(drafts).all() == []


def publish(session: Session, service: LocalService, handle: Handle | None = None) -> str:
    name = local_services.publish(session, handle, Ready(service=service), by=LISE).name
    session.flush()
    return name


def test_a_draft_is_kept_as_it_was_typed(session: Session) -> None:
    written = Written(entry={"title": "ENT", "backends": [{"url": "pas encore"}]}, contact="Paul")
    row = local_services.save_draft(session, None, written, by=LISE)
    assert (row.name, row.draft, row.contact) == ("ent", written.entry, "Paul")
    assert read_local_services(session).published == {}


@pytest.mark.parametrize(
    ("title", "name"),
    [("Éléa", "elea"), ("M@gistère", "m-gistere"), ("***", "service"), ("x" * 99, "x" * 50)],
)
def test_a_name_is_made_of_the_title(session: Session, title: str, name: str) -> None:
    row = local_services.save_draft(session, None, Written(entry={"title": title}), by=LISE)
    assert row.name == name


def test_two_of_one_title_have_two_names(session: Session) -> None:
    names = []
    for _ in range(3):
        row = local_services.save_draft(session, None, Written(entry={"title": "ENT"}), by=LISE)
        session.flush()
        names.append(row.name)
    assert names == ["ent", "ent-2", "ent-3"]


def test_a_name_that_was_public_never_changes(session: Session) -> None:
    name = publish(session, local())
    publish(session, local(title="Pronote de Lyon"), Handle(name=name))
    assert publish(session, local(task="Noter"), Handle(name="pronote")) == "pronote"


def test_the_published_one_stays_while_another_is_written(session: Session) -> None:
    name = publish(session, local())
    draft = Written(entry={"title": "Pronote 2"})
    local_services.save_draft(session, Handle(name=name), draft, by=LISE)
    session.flush()
    (service,) = read_local_services(session).published["lyon"]
    assert service.title == "Pronote"


def test_one_academie_does_not_reach_anothers(session: Session) -> None:
    name = publish(session, local())
    with pytest.raises(LocalServiceError, match="gone"):
        local_services.retire(session, Handle(name=name), Farewell(), by=VICTOR)


def test_who_comes_second_is_told(session: Session) -> None:
    name = publish(session, local())
    with pytest.raises(ChangedMeanwhileError) as caught:
        local_services.publish(
            session, Handle(name=name, version=0), Ready(service=local()), by=LISE
        )
    assert caught.value.version == 1


def test_a_task_that_was_taken_a_moment_ago_is_refused(session: Session) -> None:
    publish(session, local())
    with pytest.raises(LocalServiceError, match="task-taken"):
        publish(session, local("autre", title="Autre", task="Saisir les notes."))


def test_what_is_retired_leaves_its_links_an_answer(session: Session) -> None:
    name = publish(session, local())
    farewell = Farewell(replaced_by="visio", word="Merci.")
    local_services.retire(session, Handle(name=name), farewell, by=LISE)
    session.flush()
    found = read_local_services(session)
    assert found.published == {}
    (service,) = found.retired["lyon"]
    assert (service.replaced_by, service.farewell and service.farewell.fr) == ("visio", "Merci.")
    snapshot = make_snapshot(make_service("visio"), retired=found.retired)
    card = snapshot.card("lyon")
    assert card is not None
    asked = offer.find(snapshot, card, "lyon.pronote", now=NOW)
    assert asked is not None
    assert asked.absence is offer.Absence.WITHDRAWN


def test_what_is_put_back_is_as_it_was(session: Session) -> None:
    name = publish(session, local())
    before = read_local_services(session)
    local_services.retire(session, Handle(name=name), Farewell(word="Adieu."), by=LISE)
    local_services.put_back(session, Handle(name=name), by=LISE)
    session.flush()
    assert read_local_services(session) == before


def test_nothing_that_was_never_published_is_retired(session: Session) -> None:
    row = local_services.save_draft(session, None, Written(entry={"title": "ENT"}), by=LISE)
    session.flush()
    with pytest.raises(LocalServiceError, match="never-published"):
        local_services.retire(session, Handle(name=row.name), Farewell(), by=LISE)


def test_dropping_a_draft_leaves_what_is_published(session: Session) -> None:
    name = publish(session, local())
    local_services.save_draft(session, Handle(name=name), Written(entry={"title": "X"}), by=LISE)
    row = local_services.drop_draft(session, Handle(name=name), by=LISE)
    assert row is not None
    assert row.draft is None
    draft = local_services.save_draft(session, None, Written(entry={"title": "Y"}), by=LISE)
    session.flush()
    assert local_services.drop_draft(session, Handle(name=draft.name), by=LISE) is None
    session.flush()
    assert session.scalar(select(func.count()).select_from(LocalServiceRow)) == 1


def test_each_decision_writes_one_line_and_is_seen_by_every_worker(session: Session) -> None:
    counted = read_revisions(session)[Revision.DECISIONS]
    name = publish(session, local())
    local_services.retire(session, Handle(name=name), Farewell(), by=LISE, reason="Fini")
    local_services.put_back(session, Handle(name=name), by=LISE)
    session.flush()
    lines = session.scalars(select(JournalLine).order_by(JournalLine.id)).all()
    assert [line.event for line in lines] == [
        "local-service.published",
        "local-service.retired",
        "local-service.put-back",
    ]
    assert (lines[1].before, lines[1].after) == ({"shown": True}, {"shown": False})
    assert lines[1].reason == "Fini"
    assert read_revisions(session)[Revision.DECISIONS] == counted + 3


# On the page


def shown(*services: LocalService, **catalogue: Any) -> Snapshot:
    snapshot = make_snapshot(make_service("visio"), **catalogue)
    return replace(snapshot, local={"lyon": services})


def test_a_local_service_has_its_badge_and_its_operator() -> None:
    snapshot = shown(local())
    card = snapshot.card("lyon")
    assert card is not None
    tile = build_page(snapshot, card, now=NOW).tiles[-1]
    assert (tile.badge, tile.local, tile.operator.name.fr) == (
        Badge.LOCAL,
        True,
        "l’académie de Lyon",
    )


def test_a_category_that_the_nation_gave_up_does_not_take_a_local_service_with_it() -> None:
    lost, half_lost = (
        local(categories=["partie"]),
        local("b", task="B", categories=["partie", "ecrire"]),
    )
    snapshot = shown(lost, half_lost)
    card = snapshot.card("lyon")
    assert card is not None
    page = build_page(snapshot, card, now=NOW)
    places = {tile.service.id: view.id for view in page.categories for tile in view.tiles}
    assert places["lyon.pronote"] == OTHERS.id
    assert places["lyon.b"] == "ecrire"
    assert page.categories[-1].title.fr == "Autres services"


def test_an_operator_that_the_nation_gave_up_takes_no_local_service_with_it() -> None:
    snapshot = shown(local(run_by={"name": "la Région", "kind": "collectivite"}))
    bare = replace(
        snapshot, catalogue=snapshot.catalogue.model_copy(update={"operators": (), "services": ()})
    )
    card = bare.card("lyon")
    assert card is not None
    (tile,) = build_page(bare, card, now=NOW).tiles
    assert tile.operator.name.fr == "la Région"


def test_its_servers_are_looked_at_under_the_name_of_the_academie() -> None:
    snapshot = shown(local())
    names = {use.public_id: use.academies for use in backend_uses(snapshot, now=NOW)}
    assert names["lyon:pronote/principal"] == ("lyon",)
    keys = {target.key for target in probe_targets(snapshot, now=NOW, default_interval=60)}
    target = target_of(local().backends[0])
    assert target is not None
    assert target.key in keys


# Likeness


@pytest.mark.parametrize(
    ("national", "likeness"),
    [
        ({"task": "Saisir les notes"}, Likeness.TASK),
        ({"backends": [make_backend("a", "https://pronote.example.fr/x")]}, Likeness.ADDRESS),
        ({"software": {"name": "Nextcloud"}}, Likeness.SOFTWARE),
        ({"title": "Pronotes"}, Likeness.TITLE),
        ({"keywords": ["bulletins", "Absence"]}, Likeness.KEYWORDS),
    ],
)
def test_a_national_newcomer_that_is_alike_is_reported(
    national: dict[str, Any], likeness: Likeness
) -> None:
    own = local(software={"name": "nextcloud"}, keywords=["bulletin", "absences"])
    snapshot = make_snapshot(make_service("nouveau", **national), local={"lyon": (own,)})
    (found,) = local_services.duplicates(snapshot, "lyon")
    assert found.likenesses == (likeness,)
    assert (found.local.id, found.national.id) == ("lyon.pronote", "nouveau")
    assert local_services.duplicates(snapshot, "reunion") == ()


def test_a_national_newcomer_that_takes_the_task_stands_beside_the_local_one() -> None:
    snapshot = make_snapshot(
        make_service("nouveau", task="Saisir les notes"), local={"lyon": (local(),)}
    )
    card = snapshot.card("lyon")
    assert card is not None
    assert [tile.service.id for tile in build_page(snapshot, card, now=NOW).tiles] == [
        "nouveau",
        "lyon.pronote",
    ]


def test_services_that_have_nothing_in_common_are_not_reported() -> None:
    assert local_services.duplicates(shown(local()), "lyon") == ()


# Models


def test_models_are_of_the_shipped_drawings_profiles_and_categories() -> None:
    icons = {path.stem for path in (ROOT / "static" / "icons").glob("*.svg")}
    text = (ROOT / "services.yaml").read_text(encoding="utf-8")
    for model in service_models():
        assert model.entry.icon in icons
        assert model.entry.probe.profile in PROFILES
        for category in model.entry.categories:
            assert f"  - id: {category}\n" in text


def test_no_two_models_have_one_task_nor_that_of_a_national_service() -> None:
    tasks = [fold(model.entry.task.fr) for model in service_models()]
    assert len(set(tasks)) == len(tasks)
    text = fold((ROOT / "services.yaml").read_text(encoding="utf-8"))
    assert [task for task in tasks if f" fr {task} en " in text] == []


@pytest.mark.parametrize("model", service_models(), ids=lambda model: model.id)
def test_a_model_and_an_address_make_a_service(model: Any) -> None:
    snapshot = make_snapshot()
    card = snapshot.card("lyon")
    assert card is not None
    entry = model.as_draft(frozenset({"parler"}))
    entry["categories"] = ["parler"]
    entry["backends"][0]["url"] = model.address
    around = Surroundings(
        snapshot=snapshot, card=card, now=NOW, icons=frozenset({model.entry.icon})
    )
    assert judge(entry, "lyon.essai", around).faults == ()


# Rations


def test_a_ration_is_shared_by_all_and_comes_back_with_time(session: Session) -> None:
    shares = {"probe/account/1": 2, "probe/academie/lyon": 3}
    taken = [rationing.take(session, shares, now=NOW, seconds=60) for _ in range(4)]
    assert taken == [None, None, "probe/account/1", "probe/account/1"]
    # One who insists takes nothing from the others.
    other = {"probe/account/2": 2, "probe/academie/lyon": 3}
    answers = [rationing.take(session, other, now=NOW, seconds=60) for _ in range(2)]
    assert answers == [None, "probe/academie/lyon"]
    later = NOW + timedelta(seconds=60)
    assert rationing.take(session, shares, now=later, seconds=60) is None


@pytest.mark.parametrize("taken", [{"operator": "dne"}, {"rollout": "required"}])
def test_an_academie_takes_nothing_that_is_the_nations_to_give(taken: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="a local service"):
        local(**taken)
