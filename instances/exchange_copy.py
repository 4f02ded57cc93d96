"""Another académie's choices as one's own: what its public page shows, never why.

Reasons, précisions, days of review, contacts, drafts and what is not yet published are internal
to the académie that wrote them: they stay there. What comes is explained by whoever copies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from instances.exchange_changes import is_hidden
from instances.exchange_values import Decisions, Entry
from instances.models import HideReason


class CopyPart(StrEnum):
    VISIBILITY = "visibility"
    """Shown or hidden, until when, and the national service that replaces it."""
    WORDING = "wording"
    ORDER = "order"
    ADDRESSES = "addresses"
    """Own addresses, and the address that a hidden service leads to."""
    WORDS = "words"
    """The public word to colleagues beside a hidden service."""
    LOCAL_SERVICES = "local-services"
    """Published ones; those of the same name stay as they are."""
    TEXTS = "texts"
    """Welcome and mise en avant; who the académie is stays its own."""
    ANNOUNCEMENTS = "announcements"
    """Those in force, added to the académie's own."""


BY_DEFAULT = (CopyPart.VISIBILITY, CopyPart.WORDING, CopyPart.ORDER)
_VISIBILITY = ("visibility", "visibility_after", "until")
_INTERNAL = ("reason", "precision", "review_on")
_COPIED_TEXTS = ("welcome", "spotlight")


@dataclass(frozen=True, kw_only=True)
class Copying:
    parts: Collection[CopyPart]
    national: Collection[str]
    """Ids of the national catalogue: another académie's own services mean nothing here."""
    now: datetime
    reason: HideReason = HideReason.OTHER
    precision: str | None = None
    """Why a service is hidden here from now on, in the words of whoever copies."""


def copied(source: Decisions, target: Decisions, how: Copying) -> Decisions:
    """Return what the target decided with parts of the source's in place of its own."""
    wanted = target
    wanted = replace(wanted, choices=_choices(source, target, how))
    if CopyPart.LOCAL_SERVICES in how.parts:
        wanted = replace(wanted, local_services=_local(source, target))
    if CopyPart.TEXTS in how.parts:
        wanted = replace(wanted, texts=_texts(source, target, how))
    if CopyPart.ANNOUNCEMENTS in how.parts:
        wanted = replace(wanted, announcements=_announcements(source, target, how))
    return wanted


def _choices(source: Decisions, target: Decisions, how: Copying) -> dict[str, Entry]:
    found = dict(target.choices)
    for service_id in sorted({*source.choices, *target.choices}):
        if service_id in how.national:
            entry = _choice(
                source.choices.get(service_id, {}), target.choices.get(service_id, {}), how
            )
            found[service_id] = entry
    return {name: entry for name, entry in found.items() if entry}


def _choice(theirs: Entry, ours: Entry, how: Copying) -> dict[str, Any]:
    entry = dict(ours)
    for part, copy in _COPIES.items():
        if part in how.parts:
            copy(theirs, entry, how)
    if is_hidden(entry) and not is_hidden(ours):
        entry["reason"] = how.reason.value
        entry |= {"precision": how.precision} if how.precision else {}
    if not is_hidden(entry):
        for name in (*_INTERNAL, "replacement_service", "replacement_url", "word", "until"):
            entry.pop(name, None)
    return entry


def _copy_visibility(theirs: Entry, entry: dict[str, Any], how: Copying) -> None:
    _take(theirs, entry, _VISIBILITY)
    replacement = theirs.get("replacement_service")
    if is_hidden(theirs) and replacement in how.national:
        entry["replacement_service"] = replacement
        entry.pop("replacement_url", None)


def _copy_wording(theirs: Entry, entry: dict[str, Any], _how: Copying) -> None:
    _take(theirs, entry, ("wording",))


def _copy_order(theirs: Entry, entry: dict[str, Any], _how: Copying) -> None:
    _take(theirs, entry, ("position",))


def _copy_addresses(theirs: Entry, entry: dict[str, Any], _how: Copying) -> None:
    entry.pop("backends", None)
    if "backends" in theirs:
        # For the académie that wrote them, or for all: here they are for this one.
        entry["backends"] = [
            {name: value for name, value in backend.items() if name != "academies"}
            for backend in theirs["backends"]
        ]
    if theirs.get("replacement_url"):
        entry["replacement_url"] = theirs["replacement_url"]
        entry.pop("replacement_service", None)


def _copy_words(theirs: Entry, entry: dict[str, Any], _how: Copying) -> None:
    _take(theirs, entry, ("word",))


_COPIES: Mapping[CopyPart, Callable[[Entry, dict[str, Any], Copying], None]] = {
    CopyPart.VISIBILITY: _copy_visibility,
    CopyPart.WORDING: _copy_wording,
    CopyPart.ORDER: _copy_order,
    CopyPart.ADDRESSES: _copy_addresses,
    CopyPart.WORDS: _copy_words,
}


def _take(theirs: Entry, entry: dict[str, Any], names: Collection[str]) -> None:
    for name in names:
        entry.pop(name, None)
        if name in theirs:
            entry[name] = theirs[name]


def _local(source: Decisions, target: Decisions) -> dict[str, Entry]:
    theirs = {
        name: {"published": entry["published"], "published_at": entry["published_at"]}
        for name, entry in source.local_services.items()
        if "published" in entry and "published_at" in entry and "retired_at" not in entry
    }
    return theirs | dict(target.local_services)


def _texts(source: Decisions, target: Decisions, how: Copying) -> dict[str, Any]:
    texts = dict(target.texts)
    for name in _COPIED_TEXTS:
        texts.pop(name, None)
        if name in source.texts:
            texts[name] = source.texts[name]
    known = {*how.national, *(f"{target.academie}.{name}" for name in target.local_services)}
    spotlight = texts.get("spotlight")
    if spotlight is not None and not set(spotlight["services"]) <= known:
        texts.pop("spotlight")
        if "spotlight" in target.texts:
            texts["spotlight"] = target.texts["spotlight"]
    return texts


def _announcements(source: Decisions, target: Decisions, how: Copying) -> tuple[Entry, ...]:
    theirs = (
        entry
        for entry in source.announcements
        if _in_force(entry, how.now)
        and entry.get("service_id", None) in (None, *how.national)
        and entry not in target.announcements
    )
    return (*target.announcements, *theirs)


def _in_force(entry: Entry, now: datetime) -> bool:
    if entry.get("withdrawn") or datetime.fromisoformat(entry["starts_at"]) > now:
        return False
    ends = entry.get("ends_at")
    return ends is None or datetime.fromisoformat(ends) > now
