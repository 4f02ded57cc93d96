"""A form that came too late, or without its token: shown back, so that nothing typed is lost."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from web import links
from web.current import site
from web.headers import no_store

MOST_BYTES = 64 * 1024
"""Of what was typed; more is a file, which must be chosen again."""
MOST_FIELDS = 500
_ENDED, _NO_TOKEN = 401, 403


def is_from_our_page() -> bool:
    """Tell whether a browser vouches that one of our own pages sent this form.

    Without that, another site could have its own words shown here, to be sent in good faith.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return _is_ours(origin)


def is_from_elsewhere() -> bool:
    """Tell whether a browser says that another site sent this form; many say nothing."""
    origin = request.headers.get("Origin")
    return origin not in (None, "null") and not _is_ours(origin)


def _is_ours(origin: str | None) -> bool:
    return origin in (site().settings.public_url, f"{request.scheme}://{request.host}")


def page(*, signed_in: bool) -> Response:
    """Show a button that sends the same again; a new token stands beside what was typed.

    One who signs in meanwhile gets another token: that of the page is then renewed by a script,
    or the button leads here once more.
    """
    fields = _typed()
    body = render_template(
        "errors/send_again.html",
        action=links.asked_for(),
        fields=fields,
        had_files=any(file.filename for file in request.files.values()),
        signed_in=signed_in,
    )
    return no_store(make_response(body, _NO_TOKEN if signed_in else _ENDED))


def _typed() -> list[tuple[str, str]] | None:
    """Return every field but the token and passwords; none when there is too much of it."""
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.endswith("csrf_token") and "password" not in name
    ]
    size = sum(len(name.encode()) + len(value.encode()) for name, value in fields)
    return fields if size <= MOST_BYTES and len(fields) <= MOST_FIELDS else None
