"""Pages that a public site must have; their words come from the settings or from files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template
from markupsafe import Markup

from web import current, markdown
from web.headers import keep
from web.language import current_language
from web.site import utc_now

blueprint = Blueprint("legal", __name__)

_A_DAY = timedelta(days=1)


@blueprint.get("/accessibilite")
def accessibility() -> Response:
    return _page("accessibility", "accessibilite")


@blueprint.get("/mentions-legales")
def notice() -> Response:
    return _page("notice", "mentions-legales")


@blueprint.get("/donnees-personnelles")
def personal_data() -> Response:
    return _page("personal_data", "donnees-personnelles")


@blueprint.get("/cookies")
def cookies() -> Response:
    return _page("cookies", "cookies")


@blueprint.get("/plan-du-site")
def site_map() -> Response:
    return _page("site_map", "plan-du-site", cards=current.snapshot().directory.cards)


@blueprint.get("/contact")
def contact() -> Response:
    return _page("contact", "contact")


def _page(template: str, file: str, **values: object) -> Response:
    words = _own_words(current.site().settings.legal_dir, file)
    body = render_template(f"legal/{template}.html", own_words=words, **values)
    return keep(make_response(body), until=utc_now() + _A_DAY)


def _own_words(folder: Path | None, name: str) -> Markup | None:
    """Return what a deployment wrote instead of our words: NAME.en.md, else NAME.md; or None."""
    if folder is None:
        return None
    for path in (folder / f"{name}.{current_language()}.md", folder / f"{name}.md"):
        if path.is_file():
            return markdown.render(path.read_text(encoding="utf-8"))
    return None
