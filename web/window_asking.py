"""A maintenance in school hours, or when clocks change, is saved once somebody has heard so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import request

from instances.window_advice import Advice, Slot, advise
from monitoring.maintenance import Repeats
from monitoring.window_rules import Content
from web import current
from web import window_words as words
from web.admin.moments import clock_notes
from web.forms import whole_number
from web.translation import gettext as _
from web.window_board import Board
from web.window_forms import WindowForm, place_code

DO, KEEP, TAKE = "faire", "garder", "proposition"
_FAR = 2**33
"""Seconds since 1970: in the year 2242."""


@dataclass(frozen=True, kw_only=True)
class ToHear:
    """What the person has to hear first; never nothing."""

    advice: Advice | None
    clocks: tuple[str, ...]
    """What the clocks do that night to the hours that were typed, in words."""


def wanted(form: WindowForm) -> Content:
    """Return what was typed, with the hours of the proposal when that was taken.

    A proposal that was made for something else than what is typed now counts for nothing.
    """
    content = form.content()
    slot = _read(form.proposed.data)
    takes = request.form.get(DO) == TAKE and form.warned.data == _seen(content)
    if not takes or slot is None or form.setting.before is not None:
        return content
    form.move(slot.starts_at, slot.ends_at)
    return replace(content, starts_at=slot.starts_at, ends_at=slot.ends_at)


def to_hear(board: Board, form: WindowForm, content: Content) -> ToHear | None:
    """Return none when the person has heard it, or when there is nothing to say."""
    slot, answer = _slot(content), request.form.get(DO)
    kept = answer == KEEP and form.warned.data == _seen(content)
    taken = answer == TAKE and form.proposed.data == _said(slot)
    if kept or taken:
        return None
    with current.site().sessions() as session:
        academies = board.concerned(session, (content.scope, content.value))
    found = advise(slot, academies, now=board.now)
    clocks = tuple(clock_notes(form.moments(), form.chosen_zone))
    form.warned.data = _seen(content) if found or clocks else ""
    form.proposed.data = _said(found.better) if found and found.better else ""
    return ToHear(advice=found, clocks=clocks) if found or clocks else None


def same_time(before: Content, after: Content) -> bool:
    """Tell whether nothing changes that somebody could mind."""
    return _seen(before) == _seen(after)


def worded(board: Board, form: WindowForm, found: Advice) -> dict[str, str]:
    zone, better = form.chosen_zone, found.better
    recurs = form.repeats is not None and form.repeats.data != Repeats.ONCE
    slot = Slot(starts_at=form.starts_at, ends_at=form.ends_at)
    when = "" if better is None else words.span(better.starts_at, better.ends_at, zone, board.now)
    return {
        "warning": words.warning(found, slot),
        "better": when,
        "change": words.better(found),
        "zone": "" if zone == board.zone else board.zones.get(zone.key, zone.key),
        "often": _("Les fois suivantes tombent à la même heure.") if recurs else "",
    }


def _slot(content: Content) -> Slot:
    return Slot(starts_at=content.starts_at, ends_at=content.ends_at)


def _seen(content: Content) -> str:
    return f"{place_code(content.scope, content.value)} {_said(_slot(content))}"


def _said(slot: Slot) -> str:
    return f"{int(slot.starts_at.timestamp())}-{int(slot.ends_at.timestamp())}"


def _read(text: str | None) -> Slot | None:
    start, _dash, end = (text or "").partition("-")
    seconds = [whole_number(item, most=_FAR) for item in (start, end)]
    if not all(seconds):
        return None
    starts_at, ends_at = (datetime.fromtimestamp(item, UTC) for item in seconds)
    return Slot(starts_at=starts_at, ends_at=ends_at)
