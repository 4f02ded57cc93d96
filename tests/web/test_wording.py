"""What people read, in both languages: hours, states, ways in, messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

from catalogue.schema import (
    Backend,
    Launch,
    LaunchKind,
    Operator,
    OperatorKind,
    Profile,
    Service,
    SignIn,
    Support,
    Text,
    Users,
    WithPupilsAnswer,
)
from instances.badges import Badge
from instances.page import CategoryView, InstancePage, Tile
from instances.schema import AcademyCard, ContactKind
from instances.service_state import StateView
from monitoring.target import State
from settings import ROOT
from web import dates, incident_words, wording
from web import link_words as links
from web import state_words as states
from web.ops import times

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")
NOW = datetime(2026, 12, 3, 7, 58, tzinfo=UTC)
"""8 h 58 in Rennes, 11 h 58 in Saint-Denis."""
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def english(tmp_path: Path) -> Iterator[None]:
    """Words in English, from the translations as they are now."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (ROOT / "translations/en/LC_MESSAGES/messages.po").open("rb") as source:
        messages = read_po(source, locale="en")
    with (folder / "messages.mo").open("wb") as target:
        write_mo(target, messages)
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    Babel(app, locale_selector=lambda: "en")
    with app.app_context():
        yield


def plain(words: str) -> str:
    """Make no-break spaces ordinary ones, so that expected sentences can be read."""
    return words.replace(NBSP, " ")


def view(
    state: State, *, since: datetime | None = None, expected_end: datetime | None = None
) -> StateView:
    return StateView(state=state, since=since, checked_at=NOW, expected_end=expected_end)


def card(slug: str = "rennes", name: str = "Rennes", zone: str = "Europe/Paris") -> AcademyCard:
    return AcademyCard(
        slug=slug,
        name=name,
        title=Text(fr=f"Académie de {name}"),
        within=Text(fr=f"dans l'académie de {name}"),
        timezone=zone,
        delegation=Text(fr="DANE"),
    )


def service(
    kind: LaunchKind = LaunchKind.LINK,
    *,
    icon: str = "nuage",
    users: Users | None = None,
    sign_in: tuple[SignIn, ...] = (SignIn.AGENT,),
) -> Service:
    return Service(
        id="nuage",
        title="Nuage",
        task=Text(fr="Ranger et partager vos fichiers"),
        summary=Text(fr="Des fichiers."),
        icon=icon,
        categories=("fichiers",),
        users=users or Users(),
        sign_in=sign_in,
        operator="dne",
        launch=Launch(kind=kind),
        backends=(Backend(id="a", url="https://nuage.example.fr"),),
    )


def tile(
    state: StateView | None = None,
    *,
    offered: Service | None = None,
    kind: OperatorKind = OperatorKind.EDUCATION,
    badge: Badge | None = None,
    badge_date: date | None = None,
) -> Tile:
    return Tile(
        service=offered or service(),
        operator=Operator(id="dne", name=Text(fr="la DNE"), kind=kind),
        state=state or view(State.UP),
        badge=badge,
        badge_date=badge_date,
    )


def page(*tiles: Tile, down: int = 0, maintenance: int = 0, unknown: bool = False) -> InstancePage:
    return InstancePage(
        at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        card=card(),
        profile=None,
        announcements=(),
        categories=(CategoryView(id="a", title=Text(fr="A"), icon="livre", tiles=tiles),),
        down=down,
        maintenance=maintenance,
        mostly_unknown=unknown,
        checked_at=NOW,
        stale_after=NOW,
        catalogue_since=NOW,
        valid_until=NOW,
    )


