"""One's own account, and one's own space in an académie."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import journal
from accounts import passwords
from accounts.models import Account
from accounts.permissions import Right, Role
from database import writing
from instances import favourites
from journal import JournalLine
from monitoring.target import State
from tests import cast
from tests.browser import visits
from tests.browser.visits import World
from tests.portal import CATALOGUE, Portal
from tests.web.forms import send
from web.auth import COOKIE

OLD, NEW = "le-chat-du-cdi-dort", "une-craie-bleue-sous-la-pluie"
SPACE = "/lyon/mon-espace"
INTRANET = """
  - id: intranet
    title: Intranet
    task: {fr: "Lire les nouvelles de l’académie", en: Read the news}
    summary: {fr: Les nouvelles., en: News.}
    icon: forum
    categories: [parler]
    users: {agents: direct}
    sign_in: [agent]
    operator: dne
    visibility: agents
    launch: {kind: room, path: "/{name}"}
    backends:
      - {id: a, url: "https://intranet.example.fr/", probe: {profile: http}}
"""


@pytest.fixture
def lise(portal: Portal) -> FlaskClient:
    return portal.signed_in(cast.LISE)


def account_of(portal: Portal, person: cast.Person) -> Account | None:
    with portal.site.sessions() as session:
        return session.scalars(select(Account).where(Account.email == person.email)).one_or_none()


def give_password(portal: Portal, person: cast.Person, password: str = OLD) -> None:
    number = portal.account(person)
    with writing(portal.site.sessions) as session:
        passwords.set_password(session.get_one(Account, number), password)


def knows(portal: Portal, person: cast.Person, password: str) -> bool:
    return passwords.check_password(account_of(portal, person), password)


class TestTheAccount:
    def test_it_says_who_one_is_and_what_one_may_do(self, lise: FlaskClient) -> None:
        text = lise.get("/mon-compte").text
        assert 'value="Lise"' in text
        assert "lise@ac-lyon.fr" in text
        assert "Responsable · " in text
        assert " · <strong>cet appareil</strong>" in text
        assert 'href="/lyon/gestion/"' in text

    def test_somebody_without_rights_is_told_what_an_account_is_for(self, portal: Portal) -> None:
        text = portal.signed_in(cast.AWA).get("/mon-compte").text
        assert "Garder vos favoris" in text
        assert "/gestion/" not in text

    def test_the_name_can_be_changed(self, portal: Portal, lise: FlaskClient) -> None:
        assert send(lise, "/mon-compte", name="  Lise   Martin ").status_code == 303
        assert 'value="Lise Martin"' in lise.get("/mon-compte").text
        with portal.site.sessions() as session:
            line = session.scalars(select(JournalLine)).one()
        assert line.event == "account.renamed"
        assert "Martin" not in str(line.__dict__)

    @pytest.mark.parametrize("name", ["", "   ", "x" * 200, "a\u202eb"])
    def test_a_name_that_cannot_be_kept_is_refused_next_to_its_field(
        self, lise: FlaskClient, name: str
    ) -> None:
        answer = send(lise, "/mon-compte", name=name)
        assert answer.status_code == 422
        assert 'id="name-erreur"' in answer.text

    def test_one_signs_out_everywhere(self, portal: Portal, lise: FlaskClient) -> None:
        other, victor = portal.signed_in(cast.LISE), portal.signed_in(cast.VICTOR)
        answer = send(lise, "/mon-compte", "/mon-compte/partout")
        assert "sur tous vos appareils" in answer.text
        assert lise.get_cookie(COOKIE) is None
        assert other.get("/mon-compte").status_code == 303
        assert victor.get("/mon-compte").status_code == 200

    def test_desks_to_choose_from(self, portal: Portal) -> None:
        rights = (Right(role=Role.NATIONAL), Right(role=Role.EDITOR, scope="rennes"))
        text = portal.signed_in(cast.NORA, *rights).get("/mon-compte/bureaux").text
        assert 'href="/national/gestion/"' in text
        assert 'href="/rennes/gestion/"' in text
        assert 'href="/lyon/gestion/"' not in text
        nobody = portal.signed_in(cast.AWA).get("/mon-compte/bureaux").text
        assert "demandez-lui une invitation" in nobody


class TestThePassword:
    page = "/mon-compte/mot-de-passe"

    def change(self, client: FlaskClient, **changes: str) -> TestResponse:
        values = {"new_password": NEW, "new_password_again": NEW} | changes
        return send(client, self.page, **values)

    def test_the_first_one_is_just_chosen(self, portal: Portal, lise: FlaskClient) -> None:
        assert "current_password" not in lise.get(self.page).text
        answer = self.change(lise, next="/lyon/gestion/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/lyon/gestion/")
        assert knows(portal, cast.LISE, NEW)

    def test_another_one_wants_the_present_one(self, portal: Portal, lise: FlaskClient) -> None:
        give_password(portal, cast.LISE)
        for wrong in ("", "wrong"):
            answer = self.change(lise, current_password=wrong)
            assert answer.status_code == 422
            assert "pas votre mot de passe actuel" in answer.text
        assert knows(portal, cast.LISE, OLD)
        assert self.change(lise, current_password=OLD).status_code == 303
        assert knows(portal, cast.LISE, NEW)

    def test_the_journal_says_that_it_changed_and_nothing_of_it(
        self, portal: Portal, lise: FlaskClient
    ) -> None:
        assert self.change(lise, new_password="court").status_code == 422
        self.change(lise)
        with portal.site.sessions() as session:
            line = session.scalars(select(JournalLine)).one()
        assert line.event == "account.password-changed"
        assert line.subject == line.actor
        assert (line.before, line.after, line.reason) == (None, None, None)

    def test_other_devices_are_out_and_this_one_stays(
        self, portal: Portal, lise: FlaskClient
    ) -> None:
        other = portal.signed_in(cast.LISE)
        self.change(lise)
        assert lise.get("/mon-compte").status_code == 200
        assert other.get("/mon-compte").status_code == 303

    @pytest.mark.parametrize(
        ("typed", "again", "told"),
        [
            ("court", "court", "12 signes au moins"),
            ("motdepasse123", "motdepasse123", "Trop facile"),
            ("lise@ac-lyon.fr", "lise@ac-lyon.fr", "ressemble trop"),
            ("x" * 300, "x" * 300, "trop long"),
            (NEW, "autre-chose-encore", "pas pareils"),
            ("", "", "Tapez un nouveau"),
        ],
    )
    def test_one_that_is_not_taken_says_why(
        self, portal: Portal, lise: FlaskClient, typed: str, again: str, told: str
    ) -> None:
        answer = self.change(lise, new_password=typed, new_password_again=again)
        assert answer.status_code == 422
        assert told in answer.text
        assert answer.text.count('type="password" value=""') == 2
        account = account_of(portal, cast.LISE)
        assert account is not None
        assert account.password_hash is None

    def test_the_present_one_cannot_be_guessed_at_leisure(
        self, portal: Portal, lise: FlaskClient
    ) -> None:
        give_password(portal, cast.LISE)
        answers = [self.change(lise, current_password="wrong").status_code for _ in range(11)]
        assert answers == [422] * 10 + [429]

    def test_it_leads_nowhere_else(self, lise: FlaskClient) -> None:
        assert "evil" not in lise.get(f"{self.page}?next=//evil.example").text
        answer = self.change(lise, next="//evil.example")
        assert answer.headers["Location"] == "/mon-compte"


class TestLeaving:
    page = "/mon-compte/supprimer"

    def test_the_page_says_what_goes_and_what_stays(
        self, portal: Portal, lise: FlaskClient
    ) -> None:
        account = account_of(portal, cast.LISE)
        assert account is not None
        assert f"«\xa0ancien membre n°\xa0{account.id}\xa0»" in lise.get(self.page).text

    def test_nothing_goes_without_the_box(self, portal: Portal, lise: FlaskClient) -> None:
        answer = send(lise, self.page)
        assert answer.status_code == 422
        assert "Cochez cette case" in answer.text
        assert account_of(portal, cast.LISE) is not None

    def test_awa_leaves_and_takes_everything_along(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
        answer = send(awa, self.page, sure="y")
        assert answer.status_code == 200
        assert "Votre compte est supprimé" in answer.text
        assert "Awa" not in answer.text
        assert awa.get_cookie(COOKIE) is None
        assert account_of(portal, cast.AWA) is None

    @pytest.mark.parametrize(
        ("person", "told"),
        [(cast.LISE, "responsable d'une équipe"), (cast.NORA, "niveau national")],
    )
    def test_the_last_of_a_kind_stays_and_is_told_why(
        self, portal: Portal, person: cast.Person, told: str
    ) -> None:
        answer = send(portal.signed_in(person), self.page, sure="y")
        assert answer.status_code == 409
        assert told in answer.text.replace("&#39;", "'")
        assert account_of(portal, person) is not None


def favourites_of(portal: Portal, person: cast.Person, academie: str = "lyon") -> tuple[str, ...]:
    number = portal.account(person)
    with portal.site.sessions() as session:
        return favourites.list_favourites(session, number, academie)


class TestTheSpace:
    def test_favourites_are_chosen_and_shown_as_tiles(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        assert "Rien encore" in awa.get(SPACE).text
        data = {"favori": ["visio", "notes", "inconnu"]}
        answer = send(awa, SPACE, f"{SPACE}/favoris", **data)
        assert (answer.status_code, answer.headers["Location"]) == (303, SPACE)
        assert favourites_of(portal, cast.AWA) == ("visio", "notes")
        text = awa.get(SPACE).text
        assert text.count('class="tile-main"') == 2
        assert "Vos favoris sont enregistrés." in text
        assert "Retirer Visio-Agents de vos favoris" in text

    def test_one_is_added_and_removed_with_its_star(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
        assert favourites_of(portal, cast.AWA) == ("visio",)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="non")
        assert favourites_of(portal, cast.AWA) == ()
        assert send(awa, SPACE, f"{SPACE}/favoris/inconnu", garder="oui").status_code == 404

    def test_each_academie_has_its_own(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
        assert favourites_of(portal, cast.AWA, "rennes") == ()
        assert "Rien encore" in awa.get("/rennes/mon-espace").text

    def test_nobody_touches_those_of_another(self, portal: Portal) -> None:
        awa, victor = portal.signed_in(cast.AWA), portal.signed_in(cast.VICTOR)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
        send(victor, SPACE, f"{SPACE}/favoris/visio", garder="non")
        send(victor, SPACE, f"{SPACE}/favoris")
        assert favourites_of(portal, cast.AWA) == ("visio",)

    def test_what_the_academie_hides_stays_a_favourite_until_it_is_removed(
        self, portal: Portal
    ) -> None:
        visits.enter(World.UP, portal)
        number = portal.account(cast.AWA)
        with writing(portal.site.sessions) as session:
            favourites.add_favourites(session, number, "rennes", service_ids=["pad", "visio"])
        awa, space = portal.signed_in(cast.AWA), "/rennes/mon-espace"
        text = awa.get(space).text
        assert 'href="/rennes/services/pad"' in text
        assert "plus proposé ici" in text
        send(awa, space, f"{space}/favoris", favori=["notes"])
        assert favourites_of(portal, cast.AWA, "rennes") == ("pad", "notes")
        send(awa, space, f"{space}/favoris/pad")
        assert favourites_of(portal, cast.AWA, "rennes") == ("notes",)

    def test_those_of_a_device_are_taken_over(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/notes", garder="oui")
        said = "visio,notes,rennes.ent,<script>,inconnu"
        answer = send(awa, SPACE, f"{SPACE}/reprendre", favoris=said)
        assert answer.status_code == 303
        assert favourites_of(portal, cast.AWA) == ("notes", "visio")
        assert "2 favoris de cet appareil" in awa.get(SPACE).text
        send(awa, SPACE, f"{SPACE}/reprendre", favoris="")
        assert "pas de favoris à reprendre" in awa.get(SPACE).text

    def test_those_for_the_device_are_told_to_the_script(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
        text = awa.get(SPACE).text.replace("&#34;", '"')
        assert '[{"id": "visio", "name": "Visio-Agents"}]' in text

    def test_it_speaks_english_too(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        answer = send(awa, f"/en{SPACE}", f"/en{SPACE}/favoris/visio", garder="oui")
        assert answer.headers["Location"] == f"/en{SPACE}"


class TestServicesReservedToAgents:
    @pytest.fixture
    def portal_settings(self, tmp_path: Path) -> dict[str, str]:
        path = tmp_path / "services.yaml"
        path.write_text(CATALOGUE.read_text(encoding="utf-8") + INTRANET, encoding="utf-8")
        return {"catalogue": str(path)}

    def test_the_public_page_does_not_know_them(self, portal: Portal) -> None:
        assert "ntranet" not in portal.client.get("/lyon/").text
        for path in ("/lyon/services/intranet", "/lyon/ouvrir/intranet", "/lyon/lien/intranet"):
            assert portal.client.get(path).status_code == 404, path

    def test_they_stand_in_the_space_of_whoever_is_signed_in(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        text = awa.get(SPACE).text
        assert "Réservés aux agents" in text
        assert f'href="{SPACE}/ouvrir/intranet"' in text
        assert f'href="{SPACE}/services/intranet"' in text
        assert "/lyon/ouvrir/intranet" not in text.replace(f"{SPACE}/ouvrir", "")
        assert "/lyon/lien/intranet" not in text, "a link is prepared on a public page"

    def test_they_open_for_whoever_is_signed_in(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        answer = awa.get(f"{SPACE}/ouvrir/intranet")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("https://intranet.example.fr/")
        assert portal.openings() == 1
        nobody = portal.client.get(f"{SPACE}/ouvrir/intranet")
        assert nobody.headers["Location"] == f"/connexion?next={SPACE}/ouvrir/intranet"

    def test_they_have_a_page_and_one_for_when_they_are_down(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        assert "Lire les nouvelles" in awa.get(f"{SPACE}/services/intranet").text
        portal.set_state("intranet", State.DOWN)
        answer = awa.get(f"{SPACE}/ouvrir/intranet")
        assert answer.headers["Location"] == f"{SPACE}/souci/intranet"
        trouble = awa.get(f"{SPACE}/souci/intranet").text
        assert "Intranet est en panne" in trouble
        assert f'href="{SPACE}/ouvrir/intranet?quand-meme=1"' in trouble

    def test_one_may_be_a_favourite_but_is_not_put_on_a_device(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        send(awa, SPACE, f"{SPACE}/favoris/intranet", garder="oui")
        assert favourites_of(portal, cast.AWA) == ("intranet",)
        assert 'data-favourites="[]"' in awa.get(SPACE).text

    def test_a_public_service_opens_by_the_space_as_well(self, portal: Portal) -> None:
        awa = portal.signed_in(cast.AWA)
        assert awa.get(f"{SPACE}/ouvrir/tubes").status_code == 200
        assert awa.get(f"{SPACE}/ouvrir/tubes/cycle-2").status_code == 303
        assert awa.get(f"{SPACE}/ouvrir/tubes/inconnu").status_code == 404
        assert awa.get(f"{SPACE}/ouvrir/visio-2020").headers["Location"] == f"{SPACE}/ouvrir/visio"
        assert awa.get(f"{SPACE}/ouvrir/pads-2020").status_code == 410


def test_no_favourite_is_a_decision(portal: Portal) -> None:
    awa = portal.signed_in(cast.AWA)
    with portal.site.sessions() as session:
        before = journal.read_revisions(session)
    send(awa, SPACE, f"{SPACE}/favoris/visio", garder="oui")
    with portal.site.sessions() as session:
        assert journal.read_revisions(session) == before
        assert session.scalars(select(JournalLine)).all() == []
