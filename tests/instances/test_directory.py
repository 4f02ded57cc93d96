"""Finding one's académie, and cards that must not be served."""

from __future__ import annotations

from pathlib import Path

import pytest

import instances
from catalogue.problems import Code, Problem
from instances.directory import Directory, load_cards

SHIPPED = Path(instances.__file__).parent / "academies"
DIRECTORY = load_cards(SHIPPED)[0]
ILE_DE_FRANCE = ("creteil", "paris", "versailles")

QUERIES = [
    # By name, as people write it.
    ("Rennes", ("rennes",)),
    ("rennes", ("rennes",)),
    ("  RENNES  ", ("rennes",)),
    ("Académie de Rennes", ("rennes",)),
    ("rectorat de lyon", ("lyon",)),
    ("La Réunion", ("reunion",)),
    ("reunion", ("reunion",)),
    ("besancon", ("besancon",)),
    ("Aix", ("aix-marseille",)),
    ("aixmarseille", ("aix-marseille",)),
    ("marseille", ("aix-marseille",)),
    ("Académie d'Orléans-Tours", ("orleans-tours",)),
    ("metz", ("nancy-metz",)),
    ("st pierre et miquelon", ("saint-pierre-et-miquelon",)),
    ("administration", ("administration-centrale",)),
    ("french guiana", ("guyane",)),
    ("paris", ("paris",)),
    # By département, name or number, or a postal code.
    ("35", ("rennes",)),
    ("1", ("lyon",)),
    ("01", ("lyon",)),
    ("2A", ("corse",)),
    ("2b", ("corse",)),
    ("20", ("corse",)),
    ("974", ("reunion",)),
    ("975", ("saint-pierre-et-miquelon",)),
    ("35000", ("rennes",)),
    ("97400", ("reunion",)),
    ("01000", ("lyon",)),
    ("Ille-et-Vilaine", ("rennes",)),
    ("ille et vil", ("rennes",)),
    ("Côte d'Or", ("dijon",)),
    ("seine st denis", ("creteil",)),
    ("Rennes (35)", ("rennes",)),
    ("savoie", ("grenoble",)),
    # By région.
    ("bretagne", ("rennes",)),
    ("ile de france", ILE_DE_FRANCE),
    ("Île-de-France", ILE_DE_FRANCE),
    ("idf", ILE_DE_FRANCE),
    ("paca", ("aix-marseille", "nice")),
    ("grand est", ("nancy-metz", "reims", "strasbourg")),
    # By a name of before.
    ("caen", ("normandie",)),
    ("rouen", ("normandie",)),
    # By address.
    ("jeanne@ac-lyon.fr", ("lyon",)),
    ("Jeanne.Martin@AC-LYON.FR", ("lyon",)),
    ("eleve@etu.ac-lille.fr", ("lille",)),
    ("ac-rennes.fr", ("rennes",)),
    ("ac-clermont.fr", ("clermont-ferrand",)),
    ("jean@education.gouv.fr", ("administration-centrale",)),
    ("jeanne@ac-lyons.fr", ("lyon",)),
    # With a slip of the finger.
    ("renne", ("rennes",)),
    ("grenobel", ("grenoble",)),
    ("grenobe", ("grenoble",)),
    ("strasbourd", ("strasbourg",)),
    ("monpellier", ("montpellier",)),
    ("clairmont ferrand", ("clermont-ferrand",)),
    ("toulouz", ("toulouse",)),
    ("bordeau", ("bordeaux",)),
    ("normandy", ("normandie",)),
    ("lion", ("lyon",)),
    # What means no académie.
    ("", ()),
    ("   ", ()),
    ("%$!", ()),
    ("de la", ()),
    ("zzzz", ()),
    ("99", ()),
    ("96", ()),
    ("ministère", ()),
    ("jeanne@gmail.com", ()),
    ("jeanne@notac-lyon.fr", ()),
    ("@", ()),
    ("x" * 10_000, ()),
]


def _slugs(directory: Directory, text: str) -> tuple[str, ...]:
    return tuple(card.slug for card in directory.search(text))


@pytest.mark.parametrize(("text", "slugs"), QUERIES)
def test_people_find_their_academie_by_what_they_know_of_it(
    text: str, slugs: tuple[str, ...]
) -> None:
    assert _slugs(DIRECTORY, text) == slugs


def test_what_bears_the_name_itself_comes_before_what_only_begins_so() -> None:
    assert _slugs(DIRECTORY, "loire")[0] == "lyon"
    assert set(_slugs(DIRECTORY, "loire")) >= {"nantes", "orleans-tours", "clermont-ferrand"}
    assert _slugs(DIRECTORY, "lot") == ("toulouse", "bordeaux")


def test_every_academie_is_found_by_all_that_its_card_says() -> None:
    for card in DIRECTORY.cards:
        assert _slugs(DIRECTORY, card.name)[0] == card.slug
        assert card.slug in _slugs(DIRECTORY, card.region or card.name)
        for departement in card.departements:
            assert _slugs(DIRECTORY, departement.code) == (card.slug,)
            assert _slugs(DIRECTORY, departement.name)[0] == card.slug
        for domain in card.mail_domains:
            assert _slugs(DIRECTORY, f"awa@{domain}") == (card.slug,)


@pytest.mark.parametrize(
    ("slug", "nearest"),
    [
        ("renes", ("rennes",)),
        ("ac-rennes", ("rennes",)),
        ("parris", ("paris",)),
        ("caen", ("normandie",)),
        ("rennes2", ("rennes",)),
        ("toulouse-le-mirail", ("toulouse",)),
        ("ile-de-france", ILE_DE_FRANCE),
        ("xyzzy", ()),
        ("loire", ("lyon", "clermont-ferrand", "dijon")),
    ],
)
def test_a_wrong_address_leads_to_at_most_three_near_names(
    slug: str, nearest: tuple[str, ...]
) -> None:
    assert tuple(card.slug for card in DIRECTORY.nearest(slug)) == nearest


