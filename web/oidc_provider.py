"""The identity provider of the settings: what it says of itself, its keys, and what it is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc.jwk import KeySet

from settings import Settings
from web import oidc_tokens
from web.oidc_client import PATIENCE, Line, check_status, json_of, read_json
from web.oidc_failures import Failure, FailureError
from web.oidc_tokens import OldKeysError, read_keys

DISCOVERY = "/.well-known/openid-configuration"
DISCOVERY_SECONDS = 4.0
FRESH_SECONDS = 600.0
"""How long what a provider says of itself is believed before it is asked again."""
PAUSE_SECONDS = 5.0
"""Between two attempts, whoever asks meanwhile: forged tokens must not make us ask for ever."""
RETURN = "/connexion/oidc/retour"
GOODBYE = "/connexion/oidc/au-revoir"


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    end_session: str | None
    basic: bool
    """Whether it takes the secret in a header rather than in the form."""
    says_issuer: bool
    """Whether its answers in the browser name it (RFC 9207)."""


@dataclass(frozen=True, kw_only=True)
class Tokens:
    id_token: str
    claims: dict[str, Any]
    """Of the identity token, all checked."""
    access_token: str | None


class Provider:
    """One a process, safe for threads. Asks nothing before somebody wants to sign in."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._line = Line()
        self._lock = Lock()
        self._description: Description | None = None
        self._keys: KeySet | None = None
        self._asked_at: dict[str, float] = {}
        """When each document was last asked for, on the monotonic clock."""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.settings.oidc_issuer or "")
        return f"{parts.scheme}://{parts.netloc}"

    def describe(self) -> Description:
        """Return what it says of itself, a kept answer while there is one; raises FailureError."""
        known = self._description
        if known is not None and not self._is_due("description", FRESH_SECONDS):
            return known
        # One asks; the others take what was known, or wait a moment.
        if not self._lock.acquire(timeout=PATIENCE if known is None else 0):
            if known is None:
                raise FailureError(Failure.PROVIDER_BUSY)
            return known
        try:
            return self._describe_anew()
        except FailureError:
            if known is None:
                raise
            return known
        finally:
            self._lock.release()

    def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where to send the browser; raises FailureError."""
        described = self.describe()
        extra = {"acr_values": self.settings.oidc_acr_values} if self._asks_strength else {}
        with self._line.open(**self._client(described)) as client:
            address, _ = client.create_authorization_url(
                described.authorization, state=state, nonce=nonce, code_verifier=verifier, **extra
            )
        return str(address)

    def exchange(self, code: str, *, nonce: str, verifier: str, now: int) -> Tokens:
        """Turn a code into claims that are sure; raises FailureError."""
        described = self.describe()
        with self._line.open(**self._client(described)) as client:
            answer = client.fetch_token(
                described.token,
                code=code,
                code_verifier=verifier,
                grant_type="authorization_code",
                allow_redirects=False,
            )
        access_token = answer.get("access_token")
        id_token = answer.get("id_token") or ""

        def read(keys: KeySet) -> dict[str, Any]:
            return oidc_tokens.read_id_token(
                id_token,
                keys,
                issuer=described.issuer,
                client_id=self.settings.oidc_client_id,
                nonce=nonce,
                access_token=access_token,
                now=now,
            )

        return Tokens(id_token=id_token, claims=self._checked(read), access_token=access_token)

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        """Ask what else it knows of somebody; raises FailureError."""
        described = self.describe()
        if described.userinfo is None or not tokens.access_token:
            return {}
        token = {"access_token": tokens.access_token, "token_type": "Bearer"}
        with self._line.open(**self._client(described), token=token) as client:
            response = client.get(described.userinfo, allow_redirects=False)
            check_status(response)
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            found = None if kind == "application/jwt" else json_of(response)
        if found is None:
            text, own = response.text.strip(), self.settings.oidc_client_id
            found = self._checked(
                lambda keys: oidc_tokens.read_userinfo(
                    text, keys, issuer=described.issuer, client_id=own
                )
            )
        # Another person's card, slipped in: the specification wants this compared.
        if found.get("sub") != tokens.claims["sub"]:
            raise FailureError(Failure.BAD_TOKEN, "userinfo of another subject")
        return found

    def logout_claims(self, text: str, *, now: int) -> dict[str, Any]:
        """Read a logout token; raises FailureError."""
        issuer, own = self.describe().issuer, self.settings.oidc_client_id
        return self._checked(
            lambda keys: oidc_tokens.read_logout_token(
                text, keys, issuer=issuer, client_id=own, now=now
            )
        )

    def logout_url(self, *, id_token: str | None, state: str) -> str | None:
        """Return where its own session is ended; none when it has no such address."""
        address = self.describe().end_session
        if address is None:
            return None
        query = {
            "post_logout_redirect_uri": f"{self.settings.public_url}{GOODBYE}",
            "client_id": self.settings.oidc_client_id,
            "state": state,
        }
        if id_token:
            query["id_token_hint"] = id_token
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    @property
    def _asks_strength(self) -> bool:
        return bool(self.settings.oidc_acr_values)

    def _client(self, described: Description) -> dict[str, Any]:
        secret = self.settings.oidc_client_secret
        method = "client_secret_basic" if described.basic else "client_secret_post"
        return {
            "client_id": self.settings.oidc_client_id,
            "client_secret": secret,
            "token_endpoint_auth_method": method if secret else "none",
            "scope": self.settings.oidc_scopes,
            "redirect_uri": f"{self.settings.public_url}{RETURN}",
            "code_challenge_method": "S256",
        }

    def _is_due(self, what: str, seconds: float) -> bool:
        last = self._asked_at.get(what)
        return last is None or time.monotonic() - last >= seconds

    def _describe_anew(self) -> Description:
        known = self._description
        if not self._is_due("description", PAUSE_SECONDS):
            if known is None:
                raise FailureError(Failure.PROVIDER_AWAY, "asked a moment ago")
            return known
        wanted = self.settings.oidc_issuer or ""
        self._asked_at["description"] = time.monotonic()
        with self._line.open(DISCOVERY_SECONDS) as client:
            said = read_json(client, f"{wanted}{DISCOVERY}")
        self._description = _described(said, wanted)
        return self._description

    def _checked(self, read: Any) -> dict[str, Any]:
        """Read what is signed; once more with new keys when the known ones do not fit."""
        try:
            found: dict[str, Any] = read(self._known_keys())
        except OldKeysError:
            if not self._is_due("keys-again", PAUSE_SECONDS):
                raise
            self._asked_at["keys-again"] = time.monotonic()
            found = read(self._new_keys())
        return found

    def _known_keys(self) -> KeySet:
        keys = self._keys
        if keys is None or self._is_due("keys", FRESH_SECONDS):
            try:
                return self._new_keys()
            except FailureError:
                if keys is None:
                    raise
        return keys

    def _new_keys(self) -> KeySet:
        self._asked_at["keys"] = time.monotonic()
        with self._line.open(DISCOVERY_SECONDS) as client:
            self._keys = keys = read_keys(read_json(client, self.describe().keys))
        return keys


def _described(said: dict[str, Any], wanted: str) -> Description:
    """Check what a provider says of itself; raises FailureError."""
    issuer = said.get("issuer")
    # A setting may leave out the last slash; what the provider signs has it or not.
    if not isinstance(issuer, str) or issuer.rstrip("/") != wanted:
        raise FailureError(Failure.WRONG_ISSUER, "discovery")
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Description(
        issuer=issuer,
        authorization=_address(said, "authorization_endpoint", wanted) or _lacking(),
        token=_address(said, "token_endpoint", wanted) or _lacking(),
        keys=_address(said, "jwks_uri", wanted) or _lacking(),
        userinfo=_address(said, "userinfo_endpoint", wanted),
        end_session=_address(said, "end_session_endpoint", wanted),
        basic="client_secret_basic" in methods,
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(said: dict[str, Any], name: str, issuer: str) -> str | None:
    """Return an address of the provider's, as safe as the issuer's own."""
    address = said.get(name)
    schemes = ("https://",) if issuer.startswith("https://") else ("https://", "http://")
    if address is None:
        return None
    if not isinstance(address, str) or not address.startswith(schemes):
        raise FailureError(Failure.PROVIDER_ODD, f"discovery: {name}")
    return address


def _lacking() -> str:
    raise FailureError(Failure.PROVIDER_ODD, "discovery: an address is missing")
