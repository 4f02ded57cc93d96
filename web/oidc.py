"""Sign-in through an identity provider: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from accounts import claims as claims_rules
from accounts import identities
from accounts.errors import AccountError
from accounts.identities import Vouched
from accounts.permissions import Person
from accounts.sessions import FromProvider, person_of
from database import writing
from web import auth, current, oidc_logout, oidc_pending
from web.guards import DOOR, MACHINE, rule
from web.landing import is_own_path, landing
from web.oidc_failures import Failure, FailureError, failure_page, provider_name
from web.oidc_pending import LIFETIME, Pending
from web.oidc_provider import Tokens
from web.oidc_setup import Door, door, known_in
from web.site import utc_now

_AWAY = frozenset({"temporarily_unavailable", "server_error"})
_LONGEST = 255
"""Of a subject or a session's name."""

blueprint = Blueprint("oidc", __name__, url_prefix="/connexion/oidc")

log = structlog.get_logger()


@blueprint.get("/")
@rule(DOOR)
def begin() -> ResponseReturnValue:
    """Send the browser to the provider. A link, not a form: see web.oidc_logout."""
    entrance = _entrance()
    wanted = request.args.get("next", "")
    try:
        pending = oidc_pending.begin(wanted if is_own_path(wanted) else "", now=utc_now())
        address = entrance.provider.authorization_url(
            state=pending.state, nonce=pending.nonce, verifier=pending.verifier
        )
    except FailureError as error:
        return _refuse(entrance, error)
    return redirect(address, 303)


@blueprint.get("/retour")
@rule(DOOR)
def come_back() -> ResponseReturnValue:
    """Let in whom the provider vouches for, or say why not."""
    entrance = _entrance()
    try:
        pending = _pending(entrance)
        tokens = _tokens(entrance, pending)
        said = _all_claims(entrance, tokens)
        person = _recognise(entrance, tokens, said)
    except FailureError as error:
        return _refuse(entrance, error)
    except AccountError as error:
        return _refuse(entrance, _failure_of(error))
    return _let_in(person, pending, tokens)


@blueprint.get("/au-revoir")
@rule(DOOR)
def goodbye() -> ResponseReturnValue:
    return oidc_logout.goodbye()


@blueprint.get("/fin")
@rule(MACHINE)
def front_channel_logout() -> Response:
    return oidc_logout.front_channel()


@blueprint.post("/fin")
@rule(MACHINE)
def back_channel_logout() -> Response:
    return oidc_logout.back_channel()


def _entrance() -> Door:
    entrance = door()
    if entrance is None:
        current.not_found()
    return entrance


def _refuse(entrance: Door, error: FailureError) -> Response:
    return failure_page(error, provider=provider_name(entrance.provider.settings.oidc_name))


def _pending(entrance: Door) -> Pending:
    """Return which of this browser's sign-ins comes back; nobody comes back with it again."""
    now = utc_now()
    pending = oidc_pending.take(request.args.get("state", ""), now=now)
    issuer = entrance.provider.settings.oidc_issuer or ""
    # The cookie of before may be sent again; the database remembers.
    with writing(current.site().sessions) as db:
        name = f"state:{pending.state}"
        if not identities.spend(db, issuer, name, expires_at=now + LIFETIME + timedelta(minutes=1)):
            raise FailureError(Failure.STATE_REPLAYED)
    return pending


def _tokens(entrance: Door, pending: Pending) -> Tokens:
    """Check who answers, and turn the code into claims."""
    described = entrance.provider.describe()
    said = request.args.get("iss")
    if said != described.issuer and (said is not None or described.says_issuer):
        raise FailureError(Failure.WRONG_ISSUER, "answer of another provider")
    error = request.args.get("error")
    if error == "access_denied":
        raise FailureError(Failure.ACCESS_DENIED)
    if error is not None:
        detail = error[:40] if error.replace("_", "").isalnum() else "?"
        away = error in _AWAY
        raise FailureError(Failure.PROVIDER_AWAY if away else Failure.PROVIDER_REFUSED, detail)
    code = request.args.get("code")
    if not code:
        raise FailureError(Failure.PROVIDER_ODD, "no code")
    now = int(utc_now().timestamp())
    return entrance.provider.exchange(code, nonce=pending.nonce, verifier=pending.verifier, now=now)


def _all_claims(entrance: Door, tokens: Tokens) -> dict[str, Any]:
    """Return the identity token's claims, with those of userinfo when it lacks some."""
    wanted = {"email"} | {
        name.partition(".")[0] for name in claims_rules.names_used(entrance.rules)
    }
    if wanted <= tokens.claims.keys():
        return tokens.claims
    return {**entrance.provider.userinfo(tokens), **tokens.claims}


def _recognise(entrance: Door, tokens: Tokens, said: dict[str, Any]) -> Person:
    """Return who of ours this is, with the rights of now; raises AccountError."""
    known = known_in(current.snapshot())
    decided = claims_rules.decide(entrance.rules, said, known=known)
    if decided.unknown_operators:
        log.warning("unknown-operator-in-claims", operators=list(decided.unknown_operators))
    if len(tokens.claims["sub"]) > _LONGEST or not tokens.claims["sub"].isprintable():
        raise FailureError(Failure.BAD_TOKEN, "sub")
    vouched = Vouched(
        issuer=tokens.claims["iss"],
        subject=tokens.claims["sub"],
        name=_name(said),
        mail=claims_rules.verified_mail(said, trust=entrance.rules.mail),
    )
    now = utc_now()
    with writing(current.site().sessions) as db:
        account = identities.account_of_identity(db, vouched, now=now)
        identities.replace_rights(db, account, decided.rights, issuer=vouched.issuer, now=now)
        db.flush()
        return person_of(db, account)


def _let_in(person: Person, pending: Pending, tokens: Tokens) -> Response:
    response = make_response(redirect(landing(person, pending.next or None), 303))
    sid = tokens.claims.get("sid")
    kept = oidc_pending.others()
    auth.sign_in(
        response,
        person.account_id,
        provider=FromProvider(
            issuer=tokens.claims["iss"],
            subject=tokens.claims["sub"],
            session=sid if isinstance(sid, str) and len(sid) <= _LONGEST else None,
            id_token=tokens.id_token,
        ),
    )
    oidc_pending.put_back(kept)
    return response


def _name(said: dict[str, Any]) -> str:
    """Return what to call somebody; ProConnect gives two halves, `usual_name` is the second."""
    whole = said.get("name")
    if isinstance(whole, str) and whole.strip():
        return whole
    halves = (said.get("given_name"), said.get("usual_name") or said.get("family_name"))
    return " ".join(half for half in halves if isinstance(half, str))


def _failure_of(error: AccountError) -> FailureError:
    # The académie's name in the provider's words: what whoever mends the claims file looks for.
    detail = str(error.values.get("found", ""))[:80]
    try:
        return FailureError(Failure(error.code), detail)
    except ValueError:
        return FailureError(Failure.BAD_TOKEN, error.code)
