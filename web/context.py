"""What every template finds: words, addresses, assets, the académie."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, g, request
from jinja2 import StrictUndefined

from catalogue.schema import Service, Text
from catalogue.selection import index_text
from web import links, markdown, wording
from web.auth import current_person
from web.current import site
from web.forms import field_attributes
from web.language import current_language
from web.paragraphs import paragraphs


def register_context(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    card = g.get("card")
    return {
        "lang": current_language(),
        "site": site().settings,
        "card": card,
        "zone": card.zone if card else None,
        "url": links.url,
        "service_url": links.service_url,
        "absolute_url": links.absolute_url,
        "other_language_url": links.other_language_url(),
        "asset": asset,
        "say": say,
        "lang_of": lang_of,
        "markdown": markdown.to_html,
        "paragraphs": paragraphs,
        "search_index": search_index,
        "person": current_person,
        "field_attributes": field_attributes,
        "wording": wording,
    }


def asset(name: str) -> str:
    return request.script_root + site().assets.url_path(name)


def say(text: Text) -> str:
    return text.said_in(current_language())


def lang_of(text: Text) -> str | None:
    """Return the language of a text when it is not the page's own."""
    language = text.language(current_language())
    return None if language == current_language() else language


@lru_cache(maxsize=512)
def search_index(service: Service, language: str) -> str:
    """Return what search works on; the same for every page until the entry changes."""
    return index_text(service, language)
