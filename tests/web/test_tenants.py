"""What one académie has is nothing to another: every address, asked with numbers that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import invitations
from accounts.models import Account, Invitation
from accounts.permissions import Right, Role
from accounts.sessions import person_of
from database import writing
from instances import previews
from instances.choices import Decision
from instances.models import (
    Announcement,
    Favourite,
    InstanceText,
    LocalServiceRow,
    PreviewLink,
    ServiceChoice,
)
from instances.previews import View
from journal import JournalLine
from monitoring.models import MaintenanceWindow
from tests import cast
from tests.instances.lyon import every_kind_of_decision
from tests.portal import Portal
from tests.web.admin.service_screens import hide, text_of
from web.guards import rule_of

OURS = Right(role=Role.MANAGER, scope="rennes")
"""Victor looks after Rennes here: the test portal has no Versailles."""
TABLES = (
    *(Announcement, InstanceText, LocalServiceRow, PreviewLink, ServiceChoice),
    *(Favourite, Invitation),
)


@dataclass(frozen=True)
class Lyon:
    """What identifies things of Lyon's in addresses, by the name of the argument."""

    ids: Mapping[str, tuple[str | int, ...]]
    secrets: tuple[str, ...]
    """Words that are nobody else's to read."""


@pytest.fixture
def lyon(portal: Portal) -> Lyon:
    lise = portal.signed_in(cast.LISE)
    number, now = portal.account(cast.LISE), datetime.now(UTC)
    with writing(portal.site.sessions) as db:
        db.add_all(every_kind_of_decision())
        db.add(_announcement(now))
        db.add_all(_windows(now))
        by = Decision(academie="lyon", actor=f"account/{number}", now=now)
        token = previews.make_link(db, View(day=date(2027, 1, 1), drafts=True), by=by)
        person = person_of(db, db.get_one(Account, number))
        right = Right(role=Role.EDITOR, scope="lyon")
        invitations.invite(db, right, email="secrete@ac-lyon.fr", inviter=person, now=now)
    portal.site.refresh()
    answer = hide(lise, "salle", reason="other", precision="raison-secrete-de-lyon")
    assert answer.status_code == 303
    return Lyon(ids=_ids(portal, number, token), secrets=("secrete", cast.LISE.email))


def _announcement(now: datetime) -> Announcement:
    return Announcement(
        academie="lyon",
        level="information",
        text="annonce-secrete-de-demain",
        starts_at=now + timedelta(days=1),
        created_by="account/1",
    )


def _windows(now: datetime) -> Iterator[MaintenanceWindow]:
    """Plan one for tomorrow, and have one going on."""
    for name, starts_at in (("a", now + timedelta(days=1)), ("b", now)):
        yield MaintenanceWindow(
            uid=name, owner="academie/lyon", scope="service", value="lyon:pad",
            title="maintenance-secrete", timezone="Europe/Paris", created_by="account/1",
            created_at=now, updated_by="account/1", updated_at=now, starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )  # fmt: skip


def _ids(portal: Portal, lise: int, token: str) -> dict[str, tuple[str | int, ...]]:
    def lyons(table: type, column: str) -> list[str | int]:
        with portal.site.sessions() as db:
            rows: Sequence[Any] = db.scalars(select(table).filter_by(academie="lyon")).all()
        return [getattr(row, column) for row in rows]

    with portal.site.sessions() as db:
        windows = tuple(db.scalars(select(MaintenanceWindow.id)))
    names = lyons(LocalServiceRow, "name")
    lines = lyons(JournalLine, "id")
    assert all((names, lines, lyons(PreviewLink, "token_hash"), lyons(Announcement, "id")))
    return {
        "account": (lise,),
        "announcement": tuple(lyons(Announcement, "id")),
        "window": windows,
        "invitation": tuple(lyons(Invitation, "id")),
        "number": (lise, *lyons(Announcement, "id"), *lyons(Invitation, "id")),
        "name": tuple(names),
        "service_id": ("pad", *(f"lyon.{name}" for name in names)),
        "line": tuple(lines),
        "lines": (*lines, ".".join(map(str, lines))),
        "token_hash": tuple(lyons(PreviewLink, "token_hash")),
        "token": (token,),
        "view": ("visiteur-brouillons",),
        "rank": (0,),
        "segment": ("nom", "aide"),
        "step": ("contacts",),
        "slug": ("lyon",),
        "variant_id": ("cycle-2",),
        "operator": ("dne",),
    }


