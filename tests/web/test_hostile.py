"""What somebody sends on purpose or by mistake: a refusal in words, and every page goes on."""

from __future__ import annotations

import json
from typing import Any
from xml.dom import minidom

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

import journal
from database import writing
from journal import Revision
from monitoring.models import Target
from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web import happenings
from tests.web.admin.test_exchange import confirm, upload
from tests.web.forms import own_token
from tests.web.happenings import Said
from tests.web.incident_world import Troubles
from web.status_json import DOCUMENTS

SCREENS = (
    *("", "services", "services-locaux", "annonces", "notre-academie", "ce-qui-change", "apercu"),
    *("journal", "journal.csv", "nos-choix-expliques", "cahier-de-passation", "membres"),
    *("export-import", "export-import/fichier"),
)
PAGES = ("/lyon/", "/lyon/etat", "/lyon/services/visio", "/lyon/ouvrir/visio", "/rennes/")
HUGE = ("9" * 10, "9" * 30, "9" * 5000)


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    client = portal.signed_in(cast.LISE)
    client.get("/mon-compte")
    return client


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    data = {"csrf_token": own_token(client)} | fields
    return client.post(f"/lyon/gestion/{path}", data=data)


def hide(client: FlaskClient, **fields: Any) -> TestResponse:
    answers = {"reason": "outages", "instead": "nothing", "lasts": "always", "version": 0}
    return post(client, "services/visio/masquer", **(answers | fields))


def broken_pages(portal: Portal, lise: FlaskClient) -> list[str]:
    nora = portal.signed_in(cast.NORA)
    asked = [(portal.client, path) for path in PAGES]
    asked += [(lise, f"/lyon/gestion/{screen}") for screen in SCREENS]
    asked += [(nora, path) for path in ("/national/gestion/", "/national/gestion/academies/lyon")]
    return [path for client, path in asked if client.get(path).status_code not in (200, 303)]


class TestDaysThatNobodyMeans:
    """9999-12-31 is how many programs write "for ever": there is no day after it."""

    @pytest.mark.parametrize("day", ["9999-12-31", "2200-01-01", "0001-01-01", "31/12/9999"])
    def test_forms_refuse_them(self, portal: Portal, lise: FlaskClient, day: str) -> None:
        spotlight = {"title": "À la une", "service_1": "visio", "service_2": "pad"}
        spotlight |= {"service_3": "salle", "version": "0"}
        news = {"level": "information", "text": "Bonjour"}
        answers = (
            hide(lise, lasts="until", until=day),
            hide(lise, lasts="review", review_on=day),
            post(lise, "notre-academie/mise-en-avant", **spotlight, ends=day),
            post(lise, "notre-academie/mise-en-avant", **spotlight, starts=day),
            post(lise, "annonces/nouvelle", **news, end_day=day),
            post(lise, "annonces/nouvelle", **news, start_day=day, start_hour="0:00"),
            lise.get(f"/lyon/gestion/journal?du={day}&au={day}"),
        )
        assert [answer.status_code for answer in answers] == [422] * len(answers)
        assert all("Écrivez le jour ainsi" in answer.text for answer in answers)
        assert broken_pages(portal, lise) == []

    @pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
    def test_there_is_no_preview_of_them(self, lise: FlaskClient, day: str) -> None:
        assert lise.get(f"/lyon/gestion/apercu/voir/visiteur-{day}/").status_code == 404
        assert lise.get(f"/lyon/gestion/apercu/voir?viewer=visiteur&day={day}").status_code == 422

    @pytest.mark.parametrize(
        "decided",
        [
            "choices:\n  - id: visio\n    visibility: hidden\n    until: 9999-12-31\n",
            "choices:\n  - id: visio\n    review_on: 0001-01-01\n",
            (
                "texts:\n  spotlight:\n    title: x\n    services: [visio, pad, salle]\n"
                "    starts: 2026-01-01\n    ends: 9999-12-31\n"
            ),
            (
                "announcements:\n  - level: information\n    text: x\n"
                "    starts_at: '0001-01-01T00:00:00+14:00'\n"
            ),
            (
                "announcements:\n  - level: information\n    text: x\n"
                "    starts_at: '2026-01-01T00:00:00+00:00'\n"
                "    ends_at: '9999-12-31T23:59:59-12:00'\n"
            ),
            "local_services:\n  - id: notes\n    retired_at: '9999-12-31T23:59:59-12:00'\n",
        ],
    )
    def test_a_file_with_one_is_refused(
        self, portal: Portal, lise: FlaskClient, decided: str
    ) -> None:
        answer = upload(lise, f"format: 1\nacademie: lyon\n{decided}")
        assert answer.status_code == 422
        assert "Ligne" in answer.text
        assert broken_pages(portal, lise) == []


