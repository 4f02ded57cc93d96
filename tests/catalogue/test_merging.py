"""A bad edit never removes a good entry; a real removal removes."""

from __future__ import annotations

import pytest

from catalogue.loading import merge
from catalogue.schema import Catalogue
from tests.catalogue.reading import SOUND, edited, read

LAST = read(SOUND).catalogue


def ids(catalogue: Catalogue) -> list[str]:
    return [item.id for item in catalogue.services]


def test_without_a_last_version_the_file_stands_alone() -> None:
    new = read(edited(("title: Nuage", "titel: Nuage")))
    assert merge(new, None) == new.catalogue


def test_a_good_file_is_taken_as_it_is() -> None:
    new = read(edited(("title: Nuage", "title: Nuage national")))
    assert merge(new, LAST) == new.catalogue


@pytest.mark.parametrize(
    "content", ["", "format: 1\n", "services: [", "\x00", "- a\n", SOUND[:300]]
)
def test_a_file_that_is_no_catalogue_replaces_nothing(content: str) -> None:
    assert merge(read(content), LAST) == LAST


def test_a_withheld_entry_keeps_its_last_version_and_its_place() -> None:
    new = read(edited(("title: Nuage", "titel: Nuage"), ("title: Salon", "title: Le salon")))
    merged = merge(new, LAST)
    assert ids(merged) == ["visio", "nuage", "salon"]
    assert merged.service("nuage") == LAST.service("nuage")
    salon = merged.service("salon")
    assert salon
    assert salon.title == "Le salon"


def test_an_entry_that_the_file_no_longer_names_is_removed() -> None:
    new = read(SOUND[: SOUND.index("  - id: salon\n")])
    merged = merge(new, LAST)
    assert ids(merged) == ["visio", "nuage"]
    visio = merged.service("visio")
    assert visio
    assert visio.alternatives == ()


@pytest.mark.parametrize("line", ["", "id: ~\n    ", "id: Nuage !\n    ", "id: [nuage]\n    "])
def test_an_entry_that_nobody_can_name_removes_none(line: str) -> None:
    new = read(edited(("id: nuage\n    title", f"{line}title")))
    assert set(ids(merge(new, LAST))) == {"visio", "nuage", "salon"}


def test_a_broken_operator_takes_none_of_its_services_away() -> None:
    new = read(edited(("kind: education", "kind: educ"), ("title: Nuage", "title: Nuage 2")))
    merged = merge(new, LAST)
    assert ids(merged) == ["visio", "nuage", "salon"]
    assert merged.operator("dne") == LAST.operator("dne")
    nuage = merged.service("nuage")
    assert nuage
    assert nuage.title == "Nuage 2", "what was right in the same edit is taken"


def test_an_operator_taken_out_while_services_name_it_stays() -> None:
    start, end = SOUND.index("  - id: framasoft\n"), SOUND.index("services:\n")
    merged = merge(read(SOUND[:start] + SOUND[end:]), LAST)
    assert merged.operator("framasoft") == LAST.operator("framasoft")
    assert "salon" in ids(merged)


def test_an_operator_that_nobody_names_goes() -> None:
    start, end = SOUND.index("  - id: framasoft\n"), SOUND.index("services:\n")
    text = SOUND[:start] + SOUND[end:]
    merged = merge(read(text.replace("    operator: framasoft", "    operator: dne")), LAST)
    assert [item.id for item in merged.operators] == ["dne"]
    assert "salon" in ids(merged)


def test_an_operator_turned_into_an_association_by_mistake_hides_nothing() -> None:
    new = read(edited(("kind: education", "kind: association")))
    assert set(new.withheld) == {"visio", "nuage"}
    assert merge(new, LAST) == LAST


def test_a_category_misspelt_in_a_service_leaves_its_last_version() -> None:
    new = read(edited(("categories: [fichiers]", "categories: [fichier]")))
    assert merge(new, LAST) == LAST


def test_a_former_id_is_not_served_beside_the_service_that_has_it() -> None:
    last = read(edited(("aliases: [visioconference]", "aliases: [visioconference, pad]"))).catalogue
    text = edited(("title: Visio", "titel: Visio"), ("- id: salon", "- id: pad"))
    merged = merge(read(text), last)
    visio = merged.service("visio")
    assert visio
    assert ids(merged) == ["visio", "nuage", "pad"]
    assert visio.aliases == ("visioconference",)


def test_merging_again_changes_nothing() -> None:
    new = read(edited(("title: Nuage", "titel: Nuage")))
    once = merge(new, LAST)
    assert merge(new, once) == once


def test_a_half_written_file_removes_nothing_and_changes_no_entry_by_half() -> None:
    """Wherever a file is cut off, but between two lines of an entry that stays right."""
    ends = {len(SOUND[:n]) for n in range(len(SOUND)) if SOUND[n - 1] == "\n"}
    for size in set(range(0, len(SOUND), 7)) - ends:
        assert merge(read(SOUND[:size]), LAST) == LAST, SOUND[:size][-80:]


def test_a_line_end_at_last_makes_a_removal_count() -> None:
    short = SOUND[: SOUND.index("  - id: salon\n")]
    assert ids(merge(read(short.rstrip("\n")), LAST)) == ["visio", "nuage", "salon"]
    assert ids(merge(read(short), LAST)) == ["visio", "nuage"]
