"""What people type is kept as words: nothing in it is for programs, or turns words around."""

from __future__ import annotations

import pytest

from monitoring.incident_people import tidied
from monitoring.typed import kept


@pytest.mark.parametrize(
    ("typed", "is_kept"),
    [
        ("Deux\r\nlignes\ret\u2028trois\x85quatre", "Deux\nlignes\net\ntrois\nquatre"),
        ("un\x07\x1b[31m\x7f deux", "un[31m deux"),
        ("bon\u202egis\u2066ne\ufeff\uffff", "bongisne"),
        (
            " 12\u00a0h\u202f30 : l’été, \U0001f469\u200d\U0001f3eb\ttab ",
            "12\u00a0h\u202f30 : l’été, \U0001f469\u200d\U0001f3eb\ttab",
        ),
    ],
)
def test_what_is_typed_is_kept_without_what_hides(typed: str, is_kept: str) -> None:
    assert kept(typed) == tidied(typed) == is_kept
