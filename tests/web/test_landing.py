from __future__ import annotations

import pytest

from accounts.permissions import Person, Right, Role
from tests.portal import Portal
from web.auth import SignedIn
from web.landing import is_own_path, landing


@pytest.mark.parametrize(
    "path",
    [
        "/", "/lyon/", "/lyon/gestion/services?filtre=masques", "/en/lyon/gestion/", "/mon-compte",
        "/lyon/gestion/journal?du=2026-11-01&q=d%C3%A9cision", "/lyon/services/visio#donnees",
        "/lyon/?q=https://zoom.example/", "/lyon/?q=a%20b",
    ],
)  # fmt: skip
def test_a_path_of_ours_is_one(path: str) -> None:
    assert is_own_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "", "lyon/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "/\\/evil.example", "https://evil.example/", "https:evil.example", "javascript:alert(1)",
        "http:/evil.example", "/lyon\n", "/\t/evil.example", "/\r\nLocation: https://evil.example",
        "/%0d%0aSet-Cookie: a=b", "/%2f%2fevil.example", "/%2fevil.example", "/%5cevil.example",
        "/%252fevil.example", "/%25252fevil.example", "/%2525252525", "/lyon//evil.example",
        "/..//evil.example", "/\x00", "/\u2028", "/\u202eevil", " /lyon/", "/lyon/?q=\\",
        "/" + "a" * 3000, "/%09/evil.example", "//[evil", "/.//evil.example",
    ],
)  # fmt: skip
def test_what_may_lead_elsewhere_is_refused(path: str) -> None:
    assert not is_own_path(path)


LYON = Right(role=Role.MANAGER, scope="lyon")
RENNES = Right(role=Role.EDITOR, scope="rennes")
NATIONAL = Right(role=Role.NATIONAL)
DNE = Right(role=Role.OPERATOR, scope="dne")


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ({LYON}, "/lyon/gestion/"),
        ({NATIONAL}, "/national/gestion/"),
        ({LYON, RENNES}, "/mon-compte/bureaux"),
        ({LYON, NATIONAL}, "/mon-compte/bureaux"),
        ({Right(role=Role.OPS)}, "/ops/"),
        ({Right(role=Role.OPS), LYON}, "/mon-compte/bureaux"),
        ({DNE}, "/operateur/dne/"),
        ({DNE, LYON}, "/mon-compte/bureaux"),
        ({Right(role=Role.OPERATOR, scope="parti")}, "/mon-compte"),
        ({Right(role=Role.MANAGER, scope="nulle-part")}, "/mon-compte"),
        (set(), "/mon-compte"),
    ],
)
def test_without_a_wish_one_is_led_to_what_is_ones_own(
    portal: Portal, rights: set[Right], expected: str
) -> None:
    person = Person(account_id=1, name="X", email="x@example.fr", rights=frozenset(rights))
    with portal.app.test_request_context():
        assert SignedIn(person).is_authenticated
        assert landing(person) == expected
        assert landing(person, "//evil.example") == expected
        assert landing(person, "/rennes/etat") == "/rennes/etat"


def test_a_teacher_is_led_to_the_space_of_the_academie_of_the_mail_address(portal: Portal) -> None:
    with portal.app.test_request_context():
        domain = portal.site.snapshot.directory.cards[0].mail_domains[0]
        person = Person(account_id=1, name="Awa", email=f"awa@{domain.upper()}")
        assert landing(person) == f"/{portal.site.snapshot.directory.cards[0].slug}/mon-espace"
