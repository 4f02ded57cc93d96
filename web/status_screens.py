"""The routes of the status, in one place: the page, what people signal, what programs read."""

from __future__ import annotations

from web import badges, signalling, status, status_calendar, status_feed, status_json

ROUTES = (status, signalling, status_feed, status_json, status_calendar, badges)
"""Each puts its own on the blueprint."""
BLUEPRINTS = (status.blueprint,)
