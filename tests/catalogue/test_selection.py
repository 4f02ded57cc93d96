"""Finding a service among the real ones, and putting a profile's services first."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import selection
from catalogue.schema import Profile, Service
from catalogue.selection import index_text, put_first, search, suggestion, tokens_of
from catalogue.spelling import distance, fold, signs, stem
from tests.catalogue.queries import QUERIES, SUGGESTIONS, entries, services


def test_the_table_is_as_long_as_promised() -> None:
    assert len({query for query, _ in QUERIES}) >= 60


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_finds_these_services_in_this_order(query: str, expected: str) -> None:
    assert search(entries(), query) == tuple(expected.split())


@pytest.mark.parametrize(("query", "expected"), SUGGESTIONS)
def test_a_query_without_an_answer_gets_the_nearest_that_has_one(
    query: str, expected: str | None
) -> None:
    assert suggestion(entries(), query) == expected


@pytest.mark.parametrize("service", services(), ids=lambda service: service.id)
def test_every_service_is_found_by_its_title_and_by_its_task(service: Service) -> None:
    assert search(entries(), service.title)[0] == service.id
    assert service.id in search(entries(), service.task.fr)
    assert service.id in search(entries("en"), service.task.said_in("en"))


def test_the_index_of_thirty_services_stays_light_in_the_page() -> None:
    texts = [text for _, text in entries()]
    per_service = len(gzip.compress("\n".join(texts).encode())) / len(texts)
    assert per_service * 30 < 2_600


def test_a_word_stands_once_in_an_index_text_in_its_weightiest_field() -> None:
    visio = next(service for service in services() if service.id == "visio-agents")
    fields = index_text(visio, "fr").split("|")
    words = " ".join(fields).split()
    assert "visio-agents" in fields[0]
    assert len(words) == len({fold(word) for word in words})


def test_an_index_text_holds_no_sign_that_would_end_its_attribute() -> None:
    assert not [text for _, text in entries() if set(text) & set("\"<>&'")]


def test_whole_words_come_before_beginnings_and_beginnings_before_errors() -> None:
    page = [("error", "visos"), ("beginning", "visioconférence"), ("whole", "||visio")]
    assert search(page, "visio") == ("whole", "beginning")
    assert search(page, "visioo") == ("whole", "beginning")


def test_equal_scores_keep_the_order_of_the_page() -> None:
    page = [("second", "|visio"), ("first", "visio"), ("third", "|visio")]
    assert search(page, "visio") == ("first", "second", "third")


def test_only_the_last_word_may_be_half_typed() -> None:
    page = [("a", "gros fichier")]
    assert search(page, "gros fich") == ("a",)
    assert search(page, "fich gros") == ()


@pytest.mark.parametrize("query", ["a" * 100_000, "é " * 50_000, "mot " * 30_000])
def test_a_query_without_end_is_cut(query: str) -> None:
    assert len(tokens_of(query)) <= 8
    assert search(entries(), query) == ()


@pytest.mark.parametrize(
    "query",
    [
        "visioconfrence doclment padlette framapda wetransfret reunionn messageirie webinnaire",
        "oisivonfceerncx eneimrtad nuioernt isaegrsseem nibeawirne fciirhest dnoumect rpotalis",
        "qsdfgh wxcvbn azerty poiuyt mlkjhg nbvcxw tyuiop ghjklm",
    ],
)
def test_nonsense_costs_little(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comparison takes some microseconds; without care there would be 50,000 of them."""
    compared: list[str] = []

    def counting(a: str, b: str, *, most: int) -> int:
        compared.append(a)
        return distance(a, b, most=most)

    monkeypatch.setattr(selection, "distance", counting)
    assert search(entries(), query) == ()
    suggestion(entries(), query)
    assert 0 < len(compared) < 1_000


@given(st.text(alphabet="abcd", max_size=7), st.text(alphabet="abcd", max_size=7))
def test_words_differ_by_no_more_signs_than_errors(a: str, b: str) -> None:
    assert min((signs(a) & ~signs(b)).bit_count(), 3) <= distance(a, b, most=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Évento", "evento"),
        ("Cœur, d'ÆTHER !", "coeur d aether"),
        ("E\u0301COLE\u00a0n°2", "ecole n 2"),
        ("日本 visio", "visio"),
        ("", ""),
    ],
)
def test_texts_fold_to_plain_letters(text: str, expected: str) -> None:
    assert fold(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("fichiers", "fichier"), ("reseaux", "reseau"), ("journaux", "journal"),
        ("tableaux", "tableau"), ("jeux", "jeu"), ("pas", "pas"), ("vis", "vis"),
        ("access", "access"), ("visio", "visio"),
    ],
)  # fmt: skip
def test_plurals_lose_their_end(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("padlet", "padlet", 0), ("padlet", "padlte", 1), ("padlet", "padlets", 1),
        ("padlet", "adlet", 1), ("padlet", "pudlet", 1), ("padlet", "padlette", 2),
        ("padlet", "tablette", 3), ("", "ab", 2), ("", "", 0), ("abc", "xyz", 3),
    ],
)  # fmt: skip
def test_errors_are_counted_up_to_two(a: str, b: str, expected: int) -> None:
    assert distance(a, b, most=2) == distance(b, a, most=2) == expected


@given(st.text(alphabet="abcd", max_size=7), st.text(alphabet="abcd", max_size=7))
def test_counting_up_to_one_error_agrees_with_counting_up_to_two(a: str, b: str) -> None:
    assert min(distance(a, b, most=2), 2) == distance(a, b, most=1)


@given(st.text(max_size=150))
def test_any_text_may_be_typed(query: str) -> None:
    found = search(entries(), query)
    assert len(found) == len(set(found))
    suggested = suggestion(entries(), query)
    assert suggested is None or search(entries(), suggested)


def test_a_profile_comes_first_and_nothing_is_left_out() -> None:
    items = [
        ("bureaux", (Profile.BUREAUX,)), ("all", ()), ("ecole", (Profile.ECOLE, Profile.BUREAUX)),
        ("lycee", (Profile.COLLEGE_LYCEE,)),
    ]  # fmt: skip
    ordered = put_first(items, Profile.ECOLE, profiles=lambda item: item[1])
    assert [name for name, _ in ordered] == ["all", "ecole", "bureaux", "lycee"]
    assert put_first(items, None, profiles=lambda item: item[1]) == tuple(items)
