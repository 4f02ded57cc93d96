"""Every screen of the desks, in the order of the menu."""

from __future__ import annotations

from web.admin import (
    announcements,
    exchange,
    journal,
    local_services,
    members,
    national,
    national_accounts,
    news,
    preview,
    services,
    start,
    texts,
)

BLUEPRINTS = (
    start.blueprint,
    services.blueprint,
    local_services.blueprint,
    announcements.blueprint,
    texts.blueprint,
    news.blueprint,
    preview.blueprint,
    journal.blueprint,
    members.blueprint,
    exchange.blueprint,
    national.blueprint,
    national_accounts.blueprint,
)
