"""What differs between two catalogues, entry by entry and field by field."""

from __future__ import annotations

from catalogue.changes import Change, ChangeKind, Part, changes
from tests.catalogue.reading import SOUND, edited, read

BEFORE = read(SOUND).catalogue


def changes_to(*edits: tuple[str, str]) -> tuple[Change, ...]:
    return changes(BEFORE, read(edited(*edits)).catalogue)


def test_a_catalogue_does_not_differ_from_itself() -> None:
    assert changes(BEFORE, read(SOUND).catalogue) == ()


def test_a_field_is_named_with_its_place() -> None:
    assert changes_to(("url: https://nuage.example.fr", "url: https://cloud.example.fr")) == (
        Change(
            kind=ChangeKind.CHANGED,
            part=Part.SERVICE,
            id="nuage",
            field="backends[main].url",
            before="https://nuage.example.fr",
            after="https://cloud.example.fr",
        ),
    )


def test_a_date_that_comes_is_added_and_one_that_goes_is_removed() -> None:
    (gone,) = changes_to(("lifecycle: {stage: stable, since: 2023-07-01}", "lifecycle: {}"))
    assert (gone.kind, gone.field, gone.before, gone.after) == (
        ChangeKind.REMOVED, "lifecycle.since", "2023-07-01", None,
    )  # fmt: skip
    (come,) = changes_to(("    title: Nuage\n", "    title: Nuage\n    choose_when: Pour garder\n"))
    assert (come.kind, come.field) == (ChangeKind.ADDED, "choose_when")


def test_a_service_is_added_and_removed_as_a_whole() -> None:
    added, removed = changes_to(
        ("  - id: salon\n", "  - id: pad\n"), ("alternatives: [salon]", "alternatives: [pad]")
    )[1:]
    assert (added.kind, added.id, added.after["title"]) == (ChangeKind.ADDED, "pad", "Salon")
    assert (removed.kind, removed.id, removed.before["title"]) == (
        ChangeKind.REMOVED, "salon", "Salon",
    )  # fmt: skip


def test_a_plain_list_changes_as_a_whole() -> None:
    (change,) = changes_to(("[zoom, réunion]", "[zoom, teams]"))
    assert (change.field, change.after) == ("keywords", ["zoom", "teams"])


def test_operators_and_categories_are_compared_too() -> None:
    found = changes_to(("name: DNE", "name: Dir du numérique"), ("icon: bulle", "icon: visio"))
    assert [(item.part, item.id, item.field) for item in found] == [
        (Part.OPERATOR, "dne", "name.fr"),
        (Part.CATEGORY, "parler", "icon"),
    ]


def test_backends_in_another_order_are_a_change() -> None:
    one = "      - id: main\n        url: https://nuage.example.fr\n"
    two = "      - id: spare\n        url: https://nuage2.example.fr\n"
    before = read(edited((one, one + two))).catalogue
    after = read(edited((one, two + one))).catalogue
    (change,) = changes(before, after)
    assert (change.field, change.before, change.after) == (
        "backends", ["main", "spare"], ["spare", "main"],
    )  # fmt: skip