# Hours and days


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(8, 5), "8 h 05"),
        (time(18), "18 h"),
        (time(0), "0 h"),
        (datetime(2026, 12, 3, 7, 58, tzinfo=UTC), "8 h 58"),
        (datetime(2026, 7, 3, 7, 58, tzinfo=UTC), "9 h 58"),
    ],
)
def test_an_hour_is_said_in_the_academies_zone(moment: time | datetime, words: str) -> None:
    assert dates.hour(moment, PARIS) == words.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (59, "59 min"),
        (60, "1 h"),
        (240, "4 h"),
        (245, "4 h 05"),
        (47 * 60 + 59, "47 h 59"),
        (48 * 60, "2 jours"),
    ],
)
def test_a_length_of_time_has_no_minutes_that_are_none(minutes: int, words: str) -> None:
    assert dates.length(minutes) == words.replace(" ", NBSP).replace(f"{NBSP}j", " j")
    took = timedelta(minutes=minutes)
    assert incident_words.lasted(NOW, NOW + took) == times.lasted(took) == dates.length(minutes)


def test_a_day_has_its_weekday_and_the_first_of_a_month_is_premier() -> None:
    assert dates.day(date(2026, 12, 3)) == "jeudi 3 décembre"
    assert dates.day(date(2026, 12, 1)) == "mardi 1er décembre"


def test_a_year_is_said_only_when_it_is_another_one() -> None:
    assert dates.short_day(date(2026, 8, 31), today=date(2026, 1, 1)) == "31 août"
    assert dates.short_day(date(2025, 8, 31), today=date(2026, 1, 1)) == "31 août 2025"


def test_the_catalogues_date_is_that_of_the_academie() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert dates.date_of(late, PARIS) == "21 novembre 2026"
    assert dates.date_of(late, ZoneInfo("America/Guadeloupe")) == "20 novembre 2026"


def test_thousands_stand_apart() -> None:
    assert wording.number(61735) == "61\N{NARROW NO-BREAK SPACE}735"
    assert wording.number(412) == "412"


@pytest.mark.usefixtures("english")
def test_thousands_stand_apart_by_a_comma_on_an_english_page() -> None:
    assert wording.number(61735) == "61,735"


def test_an_end_at_midnight_closes_the_day_before() -> None:
    end = datetime(2026, 12, 7, 23, tzinfo=UTC)
    assert dates.last_day(end, PARIS) == date(2026, 12, 7)
    assert dates.last_day(end, REUNION) is None


@pytest.mark.usefixtures("english")
def test_hours_and_days_are_english_on_an_english_page() -> None:
    assert dates.hour(time(8, 5)) == "8:05"
    assert dates.day(date(2026, 12, 1)) == "Tuesday 1 December"


@pytest.mark.parametrize(
    ("slug", "name", "words"),
    [
        ("rennes", "Rennes", "heure de Rennes"),
        ("amiens", "Amiens", "heure d'Amiens"),
        ("la-reunion", "La Réunion", "heure de La Réunion"),
        ("national", "Offre nationale", "heure de Paris"),
    ],
)
def test_a_zone_is_named_after_the_academie(slug: str, name: str, words: str) -> None:
    assert dates.zone_name(card().model_copy(update={"slug": slug, "name": name})) == words


# States


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (view(State.UP, since=NOW), "Fonctionne"),
        (view(State.UNKNOWN), "État non vérifié"),
        (view(State.DOWN), "En panne"),
        (
            view(State.DOWN, since=datetime(2026, 12, 3, 6, 42, tzinfo=UTC)),
            "En panne depuis 7 h 42",
        ),
        (
            view(State.DOWN, since=datetime(2026, 12, 2, 16, 10, tzinfo=UTC)),
            "En panne depuis hier 17 h 10",
        ),
        (
            view(State.DOWN, since=datetime(2026, 11, 3, 16, 10, tzinfo=UTC)),
            "En panne depuis le 3 novembre",
        ),
        (
            view(State.DEGRADED, since=datetime(2026, 12, 3, 7, 10, tzinfo=UTC)),
            "Perturbé depuis 8 h 10 : peut être lent",
        ),
        (
            view(State.MAINTENANCE, expected_end=datetime(2026, 12, 3, 8, tzinfo=UTC)),
            "En maintenance jusqu'à 9 h",
        ),
        (
            view(State.MAINTENANCE, expected_end=datetime(2026, 12, 4, 8, tzinfo=UTC)),
            "En maintenance jusqu'à demain 9 h",
        ),
        (
            view(State.MAINTENANCE, expected_end=datetime(2026, 12, 9, 8, tzinfo=UTC)),
            "En maintenance jusqu'au 9 décembre",
        ),
    ],
)
def test_a_state_says_since_when_or_until_when(state: StateView, words: str) -> None:
    assert plain(states.state(state, PARIS)) == words


