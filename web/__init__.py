"""The site: every blueprint, header and error page; the only place that knows Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import (
    auth,
    errors,
    guards,
    headers,
    invitation,
    language,
    legal,
    monitoring_pages,
    oidc,
    oidc_setup,
    own_account,
    portal,
    preview_link,
    sharing,
    sign_in,
    status_screens,
    wellknown,
)
from web.admin import screens
from web.context import register_context
from web.operator import screens as operator_screens
from web.ops import screens as ops_screens
from web.page_cache import PageCache
from web.refresher import Refresher
from web.site import SITE, Site

if TYPE_CHECKING:
    from flask import Flask

    from settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Put the whole site on the application."""
    # A page that names the nation in its address says itself where it stands, in its language.
    app.url_map.redirect_defaults = False
    site = Site(settings)
    app.extensions[SITE] = site
    app.extensions["trousse.refresher"] = Refresher(site)
    language.register(app)
    register_context(app)
    headers.register(app, settings)
    errors.register(app)
    auth.register(app, settings)
    guards.register(app)
    oidc_setup.register(app, settings)
    for blueprint in (
        wellknown.blueprint,
        monitoring_pages.blueprint,
        legal.blueprint,
        portal.blueprint,
        preview_link.blueprint,
        sharing.blueprint,  # the opening blueprint, with the routes of both modules
        *status_screens.BLUEPRINTS,
        sign_in.blueprint,
        oidc.blueprint,
        invitation.blueprint,
        own_account.blueprint,  # the personal blueprint, with the routes of both modules
        *screens.BLUEPRINTS,
        *ops_screens.BLUEPRINTS,
        *operator_screens.BLUEPRINTS,
    ):
        app.register_blueprint(blueprint)
    app.wsgi_app = PageCache(app.wsgi_app, site)  # type: ignore[method-assign]
