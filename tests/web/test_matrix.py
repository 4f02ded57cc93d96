"""Roles × addresses × académies: everything in the route map answers as the policy says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from accounts.permissions import Right, Role
from tests import cast
from tests.cast import Person
from tests.portal import Portal
from web.guards import rule_of

EDITH = Person(name="Edith", email="edith@ac-lyon.fr", academie="lyon")
ODILE = Person(name="Odile", email="odile@dne.example")
PEOPLE: dict[Person | None, tuple[Right, ...]] = {
    None: (),
    cast.AWA: (),
    EDITH: (Right(role=Role.EDITOR, scope="lyon"),),
    cast.LISE: (Right(role=Role.MANAGER, scope="lyon"),),
    cast.VICTOR: (Right(role=Role.MANAGER, scope="rennes"),),
    cast.NORA: (Right(role=Role.NATIONAL),),
    cast.OMAR: (Right(role=Role.OPS),),
    ODILE: (Right(role=Role.OPERATOR, scope="dne"),),
}
"""Victor looks after Rennes here: the test portal has no Versailles."""
ACADEMIES = ("lyon", "rennes", "reunion", "national")
DESK = re.compile(r"^/(?P<academie>[^/]+)/gestion/(?P<screen>[^/]*)(?P<rest>.*)$")
MANAGERS_ONLY = re.compile(r"^/(importer|copier|remplacer|reprendre)$")
READ = re.compile(
    r"^/[^/]+/gestion/(services(/visio)?|services-locaux(/x/(apercu|modifier).*)?|annonces|journal"
    r"|journal\.csv|notre-academie(/aide)?|ce-qui-change|apercu.*|export-import(/fichier)?|membres.*"
    r"|nos-choix-expliques|cahier-de-passation|maintenances|fins)?$"
)
"""What the nation may look at; the other pages are nothing but a form."""
ANYBODY = re.compile(r"^/(connexion|deconnexion|invitation)\b|^/[^/]+/apercu/")
SIGNED_IN = re.compile(r"^/mon-compte\b|^/[^/]+/mon-espace\b")
ARGUMENTS = {"service_id": "visio", "variant_id": "cycle-2", "operator": "dne"}


@dataclass(frozen=True)
class Address:
    endpoint: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def addresses(portal: Portal) -> Iterator[Address]:
    """Yield every private address of the route map, in each académie when it names one."""
    for route in portal.app.url_map.iter_rules():
        rule = rule_of(portal.app, route.endpoint)
        assert rule is not None, f"{route.endpoint} has no rule: nobody gets in"
        if not rule.private:
            continue
        for academie in ACADEMIES if "academie" in route.arguments else ("",):
            for method in sorted((route.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
                yield Address(route.endpoint, method, _path(portal, route, academie))


def _path(portal: Portal, route: Rule, academie: str) -> str:
    values: dict[str, str | int] = {"academie": academie}
    numbers = set(re.findall(r"<int(?:\(.*?\))?:(\w+)>", route.rule))
    for name in route.arguments - {"academie"}:
        values[name] = 1 if name in numbers else ARGUMENTS.get(name, "x")
    with portal.app.test_request_context():
        return portal.app.url_map.bind("").build(route.endpoint, values)


def is_let_in(person: Person | None, address: Address) -> bool:
    """Say what the policy says, in words of its own: `accounts.permissions` is not asked."""
    if person is None or ANYBODY.match(address.path):
        return bool(ANYBODY.match(address.path))
    return bool(SIGNED_IN.match(address.path)) or _may_use_desk(person, address)


def _may_use_desk(person: Person, address: Address) -> bool:
    if address.path.startswith("/ops/"):
        # The nation looks on; nobody but ops changes anything.
        return person is cast.OMAR or (person is cast.NORA and address.method == "GET")
    if address.path.startswith("/operateur/dne/"):
        return person in (ODILE, cast.OMAR)
    found = DESK.match(address.path)
    assert found, f"{address} is of no kind that this test knows: say who may ask for it"
    if found["academie"] == "national":
        return person is cast.NORA
    own = {cast.LISE: "lyon", EDITH: "lyon", cast.VICTOR: "rennes"}.get(person)
    is_own = own == found["academie"]
    if found["screen"] == "membres":
        return person is cast.NORA or (is_own and person is not EDITH)
    if found["screen"] == "export-import" and MANAGERS_ONLY.match(found["rest"]):
        return is_own and person is not EDITH
    only_reads = address.method == "GET" and bool(READ.match(address.path))
    return is_own or (person is cast.NORA and only_reads)


def was_let_in(answer: TestResponse) -> bool:
    if answer.status_code == 303 and "/connexion?next=" in answer.headers["Location"]:
        return False
    return answer.status_code not in (401, 403)


def _client(portal: Portal, person: Person | None) -> FlaskClient:
    if person is None:
        return portal.app.test_client()
    client = portal.app.test_client()
    client.set_cookie("trousse-session", portal.session_token(person, *PEOPLE[person]))
    return client


@pytest.mark.parametrize(
    "person", PEOPLE, ids=lambda person: person.name if person else "anonymous"
)
def test_everybody_gets_what_the_policy_gives_and_nothing_else(
    portal: Portal, person: Person | None
) -> None:
    portal.app.config["WTF_CSRF_ENABLED"] = False  # test_guards.py is about it
    wrong = []
    for address in addresses(portal):
        # A new browser each time: some addresses sign out.
        answer = _client(portal, person).open(address.path, method=address.method)
        answer.close()
        is_foreign = address.path.startswith("/national/") and answer.status_code == 404
        is_right = is_foreign or was_let_in(answer) is is_let_in(person, address)
        if answer.status_code >= 500 or not is_right:
            wrong.append(f"{address}: {answer.status}")
    assert wrong == [], "\n".join(wrong)


def test_the_map_has_what_the_matrix_is_about(portal: Portal) -> None:
    found = list(addresses(portal))
    assert {address.method for address in found} == {"GET", "POST"}
    assert len({address.endpoint for address in found}) > 30


def test_no_answer_of_a_private_address_is_kept(portal: Portal) -> None:
    portal.app.config["WTF_CSRF_ENABLED"] = False
    wrong = []
    for address in addresses(portal):
        for person in (None, cast.LISE):
            answer = _client(portal, person).open(address.path, method=address.method)
            answer.close()
            if "no-store" not in answer.headers["Cache-Control"]:
                wrong.append(f"{address}: {answer.headers['Cache-Control']}")
    assert wrong == [], "\n".join(wrong)
