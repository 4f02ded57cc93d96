"""A world in which each screen of the desks has something of every kind to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from flask.testing import FlaskClient

import journal
from accounts import invitations, links, passwords
from accounts.models import Account
from accounts.permissions import Right, Role, actor_of
from accounts.sessions import Lifetimes, open_session, person_of
from catalogue.schema import Backend, Text
from database import writing
from instances import choices, favourites, news, ordering, previews, publication, texts, usage
from instances.announcements import AnnouncementLevel, Author, announce, withdraw
from instances.choices import Decision, Hiding
from instances.logo import read_logo, set_logo
from instances.models import Announcement, HideReason
from instances.ordering import Move
from instances.previews import View
from instances.schema import ContactKind, HelpContact
from instances.texts import Saying, Spotlight, TextField
from instances.usage import Opening
from monitoring.target import State
from tests import cast, images
from tests.browser import desk_fleet, desk_incidents, desk_local_services, desk_windows, visits
from tests.browser.visits import World
from tests.cast import Person
from tests.portal import CATALOGUE, Portal
from web.auth import COOKIE

DAY = timedelta(days=1)
PASSWORD = "une ardoise sous la neige"
ROSE = Person(name="Rose", email="rose@ac-reunion.fr", academie="reunion")
"""Of a delegation that has decided nothing yet."""
ODILE = Person(name="Odile", email="odile@dne.example")
"""Of the DNE, which runs most services of the test portal."""
EDITH = Person(name="Edith", email="edith@ac-lyon.fr", academie="lyon")


class Who(StrEnum):
    """Who looks at a page."""

    ANYBODY = "anybody"
    AWA = "Awa"
    LISE = "Lise"
    EDITH = "Edith"
    ROSE = "Rose"
    NORA = "Nora"
    OMAR = "Omar"
    ODILE = "Odile"


PEOPLE: Mapping[Who, tuple[Person, tuple[Right, ...]]] = {
    Who.LISE: (cast.LISE, cast.RIGHTS["Lise"]),
    Who.EDITH: (EDITH, (Right(role=Role.EDITOR, scope="lyon"),)),
    Who.NORA: (cast.NORA, cast.RIGHTS["Nora"]),
    Who.ROSE: (ROSE, (Right(role=Role.MANAGER, scope="reunion"),)),
    Who.AWA: (cast.AWA, ()),
    Who.OMAR: (cast.OMAR, cast.RIGHTS["Omar"]),
    Who.ODILE: (ODILE, (Right(role=Role.OPERATOR, scope="dne"),)),
}
"""In the order in which their accounts are made: Lise's is number 1."""


@dataclass(frozen=True, kw_only=True)
class DeskWorld:
    portal: Portal
    names: Mapping[str, str]
    """What stands for {…} in an address: tokens and numbers."""
    tokens: Mapping[Who, str]

    def client(self, who: Who) -> FlaskClient:
        """Return a new browser of somebody's."""
        client = self.portal.app.test_client()
        if who in self.tokens:
            client.set_cookie(COOKIE, self.tokens[who])
        return client

    def path(self, template: str) -> str:
        return template.format(**self.names)


def enter(portal: Portal, folder: Path) -> DeskWorld:
    """Bring a fresh portal to the world; the nation's list is edited in `folder`."""
    portal.set_all(State.UP)
    accounts = {who: portal.account(person, *rights) for who, (person, rights) in PEOPLE.items()}
    by = Decision(academie="lyon", actor=actor_of(accounts[Who.LISE]), now=datetime.now(UTC))
    _publish(portal, folder, before=True)
    with writing(portal.site.sessions) as session:
        news.begin(session, by=by)
    _publish(portal, folder, before=False)
    visits.enter(World.TROUBLED, portal)
    _choose(portal, by)
    desk_local_services.add(portal, by)
    _say(portal, by)
    names = _announce(portal, by, accounts[Who.NORA]) | _invite(portal, by, accounts)
    names |= desk_windows.add(portal, by)
    names |= desk_incidents.add(portal, by)
    desk_fleet.add(portal)
    tokens = _sign_in(portal, accounts)
    portal.site.refresh()
    return DeskWorld(portal=portal, names=names, tokens=tokens)


