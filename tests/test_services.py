"""What the shipped catalogue must hold, whoever edits it next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from catalogue.checks import backends_of
from catalogue.entries import Loaded
from catalogue.loading import load
from catalogue.schema import (
    Backend,
    Catalogue,
    Launch,
    LaunchKind,
    OperatorKind,
    Rollout,
    Service,
    Stage,
    Text,
)
from monitoring.profiles import PROFILES

FILE = Path(__file__).parents[1] / "services.yaml"
SOURCE = FILE.read_text(encoding="utf-8")

TASKS = {
    "visio-agents": "Réunir des collègues ou des parents",
    "classe-virtuelle": "Faire classe à distance",
    "rendez-vous": "Parler à quelques-uns, tout de suite",
    "webinaire": "Présenter devant un large public",
    "nuage": "Ranger et partager vos fichiers",
    "filesender": "Envoyer un gros fichier",
    "docs": "Écrire à plusieurs",
    "codimd": "Prendre des notes à plusieurs (Markdown)",
    "tubes": "Publier ou regarder une vidéo",
    "podeduc": "Déposer une vidéo entre agents",
    "evento": "Trouver une date",
    "tchap": "Discuter entre agents",
    "forge": "Créer et partager des ressources libres",
    "blog": "Tenir un blog",
    "portail": "Ouvrir le portail national",
}
"""The words that teachers were asked about; changing one is a decision, not an edit."""

CONFIRMED_HOSTS = {
    "visio-agents.education.fr",
    "rendez-vous.renater.fr",
    "filesender.renater.fr",
    "evento.renater.fr",
    "webinaire.numerique.gouv.fr",
    "docs.numerique.gouv.fr",
    "tchap.gouv.fr",
    "framatalk.org",
    "semestriel.framapad.org",
    "entraide.chatons.org",
    "docs.forge.apps.education.fr",
} | {
    f"{name}.apps.education.fr"
    for name in (
        "nuage", "codimd", "podeduc", "forge", "blog", "portail", "tubes",
        "tube-institutionnel", "tube-maternelle", "tube-cycle-2", "tube-cycle-3",
        "tube-arts-lettres-sciences-humaines", "tube-sciences-technologies",
        "tube-langues-vivantes", "tube-education-physique-et-sportive",
        "tube-enseignement-professionnel", "tube-action-educative", "tube-numerique-educatif",
    )
}  # fmt: skip
"""Add a host here once somebody has seen the service answer there."""

SOURCE_FORGES = {"github.com"}
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def _load() -> Loaded:
    return load(FILE.read_bytes(), file=FILE.name, known_profiles=frozenset(PROFILES))


LOADED = _load()
CATALOGUE: Catalogue = LOADED.catalogue
OPEN = [item for item in CATALOGUE.services if item.lifecycle.stage is not Stage.OBSOLETE]


def _service(service_id: str) -> Service:
    service = CATALOGUE.service(service_id)
    assert service is not None, service_id
    return service


def _backends(service: Service) -> list[Backend]:
    return [backend for _, backend in backends_of(service)]


def _texts(value: object) -> Iterator[Text]:
    """Yield every Text inside a model, however deep."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


TEXTS = list(_texts(CATALOGUE))


def test_the_file_is_read_whole_without_a_single_problem() -> None:
    assert LOADED.usable
    assert LOADED.problems == ()
    assert LOADED.withheld == ()


def test_an_editor_finds_the_schema_by_the_first_line() -> None:
    first = SOURCE.splitlines()[0]
    assert first == "# yaml-language-server: $schema=services.schema.json"


def test_the_offer_is_wide_enough() -> None:
    assert len(OPEN) >= 18
    assert len(CATALOGUE.categories) >= 6


def test_every_category_has_something_that_everybody_sees() -> None:
    shown = {item.categories[0] for item in OPEN if item.rollout is Rollout.EVERYONE}
    assert shown == {category.id for category in CATALOGUE.categories}


def test_services_stand_in_the_order_of_their_categories() -> None:
    order = [category.id for category in CATALOGUE.categories]
    places = [order.index(service.categories[0]) for service in CATALOGUE.services]
    assert places == sorted(places)


def test_every_pictogram_is_drawn() -> None:
    wanted = {category.icon for category in CATALOGUE.categories}
    wanted |= {service.icon for service in CATALOGUE.services}
    drawn = {path.stem for path in (FILE.parent / "static" / "icons").glob("*.svg")}
    assert wanted - drawn == set()


def test_an_operator_can_be_read_in_the_middle_of_a_sentence() -> None:
    articles = ("la ", "le ", "l'", "votre ")
    for operator in CATALOGUE.operators:
        one_word = " " not in operator.name.fr
        assert one_word or operator.name.fr.startswith(articles), operator.id


def test_every_operator_runs_something() -> None:
    used = {service.operator for service in CATALOGUE.services}
    assert used == {operator.id for operator in CATALOGUE.operators}


@pytest.mark.parametrize(("service_id", "task"), TASKS.items())
def test_a_task_keeps_its_words(service_id: str, task: str) -> None:
    assert _service(service_id).task.fr == task


def test_no_two_services_have_the_same_task_in_either_language() -> None:
    for language in ("fr", "en"):
        tasks = [service.task.said_in(language) for service in CATALOGUE.services]
        assert len(set(tasks)) == len(tasks)


def test_everything_shown_is_written_in_french_and_in_english() -> None:
    assert [text.fr for text in TEXTS if not text.en] == []


def test_french_has_a_no_break_space_where_it_needs_one() -> None:
    wrong = re.compile(r"[ \n][?!:;»]|«[ \n]|\w[?!;](\s|$)|\w:(\s|$)")
    assert [text.fr for text in TEXTS if wrong.search(text.fr)] == []
    assert any(NO_BREAK_SPACE in text.fr for text in TEXTS)


