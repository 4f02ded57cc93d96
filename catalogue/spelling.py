"""Spelling of words that people type: without accents, without plural, how far from another."""

from __future__ import annotations

import re
import unicodedata

SHORTEST_PLURAL = 4
SHORTEST_PLURAL_IN_AUX = 6


def fold(text: str) -> str:
    """Return the text in a-z, 0-9 and single spaces."""
    letters = unicodedata.normalize("NFD", text.lower())
    letters = re.sub("[\u0300-\u036f]", "", letters).replace("œ", "oe").replace("æ", "ae")
    return re.sub("[^a-z0-9]+", " ", letters).strip()


def stem(word: str) -> str:
    """Take a French or English plural off a folded word."""
    if len(word) >= SHORTEST_PLURAL_IN_AUX and word.endswith("aux") and word[-4] != "e":
        return word[:-2] + "l"
    if len(word) >= SHORTEST_PLURAL and word[-1] in "sx" and word[-2] != "s":
        return word[:-1]
    return word


def signs(word: str) -> int:
    """Return the letters and digits of a folded word, a bit each.

    What one has and the other lacks counts at most one for each error between two words.
    """
    found = 0
    for sign in word:
        found |= 1 << ord(sign)
    return found


def distance(a: str, b: str, *, most: int) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours.

    At most `most` are looked for; one more stands for anything farther.
    """
    if a == b:
        return 0
    if most == 0 or abs(len(a) - len(b)) > most:
        return most + 1
    start = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if start is None:
        return abs(len(a) - len(b))
    a, b = a[start:], b[start:]
    rests = [(a[1:], b), (a, b[1:]), (a[1:], b[1:])]
    if a[1:2] and a[:2] == b[1::-1]:
        rests.append((a[2:], b[2:]))
    return 1 + min(distance(rest_a, rest_b, most=most - 1) for rest_a, rest_b in rests)