NATIONAL_NEWS = (
    ("Une salle pour se voir.", "Une salle où se voir."),
    ("https://visio-b.example.fr/", "https://visio-c.example.fr/"),
    ("  - id: framasalle", "  - id: framasalles"),
)
"""What the nation said before; since then words, an address and a name changed."""
WITHHELD = "  - id: sans-adresse\n    title: Sans adresse\n"
"""An entry that is not complete, before one that is."""
NEXT = "  - id: pads-2020"


def _publish(portal: Portal, folder: Path, *, before: bool) -> None:
    """Let the monitor publish the nation's list: of before, or of today with a fault in it."""
    text = CATALOGUE.read_text(encoding="utf-8")
    for today, then in NATIONAL_NEWS:
        assert today in text
        text = text.replace(today, then) if before else text
    for now, then in _endings().items():
        assert now in text
        text = text.replace(now, then)
    file = folder / "services.yaml"
    file.write_text(text if before else text.replace(NEXT, WITHHELD + NEXT), encoding="utf-8")
    sources = replace(portal.site.sources, catalogue=str(file))
    with writing(portal.site.sessions) as session:
        found = publication.look(sources, etag=None)
        publication.accept(session, found, sources, now=datetime.now(UTC))
    portal.site.refresh()


def _endings() -> dict[str, str]:
    """Let a service close, and the hosting of another end, in so many days."""
    closes, moves = (datetime.now(UTC).date() + days * DAY for days in (60, 20))
    salle = '{id: a, url: "https://salle.example.fr", '
    return {
        "lifecycle: {stage: beta}": f"lifecycle: {{stage: beta, until: {closes}}}",
        salle: f"{salle}hosting: {{provider: Chez nous, until: {moves}}}, ",
    }


def _choose(portal: Portal, by: Decision) -> None:
    """Decide about services in every way that there is."""
    today = by.now.date()
    snapshot = portal.site.snapshot
    visio, pad, tubes = (snapshot.catalogue.service(name) for name in ("visio", "pad", "tubes"))
    assert visio is not None
    assert pad is not None
    assert tubes is not None
    why = HideReason.EQUIVALENT_TOOL
    hidden = Hiding(
        reason=why,
        precision="Nous avons le nôtre depuis 2020.\nVoir avec le délégué à la protection.",
        replacement_service="notes",
        word="Prenez CodiMD : vos textes y sont déjà.",
        until=today + 60 * DAY,
        review_on=today + 3 * DAY,
    )
    elsewhere = Hiding(
        reason=HideReason.OTHER, precision="À voir.", replacement_url="https://t.fr/"
    )
    own = Backend.model_validate(
        {"id": "lyon-1", "url": "https://v.fr/", "probe": {"profile": "http"}}
    )
    words = {"task": Text(fr="Se voir entre collègues", en="Meet"), "summary": Text(fr="À Lyon.")}
    with writing(portal.site.sessions) as session:
        choices.hide_service(session, pad, hidden, by=by, known={"notes"})
        choices.hide_service(session, tubes, elsewhere, by=by)
        choices.reword_service(session, visio, words, by=by, why="Nos mots à nous")
        choices.set_backends(session, visio, [own], by=by, why="Le nôtre est plus près")
        services = snapshot.services_of("lyon")
        ordering.move_service(session, services, "visio", Move.DOWN, by=by)
        days = {Opening("lyon", "visio", today - n * DAY): 12_345 + n for n in range(5)}
        usage.add_openings(session, days)