def _addresses(portal: Portal, lyon: Lyon, academie: str) -> Iterator[tuple[str, str]]:
    """Yield method and path of each private address below an académie, with each of Lyon's ids."""
    adapter = portal.app.url_map.bind("")
    for route in portal.app.url_map.iter_rules():
        found = rule_of(portal.app, route.endpoint)
        if found is None or not found.private or "academie" not in route.arguments:
            continue
        others = sorted(route.arguments - {"academie"})
        assert set(others) <= lyon.ids.keys(), f"{route.rule}: say which of Lyon's ids this takes"
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            for place in range(max((len(lyon.ids[name]) for name in others), default=1)):
                values = {name: lyon.ids[name][place % len(lyon.ids[name])] for name in others}
                values["academie"] = academie
                yield method, adapter.build(route.endpoint, values, method=method)


def _of_lyon(portal: Portal) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of Lyon's: what nobody else may change."""
    with portal.site.sessions() as db:
        mine: dict[Any, dict[str, str]] = {
            **{table: {"academie": "lyon"} for table in (*TABLES, JournalLine)},
            MaintenanceWindow: {"owner": "academie/lyon"},
        }
        return {
            table.__tablename__: sorted(
                (
                    tuple(repr(getattr(row, column.key)) for column in table.__table__.columns)
                    for row in db.scalars(select(table).filter_by(**owned))
                ),
            )
            for table, owned in mine.items()
        }


def _victor(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.VICTOR, OURS)


@pytest.mark.parametrize("academie", ["rennes", "lyon"])
def test_ids_of_another_academie_open_nothing_and_change_nothing(
    portal: Portal, lyon: Lyon, academie: str
) -> None:
    portal.app.config["WTF_CSRF_ENABLED"] = False  # test_guards.py is about it
    before, wrong, asked = _of_lyon(portal), [], 0
    for method, path in _addresses(portal, lyon, academie):
        asked += 1
        is_open = "/mon-espace" in path or "/apercu/" in path.removeprefix(f"/{academie}/gestion")
        answer = _victor(portal).open(path, method=method)
        text = answer.get_data(as_text=True)
        # Whoever has the link of a preview sees what it was made for.
        shows = path.startswith("/lyon/apercu/")
        told = [word for word in lyon.secrets if word in text and not shows]
        if answer.status_code >= 500 or told:
            wrong.append(f"{method} {path}: {answer.status} {told}")
        if academie == "lyon" and not is_open and answer.status_code != 403:
            wrong.append(f"{method} {path}: {answer.status}")
        answer.close()
    assert wrong == [], "\n".join(wrong)
    assert asked > 100
    after = _of_lyon(portal)
    assert after == before, [name for name in before if before[name] != after[name]]


def test_what_is_another_academies_looks_like_what_never_was(portal: Portal, lyon: Lyon) -> None:
    """Same status, same words: numbers cannot be tried out."""
    portal.app.config["WTF_CSRF_ENABLED"] = False
    numbered = ("account", "announcement", "invitation", "window")
    never: dict[str, object] = dict.fromkeys(numbered, 2147483646)
    never |= {"name": "jamais", "line": 999999, "lines": 999999, "token_hash": "f" * 64}
    templates = (
        ("GET", "annonces/{announcement}"),
        ("POST", "annonces/{announcement}"),
        ("POST", "annonces/{announcement}/retirer"),
        ("GET", "annonces/nouvelle?copie={announcement}"),
        ("GET", "maintenances/{window}"),
        ("POST", "maintenances/{window}"),
        ("POST", "maintenances/{window}/annuler"),
        ("POST", "maintenances/{window}/terminer"),
        ("GET", "maintenances/nouvelle?copie={window}"),
        ("GET", "membres/{account}/retirer"),
        ("POST", "membres/invitations/{invitation}/retirer"),
        ("GET", "services-locaux/{name}/modifier"),
        ("POST", "services-locaux/{name}/publier"),
        ("POST", "services/annuler/{lines}"),
        ("POST", "services/ordre/annuler/{line}"),
        ("POST", "apercu/liens/{token_hash}/retirer"),
    )
    for method, template in templates:
        name = re.findall(r"{(\w+)}", template)[0]
        expected = _answer(portal, method, template.format(**never))
        for known in lyon.ids[name]:
            path = template.format(**{name: known})
            assert _answer(portal, method, path) == expected, path


def _answer(portal: Portal, method: str, path: str) -> tuple[int, str, str]:
    victor, asked = _victor(portal), f"/rennes/gestion/{path}"
    answer = victor.open(asked, method=method)
    shown = victor.get(answer.location) if answer.status_code == 303 else answer
    return answer.status_code, answer.headers.get("Location", ""), text_of(shown)


def test_a_link_of_one_academie_shows_nothing_below_another(portal: Portal, lyon: Lyon) -> None:
    (token,) = lyon.ids["token"]
    assert portal.client.get(f"/lyon/apercu/{token}/").status_code == 200
    for path in (f"/rennes/apercu/{token}/", f"/national/apercu/{token}/"):
        answer = portal.client.get(path)
        assert (answer.status_code, "secrete" in answer.text) == (410, False)