class TestNumbersThatNoDatabaseHas:
    @pytest.mark.parametrize("number", HUGE)
    def test_in_addresses(self, lise: FlaskClient, number: str) -> None:
        for path in (f"annonces/{number}", f"annonces/nouvelle?copie={number}"):
            assert lise.get(f"/lyon/gestion/{path}").status_code in (200, 404)
        for path in (f"annonces/{number}/retirer", f"membres/{number}/role"):
            # The router says 405 where such an address has a page to read as well.
            assert post(lise, path).status_code in (404, 405)
        for path in (f"journal?avant={number}", f"journal?qui=account/{number}"):
            assert lise.get(f"/lyon/gestion/{path}").status_code == 200

    @pytest.mark.parametrize("number", HUGE)
    def test_in_forms(self, portal: Portal, lise: FlaskClient, number: str) -> None:
        answers = (
            post(lise, "ce-qui-change/lu", publication=number),
            post(lise, "notre-academie/nom", words="La DANE", version=number),
            post(lise, "services/visio/afficher", version=number),
            post(lise, "services-locaux/nouveau", do=f"essayer-{number}", version=number),
            post(lise, "services-locaux/nouveau", serveurs=number),
            hide(lise, version=number),
        )
        assert all(answer.status_code < 500 for answer in answers)
        assert broken_pages(portal, lise) == []


class TestTheJournal:
    """Nothing is ever taken out of it: one line that cannot be shown would end it."""

    @pytest.mark.parametrize(
        "text", ["account/99999999999999999999", "9999-12-31T23:59:59-10:00", "account/x", "logo"]
    )
    def test_it_shows_whatever_was_typed(
        self, portal: Portal, lise: FlaskClient, text: str
    ) -> None:
        assert hide(lise, reason="other", precision=text, word=text).status_code == 303
        assert broken_pages(portal, lise) == []
        assert text in lise.get("/lyon/gestion/journal").text

    def test_a_number_that_somebody_typed_gives_nobodys_name_away(
        self, portal: Portal, lise: FlaskClient
    ) -> None:
        victim = f"account/{portal.account(cast.VICTOR)}"
        file = "format: 1\nacademie: lyon\nchoices:\n  - id: visio\n    visibility: hidden\n"
        file += f"    reason: other\n    precision: {victim}\nlocal_services:\n  - id: notes\n"
        file += f"    draft: {{title: Notes, replaced_by: {victim}, alternatives: [{victim}]}}\n"
        assert confirm(lise, upload(lise, file)).status_code == 303
        for screen in ("journal", "journal.csv", ""):
            assert "Victor" not in lise.get(f"/lyon/gestion/{screen}").text


def test_a_sign_that_no_database_keeps_is_refused_before_anybody_reads_it(
    portal: Portal, lise: FlaskClient
) -> None:
    assert post(lise, "annonces/nouvelle", level="information", text="a\0b").status_code == 400
    for path in ("services-locaux/%00/modifier", "journal?mots=%00"):
        assert lise.get(f"/lyon/gestion/{path}").status_code == 400
    typed = {"email": "a\0@ac-lyon.fr", "password": "x"}
    assert portal.client.post("/connexion", data=typed).status_code == 400


def test_a_file_makes_the_monitor_ask_no_more_than_the_screens_do(lise: FlaskClient) -> None:
    many = "".join(f"      - {{id: b{n}, url: 'https://b{n}.example/'}}\n" for n in range(21))
    said = "title: T, task: T, summary: T, icon: portail, categories: [reunir], users: {}"
    for decided in (
        f"choices:\n  - id: visio\n    backends:\n{many}",
        f"local_services:\n  - id: notes\n    published: {{{said}, backends: [{_flow(many)}]}}\n",
        "local_services:\n" + "".join(f"  - id: n{n}\n" for n in range(201)),
    ):
        answer = upload(lise, f"format: 1\nacademie: lyon\n{decided}")
        assert answer.status_code == 422
        assert "at most" in answer.text


def _flow(lines: str) -> str:
    return lines.replace("      - ", " ").replace("}\n", "},")


HOSTILE = (
    "Mise\r\nATTENDEE:mailto:x\r\n\x07\x0b\x1b[31m\x7f\ufffe\uffff]]><script>alert(1)</script>;"
)


