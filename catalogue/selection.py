"""Search and selection among services: the same answers here and in `static/js/portal.js`.

An index text holds four fields, `title|task|keywords|rest`, weightiest first: words as people
write them, without the empty ones. Both sides fold them alike (lower case, no accents, œ → oe,
anything but a-z and 0-9 separates) and take a plural off. Every word of the query must be found
in a service: as a whole word, as the beginning of one (the last word only: it may be half typed),
or, when no service holds it so, with one typing error (5 letters or more). Whole words come
before beginnings, beginnings before errors, then the weightier field; ties keep the page's order.
A query without an answer is tried once more in one piece ("file sender" → "filesender").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import TypeVar

from catalogue.schema import Profile, Service
from catalogue.spelling import distance, fold, signs, stem

LONGEST_QUERY = 100
MOST_TOKENS = 8
FIELD_WEIGHTS = (8, 6, 4, 2)
SHORTEST_WITH_ERROR = 5

STOP_WORDS = frozenset(
    """
    a ai au aux avec besoin c ce ces cette cherche comment d dans de des du en entre est et etre
    faire j je l la le les leur leurs ma me mes mon ne nos notre on ou outil par plus plutot pour
    pouvoir qu que qui s sa se ses si son sur un une veux voudrais vos votre y
    an and any are can do for from how i in is it my need of or our the their this to us want we
    nous sans vous with you your
    """.split()  # noqa: SIM905 (170 quoted words would be a page of quotes)
)

T = TypeVar("T")
Entry = tuple[str, str]
"""A service's id and its index text."""


class _Match(IntEnum):
    NONE = 0
    BEGINNING_WITH_ERROR = 10
    ERROR = 20
    BEGINNING = 40
    WHOLE = 60


@dataclass(frozen=True)
class _Word:
    """One spelling of an indexed word."""

    folded: str
    stem: str
    shown: str
    weight: int
    signs: int
    """Of both spellings: a word that lacks several of a token's need not be compared further."""


def index_text(service: Service, language: str) -> str:
    """Return what `search` looks into: short, for it stands in every page once per tile."""
    rest = [service.software.name] if service.software else []
    rest += [variant.label.said_in(language) for variant in service.variants]
    keywords = [service.choose_when.said_in(language)] if service.choose_when else []
    fields = (
        [service.title],
        [service.task.said_in(language)],
        [*service.keywords, *keywords],
        rest,
    )
    seen: set[str] = set()
    return "|".join(" ".join(_new_words(texts, seen)) for texts in fields).rstrip("|")


def search(entries: Sequence[Entry], query: str) -> tuple[str, ...]:
    """Return the ids that answer the query, best first; none for a query without a word."""
    tokens = tokens_of(query)
    return _index(tuple(entries), tokens).search(tokens)


def suggestion(entries: Sequence[Entry], query: str) -> str | None:
    """Return a nearby query that has an answer, for one that has none.

    Each word gives way to the nearest indexed one, up to two errors away, or is left out.
    """
    tokens = tokens_of(query)
    index = _index(tuple(entries), tokens)
    if not tokens or index.search(tokens):
        return None
    kept: list[str] = []
    for token in tokens:
        for candidate in (token, index.nearest(token)):
            if candidate and index.search(tokens_of(" ".join([*kept, candidate]))):
                kept.append(candidate)
                break
    return " ".join(kept) or None


def put_first(
    items: Iterable[T], profile: Profile | None, *, profiles: Callable[[T], Collection[Profile]]
) -> tuple[T, ...]:
    """Return the items useful to a profile first, each group in its own order.

    An item that names no profile is for everybody. Nothing is left out.
    """

    def comes_second(item: T) -> bool:
        return bool(profiles(item)) and profile not in profiles(item)

    return tuple(items) if profile is None else tuple(sorted(items, key=comes_second))


def tokens_of(query: str) -> tuple[str, ...]:
    """Return the words that count; if none does, the last one alone: it may be half typed."""
    words = fold(query[:LONGEST_QUERY]).split()
    meaning = [word for word in words if word not in STOP_WORDS]
    return tuple((meaning or words[-1:])[:MOST_TOKENS])


