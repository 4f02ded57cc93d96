"""A long story is folded; a short one stands whole."""

from __future__ import annotations

import pytest

from web.story_fold import fold


def seen(*, said: int | None = None, of: int) -> tuple[str, str]:
    """Fold lines "a", "b"…; return what is shown and what was before, as words."""
    lines = "abcdefghijklmnop"[:of]
    folded = fold(lines, is_said=lambda line: said is not None and lines.index(line) >= said)
    return "".join(folded.shown), "".join(folded.earlier)


@pytest.mark.parametrize("of", [0, 1, 6])
def test_a_short_story_stands_whole(of: int) -> None:
    assert seen(of=of) == ("abcdefghijklmnop"[:of], "")


def test_of_a_long_story_the_newest_lines_are_in_view() -> None:
    assert seen(of=7) == ("abcd", "efg")
    assert seen(said=2, of=9) == ("abcd", "efghi")


def test_what_a_person_said_last_stays_in_view_however_old() -> None:
    assert seen(said=6, of=9) == ("abcdg", "efhi")
    assert seen(said=6, of=7) == ("abcdefg", "")
