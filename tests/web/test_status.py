"""The page of states: what is wrong now, what is planned, what was."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from database import writing
from instances.choices import Decision, Hiding, hide_service
from instances.models import HideReason
from monitoring.target import State
from tests.instances.histories import Known
from tests.portal import Portal
from tests.web import happenings
from tests.web.happenings import AN_HOUR, Said, now
from web import status_words

NBSP = "\N{NO-BREAK SPACE}"


def words_of(page: str) -> str:
    """Return what a reader sees, spaces alike."""
    seen = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", seen)).split()).replace(NBSP, " ")


def text_of(portal: Portal, path: str = "/lyon/etat", **headers: str) -> str:
    answer = portal.client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return words_of(answer.text)


def section(portal: Portal, name: str, path: str = "/lyon/etat") -> str:
    """Return the words of one section of the page."""
    page = portal.client.get(path).text
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', page, re.DOTALL)
    return words_of(found.group(0)) if found else ""


def test_a_calm_page_says_so_and_that_nothing_is_planned(portal: Portal) -> None:
    portal.set_all(State.UP)
    text = text_of(portal)
    assert "Tout fonctionne." in text
    assert "Rien de prévu." in text
    assert "heure de Lyon." in text
    assert "En ce moment" not in text


def test_services_looked_at_more_or_less_often_are_told_with_both_hours() -> None:
    first = datetime(2026, 11, 20, 11, 29, tzinfo=UTC)
    paris = ZoneInfo("Europe/Paris")
    alike = status_words.checked((first, first + timedelta(seconds=9)), paris, "heure de Lyon")
    assert alike.replace(NBSP, " ") == "Vérifié à 12 h 29, heure de Lyon."
    apart = status_words.checked((first, first + timedelta(minutes=3)), paris, "heure de Lyon")
    assert apart.replace(NBSP, " ") == "Vérifié entre 12 h 29 et 12 h 32, heure de Lyon."


def test_an_unchecked_page_does_not_say_that_all_is_well(portal: Portal) -> None:
    text = text_of(portal)
    assert "Nous n'arrivons pas à vérifier en ce moment." in text
    assert "Tout fonctionne" not in text


def test_a_story_is_told_newest_first_with_who_says_so(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    happenings.add_incident(
        portal,
        happenings.keys_of(portal, "visio"),
        Said(code="opened", at=now() - AN_HOUR),
        Said(text="Un disque est plein.", stage="identified", at=now(), next_at=now() + AN_HOUR),
    )
    text = section(portal, "maintenant")
    places = [
        text.index(words)
        for words in (
            "Visio-Agents",
            "En panne depuis",
            "On ne peut pas ouvrir de nouvelle visio ; celles en cours continuent.",
            "À la place : Rendez-vous",
            "Tenu par DNE, prochaine nouvelle ",
            "Ajouté par l'équipe",
            "Cause trouvée",
            "Un disque est plein.",
            "Constaté automatiquement",
        )
    ]
    assert places == sorted(places)


def test_a_long_story_is_folded_below_its_newest_lines(portal: Portal) -> None:
    portal.set_state("visio", State.DOWN)
    typed = Said(text="Nous cherchons un disque.", stage="investigating", at=now() - 2 * AN_HOUR)
    seen = (
        Said(code="worse" if n % 2 else "better", at=now() - timedelta(minutes=90 - n))
        for n in range(12)
    )
    happenings.add_incident(portal, happenings.keys_of(portal, "visio"), typed, *seen)
    page = portal.client.get("/lyon/etat").text
    story = page.partition('<div class="story"')[2].partition("</div>")[0]
    shown, _, folded = story.partition("<details")
    assert shown.count("<li>") == 5
    assert "Nous cherchons un disque." in shown
    assert "Voir les 8 nouvelles précédentes : Visio-Agents" in words_of(folded.partition(">")[2])
    assert folded.count("<li>") == 8


def test_services_that_share_a_story_tell_it_once(portal: Portal) -> None:
    portal.set_all(State.UP)
    keys = [key for name in ("visio", "salle") for key in happenings.keys_of(portal, name)]
    for name in ("visio", "salle"):
        portal.set_state(name, State.DOWN)
    happenings.add_incident(portal, keys, Said(text="Coupure de courant.", at=now()))
    text = section(portal, "maintenant")
    assert text.count("Coupure de courant.") == 1
    assert "Même souci que Visio-Agents" in text


def test_what_a_person_typed_is_never_markup(portal: Portal) -> None:
    portal.set_state("visio", State.DOWN)
    keys = happenings.keys_of(portal, "visio")
    happenings.add_incident(portal, keys, Said(text="<script>1</script>", at=now()))
    assert "<script>1" not in portal.client.get("/lyon/etat").text


def test_announced_work_is_told_where_its_service_is(portal: Portal) -> None:
    portal.set_all(State.UP)
    happenings.add_window(portal, "service", "pad", text="Exportez vos textes.", repeats="weekly")
    text = section(portal, "prevu")
    assert "Pad en maintenance" in text
    assert "Mise à jour · Revient chaque semaine." in text
    assert "Exportez vos textes." in text
    assert "Ajouter à l'agenda" in text
    for path in ("/lyon/services/pad", "/lyon/souci/pad"):
        assert "Maintenance prévue " in text_of(portal, path)
    assert "maintenance prévue" not in text_of(portal, "/lyon/services/visio").lower()
    happenings.add_window(portal, "backend", "visio/a")
    assert "Mise à jour · En partie seulement." in text_of(portal, "/lyon/services/visio")
    assert "Visio-Agents (en partie) en maintenance" in section(portal, "prevu")


@pytest.mark.parametrize(("hours", "told"), [(30, True), (60, False)])
def test_the_first_page_tells_of_work_within_two_days(
    portal: Portal, hours: int, *, told: bool
) -> None:
    begins = now() + timedelta(hours=hours)
    happenings.add_window(portal, "service", "pad", starts_at=begins, ends_at=begins + AN_HOUR)
    assert ("Pad : maintenance prévue" in text_of(portal, "/lyon/")) is told


def test_work_on_what_an_academie_hides_is_not_told_there(portal: Portal) -> None:
    happenings.add_window(portal, "service", "pad")
    pad = portal.site.snapshot.catalogue.service("pad")
    assert pad is not None
    by = Decision(academie="rennes", actor="test", now=now())
    with writing(portal.site.sessions) as session:
        hide_service(session, pad, Hiding(reason=HideReason.EQUIVALENT_TOOL), by=by)
    portal.site.refresh()
    assert "Rien de prévu." in text_of(portal, "/rennes/etat")
    assert "Pad en maintenance" in text_of(portal, "/lyon/etat")


def test_history_is_drawn_and_written_with_its_coverage(portal: Portal) -> None:
    worst = (State.UP, State.UP, State.DOWN, None)
    happenings.know(portal, Known(at=now(), share=9_995, coverage=9_800, worst=worst), "visio")
    page = portal.client.get("/lyon/etat").text.replace(NBSP, " ")
    assert page.count("<rect") == 3
    assert "<title>19 novembre : En panne, 90,00 %</title>" in page
    assert "<title>du 17 au 18 novembre : Fonctionne, 100 %</title>" in page
    assert "<title>20 novembre : Pas de mesure</title>" in page
    text = section(portal, "historique")
    assert "90 jours 99,95 % 0,08 % 98,00 %" in text
    assert "Les vacances et les jours fériés ne sont pas retirés." in text


def test_the_first_minutes_are_no_figure_for_ninety_days(portal: Portal) -> None:
    worst = (None, None, State.UP)
    happenings.know(portal, Known(at=now(), coverage=99, worst=worst), "visio")
    page = portal.client.get("/lyon/etat").text.replace(NBSP, " ")
    assert "90 jours pas de mesure pas de mesure 0,99 %" in section(portal, "historique")
    assert "3 jours : 0 jour avec un souci, 2 sans mesure" in page


def test_incidents_that_are_over_stay_told(portal: Portal) -> None:
    portal.set_all(State.UP)
    keys = happenings.keys_of(portal, "visio")
    opened = now() - 3 * AN_HOUR
    over = {"opened_at": opened, "closed_at": opened + timedelta(minutes=12), "stage": "resolved"}
    happenings.add_incident(portal, keys, Said(code="closed", at=now() - AN_HOUR), **over)
    text = section(portal, "historique")
    assert "Visio-Agents : en panne" in text
    assert "pendant 12 min" in text


@pytest.mark.parametrize(
    "change",
    [
        lambda portal: happenings.add_signals(portal, "lyon", "visio", 7),
        lambda portal: happenings.add_window(portal, "service", "visio"),
        lambda portal: happenings.add_incident(portal, happenings.keys_of(portal, "visio")),
    ],
)
def test_the_page_is_made_anew_for_what_it_tells(portal: Portal, change: Any) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    before = portal.client.get("/lyon/etat")
    assert portal.client.get("/lyon/etat").headers["ETag"] == before.headers["ETag"]
    change(portal)
    assert portal.client.get("/lyon/etat").headers["ETag"] != before.headers["ETag"]


def test_the_page_changes_by_itself_when_work_begins(portal: Portal) -> None:
    """Its limit is the first of the instants that it tells of."""
    begins = now() + timedelta(seconds=30)
    happenings.add_window(portal, "service", "pad", starts_at=begins, ends_at=begins + AN_HOUR)
    portal.client.get("/lyon/etat")
    cache: Any = portal.app.wsgi_app
    [entry] = [entry for key, entry in cache._entries.items() if key[1] == "/lyon/etat"]  # noqa: SLF001
    assert entry.valid_until <= begins.timestamp()


def test_the_nation_has_one_address_and_lists_the_academies(portal: Portal) -> None:
    page = portal.client.get("/etat").text
    for slug in ("lyon", "rennes", "reunion"):
        assert f'href="/{slug}/etat"' in page
    for path, location in (
        ("/national/etat", "/etat"),
        ("/en/national/etat", "/en/etat"),
        ("/national/etat/fil.atom", "/etat/fil.atom"),
    ):
        answer = portal.client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (308, location)


def test_on_its_own_host_the_status_is_that_of_the_academie(portal: Portal) -> None:
    own = {"Host": "trousse.ac-reunion.example"}
    assert "La Réunion" in text_of(portal, "/etat", **own)
    page = portal.client.get("/etat", headers=own).text
    assert 'href="/etat/fil.atom"' in page
    away = portal.client.get("/national/etat", headers=own)
    settings = portal.site.settings
    assert away.headers["Location"] == f"{settings.public_url}/etat"


def test_with_the_database_away_the_page_stays(portal: Portal) -> None:
    portal.set_all(State.UP)
    happenings.add_window(portal, "service", "pad")
    portal.site.engine.dispose()
    portal.site.sessions.configure(bind=None)
    assert "Pad en maintenance" in text_of(portal)


def test_no_word_of_ours_is_for_teachers(portal: Portal) -> None:
    portal.set_all(State.UP)
    portal.set_state("visio", State.DOWN)
    happenings.add_window(portal, "host", "visio-a.example.fr")
    keys = happenings.keys_of(portal, "visio")
    shared = {"cause": "host", "value": "visio-a.example.fr"}
    happenings.add_incident(portal, keys, Said(code="opened", at=now()), **shared)
    text = text_of(portal).lower()
    for word in ("serveur", "sonde", "instance", "backend", "visio-a.example"):
        assert word not in text


def test_a_long_history_stays_light(portal: Portal) -> None:
    flapping = tuple(State.DOWN if n % 2 else State.UP for n in range(90))
    services = [service.id for service in portal.site.snapshot.catalogue.services]
    happenings.know(portal, replace(Known(at=now()), worst=flapping), *services)
    packed = portal.client.get("/lyon/etat", headers={"Accept-Encoding": "br"})
    assert len(packed.data) < 12_000
