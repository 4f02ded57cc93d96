"""Forms of sign-in and of one's own account that come back are sound HTML."""

from __future__ import annotations

import pytest

from tests import cast
from tests.browser import html_faults
from tests.portal import Portal


@pytest.mark.parametrize("path", ["/connexion", "/mon-compte", "/mon-compte/mot-de-passe"])
def test_a_form_that_comes_back_is_sound(portal: Portal, path: str) -> None:
    client = portal.signed_in(cast.LISE)
    token = client.get("/connexion/jeton").json
    assert token is not None
    answer = client.post(path, data={"csrf_token": token["token"]})
    page, faults = html_faults.read(answer.text, "fr")
    assert answer.status_code == 422
    assert faults + html_faults.faults_of(page) == []


def test_the_page_for_a_late_form_is_sound(portal: Portal) -> None:
    answer = portal.client.post(
        "/lyon/mon-espace/favoris",
        data={"favori": ["visio", "pad"]},
        headers={"Origin": "http://localhost"},
    )
    page, faults = html_faults.read(answer.text, "fr")
    assert answer.status_code == 401
    assert faults + html_faults.faults_of(page) == []
