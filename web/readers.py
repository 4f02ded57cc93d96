"""Who asks: a person who clicked, or a program that looks ahead."""

from __future__ import annotations

import re

from flask import Request

_ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp", re.IGNORECASE
)
"""Programs that say they are robots; a client that says nothing of the kind is believed."""
_AHEAD = ("prefetch", "preview", "prerender")


def is_a_person_clicking(request: Request) -> bool:
    """Return False for HEAD, for a prefetch and for robots that say they are."""
    if request.method == "HEAD":
        return False
    purposes = " ".join(
        request.headers.get(name, "") for name in ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")
    )
    if any(word in purposes.lower() for word in _AHEAD):
        return False
    return not _ROBOTS.search(request.headers.get("User-Agent", ""))


def is_from_our_own_page(request: Request) -> bool:
    """Tell whether a public form was sent from one of our own pages.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a program says neither.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