def test_no_text_has_a_word_that_teachers_do_not_use() -> None:
    technical = re.compile(
        r"\b(instance|backend|lancer|serveurs?|sondes?|authentification|catalogue|DANE|connecté)\b",
        re.IGNORECASE,
    )
    assert [text.fr for text in TEXTS if technical.search(text.fr)] == []


def test_what_to_choose_when_is_said_alike_everywhere() -> None:
    for service in OPEN:
        if service.choose_when is not None:
            assert service.choose_when.fr.startswith("Plutôt pour "), service.id
            assert (service.choose_when.en or "").startswith("Best for "), service.id


def test_every_service_says_what_it_is_for_and_where_the_data_lie() -> None:
    for service in CATALOGUE.services:
        assert service.description is not None, service.id
        assert service.keywords, service.id
    for service in OPEN:
        assert service.data.host is not None, service.id


def test_every_address_is_one_that_somebody_confirmed() -> None:
    found = {urlsplit(item.url).hostname for one in CATALOGUE.services for item in _backends(one)}
    found |= {urlsplit(link.url).hostname for one in CATALOGUE.services for link in one.links}
    assert found == CONFIRMED_HOSTS


def test_every_address_is_https_and_probed() -> None:
    for service in CATALOGUE.services:
        for backend in _backends(service):
            assert backend.url.startswith("https://"), service.id
            assert backend.probe is not None, service.id


def test_sources_of_software_are_where_their_licence_can_be_read() -> None:
    for service in CATALOGUE.services:
        source = service.software.source if service.software else None
        if source is not None:
            assert urlsplit(source).hostname in SOURCE_FORGES, service.id


def test_machines_that_are_not_ours_are_probed_every_five_minutes_at_most() -> None:
    for service in CATALOGUE.services:
        operator = CATALOGUE.operator(service.operator)
        assert operator is not None
        if operator.kind is OperatorKind.EDUCATION:
            continue
        for backend in _backends(service):
            assert backend.probe is not None
            assert (backend.probe.interval or 0) >= 300, service.id


def test_associations_are_offered_only_where_an_academie_wants_them() -> None:
    found = [
        service
        for service in CATALOGUE.services
        if (operator := CATALOGUE.operator(service.operator))
        and operator.kind is OperatorKind.ASSOCIATION
    ]
    assert {service.id for service in found} >= {"framapad", "framatalk"}
    assert all(service.rollout is Rollout.OPT_IN for service in found)


def test_the_virtual_classroom_waits_for_each_academie_to_give_its_own_address() -> None:
    service = _service("classe-virtuelle")
    assert service.rollout is Rollout.OPT_IN
    assert service.backends == ()


def test_tubes_offers_a_level_to_choose_each_with_its_own_address() -> None:
    tubes = _service("tubes")
    assert len(tubes.variants) == 12
    assert [item.id for item in tubes.variants[:3]] == ["maternelle", "cycle-2", "cycle-3"]
    assert len({item.url for item in _backends(tubes)}) == 12


def test_something_is_on_trial() -> None:
    stages = {service.lifecycle.stage for service in CATALOGUE.services}
    assert stages & {Stage.ALPHA, Stage.BETA}


def test_what_has_closed_says_where_to_go_and_what_became_of_the_work() -> None:
    closed = [item for item in CATALOGUE.services if item.lifecycle.stage is Stage.OBSOLETE]
    assert "pads-2020" in {service.id for service in closed}
    for service in closed:
        assert service.lifecycle.successor in {item.id for item in OPEN}, service.id
        assert service.lifecycle.note is not None, service.id
        assert _backends(service) == [], service.id


def _entrances(service: Service) -> list[Launch]:
    return [service.launch, *(item.launch for item in service.variants if item.launch)]


@pytest.mark.parametrize(
    ("service_id", "kind", "path"),
    [
        ("visio-agents", LaunchKind.CREATE, ""),
        ("classe-virtuelle", LaunchKind.CREATE, ""),
        ("rendez-vous", LaunchKind.ROOM, "/{name}"),
        ("webinaire", LaunchKind.CREATE, ""),
        ("framatalk", LaunchKind.ROOM, "/{name}"),
        ("framapad", LaunchKind.DOCUMENT, "/p/{name}"),
        ("docs", LaunchKind.CREATE, ""),
        ("codimd", LaunchKind.CREATE, ""),
        ("evento", LaunchKind.CREATE, ""),
        ("nuage", LaunchKind.LINK, ""),
    ],
)
def test_each_service_opens_the_way_it_works(service_id: str, kind: LaunchKind, path: str) -> None:
    (launch,) = _entrances(_service(service_id))
    assert (launch.kind, launch.path) == (kind, path)


def test_a_pad_has_no_longer_name_than_etherpad_takes() -> None:
    assert _service("framapad").launch.naming.length == 50


def test_the_organiser_of_a_rendez_vous_is_told_to_be_the_host() -> None:
    host = _service("rendez-vous").launch.host
    assert host is not None
    assert "Je suis l'hôte" in host.fr


def test_what_is_in_trouble_has_an_alternative_where_one_exists() -> None:
    alone = {service.id for service in OPEN if not service.alternatives}
    assert alone == {"evento", "tchap", "forge", "blog", "portail", "entraide-chatons"}


def test_former_names_still_lead_somewhere() -> None:
    aliases = {alias: item.id for item in CATALOGUE.services for alias in item.aliases}
    assert aliases["visio"] == "visio-agents"
    assert aliases["nextcloud"] == "nuage"


def test_no_keyword_is_said_twice_to_the_same_service() -> None:
    for service in CATALOGUE.services:
        assert len({word.lower() for word in service.keywords}) == len(service.keywords)
