from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from monitoring.target import State
from tests.portal import Portal
from tests.web import happenings

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def open_it(client: FlaskClient, path: str, **headers: str) -> tuple[int, str]:
    answer = client.get(path, headers=BROWSER | headers)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_click_leads_to_a_backend_and_is_never_kept(portal: Portal) -> None:
    answer = portal.client.get("/lyon/ouvrir/visio", headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["Location"] in (
        "https://visio-a.example.fr/",
        "https://visio-b.example.fr/",
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_a_launch_goes_to_the_backend_that_is_up(portal: Portal) -> None:
    portal.set_state("visio", State.DOWN, backend="a")
    portal.set_state("visio", State.UP, backend="b")
    places = {open_it(portal.client, "/lyon/ouvrir/visio")[1] for _ in range(20)}
    assert places == {"https://visio-b.example.fr/"}


def test_a_room_gets_a_new_name_each_time(client: FlaskClient) -> None:
    places = {open_it(client, "/lyon/ouvrir/salle")[1] for _ in range(10)}
    assert len(places) == 10
    assert all(re.fullmatch(r"https://salle\.example\.fr/[a-z0-9-]{20,}", p) for p in places)


def test_all_down_leads_to_what_to_do_unless_one_insists(portal: Portal) -> None:
    portal.set_state("visio", State.DOWN)
    assert open_it(portal.client, "/lyon/ouvrir/visio") == (303, "/lyon/souci/visio")
    status, place = open_it(portal.client, "/lyon/ouvrir/visio?quand-meme=1")
    assert (status, place.startswith("https://visio-")) == (303, True)


def test_variants_are_chosen_by_the_reader(portal: Portal) -> None:
    answer = portal.client.get("/lyon/ouvrir/tubes", headers=BROWSER)
    assert answer.status_code == 200
    assert 'href="/lyon/ouvrir/tubes/cycle-2"' in answer.text
    assert open_it(portal.client, "/lyon/ouvrir/tubes/cycle-2")[1] == "https://tube-2.example.fr/"
    assert open_it(portal.client, "/lyon/ouvrir/tubes/lycee")[0] == 404


@pytest.mark.parametrize("path", ["/lyon/ouvrir/framasalle", "/lyon/lien/framasalle"])
def test_what_is_not_offered_here_does_not_open(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "pas proposé" in answer.text


def test_an_address_never_comes_from_the_request(client: FlaskClient) -> None:
    for query in ("?url=https://ailleurs.example", "?next=//ailleurs.example"):
        assert "ailleurs" not in open_it(client, f"/lyon/ouvrir/visio{query}")[1]


def test_only_people_who_click_are_counted(portal: Portal) -> None:
    client = portal.client
    client.head("/lyon/ouvrir/visio", headers=BROWSER)
    open_it(client, "/lyon/ouvrir/visio", **{"Sec-Purpose": "prefetch"})
    for robot in ("Examplebot/1.0", "facebookexternalhit/1.1", "WhatsApp/2.2"):
        open_it(client, "/lyon/ouvrir/visio", **{"User-Agent": robot})
    assert portal.openings() == 0
    open_it(client, "/lyon/ouvrir/visio")
    open_it(client, "/lyon/ouvrir/salle")
    open_it(client, "/lyon/ouvrir/salle", **{"User-Agent": "curl/8.0"})
    assert portal.openings() == 3


def test_an_opening_is_counted_on_the_day_of_its_own_zone(portal: Portal) -> None:
    open_it(portal.client, "/reunion/ouvrir/visio")
    [opening] = portal.site.tally.take()
    assert opening.day == datetime.now(UTC).astimezone(ZoneInfo("Indian/Reunion")).date()


def test_trouble_that_leads_nowhere_is_not_an_opening(portal: Portal) -> None:
    portal.set_state("visio", State.DOWN)
    open_it(portal.client, "/lyon/ouvrir/visio")
    assert portal.openings() == 0


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.DOWN, "est en panne"),
        (State.MAINTENANCE, "maintenance"),
        (State.UP, "fonctionne de notre côté"),
    ],
)
def test_the_trouble_page_says_what_is_known(portal: Portal, state: State, words: str) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", state)
    text = portal.client.get("/lyon/souci/visio").text
    assert words in text
    if state is not State.UP:
        assert 'href="/lyon/ouvrir/salle"' in text, "an alternative that is up and shown here"
        assert "quand-meme" in text