def _say(portal: Portal, by: Decision) -> None:
    """Let the académie speak of itself."""
    today = by.now.date()
    desk = HelpContact(
        kind=ContactKind.ACADEMIE,
        name=Text(fr="Guichet numérique de l'académie"),
        phone="04 72 00 00 00",
        email="guichet-numerique-assistance@ac-lyon.fr",
        hours=Text(fr="Du lundi au vendredi, de 8 h à 18 h"),
    )
    near = HelpContact(
        kind=ContactKind.NEARBY, name=Text(fr="Votre ERUN"), note=Text(fr="D'abord.")
    )
    spotlight = Spotlight(
        title=Text(fr="Pour la rentrée"),
        services=("visio", "salle", "notes"),
        starts=today - DAY,
        ends=today + 30 * DAY,
    )
    said = (
        (TextField.DELEGATION, Text(fr="DRANE de Lyon")),
        (TextField.WELCOME, Text(fr="Bienvenue à toutes et à tous.", en="Welcome.")),
        (TextField.HELP, (near, desk)),
        (TextField.SPOTLIGHT, spotlight),
    )
    with writing(portal.site.sessions) as session:
        for field, value in said:
            texts.say(session, Saying(field=field, value=value, reason="Rentrée"), by=by)
        set_logo(session, read_logo(images.PNG), by=by)


def _announce(portal: Portal, by: Decision, nora: int) -> dict[str, str]:
    """Announce something over, something to come, something of the nation's; two are there now."""
    level, now = AnnouncementLevel.IMPORTANT, by.now
    plans = {
        "over": ("lyon", "La coupure d'hier.", now - 2 * DAY, now - DAY),
        "planned": ("lyon", "Nuage ferme demain.\n\nVoir https://a.fr/.", now + DAY, now + 2 * DAY),
        "withdrawn": ("lyon", "Une erreur.", now, None),
        "national": (None, "Le portail change de nom.", now, now + 30 * DAY),
    }
    rows = {}
    with writing(portal.site.sessions) as session:
        for name, (academie, text, starts, ends) in plans.items():
            author = by.actor if academie else actor_of(nora)
            row = Announcement(
                academie=academie, level=level, text=text, service_id="visio" if academie else None,
                starts_at=starts, ends_at=ends, created_by=author,
            )  # fmt: skip
            rows[name] = announce(session, row, now=now, known={"visio"})
        withdraw(session, rows["withdrawn"], by=Author(actor=by.actor, now=now))
        journal.bump(session, journal.Revision.DECISIONS)
        return {name: str(row.id) for name, row in rows.items()}


def _invite(portal: Portal, by: Decision, accounts: Mapping[Who, int]) -> dict[str, str]:
    """Let tokens be about: invitations, a link to sign in, a link that shows a preview."""
    with writing(portal.site.sessions) as session:
        lise, awa = (session.get_one(Account, accounts[who]) for who in (Who.LISE, Who.AWA))
        passwords.set_password(lise, PASSWORD)
        inviter = person_of(session, lise)
        role = Right(role=Role.EDITOR, scope="lyon")
        found = {
            name: invitations.invite(session, role, email=email, inviter=inviter, now=by.now)
            for name, email in (("invitation", None), ("by_mail", "un.collegue@ac-lyon.fr"))
        }
        found["link"] = links.make_link(session, awa, now=by.now, by=actor_of(accounts[Who.NORA]))
        day = by.now.date() + 10 * DAY
        found["preview"] = previews.make_link(session, View(day=day, drafts=True), by=by)
        liked = ("salle", "notes", "lyon.pronote")
        favourites.add_favourites(session, lise.id, "lyon", service_ids=liked)
    return found | {"day": day.isoformat(), "edith": str(accounts[Who.EDITH])}


def _sign_in(portal: Portal, accounts: Mapping[Who, int]) -> dict[Who, str]:
    """Sign everybody in; Lise on two devices."""
    lifetimes = Lifetimes(idle=2 * DAY, absolute=3 * DAY)
    tokens = {}
    with writing(portal.site.sessions) as session:
        for who in (Who.LISE, *accounts):
            account = session.get_one(Account, accounts[who])
            now = datetime.now(UTC)
            tokens[who] = open_session(session, account, now=now, lifetimes=lifetimes)
    return tokens
