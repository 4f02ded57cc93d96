"""French or English: said by the address alone, never guessed."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel

from settings import ROOT
from web import tenancy


def register(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    app.config["BABEL_DEFAULT_LOCALE"] = "fr"
    Babel(app, locale_selector=current_language)

    @app.before_request
    def read_language() -> None:
        g.language = request.environ.get(tenancy.LANGUAGE, "fr")


def current_language() -> str:
    language: str = g.get("language", "fr")
    return language
