"""What a catalogue with faults still gives, and how its scalars are typed."""

from __future__ import annotations

import json
import time
from datetime import date
from datetime import time as clock

import pytest

from catalogue.loading import load
from catalogue.problems import Problem, Severity
from catalogue.schema import Catalogue
from monitoring.profiles import NAMES
from settings import ROOT
from tests.catalogue.reading import SOUND, codes, edited, read


def test_scalars_have_the_type_that_the_schema_says() -> None:
    catalogue = read(SOUND).catalogue
    dne, nuage = catalogue.operator("dne"), catalogue.service("nuage")
    assert dne
    assert dne.support
    assert dne.support.phone == "+33 1 02 03 04 05"
    assert dne.support.opens == clock(9, 0)
    assert nuage
    assert nuage.lifecycle.since == date(2023, 7, 1)
    assert nuage.with_pupils
    assert nuage.with_pupils.answer == "no"


@pytest.mark.parametrize(
    "scalar",
    ["no", "Yes", "on", "OFF", "y", "true", "null", "~", "12:30", "1:2:3", "010", "0x1F", "0o17",
     "1_000", "1e3", ".5", "1.", "-3", "+4", ".inf", ".NaN", "2026-08-31", "2026-08-31 09:00",
     "=", "31.0", "2020"],
)  # fmt: skip
def test_what_yaml_may_take_for_something_else_needs_quotes(scalar: str) -> None:
    assert codes(read(edited(("task: Ranger vos fichiers", f"task: {scalar}")))) == ["unquoted"]
    for quote in "'\"":
        text = edited(("task: Ranger vos fichiers", f"task: {quote}{scalar}{quote}"))
        service = read(text).catalogue.service("nuage")
        assert service
        assert service.task.fr == scalar


@pytest.mark.parametrize("scalar", ["31.0.1", "3D", "e3", "Non", "nope", "12 h 30", "n°1", "1er"])
def test_ordinary_words_need_no_quotes(scalar: str) -> None:
    service = read(edited(("task: Ranger vos fichiers", f"task: {scalar}"))).catalogue.service(
        "nuage"
    )
    assert service
    assert service.task.fr == scalar


@pytest.mark.parametrize("number", ["010", "1_000", "60.0", "6e1", "+60", "'60'", "soixante"])
def test_only_plain_digits_are_a_number(number: str) -> None:
    assert codes(read(edited(("interval: 60", f"interval: {number}")))) == ["not-an-integer"]


def test_a_bad_entry_is_withheld_alone() -> None:
    loaded = read(edited(("    summary: Vos fichiers, partout.\n", "")))
    assert loaded.usable
    assert loaded.withheld == ("nuage",)
    assert [item.id for item in loaded.catalogue.services] == ["visio", "salon"]


def test_what_hangs_on_a_withheld_operator_is_withheld_with_it() -> None:
    loaded = read(edited(("kind: association", "kind: asso")))
    assert loaded.withheld == ("salon",)
    assert codes(loaded) == ["unknown-choice", "withheld-operator"]
    visio = loaded.catalogue.service("visio")
    assert visio
    assert visio.alternatives == (), "an alternative that is not there is left out"


def test_a_reference_that_leads_nowhere_withholds_nothing() -> None:
    loaded = read(edited(("alternatives: [salon]", "alternatives: [saloon, nuage]")))
    assert loaded.withheld == ()
    assert loaded.problems[0].severity is Severity.ERROR
    assert loaded.problems[0].values["nearest"] == "salon"
    visio = loaded.catalogue.service("visio")
    assert visio
    assert visio.alternatives == ("nuage",)


def test_the_other_faults_of_a_broken_entry_are_named_in_the_same_run() -> None:
    loaded = read(
        edited(
            ("title: Nuage", "titel: Nuage"),
            ("url: https://nuage.example.fr", "url: nuage"),
            ("categories: [fichiers]", "categories: [fichier]"),
            ("since: 2023-07-01", "since: 2023-07-01, until: 2022-01-01"),
            ("answer: 'no'", "answer: conditions"),
        )
    )
    assert sorted(codes(loaded)) == [
        "bad-form", "ends-before-start", "missing-key", "no-takeout", "note-missing",
        "unknown-category", "unknown-key",
    ]  # fmt: skip


