"""create_app(): reads the settings and registers the parts; the wiring diagram of the site."""

from __future__ import annotations

from flask import Flask

import cli
import web
from settings import ROOT, SETTINGS_KEY, Settings

LARGEST_FORM = 64 * 1024
"""Bytes that anybody may send in a form."""


def create_app(settings: Settings | None = None) -> Flask:
    """Make the site; touches neither database nor network until `web.start` or a command."""
    app = Flask("trousse", root_path=str(ROOT), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.extensions[SETTINGS_KEY] = settings or Settings.from_env_or_exit()
    web.register(app, app.extensions[SETTINGS_KEY])
    cli.register(app)
    return app