def test_a_maintenance_that_lasts_longer_than_announced_says_since_when() -> None:
    late = view(
        State.MAINTENANCE,
        since=datetime(2026, 12, 3, 5, 30, tzinfo=UTC),
        expected_end=datetime(2026, 12, 3, 7, tzinfo=UTC),
    )
    assert plain(states.state(late, PARIS)) == "En maintenance depuis 6 h 30"


def test_yesterday_is_that_of_the_academie_not_of_paris() -> None:
    late_evening = view(State.DOWN, since=datetime(2026, 12, 2, 21, tzinfo=UTC))
    assert plain(states.state(late_evening, PARIS)) == "En panne depuis hier 22 h"
    assert plain(states.state(late_evening, REUNION)) == "En panne depuis 1 h"


@pytest.mark.parametrize(
    ("down", "maintenance", "words"),
    [
        (0, 0, ""),
        (1, 1, "1 service en panne, 1 en maintenance."),
        (2, 0, "2 services en panne."),
        (0, 1, "1 service en maintenance."),
        (0, 3, "3 services en maintenance."),
    ],
)
def test_what_is_wrong_is_counted(down: int, maintenance: int, words: str) -> None:
    assert states.trouble(page(down=down, maintenance=maintenance)) == words


def test_the_status_page_begins_with_the_worst() -> None:
    slow, broken = tile(view(State.DEGRADED)), tile(view(State.DOWN))
    assert states.troubled(page(slow, tile(), broken)) == (broken, slow)


def test_the_status_page_says_in_one_sentence_whether_things_work() -> None:
    assert states.overall(page(tile())) == "Tout fonctionne."
    assert states.overall(page(tile(view(State.DOWN)))) == "1 service a un souci."
    troubles = page(tile(view(State.DOWN)), tile(view(State.DEGRADED)))
    assert states.overall(troubles) == "2 services ont un souci."
    assert "pas à vérifier" in states.overall(page(tile(), unknown=True))


@pytest.mark.parametrize(
    ("state", "title", "facts"),
    [
        (
            view(State.DOWN, since=datetime(2026, 12, 3, 6, 42, tzinfo=UTC)),
            "Nuage est en panne",
            "Depuis 7 h 42. Vérifié à 8 h 58.",
        ),
        (
            view(State.MAINTENANCE, expected_end=datetime(2026, 12, 3, 8, tzinfo=UTC)),
            "Nuage est en maintenance",
            "Jusqu'à 9 h. Vérifié à 8 h 58.",
        ),
        (view(State.DEGRADED), "Nuage est perturbé", "Il peut être lent. Vérifié à 8 h 58."),
        (view(State.UP, since=NOW), "Nuage fonctionne de notre côté", "Vérifié à 8 h 58."),
        (
            view(State.UNKNOWN),
            "Nuage : état non vérifié",
            "Nous n'arrivons pas à le vérifier. Vous pouvez quand même l'ouvrir.",
        ),
        (
            StateView(state=State.UNKNOWN, probed=False),
            "Nuage : état non vérifié",
            "Nous ne surveillons pas ce service.",
        ),
    ],
)
def test_the_outage_page_has_its_words_for_each_state(
    state: StateView, title: str, facts: str
) -> None:
    assert plain(states.trouble_title(tile(state))) == title
    assert plain(states.trouble_facts(tile(state), PARIS)) == facts