GOOD = """\
slug: rennes
name: Rennes
title: Académie de Rennes
within: dans l'académie de Rennes
mail_domains: [ac-rennes.fr]
hosts: [trousse.ac-rennes.fr]
delegation: DRANE Bretagne
"""
LYON = GOOD.replace("rennes", "lyon").replace("Rennes", "Lyon").replace("DRANE Bretagne", "DANE")


def _write(folder: Path, **cards: str) -> Path:
    for name, content in cards.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def _only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_an_academie_is_found_by_its_own_host_however_it_is_written(tmp_path: Path) -> None:
    directory, problems = load_cards(_write(tmp_path, rennes=GOOD, lyon=LYON))
    assert problems == ()
    found = directory.by_host("Trousse.AC-Rennes.fr.")
    assert found is not None
    assert found.slug == "rennes"
    assert directory.by_host("ac-rennes.fr") is None
    assert directory.by_host("trousse.ac-rennes.fr.example.org") is None


def test_a_bad_card_is_withheld_and_the_others_are_served(tmp_path: Path) -> None:
    bad = GOOD.replace("delegation: DRANE Bretagne", "timezone: Europe/Rennes")
    directory, problems = load_cards(_write(tmp_path, rennes=bad, lyon=LYON))
    assert [card.slug for card in directory.cards] == ["lyon"]
    by_path = {problem.path: problem for problem in problems}
    assert by_path["delegation"].code is Code.MISSING_KEY
    assert by_path["timezone"].line == 7
    assert "Europe/Rennes" in str(by_path["timezone"].values["message"])
    assert all(problem.file == str(tmp_path / "rennes.yaml") for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: Rennes", "nom: Rennes", (Code.UNKNOWN_KEY, "nom", 2)),
        ("name: Rennes", "name: 012", (Code.UNQUOTED, "name", 2)),
        ("name: Rennes", "name:", (Code.EMPTY_VALUE, "name", 2)),
        ("name: Rennes", "name: &n Rennes", (Code.ANCHOR, "name", 2)),
        ("hosts: [trousse.ac-rennes.fr]", "hosts: a.fr", (Code.WRONG_KIND, "hosts", 6)),
        ("slug: rennes", "slug: Rennes", (Code.BAD_FORM, "slug", 1)),
        ("slug: rennes", "slug: ops", (Code.INVALID, "slug", 1)),
        ("slug: rennes", "slug: brest", (Code.INVALID, "slug", 1)),
        ("title:", "title: ça: là\nx:", (Code.COLON_IN_TEXT, "", 3)),
    ],
)
def test_each_fault_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, expected: tuple[Code, str, int]
) -> None:
    directory, problems = load_cards(_write(tmp_path, rennes=GOOD.replace(old, new)))
    assert directory.cards == ()
    assert expected in [(item.code, item.path, item.line) for item in problems]


def test_a_fault_deep_inside_says_where(tmp_path: Path) -> None:
    card = GOOD + "help:\n  - {kind: nearby, name: ERUN}\n  - {kind: nearby, name: X, phone: no!}\n"
    problem = _only(load_cards(_write(tmp_path, rennes=card))[1])
    assert (problem.path, problem.line, problem.column) == ("help[1].phone", 10, 36)


@pytest.mark.parametrize(
    ("shared", "path"),
    [("ac-rennes.fr", "mail_domains[0]"), ("trousse.ac-rennes.fr", "hosts[0]")],
)
def test_what_two_cards_claim_is_a_problem_of_the_second(
    tmp_path: Path, shared: str, path: str
) -> None:
    own = shared.replace("rennes", "thabor")
    second = GOOD.replace("rennes", "thabor").replace(own, shared.upper(), 1)
    if path.startswith("mail"):
        second = second.replace(f"hosts: [trousse.{shared.upper()}]", f"hosts: [trousse.{own}]")
    directory, problems = load_cards(_write(tmp_path, rennes=GOOD, thabor=second))
    problem = _only(problems)
    assert [card.slug for card in directory.cards] == ["rennes"]
    assert (problem.file, problem.path) == (str(tmp_path / "thabor.yaml"), path)
    assert "rennes has" in str(problem.values["message"])


def test_two_files_for_one_slug_are_a_problem(tmp_path: Path) -> None:
    _write(tmp_path, rennes=GOOD)
    (tmp_path / "rennes.yml").write_text(GOOD.replace("rennes.fr", "thabor.fr"), encoding="utf-8")
    directory, problems = load_cards(tmp_path)
    assert [card.mail_domains for card in directory.cards] == [("ac-rennes.fr",)]
    assert _only(problems).path == "slug"


def test_a_card_that_is_not_even_text_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "brest.yaml").write_bytes(b"slug: br\xffest\n")
    directory, problems = load_cards(_write(tmp_path, rennes=GOOD))
    assert [card.slug for card in directory.cards] == ["rennes"]
    assert _only(problems).code is Code.NOT_UTF8


def test_a_missing_folder_is_one_problem_and_no_academie(tmp_path: Path) -> None:
    directory, problems = load_cards(tmp_path / "nowhere")
    assert directory.cards == ()
    assert _only(problems).code is Code.SOURCE_MISSING
    assert _only(problems).file == str(tmp_path / "nowhere")


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    problem = _only(load_cards(tmp_path)[1])
    assert "rennes.yaml" in str(problem.values["message"])


def test_a_card_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "rennes.yaml").mkdir()
    directory, problems = load_cards(tmp_path)
    assert directory.cards == ()
    assert _only(problems).code is Code.SOURCE_UNREADABLE
