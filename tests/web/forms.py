"""Forms as a browser sends them: with the token of the page on which they stand."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_of(client: FlaskClient, page: str) -> str:
    """Return the token of the forms of a page."""
    found = _TOKEN.search(client.get(page).text)
    assert found is not None, f"{page} has no form with a token"
    return found[1]


def send(client: FlaskClient, page: str, action: str | None = None, **values: Any) -> TestResponse:
    """Fill in a form of `page` and send it to `action`, or to the page itself."""
    form = {"csrf_token": token_of(client, page), **values}
    return client.post(action or page, data=form)


def own_token(client: FlaskClient) -> str:
    """Return a token that is good in this browser, though no page showed it."""
    with client.session_transaction() as kept:
        seed = kept.setdefault("csrf_token", secrets.token_hex())
    serializer = URLSafeTimedSerializer(client.application.secret_key or "", salt="wtf-csrf-token")
    return str(serializer.dumps(seed))