# Tiles


@pytest.mark.parametrize(
    ("sign_in", "users", "words"),
    [
        (
            (SignIn.AGENT,),
            {"agents": "direct", "tous": "link"},
            "Avec vos identifiants académiques · vos invités entrent par le lien",
        ),
        (
            (SignIn.AGENT, SignIn.NONE),
            {"agents": "direct", "eleves": "link"},
            "Avec vos identifiants académiques · vos élèves entrent par le lien",
        ),
        ((SignIn.NONE,), {"tous": "direct"}, "Sans compte · ouvert à tous"),
        ((SignIn.ACCOUNT,), {"agents": "direct"}, "Compte à créer sur ce service"),
        (
            (SignIn.PROCONNECT,),
            {"eleves": "link", "familles": "link"},
            "Avec ProConnect (adresse professionnelle) · élèves et familles entrent par le lien",
        ),
    ],
)
def test_a_tile_says_how_one_enters_and_who_else(
    sign_in: tuple[SignIn, ...], users: dict[str, str], words: str
) -> None:
    offered = service(sign_in=sign_in, users=Users.model_validate(users))
    assert wording.facts(tile(offered=offered)) == words


def test_an_association_is_named_before_anything_else() -> None:
    words = wording.facts(tile(kind=OperatorKind.ASSOCIATION))
    assert words.startswith("Association, hors Éducation nationale · ")


def test_who_may_enter_is_told_one_by_one() -> None:
    users = Users.model_validate({"agents": "direct", "eleves": "link"})
    assert wording.who_enters(users) == (
        "Les agents, directement",
        "Les élèves, avec le lien que vous donnez",
    )


def test_a_badge_gives_the_last_day() -> None:
    closing = tile(badge=Badge.CLOSING, badge_date=date(2027, 8, 31))
    assert wording.badge(closing) == "Ferme le 31 août"
    assert wording.badge(tile(badge=Badge.TRIAL)) == "À l'essai"
    assert wording.badge(tile()) == ""


# Opening and sharing


def test_a_service_that_makes_its_room_says_when_the_link_comes() -> None:
    in_meeting = links.link_comes_later(service(LaunchKind.CREATE, icon="visio"))
    assert in_meeting == "Le lien à partager vous sera donné une fois entré dans la visio."
    elsewhere = links.link_comes_later(service(LaunchKind.CREATE, icon="date"))
    assert elsewhere == "Le lien à partager vous sera donné une fois entré."
    assert links.link_comes_later(service(LaunchKind.ROOM)) == ""


def test_a_moment_names_its_zone_only_when_readers_have_several() -> None:
    reunion = card("la-reunion", "La Réunion", "Indian/Reunion")
    thursday, six = date(2026, 12, 3), time(18)
    alone = links.when(thursday, six, reunion, zones_differ=False)
    assert plain(alone) == "le jeudi 3 décembre à 18 h"
    among_others = links.when(thursday, six, reunion, zones_differ=True)
    assert plain(among_others) == "le jeudi 3 décembre à 18 h (heure de La Réunion)"
    assert links.when(thursday, None, reunion, zones_differ=True) == "le jeudi 3 décembre"
    assert links.when(None, six, reunion, zones_differ=True) == ""


def test_the_message_can_be_pasted_as_it_is() -> None:
    room = service(LaunchKind.ROOM, users=Users.model_validate({"tous": "link"}))
    text = links.message(room, "https://visio.example.fr/abc", "le jeudi 3 décembre à 18 h")
    assert plain(text) == (
        "Bonjour, nous nous retrouvons en visio le jeudi 3 décembre à 18 h. "
        "Pour entrer : https://visio.example.fr/abc\n"
        "Il n'y a pas de compte à créer.\n"
        "À bientôt."
    )


