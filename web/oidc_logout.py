"""Signing out with an identity provider: asked here, or told by it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from accounts import identities, sessions
from database import writing
from web import oidc_pending
from web.auth import current_token, sign_out
from web.current import site
from web.headers import CONTENT_SECURITY_POLICY
from web.oidc_failures import Failure, FailureError, provider_name
from web.oidc_setup import Door, door
from web.oidc_tokens import LEEWAY
from web.site import utc_now

_AWAY = frozenset({Failure.PROVIDER_AWAY, Failure.PROVIDER_BUSY})

log = structlog.get_logger()


def logout_page() -> Response | None:
    """Sign out here, and return the page that leads to the provider to sign out there too.

    None, and nothing done, when the session is not of this provider's making, or when it has no
    such address or does not answer: then the caller signs out as for a local account.
    """
    entrance, token = door(), current_token()
    if entrance is None or token is None:
        return None
    with site().sessions() as db:
        vouched = sessions.provider_of(db, token)
    if vouched is None:
        return None
    state = secrets.token_urlsafe(16)
    address = _end_address(entrance, vouched.issuer, vouched.id_token, state)
    if address is None:
        return None
    # A link, not a form: browsers apply `form-action 'self'` to where a form's answer leads.
    body = render_template("auth/oidc_leave.html", address=address, provider=_name(entrance))
    response = make_response(body)
    sign_out(response)
    oidc_pending.remember_goodbye(state)
    return response


def goodbye() -> ResponseReturnValue:
    """Show that the provider's session has ended too."""
    entrance = door()
    both = oidc_pending.is_goodbye(request.args.get("state", ""))
    name = _name(entrance) if entrance is not None else ""
    return render_template("auth/oidc_goodbye.html", both=both, provider=name)


def front_channel() -> Response:
    """End the sessions that the provider names in a frame of its own page; no cookie is looked at.

    Whoever knows a `sid`, which only the provider and this portal do, may end that session.
    """
    entrance = door()
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    if entrance is None or not issuer or not sid or not f"{issuer}{sid}".isprintable():
        return _answer(400, "invalid_request")
    ended = _end(issuer, sid=sid)
    log.info("signed-out-by-provider", channel="front", sessions=ended)
    response = make_response(render_template("auth/oidc_ended.html"))
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", f"frame-ancestors {entrance.provider.origin}"
    )
    return response


def back_channel() -> Response:
    """End the sessions that a signed token names."""
    entrance = door()
    if entrance is None:
        return _answer(400, "invalid_request")
    try:
        ended = _end_as_told(entrance, request.form.get("logout_token", ""), now=utc_now())
    except FailureError as error:
        log.warning("logout-refused", code=error.failure.value, detail=error.detail)
        if error.failure in _AWAY:
            return _answer(503, "temporarily_unavailable")
        return _answer(400, "invalid_request", error.failure.value)
    log.info("signed-out-by-provider", channel="back", sessions=ended)
    return _answer(200)


def _end_as_told(entrance: Door, token: str, *, now: datetime) -> int:
    claims = entrance.provider.logout_claims(token, now=int(now.timestamp()))
    issuer = claims["iss"]
    until = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY)
    with writing(site().sessions) as db:
        if not identities.spend(db, issuer, f"jti:{claims['jti']}", expires_at=until):
            raise FailureError(Failure.BAD_TOKEN, "jti was used before")
        return sessions.end_sessions(db, issuer, sid=claims.get("sid"), subject=claims.get("sub"))


def _end(issuer: str, *, sid: str) -> int:
    with writing(site().sessions) as db:
        return sessions.end_sessions(db, issuer, sid=sid)


def _end_address(entrance: Door, issuer: str, id_token: str | None, state: str) -> str | None:
    try:
        if entrance.provider.describe().issuer != issuer:
            return None  # the settings named another provider then
        return entrance.provider.logout_url(id_token=id_token, state=state)
    except FailureError as error:
        log.warning("provider-not-told-of-logout", code=error.failure.value, detail=error.detail)
        return None


def _name(entrance: Door) -> str:
    return provider_name(entrance.provider.settings.oidc_name)


def _answer(status: int, error: str = "", detail: str = "") -> Response:
    """Answer a program, as the specification of back-channel logout says."""
    if not error:
        response = make_response("", status)
    else:
        said: dict[str, Any] = {"error": error}
        response = make_response(said | ({"error_description": detail} if detail else {}), status)
    response.headers["Cache-Control"] = "no-store"
    return response
