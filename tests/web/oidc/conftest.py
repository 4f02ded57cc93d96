"""A portal whose people sign in through the stand-in of a provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.oidc.visits import LISE, RULES
from tests.web.stand_in_provider import CLIENT_ID, SECRET, Serving, StandIn


@pytest.fixture
def serving() -> Iterator[Serving]:
    serving = Serving()
    serving.provider.claims = dict(LISE)
    yield serving
    serving.stop()


@pytest.fixture
def provider(serving: Serving) -> StandIn:
    return serving.provider


@pytest.fixture
def portal_settings(provider: StandIn, tmp_path: Path) -> dict[str, Any]:
    rules = tmp_path / "claims.yaml"
    rules.write_text(RULES, encoding="utf-8")
    return {
        "oidc_issuer": provider.address,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": SECRET,
        "oidc_name": "Mon académie",
        "claims": rules,
    }