def test_the_message_promises_no_account_only_where_it_is_true() -> None:
    staff_only = service(LaunchKind.ROOM, users=Users.model_validate({"agents": "direct"}))
    assert "compte" not in links.message(staff_only, "https://visio.example.fr/abc", "")


def test_a_documents_message_does_not_speak_of_a_meeting() -> None:
    text = links.message(service(LaunchKind.DOCUMENT), "https://pad.example.fr/p/a", "")
    assert "visio" not in text
    assert "https://pad.example.fr/p/a\n" in text


def test_an_address_is_cut_where_it_can_be_read_aloud() -> None:
    groups = links.address_groups("https://visio.example.fr/conseil-cycle-3-kp7v")
    assert groups == ("visio.example.fr/", "conseil-", "cycle-", "3-", "kp7v")
    assert "".join(groups) == "visio.example.fr/conseil-cycle-3-kp7v"


# Help


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (card(), "Support de 9 h à 18 h, heure de Paris."),
        (
            card("la-reunion", "La Réunion", "Indian/Reunion"),
            "Support de 12 h à 21 h, heure de La Réunion.",
        ),
        (
            card("guadeloupe", "Guadeloupe", "America/Guadeloupe"),
            "Support de 4 h à 13 h, heure de Guadeloupe.",
        ),
    ],
)
def test_support_hours_are_those_of_the_readers_clock(where: AcademyCard, words: str) -> None:
    support = Support(opens=time(9), closes=time(18))
    assert plain(dates.support_hours(support, where, on=date(2026, 12, 3))) == words


def test_support_hours_follow_daylight_saving() -> None:
    reunion = card("la-reunion", "La Réunion", "Indian/Reunion")
    support = Support(opens=time(9), closes=time(18))
    assert "11" in dates.support_hours(support, reunion, on=date(2026, 7, 3))


def test_unknown_support_hours_say_nothing() -> None:
    assert dates.support_hours(None, card()) == ""
    assert dates.support_hours(Support(opens=time(9)), card()) == ""


# Every code has its words, in both languages


def closed_lists() -> list[tuple[Callable[..., str], StrEnum]]:
    lists: list[tuple[Callable[..., str], type[StrEnum]]] = [
        (states.state_name, State),
        (wording.sign_in, SignIn),
        (wording.with_pupils, WithPupilsAnswer),
        (wording.profile, Profile),
        (wording.chosen_profile, Profile),
        (wording.profile_place, Profile),
        (wording.contact_kind, ContactKind),
    ]
    return [(function, code) for function, codes in lists for code in codes]


@pytest.mark.parametrize(("function", "code"), closed_lists())
def test_each_code_has_french_words_and_english_ones(
    function: Callable[..., str], code: StrEnum, request: pytest.FixtureRequest
) -> None:
    french = function(code)
    request.getfixturevalue("english")
    assert len(french) > 2
    assert function(code) not in {"", french}


@pytest.mark.parametrize("badge", list(Badge))
def test_each_badge_has_words(badge: Badge) -> None:
    assert wording.badge(tile(badge=badge)) != ""


@pytest.mark.parametrize(
    "code", ["name-unusable", "day-unreadable", "hour-unreadable", "hour-alone"]
)
def test_each_mistake_in_the_form_says_what_to_type(code: str) -> None:
    assert links.form_error(code).endswith(".")


@pytest.mark.parametrize("declared", ["non", "partial", "full"])
def test_the_accessibility_mention_is_one_of_the_three_of_the_law(declared: str) -> None:
    assert wording.accessibility(declared) in {
        "non conforme",
        "partiellement conforme",
        "totalement conforme",
    }


@pytest.mark.usefixtures("english")
def test_states_are_english_on_an_english_page() -> None:
    down = view(State.DOWN, since=datetime(2026, 12, 2, 16, 10, tzinfo=UTC))
    assert states.state(down, PARIS) == "Down since yesterday 17:10"
    assert states.trouble(page(down=1, maintenance=1)) == "1 service down, 1 under maintenance."
