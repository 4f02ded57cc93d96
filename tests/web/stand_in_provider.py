"""An identity provider on loopback that does what it should, or lies as a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "la-trousse"
SECRET = "a secret between the two & a sign"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
Claims = dict[str, Any]


@cache
def old_key() -> RSAKey:
    """Return a key that took its time to make, once."""
    return new_key()


def new_key(name: str = "one") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class Code:
    """What a code that was given out stands for."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class StandIn:
    """Where it listens, what it says, and how it misbehaves."""

    address: str = ""
    key: RSAKey = field(default_factory=old_key)
    published: RSAKey | None = None
    """The key that it publishes; none: the one that it signs with."""
    claims: Claims = field(default_factory=dict)
    alter: Callable[[Claims], Claims] = dict
    header: Claims = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    userinfo: Claims | None = None
    userinfo_signed: bool = False
    description: Claims = field(default_factory=dict)
    """Replaces what it says of itself, name by name; None leaves a name out."""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Path → what is answered whatever is asked."""
    drips: set[str] = field(default_factory=set)
    """Paths whose answer comes byte by byte."""
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    def come_back(self, authorization: str, **extra: str) -> str:
        """Let somebody sign in there; return the path and query of the way back."""
        asked = dict(parse_qsl(urlsplit(authorization).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = Code(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        query = {"code": code, "state": asked["state"]} | extra
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode(query)}"

    def logout_token(self, *, header: Claims | None = None, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 120,
            "jti": f"jti-{time.monotonic_ns()}",
            "events": {LOGOUT_EVENT: {}},
            "sub": "lise-1",
            "sid": "session-1",
        } | changes
        plain = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header or {"alg": "RS256", "kid": "one"}, plain, self.key)

    def describe(self) -> Claims:
        said = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "end_session_endpoint": f"{self.address}/logout?from=here",
        } | self.description
        return {name: value for name, value in said.items() if value is not None}

    def keys(self) -> Claims:
        return dict(KeySet([self.published or self.key]).as_dict())

    def token(self, form: dict[str, str]) -> tuple[int, Claims]:
        code = self.codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        if code is None or digest.decode() != code.challenge:
            return 400, {"error": "invalid_grant", "error_description": "<secret>"}
        if form["redirect_uri"] != code.redirect_uri:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": "lise-1",
            "sid": "session-1",
            "iat": now,
            "exp": now + 300,
            "nonce": code.nonce,
            **self.claims,
        }
        signed = jwt.encode(self.header, self.alter(claims), self.key)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: StandIn

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self._json(200, self.provider.describe())
        elif path == "/keys":
            self._json(200, self.provider.keys())
        elif path == "/userinfo" and self.headers["Authorization"] == "Bearer at":
            said = {"sub": "lise-1", **(self.provider.userinfo or {})}
            if self.provider.userinfo_signed:
                self._send(200, jwt.encode(self.provider.header, said, self.provider.key).encode(),
                           "application/jwt; charset=utf-8")  # fmt: skip
            else:
                self._json(200, said)
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {
            name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
        }
        basic = self.headers.get("Authorization", "").removeprefix("Basic ")
        secret = base64.b64decode(basic).decode().partition(":")[2] if basic else ""
        self.provider.forms.append(form | ({"basic": secret} if basic else {}))
        status, said = self.provider.token(form)
        self._json(status, said)

    def _json(self, status: int, said: Claims) -> None:
        self._send(status, json.dumps(said).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        path = urlsplit(self.path).path
        self.provider.asked.append(path)
        status, body = self.provider.answers.get(path, (status, body))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if path not in self.provider.drips:
            self.wfile.write(body)
            return
        try:
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the tests' output is for faults."""


class Serving:
    """A stand-in that listens, until it is stopped; it may come back on the same port."""

    def __init__(self) -> None:
        self.provider = StandIn()
        self._server: ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        port = urlsplit(self.provider.address).port or 0
        handler = type("Handler", (_Handler,), {"provider": self.provider})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.provider.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = None
