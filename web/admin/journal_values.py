"""Before → after, field by field, as people say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from accounts.permissions import Role
from catalogue.schema import Profile, SignIn
from instances.models import HideReason, Visibility
from web import account_words, dates, wording
from web.admin import choice_words, code_words
from web.admin.journal_words import Glossary, subject
from web.translation import gettext as _

_SAID_ELSEWHERE = frozenset({"reason", "precision", "version", "digest", "weight", "icon"})
_ONLY_HOLDS_OTHERS = frozenset({"wording", "lifecycle", "expect", "published", "fr", "value"})
"""Said of a place inside it, these add nothing."""
ACTORS = frozenset({"invited_by"})
_SERVICES = frozenset(
    {"replacement_service", "service", "service_id", "services", "alternatives", "order",
     "replaced_by", "successor"}
)  # fmt: skip
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
LONGEST = 12
"""Lines of one change; a whole service that came has more."""
_LONGEST_VALUE = 300


@dataclass(frozen=True, kw_only=True)
class Told:
    label: str
    before: str
    after: str
    """Empty: there was or is nothing."""

    @property
    def words(self) -> str:
        if self.before and self.after:
            return f"{self.before} → {self.after}"
        return self.after or _("%(before)s → rien", before=self.before)


def tell(
    before: Any, after: Any, words: Glossary, *, without: Collection[str] = ()
) -> tuple[Told, ...]:
    """Word what a line of the journal changed, without what stayed as it was."""
    old, new = dict(_leaves(_mapping(before), ())), dict(_leaves(_mapping(after), ()))
    told = []
    for path in dict.fromkeys((*new, *old)):
        left, right = old.get(path), new.get(path)
        if left == right or path[0] in without or _SAID_ELSEWHERE & {path[0], path[-1]}:
            continue
        name = path[-1] if path[-1] != "fr" else path[-2]
        texts = (_value(name, left, words), _value(name, right, words))
        if any(texts):
            told.append(Told(label=_label(path), before=texts[0], after=texts[1]))
    return tuple(told)


def _mapping(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    is_text = isinstance(value, Mapping) and "fr" in value
    return value if isinstance(value, Mapping) and not is_text else {"value": value}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Go down mappings and lists of mappings; other lists are one value."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*path, str(name)))
    elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        for place, item in enumerate(value):
            key = f"[{item.get('id', place)}]"
            yield from _leaves({k: v for k, v in item.items() if k != "id"}, (*path, key))
    elif path and value not in (None, "", [], {}):
        yield path, value


def _label(path: tuple[str, ...]) -> str:
    """Name a place: "Adresse", "Résumé, en anglais"; which one of several says its value."""
    said = (step for step in path if step not in _ONLY_HOLDS_OTHERS and step[0] != "[")
    inside = [step for step in said if step != "en"]
    names = [choice_words.field_name(step) for step in inside or path[:1]]
    if path[-1] == "en":
        names.append(_("en anglais"))
    # "Adresse, Adresse": once will do.
    return ", ".join(dict.fromkeys(names))


def _value(name: str, value: Any, words: Glossary) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, list):
        return ", ".join(_value(name, item, words) for item in value)
    text = str(value)
    if name in _SERVICES or name in ACTORS or name == "about":
        return subject(_about(text, words) if name == "about" else text, words)
    if name in ("categories", "scope"):
        here = {words.card.slug: words.card.name}
        return (words.categories if name == "categories" else here).get(text, text)
    return _moment(name, text, words) or _code(name, text) or _shortened(text)


def _about(place: str, words: Glossary) -> str:
    """Find what a maintenance is about: "service/lyon:pad", "backend/visio/a", "operator/dne"."""
    value = place.partition("/")[2]
    own = value.replace(":", ".")
    return own if own in words.titles else value.rpartition(":")[2]


def _moment(name: str, text: str, words: Glossary) -> str:
    try:
        if _DAY.match(text):
            return dates.full_day(date.fromisoformat(text))
        if _MOMENT.match(text):
            moment = datetime.fromisoformat(text)
            return _end(moment, words) if name == "ends_at" else say_moment(moment, words)
    except (OverflowError, ValueError):
        return ""
    return ""


def _end(moment: datetime, words: Glossary) -> str:
    """Word an end: "jusqu'au 7 décembre 2026" for the midnight that closes that day."""
    last = dates.last_day(_in_zone(moment, words), words.card.zone)
    if last is None:
        return say_moment(moment, words)
    return _("jusqu'au %(day)s", day=dates.full_day(last))


def say_moment(moment: datetime, words: Glossary) -> str:
    """Word an instant in the académie's zone, "3 septembre 2026, 8 h 05"."""
    zone, moment = words.card.zone, _in_zone(moment, words)
    return f"{dates.date_of(moment, zone)}, {dates.hour(moment, zone)}"


def _in_zone(moment: datetime, words: Glossary) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=words.card.zone)


def _code(name: str, text: str) -> str:
    """Word what is chosen from a closed list."""
    if name in _CLOSED:
        kind, say = _CLOSED[name]
        return say(kind(text)) if text in set(kind) else code_words.word(name, text)
    return code_words.word(name, text)


_CLOSED: Mapping[str, tuple[type[StrEnum], Callable[[Any], str]]] = {
    "visibility": (Visibility, choice_words.visibility),
    "visibility_after": (Visibility, choice_words.visibility),
    "reason": (HideReason, choice_words.reason),
    "role": (Role, account_words.role),
    "sign_in": (SignIn, wording.sign_in),
    "profiles": (Profile, wording.chosen_profile),
}


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
