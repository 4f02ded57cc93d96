"""Opening a service: choose a backend, make the address, make or accept a name."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from urllib.parse import quote

from catalogue.schema import Backend, Launch, LaunchKind, Naming, Service
from instances.service_state import backend_state
from monitoring.health import Health
from monitoring.target import State

_TIERS = ((State.UP,), (State.DEGRADED,), (State.UNKNOWN,))
_LAST_RESORT = (State.MAINTENANCE, State.DOWN)

# No vowel and no digit that reads like a letter: no accidental word, and easy to dictate.
TAIL_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
TAIL_LENGTH = 8
"""8 of 27 signs are 38 bits; three of 256 words add 24: 62 bits in all."""
_LETTERS_TAIL_LENGTH = 9
"""Where digits are not allowed, 9 of 19 consonants are 38 bits."""
_RANDOM = secrets.SystemRandom()


class NameRefusedError(Exception):
    """A name that this service's addresses cannot carry."""


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """What opens: one set of interchangeable backends and how to enter them."""

    launch: Launch
    backends: tuple[Backend, ...]


def entrance(service: Service, variant_id: str | None = None) -> Entrance | None:
    """Return the entrance of a service or of one of its variants; none when there is none."""
    if variant_id is None:
        if service.variants:
            return None
        return Entrance(launch=service.launch, backends=service.backends)
    variant = next((item for item in service.variants if item.id == variant_id), None)
    if variant is None:
        return None
    return Entrance(launch=variant.launch or service.launch, backends=variant.backends)


def choose_backend(
    backends: Sequence[Backend],
    health: Mapping[str, Health],
    *,
    now: datetime,
    even_in_trouble: bool = False,
    random: Random = _RANDOM,
) -> Backend | None:
    """Choose by weight among the best: up, then degraded, then unknown or not probed.

    Never one that is down or in maintenance, unless the reader insists.
    """
    states = [(item, backend_state(item, health, now=now).state) for item in backends]
    tiers = (*_TIERS, _LAST_RESORT) if even_in_trouble else _TIERS
    for tier in tiers:
        candidates = [item for item, state in states if state in tier]
        if candidates:
            weights = [item.weight for item in candidates]
            return random.choices(candidates, weights)[0]
    return None


def address(backend: Backend, launch: Launch, *, name: str | None = None) -> str:
    """Make the service's own address; a room or a document needs a name."""
    base = backend.url.rstrip("/") if launch.path else backend.url
    return base + launch.path.replace("{name}", quote(name or "", safe=""))


def needs_name(launch: Launch) -> bool:
    return launch.kind in (LaunchKind.ROOM, LaunchKind.DOCUMENT)


def generate_name(naming: Naming, *, random: Random = _RANDOM) -> str:
    """Make a name of three pronounceable words and a tail, 60 bits at least."""
    name = _joined([random.choice(_words()) for _ in range(3)], naming)
    return _with_tail(name, naming, random)


def complete_name(typed: str, naming: Naming, *, random: Random = _RANDOM) -> str:
    """Normalise a typed name and add the tail that keeps it from being guessed.

    Raises NameRefusedError when nothing usable is left of it.
    """
    ascii_only = unicodedata.normalize("NFKD", typed.replace("œ", "oe").replace("æ", "ae"))
    letters = ascii_only.encode("ascii", "ignore").decode().lower()
    words = "".join(sign if sign.isalnum() else " " for sign in letters).split()
    if naming.alphabet == "letters":
        words = ["".join(filter(str.isalpha, word)) for word in words]
    name = _joined(filter(None, words), naming)
    if not name:
        raise NameRefusedError(typed)
    return _with_tail(name, naming, random)


def is_complete(name: str, naming: Naming) -> bool:
    """Tell whether a name could have been made here: it is typed back by our own forms."""
    letters = "[a-z]" if naming.alphabet == "letters" else "[a-z0-9]"
    hyphen = "-" if naming.alphabet == "letters-digits-hyphen" else ""
    words = f"{letters}+(?:{hyphen}{letters}+)*" if hyphen else f"{letters}+"
    tail = f"[{_tail_alphabet(naming)}]{{{tail_length(naming)}}}"
    return len(name) <= naming.length and bool(re.fullmatch(words + hyphen + tail, name))


def tail_length(naming: Naming) -> int:
    return _LETTERS_TAIL_LENGTH if naming.alphabet == "letters" else TAIL_LENGTH


def _tail_alphabet(naming: Naming) -> str:
    return TAIL_ALPHABET.rstrip("0123456789") if naming.alphabet == "letters" else TAIL_ALPHABET


def _joined(words: Iterable[str], naming: Naming) -> str:
    separator = "-" if naming.alphabet == "letters-digits-hyphen" else ""
    return separator.join(words)


def _with_tail(name: str, naming: Naming, random: Random) -> str:
    tail = "".join(random.choice(_tail_alphabet(naming)) for _ in range(tail_length(naming)))
    separator = "-" if naming.alphabet == "letters-digits-hyphen" else ""
    kept = name[: naming.length - len(tail) - len(separator)].rstrip("-")
    return f"{kept}{separator}{tail}"


@cache
def _words() -> tuple[str, ...]:
    path = Path(__file__).with_name("words.txt")
    return tuple(path.read_text(encoding="ascii").split())
