"""Every screen of the desks, in the order of the menu."""

from __future__ import annotations

from web.admin import (
    academy_logo,
    announcements,
    endings,
    exchange,
    journal,
    local_decisions,
    members,
    national,
    national_accounts,
    national_announcements,
    national_catalogue,
    news,
    preview,
    printing,
    services,
    start,
    windows,
)

BLUEPRINTS = (
    start.blueprint,
    services.blueprint,
    local_decisions.blueprint,  # with the routes of local_services too
    announcements.blueprint,
    windows.blueprint,
    endings.blueprint,
    academy_logo.blueprint,  # with the routes of texts and help_contacts too
    news.blueprint,
    preview.blueprint,
    journal.blueprint,
    printing.blueprint,
    members.blueprint,
    exchange.blueprint,
    national.blueprint,
    national_accounts.blueprint,
    national_announcements.blueprint,
    national_catalogue.blueprint,
)