class TestTheStatusForPrograms:
    """Whatever stands in the database, a feed, a calendar and a drawing stay what they are."""

    @pytest.fixture
    def told(self, portal: Portal) -> Portal:
        keys = happenings.keys_of(portal, "visio")
        said = Said(text=HOSTILE, stage="identified", at=happenings.now())
        shared = {"cause": "host", "value": "interne.exemple.lan"}
        happenings.add_incident(portal, keys, said, **shared)
        happenings.add_window(portal, "service", "visio", title=HOSTILE, text=HOSTILE)
        with writing(portal.site.sessions) as session:
            rows = session.scalars(select(Target).where(Target.key.in_(keys))).all()
            for row in rows:
                row.message, row.version, row.reason = HOSTILE, HOSTILE, HOSTILE
                row.url = "https://interne.exemple.lan/?jeton=secret"
            journal.bump(session, Revision.HEALTH)
        portal.site.refresh()
        return portal

    @pytest.mark.parametrize("place", ["/lyon/etat", "/etat"])
    def test_each_is_well_formed(self, told: Portal, place: str) -> None:
        def get(path: str) -> bytes:
            answer = told.client.get(f"{place}/{path}")
            assert answer.status_code == 200
            assert not set(range(9)) & set(answer.data)
            return bytes(answer.data)

        for path in ("fil.atom", "badges/visio.svg"):
            minidom.parseString(get(path))  # noqa: S318 - our own bytes
        calendar = get("maintenances.ics")
        assert b"\nATTENDEE" not in calendar
        assert Calendar.from_ical(calendar).errors == []
        assert json.loads(get("api/v2/summary.json"))["incidents"]

    def test_none_tells_where_a_server_is_nor_what_it_runs(self, told: Portal) -> None:
        for place in ("/lyon/etat", "/etat"):
            documents = (f"api/v2/{name}.json" for name in DOCUMENTS)
            for path in ("", "/fil.atom", "/maintenances.ics", *(f"/{one}" for one in documents)):
                text = told.client.get(f"{place}{path}").text
                assert "interne" not in text, path
                assert "visio-a.example.fr" not in text, path
                assert "visio/a" not in text, path


class TestWhatRunsTheServices:
    """Screens of ops and operators, with addresses and forms that nobody wrote for us."""

    VALUES = (*HUGE, "-1", "²", "%FF", "%E2%80%AE", "%0d%0aX:%20y", "a" * 5000)

    def test_any_value_in_an_address_is_answered(self, portal: Portal) -> None:
        omar = portal.signed_in(cast.OMAR)
        asked = [f"/ops/?{name}=" for name in ("page", "tri", "sens", "etat", "q", "logiciel")]
        asked += ["/ops/serveurs.csv?q=", "/ops/serveurs/visio/a?page=", "/ops/serveurs/"]
        asked += ["/ops/serveurs/visio/a?latence=", "/ops/incidents?page=", "/ops/incidents/"]
        asked += ["/ops/maintenances?page=", "/ops/maintenances?liste=", "/ops/incidents?etat="]
        mine = "/operateur/dne"
        asked += [f"{mine}/maintenances/nouvelle?copie=", f"{mine}/maintenances?page="]
        asked += [f"{mine}/contacts?service=", f"{mine}/services/", f"{mine}/incidents?page="]
        for path in asked:
            answers = {omar.get(f"{path}{value}").status_code for value in self.VALUES}
            assert answers <= {200, 404}, path

    @pytest.mark.parametrize("value", [*HUGE, "x", "2026-11-31", "9999-12-31", "\x07", "a" * 5000])
    def test_any_value_in_a_form_is_refused_in_words(self, portal: Portal, value: str) -> None:
        omar = portal.signed_in(cast.OMAR)
        Troubles(portal).become(State.DOWN, "visio/a", "visio/b")
        typed = {"title": "T", "about": "service/visio", "zone": "Europe/Paris", "repeats": "once"}
        typed |= {"start_day": "2026-12-06", "end_day": "2026-12-06", "version": "1"}
        typed |= {"start_hour": "10:00", "end_hour": "11:00", "until": "", "text": "x"}
        typed |= {"stage": "", "next_day": "", "next_hour": "", "into": "", "merge_version": ""}
        omar.get("/mon-compte")
        for path in (
            "/operateur/dne/maintenances/nouvelle",
            "/ops/incidents/1/messages",
            "/ops/incidents/1/regrouper",
        ):
            for name in typed:
                data = typed | {name: value, "csrf_token": own_token(omar)}
                assert omar.post(path, data=data).status_code < 500, (path, name)
        for path in ("/ops/", "/ops/maintenances", "/ops/incidents/1", "/lyon/etat"):
            assert omar.get(path).status_code == 200


@pytest.mark.parametrize("forwarded", ["", "x", "999.1.1.1", "::ffff:192.0.2.1", "a" * 9000, "%00"])
def test_whoever_says_that_something_fails_may_come_from_anywhere(
    portal: Portal, forwarded: str
) -> None:
    headers = {"X-Forwarded-For": forwarded, "User-Agent": "Mozilla/5.0"}
    for service, status in (("visio", 200), ("x" * 5000, 404), ("visio\0", 404)):
        data = {"service": service, "more": "x" * 1000}
        assert portal.client.post("/lyon/etat", data=data, headers=headers).status_code == status
    much = portal.client.post("/lyon/etat", data={"service": "x" * 6_000_000}, headers=headers)
    assert much.status_code == 413