def test_nothing_is_said_of_what_only_a_stand_in_lacks() -> None:
    loaded = read(
        edited(
            ("sign_in: [agent]\n    operator: dne", "sign_in: [agent]\n    operator: [dne]"),
            ("categories: [fichiers]", "categories: fichiers"),
            ("users: {agents: direct}\n    with", "users: {agents: oui}\n    with"),
            ("      - id: main\n        url: https://nuage", "      - url: https://nuage"),
        )
    )
    assert sorted(codes(loaded)) == ["missing-key", "unknown-choice", "wrong-kind", "wrong-kind"]


def test_a_list_with_one_item_that_is_wrong_is_not_called_short() -> None:
    assert codes(read(edited(("sign_in: [agent]", "sign_in: [agents]")))) == ["unknown-choice"]


def licensed(text: str) -> list[str]:
    new = f"    icon: nuage\n    software: {{name: Nuage, license: '{text}'}}\n    categories: [f"
    return codes(read(edited(("    icon: nuage\n    categories: [f", new))))


@pytest.mark.parametrize(
    "text",
    ["MIT", "AGPL-3.0-or-later", "GPL-2.0+", "MIT OR Apache-2.0", "LicenseRef-Etalab-2.0",
     "GPL-2.0-only WITH Classpath-exception-2.0", "(MIT OR BSD-3-Clause) AND CC-BY-4.0",
     "DocumentRef-x:LicenseRef-y"],
)  # fmt: skip
def test_an_spdx_expression_is_a_licence(text: str) -> None:
    assert licensed(text) == []


@pytest.mark.parametrize(
    "text", ["GPL v3 or so", "MIT OR", "MIT / Apache", "(MIT", "MIT or BSD", "Libre !"]
)
def test_other_words_are_a_licence_with_a_warning(text: str) -> None:
    assert licensed(text) == ["license-form"]


@pytest.mark.parametrize(("code", "said"), [(100, 0), (599, 0), (99, 1), (600, 1), (999999, 1)])
def test_what_is_expected_is_a_code_of_http(code: int, said: int) -> None:
    old = "        url: https://nuage.example.fr\n"
    probe = f"        probe: {{profile: http, expect: {{codes: [200, {code}]}}}}\n"
    assert codes(read(edited((old, old + probe)))) == ["out-of-range"] * said


def test_a_file_that_names_no_format_has_the_first_one() -> None:
    assert codes(read(edited(("format: 1\n", "")))) == []


def test_two_entries_with_one_id_are_both_withheld() -> None:
    loaded = read(edited(("  - id: salon\n", "  - id: nuage\n")))
    assert loaded.withheld == ("nuage",)
    assert loaded.problems[-1].values["first_line"] == 41


def test_variants_may_use_the_same_backend_id() -> None:
    variants = """    variants:
      - {id: ecole, label: École, backends: [{id: main, url: https://ecole.example.fr}]}
      - {id: lycee, label: Lycée, backends: [{id: main, url: https://lycee.example.fr}]}
"""
    old = "    backends:\n      - id: main\n        url: https://nuage.example.fr\n"
    assert codes(read(edited((old, variants)))) == []


def test_an_optional_service_may_have_no_address() -> None:
    old = "    backends:\n      - id: main\n        url: https://nuage.example.fr\n"
    assert codes(read(edited((old, "    rollout: opt-in\n")))) == []


def test_problems_come_in_the_order_of_the_file() -> None:
    loaded = read(edited(("title: Salon", "titel: Salon"), ("title: Visio", "titel: Visio")))
    places = [(item.line, item.column) for item in loaded.problems]
    assert places == sorted(places)
    assert len(places) == 4


def test_a_catalogue_survives_a_stay_in_json() -> None:
    for catalogue in (read(SOUND).catalogue, shipped()):
        stored = json.loads(json.dumps(catalogue.model_dump(mode="json")))
        assert Catalogue.model_validate(stored) == catalogue


def test_problems_survive_a_stay_in_json() -> None:
    problems = read(edited(("stage: stable", "stage: stabel"))).problems
    stored = json.loads(json.dumps([item.as_json() for item in problems]))
    assert tuple(Problem.from_json(item) for item in stored) == problems


def test_the_shipped_catalogue_is_read_in_less_than_a_tenth_of_a_second() -> None:
    shipped()
    before = time.process_time()
    assert len(shipped().services) >= 18
    assert time.process_time() - before < 0.1


def shipped() -> Catalogue:
    content = (ROOT / "services.yaml").read_bytes()
    return load(content, file="services.yaml", known_profiles=NAMES).catalogue
