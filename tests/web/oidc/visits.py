"""Signing in through the stand-in of a provider, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import Account, Grant
from journal import JournalLine
from tests import cast
from tests.portal import Portal
from tests.web.stand_in_provider import StandIn
from web.auth import COOKIE

RULES = """
academie: {mail_domains: true}
rules:
  - {role: manager, claim: groups, value: dane, academie: own}
  - {role: national, claim: groups, value: dne}
"""
LISE = {"email": cast.LISE.email, "email_verified": True, "name": "Lise L.", "groups": ["dane"]}
RETURN = "/connexion/oidc/retour"
NOW = int(time.time())


def go(client: FlaskClient, query: str = "") -> str:
    """Follow the link; return where at the provider the browser is led."""
    answer = client.get(f"/connexion/oidc/{query}")
    assert answer.status_code == 303
    return str(answer.location)


def sign_in(client: FlaskClient, provider: StandIn, query: str = "") -> TestResponse:
    return client.get(provider.come_back(go(client, query)))


def refused(answer: TestResponse, code: str) -> None:
    """Nobody was let in, and the page says why, in French, without the provider's words."""
    assert answer.status_code >= 400
    assert COOKIE not in answer.headers.get("Set-Cookie", "")
    assert f"<code>{code}</code>" in answer.text
    assert answer.text.count("<h1>") == 1
    assert "<secret>" not in unescape(answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"


def rights_of(portal: Portal, email: str = cast.LISE.email) -> set[tuple[str, str, str]]:
    with portal.site.sessions() as db:
        rows = db.execute(
            select(Grant.role, Grant.scope, Grant.source)
            .join(Account, Account.id == Grant.account_id)
            .where(Account.email == email)
        )
        return {(role, scope, source) for role, scope, source in rows}


def lines(portal: Portal, event: str) -> list[JournalLine]:
    with portal.site.sessions() as db:
        return list(db.scalars(select(JournalLine).where(JournalLine.event == event)))


def count(portal: Portal, table: Any) -> int:
    with portal.site.sessions() as db:
        return len(db.scalars(select(table)).all())


def lying(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def alter(claims: dict[str, Any]) -> dict[str, Any]:
        changed = claims | changes
        return {name: value for name, value in changed.items() if value is not None}

    return alter