def test_the_trouble_page_tells_what_the_team_last_wrote(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    later = happenings.now() + happenings.AN_HOUR
    happenings.add_incident(
        portal,
        happenings.keys_of(portal, "visio"),
        happenings.Said(code="opened", at=happenings.now() - timedelta(minutes=9)),
        happenings.Said(text="Nous cherchons.", at=happenings.now() - timedelta(minutes=8)),
        happenings.Said(text="Un disque est plein.", at=happenings.now(), next_at=later),
    )
    text = portal.client.get("/lyon/souci/visio").text
    assert "Un disque est plein." in text
    assert "Nous cherchons." not in text, "the page of states has the whole story"
    assert "prochaine nouvelle" in text
    assert 'href="/lyon/etat#souci-visio"' in text


def test_what_is_planned_for_later_stands_after_what_can_be_used_now(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    happenings.add_window(portal, "service", "visio", title="Plus tard")
    running = {"starts_at": happenings.now() - happenings.AN_HOUR}
    running["ends_at"] = happenings.now() + happenings.AN_HOUR
    happenings.add_window(portal, "service", "visio", title="En ce moment", **running)
    text = portal.client.get("/lyon/souci/visio").text
    order = [text.index(words) for words in ("En ce moment", "À la place, main", "Plus tard")]
    assert order == sorted(order)


class TestPreparingALink:
    def post(self, client: FlaskClient, path: str = "", **form: str) -> tuple[int, str]:
        answer = client.post(f"/lyon/lien/salle{path}", data=form, headers=BROWSER)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status_code, answer.text

    def made(self, client: FlaskClient, **form: str) -> tuple[str, dict[str, str]]:
        """Return the address and the fields that our own forms send back."""
        status, text = self.post(client, **form)
        assert status == 200
        found = re.search(r"https://salle\.example\.fr/([a-z0-9-]+)", text)
        assert found is not None
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
        return found.group(0), fields

    def test_the_link_is_the_services_own_address(self, client: FlaskClient) -> None:
        address, _ = self.made(client, nom="Conseil de cycle 3")
        assert re.fullmatch(r"https://salle\.example\.fr/conseil-de-cycle-3-[a-z0-9]{8}", address)

    def test_without_a_name_one_is_made(self, client: FlaskClient) -> None:
        assert self.made(client)[0] != self.made(client)[0]

    def test_what_is_made_again_is_the_same_link(self, client: FlaskClient) -> None:
        address, fields = self.made(client, nom="Conseil", jour="2026-12-03", heure="18:00")
        for path in ("/grand", "/imprimer", "/pret"):
            status, text = self.post(client, path, **fields)
            # Shown large, the address stands in groups.
            shown = re.sub(r"<[^>]*>|\s", "", text)
            assert (status, address.removeprefix("https://") in shown) == (200, True), path

    def test_eight_slips_on_a_page(self, client: FlaskClient) -> None:
        _, fields = self.made(client, nom="Conseil")
        _, text = self.post(client, "/imprimer", **fields)
        assert text.count("<svg") >= 8

    def test_a_meeting_goes_to_the_calendar_in_its_own_zone(self, client: FlaskClient) -> None:
        _, fields = self.made(client, nom="Conseil", jour="2026-12-03", heure="18:00")
        answer = client.post("/lyon/lien/salle/agenda.ics", data=fields)
        assert answer.mimetype == "text/calendar"
        assert "DTSTART:20261203T170000Z" in answer.text

    @pytest.mark.parametrize(
        "form",
        [
            {"nom": "!!!"},
            {"jour": "32/13/2026"},
            {"jour": "1/1/0001", "heure": "00:00"},
            {"jour": "9999-12-31", "heure": "23:30"},
            {"jour": "2026-12-03", "heure": "25h"},
            {"heure": "18:00"},
        ],
    )
    def test_a_form_that_cannot_be_read_keeps_what_was_typed(
        self, client: FlaskClient, form: dict[str, str]
    ) -> None:
        status, text = self.post(client, **form)
        assert status == 400
        assert all(f'value="{value}"' in text for value in form.values())

    @pytest.mark.parametrize(
        "fields",
        [
            {"complet": "court", "serveur": "a"},
            {"complet": "../ailleurs-1234567890", "serveur": "a"},
            {"complet": "conseil-de-cycle-bcdfghjk", "serveur": "inconnu"},
            {},
        ],
    )
    def test_a_link_that_we_did_not_make_is_not_shown(
        self, client: FlaskClient, fields: dict[str, str]
    ) -> None:
        answer = client.post("/lyon/lien/salle/grand", data=fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/lyon/lien/salle")

    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.example"}]
    )
    def test_another_site_cannot_send_our_form(
        self, client: FlaskClient, headers: dict[str, str]
    ) -> None:
        assert client.post("/lyon/lien/salle", headers=headers).status_code == 403

    def test_a_service_without_rooms_has_no_link_to_prepare(self, client: FlaskClient) -> None:
        assert client.get("/lyon/lien/visio").status_code == 404

    def test_a_typed_name_stands_in_no_address_of_ours(self, portal: Portal) -> None:
        _, text = self.post(portal.client, nom="Conseil secret")
        ours = re.findall(r'(?:href|action)="(/[^"]*)"', text)
        assert not [address for address in ours if "secret" in address]

    def test_a_form_of_unreasonable_size_is_refused(self, client: FlaskClient) -> None:
        answer = client.post("/lyon/lien/salle", data={"nom": "a" * 70_000})
        assert answer.status_code == 413
