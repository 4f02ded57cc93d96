"""A service's state as a small drawing, for the pages of others."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template

from monitoring.target import State
from web import current, state_words
from web.status import at, view_of
from web.status_programs import answer
from web.translation import gettext

_HEIGHT = 24
_MARGIN = 16
_LETTER = 7.3
_LETTERS = {
    **dict.fromkeys(
        ".,:;'ijlIJ\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}\N{NO-BREAK SPACE} ", 3.6
    ),
    **dict.fromkeys("frt-()", 4.5),
    **dict.fromkeys("ABCDGHKNOQRUVXZw&", 8.8),
    **dict.fromkeys("mMWœ", 11.6),
}
"""Widths in Verdana and DejaVu Sans; whatever the font is, the drawing fits the words to them."""
_COLOURS = {
    State.UP: "#2c6a43",
    State.DEGRADED: "#8a5200",
    State.DOWN: "#a92a1c",
    State.MAINTENANCE: "#5a3d99",
    State.UNKNOWN: "#4d566b",
}


@dataclass(frozen=True, kw_only=True)
class Badge:
    name: str
    word: str
    colour: str
    height: int = _HEIGHT

    @property
    def left(self) -> int:
        return _width(self.name)

    @property
    def right(self) -> int:
        return _width(self.word)


@at("/badges/<service_id>.svg")
def badge(academie: str, service_id: str) -> Response:
    view = view_of(academie)
    tile = current.tile_of(view.page, service_id)
    word = state_words.state_name(tile.state.state)
    if not tile.state.probed:
        word = gettext("Pas surveillé")
    drawn = Badge(name=tile.service.title, word=word, colour=_COLOURS[tile.state.state])
    body = render_template("status/badge.svg", badge=drawn)
    return answer(body, "image/svg+xml; charset=utf-8", view, follows=False)


def _width(words: str) -> int:
    return round(sum(_LETTERS.get(letter, _LETTER) for letter in words)) + _MARGIN
