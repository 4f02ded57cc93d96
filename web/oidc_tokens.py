"""What a provider signs: identity tokens, logout tokens, userinfo; believed once all is checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
)
from joserfc.jwk import Key, KeySet
from joserfc.jws import JWSRegistry

from web.oidc_failures import Failure, FailureError

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
"""Signatures of the provider's own key: never "none", never one made with a shared secret."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
LONGEST = 100_000
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TYPES = frozenset({None, "JWT", "logout+jwt", "application/logout+jwt"})
_BY_CLAIM = {
    "nonce": Failure.WRONG_NONCE,
    "iss": Failure.WRONG_ISSUER,
    "aud": Failure.WRONG_AUDIENCE,
    "azp": Failure.WRONG_AUDIENCE,
    "iat": Failure.CLOCK,
    "nbf": Failure.CLOCK,
}


class OldKeysError(FailureError):
    """No key that we know made this signature: the provider may have new ones."""

    def __init__(self) -> None:
        super().__init__(Failure.BAD_SIGNATURE)


def read_keys(document: dict[str, Any]) -> KeySet:
    """Read the provider's public keys; raises FailureError."""
    try:
        return KeySet.import_key_set(document)  # type: ignore[arg-type]  # checked by the library
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FailureError(Failure.PROVIDER_ODD, "unreadable keys") from error


def read_id_token(  # noqa: PLR0913 - one for each claim that is compared
    text: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    now: int,
) -> dict[str, Any]:
    """Return the claims of an identity token; raises FailureError, OldKeysError."""
    token = _decode(text, keys)
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
    }
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, params)
    try:
        claims.validate(now=now, leeway=LEEWAY)
    except ExpiredTokenError as error:
        raise FailureError(Failure.TOKEN_EXPIRED) from error
    except ClaimError as error:
        raise FailureError(_BY_CLAIM.get(error.claim, Failure.BAD_TOKEN), error.claim) from error
    except (JoseError, ValueError, TypeError) as error:
        raise FailureError(Failure.BAD_TOKEN, type(error).__name__) from error
    return dict(claims)


def read_userinfo(text: str, keys: KeySet, *, issuer: str, client_id: str) -> dict[str, Any]:
    """Return the claims of a signed userinfo answer; raises FailureError, OldKeysError."""
    claims = _decode(text, keys).claims
    if claims.get("iss", issuer) != issuer:
        raise FailureError(Failure.WRONG_ISSUER, "userinfo")
    if client_id not in _listed(claims.get("aud", client_id)):
        raise FailureError(Failure.WRONG_AUDIENCE, "userinfo")
    return dict(claims)


def read_logout_token(
    text: str, keys: KeySet, *, issuer: str, client_id: str, now: int
) -> dict[str, Any]:
    """Return the claims of a logout token; raises FailureError, OldKeysError."""
    token = _decode(text, keys)
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "iat": {"essential": True},
        "exp": {"essential": True},
        "jti": {"essential": True},
    }
    try:
        jwt.JWTClaimsRegistry(now, LEEWAY, **options).validate(token.claims)
    except ExpiredTokenError as error:
        raise FailureError(Failure.TOKEN_EXPIRED) from error
    except ClaimError as error:
        raise FailureError(_BY_CLAIM.get(error.claim, Failure.BAD_TOKEN), error.claim) from error
    _check_logout(token)
    return token.claims


def _check_logout(token: jwt.Token) -> None:
    """Check what makes it a logout token and nothing else."""
    claims = token.claims
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise FailureError(Failure.BAD_TOKEN, "events")
    if "nonce" in claims:  # an identity token that somebody kept
        raise FailureError(Failure.BAD_TOKEN, "nonce")
    if token.header.get("typ") not in _LOGOUT_TYPES:
        raise FailureError(Failure.BAD_TOKEN, "typ")
    said = [claims[name] for name in ("sid", "sub") if name in claims]
    if not said or not all(isinstance(value, str) and value for value in said):
        raise FailureError(Failure.BAD_TOKEN, "sid")


def _decode(text: str, keys: KeySet) -> jwt.Token:
    """Check the signature; raises OldKeysError when none of the keys fits."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise FailureError(Failure.BAD_TOKEN, "no token")
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    try:
        return jwt.decode(text, keys, registry=registry)
    except BadSignatureError as error:
        raise OldKeysError from error
    except InvalidKeyIdError as error:
        for key in _without_name(text, keys, registry):
            return jwt.decode(text, key, registry=registry)
        raise OldKeysError from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise FailureError(Failure.BAD_TOKEN, type(error).__name__) from error


def _without_name(text: str, keys: KeySet, registry: JWSRegistry) -> Iterator[Key]:
    """Yield the keys that fit a token which does not say which one signed it."""
    for key in keys:
        try:
            token = jwt.decode(text, key, registry=registry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if "kid" not in token.header:
            yield key


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
