"""Markdown of the catalogue to safe HTML."""

from __future__ import annotations

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from catalogue.schema import Text
from web.language import current_language

_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "code", "blockquote", "h2", "h3", "h4"}
_ATTRIBUTES = {"a": {"href"}}
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def to_html(text: Text) -> Markup:
    return render(text.said_in(current_language()))


@lru_cache(maxsize=512)
def render(source: str) -> Markup:
    """Return safe HTML; what is neither text nor a listed tag is dropped."""
    rendered = _MARKDOWN.render(source)
    clean = nh3.clean(
        rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"}
    )
    return Markup(clean)  # noqa: S704 - nh3 has just cleaned it
