"""Sign-in through LemonLDAP::NG, as many académies have it, in front of a real portal."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests

from tests.sign_in.conftest import Scene
from tests.sign_in.lemonldap import LemonLdap
from tests.sign_in.visitor import Visitor

pytestmark = pytest.mark.real

DWHO, RTYLER = "dwho@badwolf.org", "rtyler@badwolf.org"


def sign_in(scene: Scene, visitor: Visitor, name: str) -> requests.Response:
    page = visitor.get(f"{scene.address}/connexion/oidc/?next=/lyon/")
    assert 'name="password"' in page.text, page.text
    answer = visitor.send(page, user=name, password=name)
    assert answer.url == f"{scene.address}/lyon/", answer.text
    return answer


def test_groups_give_roles(scene: Scene, lemonldap: LemonLdap, visitor: Visitor) -> None:
    assert lemonldap.processes
    sign_in(scene, visitor, "dwho")
    assert scene.is_signed_in(visitor)
    expected = {("manager", "lyon"), ("editor", "rennes"), ("editor", "paris")}
    assert scene.rights(DWHO) == expected


def test_another_person_has_other_roles(
    scene: Scene, lemonldap: LemonLdap, visitor: Visitor
) -> None:
    assert lemonldap.processes
    sign_in(scene, visitor, "rtyler")
    assert scene.rights(RTYLER) == {("national", "")}


def test_the_order_of_groups_changes_nothing(scene: Scene, lemonldap: LemonLdap) -> None:
    """It differs from one sign-in to the next; rights are neither given nor taken by it."""
    assert lemonldap.processes
    written = []
    for _ in range(5):
        visitor = Visitor()
        sign_in(scene, visitor, "dwho")
        written.append((scene.rights(DWHO), scene.events(DWHO)))
        visitor.close()
    assert all(item == written[0] for item in written)


def test_a_wrong_password_stays_there(scene: Scene, lemonldap: LemonLdap, visitor: Visitor) -> None:
    page = visitor.get(f"{scene.address}/connexion/oidc/")
    answer = visitor.send(page, user="dwho", password="wrong")
    assert answer.url.startswith(lemonldap.issuer)
    assert not scene.is_signed_in(visitor)


def test_signing_out_here_signs_out_there(
    scene: Scene, lemonldap: LemonLdap, visitor: Visitor
) -> None:
    sign_in(scene, visitor, "dwho")
    page = visitor.get(f"{scene.address}/mon-compte")
    leaving = visitor.send(page, to="/deconnexion")
    refresh = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', leaving.text)
    assert refresh is not None, leaving.text
    assert not scene.is_signed_in(visitor)
    address = unescape(refresh[1])
    assert address.startswith(f"{lemonldap.issuer}/oauth2/logout?")
    farewell = visitor.get(address)
    if not farewell.url.startswith(scene.address):
        farewell = visitor.get(_led(farewell))  # its page shows frames first
    assert farewell.url.startswith(f"{scene.address}/connexion/oidc/au-revoir?state=")
    assert "guichet" in farewell.text
    again = visitor.get(f"{scene.address}/connexion/oidc/")
    assert 'name="password"' in again.text  # it knows nobody any more


def test_signing_out_there_signs_out_here(
    scene: Scene, lemonldap: LemonLdap, visitor: Visitor
) -> None:
    sign_in(scene, visitor, "dwho")
    farewell = visitor.get(f"{lemonldap.issuer}/?logout=1")
    frame = re.search(r'<iframe src="([^"]+)"', farewell.text)
    assert frame is not None, lemonldap.said
    assert urlsplit(frame[1]).path == "/connexion/oidc/fin"
    answer = requests.get(unescape(frame[1]), timeout=60)  # without any cookie
    assert answer.status_code == 200
    assert lemonldap.issuer in answer.headers["Content-Security-Policy"]
    assert not scene.is_signed_in(visitor)


def _led(page: requests.Response) -> str:
    """Return where the page of farewell leads by itself, once its frames are loaded."""
    form = re.search(r'<form[^>]+action="([^"]+)"', page.text)
    assert form is not None, page.text
    return unescape(form[1])
