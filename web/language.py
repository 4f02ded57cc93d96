"""French or English: said by the address alone, never guessed."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel

from settings import ROOT
from web import tenancy
from web.translation import plural_of, translated


def register(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    Babel(app, locale_selector=current_language)
    # In templates too, so that "0 ouverture" is singular there as well.
    app.jinja_env.install_gettext_callables(translated, plural_of, newstyle=True)  # type: ignore[attr-defined]

    @app.before_request
    def read_language() -> None:
        g.language = request.environ.get(tenancy.LANGUAGE, "fr")


def current_language() -> str:
    language: str = g.get("language", "fr")
    return language
