"""Settings of a provider: checked at the start; without them there is no such door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from settings import Settings, SettingsError
from tests.portal import ACADEMIES
from tests.web.oidc.visits import RETURN


def test_a_wrong_claims_file_ends_the_start_with_every_problem(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    rules = tmp_path / "claims.yaml"
    rules.write_text("mail: yes\nrules:\n  - {role: chef, claim: g, value: a}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        create_app(make_settings(claims=rules, academies=ACADEMIES))
    assert "line 1: mail" in str(caught.value)
    assert "line 3: rules[0].role" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TROUSSE_OIDC_ISSUER": "http://idp.example.fr"}, "https"),
        ({"TROUSSE_OIDC_ISSUER": "idp.example.fr"}, "https"),
        ({"TROUSSE_OIDC_ISSUER": "https://[oups"}, "https"),
        ({"TROUSSE_OIDC_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"TROUSSE_OIDC_SCOPES": "email"}, "openid"),
    ],
)
def test_settings_of_a_provider_are_checked(changes: dict[str, str], said: str) -> None:
    sound = {"TROUSSE_OIDC_ISSUER": "https://idp.example.fr", "TROUSSE_OIDC_CLIENT_ID": "a"}
    Settings.from_env(sound)
    with pytest.raises(SettingsError, match=said):
        Settings.from_env(sound | changes)


class TestWithoutProvider:
    @pytest.fixture
    def portal_settings(self) -> dict[str, Any]:
        return {}

    @pytest.mark.parametrize("path", ["/connexion/oidc/", RETURN])
    def test_there_is_no_such_door(self, client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 404
