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
from typing import TypeVar

from catalogue.schema import Profile, Service
from catalogue.spelling import distance, fold, stem

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


Index = list[tuple[str, list[_Word]]]


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
    index = [(entry_id, _words(text)) for entry_id, text in entries]
    return _search(index, tokens_of(query))


def suggestion(entries: Sequence[Entry], query: str) -> str | None:
    """Return a nearby query that has an answer, for one that has none.

    Each word gives way to the nearest indexed one, up to two errors away, or is left out.
    """
    index = [(entry_id, _words(text)) for entry_id, text in entries]
    tokens = tokens_of(query)
    if not tokens or _search(index, tokens):
        return None
    kept: list[str] = []
    for token in tokens:
        for candidate in (token, _nearest(index, token)):
            if candidate and _search(index, tokens_of(" ".join([*kept, candidate]))):
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


def _words(text: str) -> list[_Word]:
    """Return the spellings of an index text: "rendez-vous" is rendez, vous and rendezvous."""
    words = []
    for field, weight in zip(text.split("|"), FIELD_WEIGHTS, strict=False):
        for shown in field.split():
            parts = fold(shown).split()
            spellings = [("".join(parts), shown)]
            if len(parts) > 1:
                spellings += zip(parts, parts, strict=True)
            words += [_Word(folded, stem(folded), said, weight) for folded, said in spellings]
    return words


def _search(index: Index, tokens: Sequence[str]) -> tuple[str, ...]:
    found = _rank(index, tokens)
    if not found and len(tokens) > 1:
        found = _rank(index, ["".join(tokens)])
    return found


def _rank(index: Index, tokens: Sequence[str]) -> tuple[str, ...]:
    if not tokens:
        return ()
    columns = [_scores(index, token, last=n == len(tokens) - 1) for n, token in enumerate(tokens)]
    rows = zip(index, zip(*columns, strict=True), strict=True)
    scored = [(sum(scores), entry_id) for (entry_id, _), scores in rows if all(scores)]
    return tuple(entry_id for _, entry_id in sorted(scored, key=lambda row: -row[0]))


def _scores(index: Index, token: str, *, last: bool) -> list[int]:
    """Score one word of the query in every entry; errors count only if nothing else does."""
    scores = [_best(words, token, last=last, errors=False) for _, words in index]
    if any(scores) or len(token) < SHORTEST_WITH_ERROR:
        return scores
    return [_best(words, token, last=last, errors=True) for _, words in index]


def _best(words: list[_Word], token: str, *, last: bool, errors: bool) -> int:
    best = 0
    for word in words:
        kind = _error(word, token, last=last) if errors else _match(word, token, last=last)
        if kind:
            best = max(best, kind + word.weight)
    return best


def _match(word: _Word, token: str, *, last: bool) -> _Match:
    if word.folded == token or word.stem == stem(token):
        return _Match.WHOLE
    if last and word.folded.startswith(token):
        return _Match.BEGINNING
    return _Match.NONE


def _error(word: _Word, token: str, *, last: bool) -> _Match:
    if distance(word.folded, token, most=1) <= 1 or distance(word.stem, stem(token), most=1) <= 1:
        return _Match.ERROR
    lengths = range(len(token) - 1, len(token) + 2) if last else ()
    beginnings = (word.folded[:length] for length in lengths if length < len(word.folded))
    near = any(distance(beginning, token, most=1) <= 1 for beginning in beginnings)
    return _Match.BEGINNING_WITH_ERROR if near else _Match.NONE


def _nearest(index: Index, token: str) -> str | None:
    """Return the indexed word nearest to a token: two errors at most, the first among equals."""
    if len(token) < SHORTEST_WITH_ERROR - 1:
        return None
    most = 2 if len(token) > SHORTEST_WITH_ERROR else 1
    nearest = None
    for _, words in index:
        for word in words:
            errors = distance(word.folded, token, most=2)
            if errors <= most and (errors == 1 or word.folded[0] == token[0]):
                nearest, most = word.shown, errors - 1
    return nearest
