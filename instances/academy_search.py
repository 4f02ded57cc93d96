"""Which académie somebody means: by its name, a number, a département, a région or an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from catalogue.spelling import distance, fold
from instances.schema import AcademyCard

LONGEST_QUERY = 100
SHORTEST_WITH_ERROR = 4
SHORTEST_WITH_TWO_ERRORS = 7
_POSTAL_CODE_LENGTH = 5

_LITTLE_WORDS = frozenset(
    {
        "a", "ac", "academie", "academique", "au", "d", "de", "departement", "des", "du", "en",
        "et", "fr", "l", "la", "le", "les", "of", "rectorat", "region", "the",
    }
)  # fmt: skip
_WHOLE_WORDS = {"st": "saint", "ste": "sainte"}
_CORSE = "20"
"""What mail to both départements of Corse begins with."""

Words = tuple[str, ...]


class _Rank(IntEnum):
    """What was recognised, the most telling first."""

    NAME = 0
    FORMER = 1
    DEPARTEMENT = 2
    REGION = 3
    ADDRESS = 4


class _Match(IntEnum):
    WHOLE = 0
    BEGINNING = 1
    SCATTERED = 2
    """Each word is somewhere on the card: "Rennes 35"."""
    WITH_ERRORS = 3
    """This, and one more for each error."""


_Score = tuple[int, int]
"""Match and rank: the smaller the better."""
_TOO_MANY = 99


@dataclass(frozen=True)
class NamedAcademy:
    """A card with every name that people know it by, folded once."""

    card: AcademyCard
    names: tuple[tuple[_Rank, Words], ...]
    codes: frozenset[str]
    domains: tuple[str, ...]

    @classmethod
    def of(cls, card: AcademyCard) -> NamedAcademy:
        domains = tuple(domain.lower() for domain in card.mail_domains)
        return cls(card, tuple(_names(card)), frozenset(_codes(card)), domains)

    @property
    def words(self) -> set[str]:
        return {word for _, words in self.names for word in words}


def find_academies(academies: Sequence[NamedAcademy], text: str) -> tuple[AcademyCard, ...]:
    """Return those that the text may mean, best first; errors count only if nothing else does."""
    text = text.strip()[:LONGEST_QUERY]
    if "@" in text:
        return _by_mail_address(academies, text)
    query = _words(text)
    if not query:
        return ()
    return _ranked(academies, query, errors=False) or _ranked(academies, query, errors=True)


def _by_mail_address(academies: Sequence[NamedAcademy], text: str) -> tuple[AcademyCard, ...]:
    domain = text.rpartition("@")[2].strip().lower()
    found = tuple(
        item.card
        for item in academies
        if any(domain == own or domain.endswith(f".{own}") for own in item.domains)
    )
    if found or not domain.startswith("ac-"):
        return found
    return find_academies(academies, domain)


def _ranked(
    academies: Sequence[NamedAcademy], query: Words, *, errors: bool
) -> tuple[AcademyCard, ...]:
    judge = _score_with_errors if errors else _score
    scored = [(judge(item, query), item.card) for item in academies]
    kept = [(score, fold(card.name), card) for score, card in scored if score is not None]
    return tuple(card for _, _, card in sorted(kept, key=lambda row: row[:2]))


def _score(academy: NamedAcademy, query: Words) -> _Score | None:
    scores: list[_Score] = []
    if len(query) == 1 and query[0] in academy.codes:
        scores.append((_Match.WHOLE, _Rank.DEPARTEMENT))
    for rank, words in academy.names:
        if "".join(query) == "".join(words):
            scores.append((_Match.WHOLE, rank))
        elif all(_begins_one(word, words) for word in query):
            scores.append((_Match.BEGINNING, rank))
    everything = academy.words
    if not scores and all(word in academy.codes or _begins_one(word, everything) for word in query):
        scores.append((_Match.SCATTERED, _Rank.NAME))
    return min(scores, default=None)


def _score_with_errors(academy: NamedAcademy, query: Words) -> _Score | None:
    scores: list[_Score] = []
    for rank, words in academy.names:
        errors = min(_errors(query, words), _errors(("".join(query),), ("".join(words),)))
        if errors < _TOO_MANY:
            scores.append((_Match.WITH_ERRORS + errors, rank))
    return min(scores, default=None)


def _errors(query: Words, words: Words) -> int:
    """Count typing errors in the whole query, `_TOO_MANY` when a word resembles nothing."""
    total = 0
    for typed in query:
        if typed.isdigit():
            return _TOO_MANY
        allowed = _tolerance(typed)
        # People get the first letter right, or "ministère" would be Finistère.
        alike = (word for word in words if word[0] == typed[0])
        errors = min((distance(typed, word, most=allowed) for word in alike), default=_TOO_MANY)
        if errors > allowed:
            return _TOO_MANY
        total += errors
    return total


def _tolerance(word: str) -> int:
    return (len(word) >= SHORTEST_WITH_ERROR) + (len(word) >= SHORTEST_WITH_TWO_ERRORS)


def _begins_one(typed: str, words: Iterable[str]) -> bool:
    return any(word.startswith(typed) for word in words)


def _names(card: AcademyCard) -> Iterable[tuple[_Rank, Words]]:
    own = (card.name, card.slug, card.title.fr, card.title.en or "")
    departements = (item.name for item in card.departements)
    region = (card.region, *_initials(card.region)) if card.region else ()
    domains = (domain.rpartition(".")[0] for domain in card.mail_domains)
    for rank, names in (
        (_Rank.NAME, own),
        (_Rank.FORMER, card.former),
        (_Rank.DEPARTEMENT, departements),
        (_Rank.REGION, region),
        (_Rank.ADDRESS, (*domains, *card.hosts)),
    ):
        yield from {(rank, words): None for words in map(_words, names) if words}


def _initials(region: str) -> tuple[str, ...]:
    """Give what people shorten it to: "paca", and with its little words "idf"."""
    every = fold(region).split()
    telling = [word for word in every if word not in _LITTLE_WORDS]
    shortened = {"".join(word[0] for word in words) for words in (every, telling)}
    return tuple(item for item in sorted(shortened) if len(telling) > 1)


def _codes(card: AcademyCard) -> Iterable[str]:
    for item in card.departements:
        code = item.code.lower()
        yield code
        if code in ("2a", "2b"):
            yield _CORSE


def _words(text: str) -> Words:
    every = [_WHOLE_WORDS.get(word, word) for word in fold(text).split()]
    telling = [word for word in every if word not in _LITTLE_WORDS]
    return tuple(_code(word) for word in telling)


def _code(word: str) -> str:
    """Write a number as a département's: "1" is 01, the postal code 35000 is 35."""
    if not word.isdigit():
        return word
    if len(word) == _POSTAL_CODE_LENGTH:
        return word[:3] if word.startswith("97") else word[:2]
    return word.zfill(2)
