"""One rule for every address: who may ask, and whether its forms need a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden

from accounts.permissions import Action, may
from instances.national import NATIONAL_SLUG
from web import current, links, sending_again, tenancy
from web.auth import current_person
from web.language import current_language
from web.page_cache import KEEP


class NoRightError(Forbidden):
    """Somebody is signed in, and has no right to this page."""


View = TypeVar("View", bound=Callable[..., Any])

PUBLIC_BLUEPRINTS = frozenset({"legal", "metrics", "opening", "portal", "status", "wellknown"})
"""The same bytes for everybody; none of their forms depends on who sends it."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

csrf = CSRFProtect()


@dataclass(frozen=True, kw_only=True)
class Rule:
    action: Action | None = None
    """None: anybody."""
    token: bool = True
    """Whether its forms carry a token; not for what a program sends."""
    private: bool = True
    """Never kept, on the portal's own host alone."""
    largest: int | None = None
    """Bytes of a form that holds a file; none: as any other form."""


PUBLIC = Rule(token=False, private=False)
DOOR = Rule()
"""Where one signs in: nobody is known yet, but a forged form must not sign anybody in."""
MACHINE = Rule(token=False)
"""An identity provider's own request, which proves itself by its signature."""
TOKEN_IN_ADDRESS = Rule(token=False)
"""Whoever has the link; it changes nothing."""

_RULE = "__trousse_rule__"


def rule(wanted: Rule) -> Callable[[View], View]:
    """Say who may ask for a view."""

    def put(view: View) -> View:
        setattr(view, _RULE, wanted)
        return view

    return put


def needs(action: Action, *, largest: int | None = None) -> Callable[[View], View]:
    """Let only those in who may do this (in the académie of the address, when it names one)."""
    return rule(Rule(action=action, largest=largest))


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """Return the rule of an address; none when it was forgotten, and then nobody gets in."""
    found: Rule | None = getattr(app.view_functions[endpoint], _RULE, None)
    if found is not None:
        return found
    return PUBLIC if endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS else None


def register(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session: a form may stay open
    # Some networks strip that header from everything: Origin says as much (see _forgery).
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        found = rule_of(app, request.endpoint)
        if found is None:
            abort(403)
        return _check(found) if found.private else None

    @app.after_request
    def keep_private(response: Response) -> Response:
        found = rule_of(app, request.endpoint) if request.endpoint else PUBLIC
        if found is None or found.private:
            # Whatever made this page, the cache in front asks no guard.
            request.environ.pop(KEEP, None)
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _check(found: Rule) -> ResponseReturnValue | None:
    if request.environ.get(tenancy.OWN_SLUG):
        return _to_the_portals_host()
    if found.largest is not None:  # before the form is read for its token
        request.max_content_length = request.max_form_memory_size = found.largest
    if _holds_nul(found):
        abort(400)
    forged = _forgery() if found.token and request.method not in _SAFE_METHODS else None
    if forged is not None and (found.action is None or not sending_again.is_from_our_page()):
        raise forged
    if found.action is None:
        return None
    academie = (request.view_args or {}).get("academie")
    if academie is not None:
        if academie == NATIONAL_SLUG and found.action is not Action.USE_OWN_SPACE:
            abort(404)
        current.enter(academie)
    person = current_person()
    if person is None:
        return _to_the_door()
    scope = academie or (request.view_args or {}).get("operator")
    if not may(person, found.action, scope=scope):
        raise NoRightError
    return None if forged is None else sending_again.page(signed_in=True)


def _holds_nul(found: Rule) -> bool:
    """Tell whether something holds a sign that nobody types and that PostgreSQL does not keep.

    At the door queries come from identity providers: what is odd there has a page of its own.
    """
    asked = request.args.values() if found.action is not None else ()
    said = (request.path, *asked, *request.form.values())
    return any("\0" in text for text in said)


def _forgery() -> CSRFError | None:
    """Return why a form is not believed; none when it carries the token of this browser."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return None
    try:
        csrf.protect()
    except CSRFError as error:
        return error
    if sending_again.is_from_elsewhere():
        return CSRFError("another origin")
    return None


def _to_the_door() -> ResponseReturnValue:
    """Send to where one signs in; a form that was sent too late is kept for its sender."""
    if request.method not in _SAFE_METHODS:
        return sending_again.page(signed_in=False)
    path = links.url("auth.sign_in")
    return redirect(f"{path}?next={quote(links.asked_for(), safe='/')}", 303)


def _to_the_portals_host() -> ResponseReturnValue:
    """An académie's own host has public pages alone: one cookie, one address for the provider."""
    settings = current.site().settings
    prefix = tenancy.ENGLISH if current_language() == "en" else ""
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    root = quote(request.script_root)
    return redirect(f"{settings.public_url}{root}{prefix}{quote(request.path)}{query}", 303)