def _new_words(texts: Iterable[str], seen: set[str]) -> list[str]:
    words = []
    for word in re.split(r"[\s|,;:.!?()«»/'’\"]+", " ".join(texts).lower()):
        folded = fold(word)
        key = stem(folded.replace(" ", ""))
        if key and folded not in STOP_WORDS and key not in seen:
            seen.add(key)
            words.append(word)
    return words


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[_Word, ...]:
    """Return the spellings of an index text: "rendez-vous" is rendez, vous and rendezvous."""
    words: list[_Word] = []
    for field, weight in zip(text.split("|"), FIELD_WEIGHTS, strict=False):
        for shown in field.split():
            parts = fold(shown).split()
            words.append(_word("".join(parts), shown, weight))
            if len(parts) > 1:
                words += (_word(part, part, weight) for part in parts)
    return tuple(words)


def _word(folded: str, shown: str, weight: int) -> _Word:
    stemmed = stem(folded)
    return _Word(folded, stemmed, shown, weight, signs(folded) | signs(stemmed))


@dataclass(frozen=True)
class _Token:
    """A word of the query; `signs` are those in both its spellings."""

    text: str
    stem: str
    signs: int
    last: bool


class _Index:
    """The words of a page's services, for one query: each of its words is looked for once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = [(entry_id, _words(text)) for entry_id, text in entries]
        self._known: dict[tuple[str, bool], list[int]] = {}

    def search(self, tokens: Sequence[str]) -> tuple[str, ...]:
        found = self._rank(tokens)
        if not found and len(tokens) > 1:
            found = self._rank(["".join(tokens)])
        return found

    def nearest(self, token: str) -> str | None:
        """Return the nearest indexed word: two errors at most, the first among equals."""
        if len(token) < SHORTEST_WITH_ERROR - 1:
            return None
        most = 2 if len(token) > SHORTEST_WITH_ERROR else 1
        wanted, nearest = signs(token), None
        for _, words in self._entries:
            for word in words:
                if (wanted & ~word.signs).bit_count() > most:
                    continue
                errors = distance(word.folded, token, most=2)
                if errors <= most and (errors == 1 or word.folded[0] == token[0]):
                    nearest, most = word.shown, errors - 1
        return nearest

    def _rank(self, tokens: Sequence[str]) -> tuple[str, ...]:
        if not tokens:
            return ()
        columns = [self._scores(token, last=n == len(tokens)) for n, token in enumerate(tokens, 1)]
        rows = zip(self._entries, zip(*columns, strict=True), strict=True)
        scored = [(sum(scores), entry_id) for (entry_id, _), scores in rows if all(scores)]
        return tuple(entry_id for _, entry_id in sorted(scored, key=lambda row: -row[0]))

    def _scores(self, text: str, *, last: bool) -> list[int]:
        """Score one word of the query in every entry; errors count only if nothing else does."""
        if (text, last) not in self._known:
            token = _Token(text, stem(text), signs(text) & signs(stem(text)), last)
            scores = self._best(token, _match)
            if not any(scores) and len(text) >= SHORTEST_WITH_ERROR:
                scores = self._best(token, _error)
            self._known[text, last] = scores
        return self._known[text, last]

    def _best(self, token: _Token, judge: Callable[[_Word, _Token], _Match]) -> list[int]:
        rows = (((judge(word, token), word.weight) for word in words) for _, words in self._entries)
        return [max((kind + weight for kind, weight in row if kind), default=0) for row in rows]


@lru_cache(maxsize=16)
def _index(entries: tuple[Entry, ...], _tokens: tuple[str, ...]) -> _Index:
    """Return the same index for a query without an answer and for its suggestion."""
    return _Index(entries)


def _match(word: _Word, token: _Token) -> _Match:
    if word.folded == token.text or word.stem == token.stem:
        return _Match.WHOLE
    if token.last and word.folded.startswith(token.text):
        return _Match.BEGINNING
    return _Match.NONE


def _error(word: _Word, token: _Token) -> _Match:
    if (token.signs & ~word.signs).bit_count() > 1:
        return _Match.NONE
    pairs = {(word.folded, token.text), (word.stem, token.stem)}
    if any(distance(a, b, most=1) <= 1 for a, b in pairs):
        return _Match.ERROR
    length = len(token.text)
    lengths = range(length - 1, min(length + 2, len(word.folded))) if token.last else ()
    near = any(distance(word.folded[:n], token.text, most=1) <= 1 for n in lengths)
    return _Match.BEGINNING_WITH_ERROR if near else _Match.NONE
