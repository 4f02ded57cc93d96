"""Who is signed in: read from a cookie of ours, only where a page asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import flask_login
import structlog
from flask import Flask, Request, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from accounts import sessions
from accounts.models import Account
from accounts.permissions import Person
from accounts.sessions import FromProvider, Lifetimes
from database import writing
from settings import SETTINGS_KEY, Settings
from upkeep.secret_key import SecretKeyError, read_secret_key
from upkeep.state_folder import StateFolderError
from web.current import site
from web.site import utc_now

COOKIE = "trousse-session"
FORM_COOKIE = "trousse-form"
"""Holds the token of forms and what a sign-in needs on its way; signed, never a right."""

log = structlog.get_logger()


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]
    """Somebody signed in, as flask-login wants it."""

    def __init__(self, person: Person) -> None:
        self.person = person


class FormSessions(SecureCookieSessionInterface):
    """Flask's session, signed with a key that is made when it is first needed."""

    def get_signing_serializer(self, app: Flask) -> Any:
        if not app.secret_key:
            try:
                app.secret_key = read_secret_key(app.extensions[SETTINGS_KEY])
            except (SecretKeyError, StateFolderError, OSError) as error:
                # Public pages do without.
                log.error("no-secret-key", reason=str(error))  # noqa: TRY400
                return None
        return super().get_signing_serializer(app)


def register(app: Flask, settings: Settings) -> None:
    secure = settings.public_url.startswith("https://")
    app.session_interface = FormSessions()
    app.config.update(
        SESSION_COOKIE_NAME=FORM_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
    )
    manager = flask_login.LoginManager()
    manager.session_protection = None
    manager.request_loader(_load)
    # Not init_app: it would look at the form cookie at every answer, public ones too.
    app.login_manager = manager  # type: ignore[attr-defined]


def current_person() -> Person | None:
    """Return who asks; for pages that are guarded or personal, never for public ones."""
    user = flask_login.current_user
    return user.person if user.is_authenticated else None


def require_person() -> Person:
    """Return who asks, on a page that a rule guards."""
    person = current_person()
    if person is None:
        raise LookupError("nobody is signed in: this page has no rule that asks for it")
    return person


def lifetimes() -> Lifetimes:
    settings = site().settings
    return Lifetimes(
        idle=timedelta(minutes=settings.session_idle),
        absolute=timedelta(hours=settings.session_hours),
    )


def current_token() -> str | None:
    return request.cookies.get(COOKIE)


def sign_in(response: Response, account_id: int, *, provider: FromProvider | None = None) -> None:
    """Open a session for an account; what the browser held before is forgotten."""
    now = utc_now()
    with writing(site().sessions) as db:
        account = db.get_one(Account, account_id)
        token = sessions.open_session(
            db, account, now=now, lifetimes=lifetimes(), provider=provider
        )
        old = current_token()
        if old is not None:
            sessions.close_session(db, old)
    session.clear()
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def sign_out(response: Response) -> None:
    """End the session of this browser, here and in the database."""
    token = current_token()
    if token is not None:
        with writing(site().sessions) as db:
            sessions.close_session(db, token)
    session.clear()
    response.delete_cookie(COOKIE)


def _load(asked: Request) -> SignedIn | None:
    token = asked.cookies.get(COOKIE)
    if not token:
        return None
    now = utc_now()
    with site().sessions() as db:
        person = sessions.find_person(db, token, now=now, lifetimes=lifetimes())
        to_be_seen = person is not None and sessions.is_to_be_seen(db, token, now=now)
    if to_be_seen:
        with writing(site().sessions) as db:
            sessions.mark_seen(db, token, now=now)
    if person is None:
        g.session_ended = True
        return None
    return SignedIn(person)
