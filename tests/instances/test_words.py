"""The words that generated names are made of: read aloud by a pupil, typed by another."""

from __future__ import annotations

import re
from pathlib import Path

import instances

WORDS = (Path(instances.__file__).parent / "words.txt").read_text(encoding="ascii").splitlines()


def test_there_are_as_many_words_as_one_byte_can_choose_from() -> None:
    assert len(WORDS) == 256


def test_every_word_has_four_to_seven_letters_without_accents() -> None:
    assert [word for word in WORDS if not re.fullmatch("[a-z]{4,7}", word)] == []


def test_the_list_is_sorted_and_says_nothing_twice() -> None:
    assert sorted(set(WORDS)) == WORDS


def test_no_word_hides_in_another_spelling_of_itself() -> None:
    plurals = {word + ending for word in WORDS for ending in "sx"}
    assert plurals.isdisjoint(WORDS)
