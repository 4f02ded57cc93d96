"""What an alert says: what is wrong, since when, for whom, where to go on, its reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitoring.alerts import Kind, Message, Said, Tone
from tests.instances.examples import make_service, make_snapshot
from web import alert_words
from web.alert_words import Names

SEVEN = datetime(2026, 11, 25, 6, 42, tzinfo=UTC)
"""7:42 in Paris."""
NAMES = Names(
    services={"visio": "Visio-Agents"}, operators={"dne": "DNE"}, academies={"lyon": "Lyon"}
)


def content(**changes: object) -> dict[str, object]:
    target = {"backend": ["visio/a"], "service": ["visio"], "state": "down"}
    facts = {
        "cause": "target",
        "value": "",
        "severity": "major",
        "opened_at": SEVEN.timestamp(),
        "closed_at": None,
        "merged_into": None,
        "targets": [target | {"since": SEVEN.timestamp()}],
        "more": 0,
        "operator": ["dne"],
        "academie": ["lyon"],
    }
    return facts | changes


def said(
    kind: Kind, *, uncertain: bool = False, names: Names = NAMES, **changes: object
) -> Message:
    subject = "incident/12" if kind in alert_words.OF_INCIDENTS else "network/3"
    facts = content(**changes) | {"since": SEVEN.timestamp(), "until": None}
    row = Said(uid="abc", subject=subject, kind=kind, content=facts, at=SEVEN, uncertain=uncertain)
    found = alert_words.message(row, names=names, portal="La Trousse", address="https://t.example")
    title, text = (words.replace("\xa0", " ") for words in (found.title, found.text))
    return Message(title=title, text=text, tone=found.tone)


def test_an_opening_says_what_since_when_for_whom_and_where_to_go_on() -> None:
    message = said(Kind.OPENED)
    assert message.title == "[La Trousse] En panne : Visio-Agents"
    for line in (
        "Depuis 7 h 42, le 25 novembre 2026 (heure de Paris).",
        "- Visio-Agents (visio/a) : en panne, depuis 7 h 42",
        "Tenu par : DNE",
        "Pour : Lyon",
        "Suivre : https://t.example/ops/incidents/12",
        "Référence : abc",
    ):
        assert line in message.text.splitlines()


def test_what_comes_and_goes_is_told_once_and_says_when_its_end_will_be() -> None:
    line = "Cela revient et retombe : vous saurez la fin quand cela aura tenu 24 min."
    assert line in said(Kind.OPENED, quiet_seconds=1440).text.splitlines()
    over = said(Kind.CLOSED, quiet_seconds=1440, closed_at=SEVEN.timestamp() + 86400)
    assert "Entre-temps, cela a marché par moments." in over.text.splitlines()


def test_what_began_before_a_route_was_added_is_not_told_as_new() -> None:
    line = "Ce n'est pas nouveau : cette adresse n'en avait pas encore été prévenue."
    assert line in said(Kind.OPENED, late=True).text.splitlines()
    assert line not in said(Kind.PASSED, late=True, closed_at=SEVEN.timestamp()).text


def test_what_works_again_and_may_fall_again_is_not_said_to_be_down() -> None:
    target = {"backend": ["visio/a"], "service": ["visio"], "state": "down"}
    targets = [target | {"since": SEVEN.timestamp(), "until": SEVEN.timestamp() + 600}]
    text = said(Kind.OPENED, late=True, quiet_seconds=1440, targets=targets).text
    line = "- Visio-Agents (visio/a) : marche depuis 7 h 52, le 25 novembre 2026"
    assert line in text.splitlines()


def test_a_reminder_says_that_somebody_takes_care_and_not_who() -> None:
    text = said(Kind.REMINDER, taken_at=SEVEN.timestamp()).text
    assert "Quelqu'un s'en occupe depuis 7 h 42, le 25 novembre 2026." in text.splitlines()


@pytest.mark.parametrize(
    ("kind", "changes", "title"),
    [
        (Kind.OPENED, {"severity": "minor"}, "Perturbé : Visio-Agents"),
        (Kind.OPENED, {"quiet_seconds": 1440}, "Instable, de nouveau en panne : Visio-Agents"),
        (
            Kind.OPENED,
            {"late": True},
            "En panne depuis le 25 novembre 2026 à 7 h 42 : Visio-Agents",
        ),
        (
            Kind.OPENED,
            {"late": True, "quiet_seconds": 1440},
            "Instable depuis le 25 novembre 2026 à 7 h 42 : Visio-Agents",
        ),
        (Kind.WORSE, {}, "Cela s'aggrave : Visio-Agents"),
        (Kind.REMINDER, {}, "Rappel, toujours en cours : Visio-Agents"),
        (Kind.CLOSED, {"closed_at": SEVEN.timestamp() + 600}, "Rétabli : Visio-Agents"),
        (Kind.PASSED, {"closed_at": SEVEN.timestamp() + 600}, "Souci passé : Visio-Agents"),
        (Kind.CLOSED, {"merged_into": 7}, "Réuni avec un autre incident : Visio-Agents"),
        (Kind.CLOSED, {"unwatched": True}, "Plus surveillé, incident fermé : Visio-Agents"),
        (Kind.NETWORK, {}, "Notre réseau est en cause : presque plus rien ne répond"),
        (Kind.NETWORK_BACK, {}, "Notre réseau va de nouveau bien"),
        (Kind.NETWORK_PASSED, {}, "Notre réseau a été coupé, il va de nouveau bien"),
        (Kind.TEST, {}, "Essai d'alerte"),
    ],
)
def test_each_kind_has_its_words(kind: Kind, changes: dict[str, Any], title: str) -> None:
    message = said(kind, **changes)
    assert message.title == f"[La Trousse] {title}"
    assert message.text.endswith("Référence : abc")


def test_a_message_says_why_and_counts_the_academies_alone() -> None:
    target = {"backend": ["visio/a"], "service": ["visio"], "state": "down", "reason": "http-502"}
    shown_by = ["national", *(f"a{number}" for number in range(7))]
    message = said(Kind.OPENED, targets=[target | {"since": SEVEN.timestamp()}], academie=shown_by)
    lines = message.text.splitlines()
    assert (
        "- Visio-Agents (visio/a) : en panne, depuis 7 h 42. La page répond par l'erreur 502."
        in lines
    )
    assert "Pour : 7 académies" in lines


def test_what_is_over_is_said_in_the_past() -> None:
    text = said(Kind.CLOSED, closed_at=SEVEN.timestamp() + 600).text
    assert "- Visio-Agents (visio/a) : était en panne" in text.splitlines()


def test_a_cause_that_only_some_share_is_not_said_of_all() -> None:
    changes: dict[str, Any] = {"cause": "provider", "value": "Cirrus", "more": 5}
    assert "En commun : l'hébergeur Cirrus." in said(Kind.OPENED, sharing=6, **changes).text
    text = said(Kind.OPENED, sharing=4, **changes).text
    assert "En commun : l'hébergeur Cirrus (4 serveurs sur 6)." in text


def test_what_was_merged_is_still_followed_and_not_over() -> None:
    text = said(Kind.CLOSED, merged_into=7, closed_at=SEVEN.timestamp() + 180).text
    assert "Depuis 7 h 42, le 25 novembre 2026 (heure de Paris)." in text
    assert "Toujours suivi, désormais avec l'incident n° 7." in text
    assert "en tout" not in text


@pytest.mark.parametrize(
    ("kind", "changes", "tone"),
    [
        (Kind.OPENED, {}, Tone.FAILURE),
        (Kind.OPENED, {"severity": "minor"}, Tone.TROUBLE),
        (Kind.REMINDER, {}, Tone.FAILURE),
        (Kind.CLOSED, {}, Tone.RELIEF),
        (Kind.PASSED, {}, Tone.RELIEF),
        (Kind.CLOSED, {"merged_into": 7}, Tone.INFO),
        (Kind.CLOSED, {"unwatched": True}, Tone.INFO),
        (Kind.NETWORK, {}, Tone.FAILURE),
        (Kind.NETWORK_BACK, {}, Tone.RELIEF),
        (Kind.TEST, {}, Tone.INFO),
    ],
)
def test_rooms_colour_messages_by_what_they_mean(
    kind: Kind, changes: dict[str, Any], tone: Tone
) -> None:
    assert said(kind, **changes).tone is tone


def test_one_message_tells_beginning_and_end() -> None:
    text = said(Kind.PASSED, closed_at=SEVEN.timestamp() + 420).text
    assert "De 7 h 42 à 7 h 49 le 25 novembre 2026 (heure de Paris), 7 minutes en tout." in text
    assert "depuis" not in text


def test_a_repetition_says_that_it_may_be_one() -> None:
    message = said(Kind.OPENED, uncertain=True)
    assert message.title == "[La Trousse] Rappel possible : En panne : Visio-Agents"
    assert "Rappel possible : ce message est peut-être déjà parvenu." in message.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Pad @all", "Pad @\u2060all"),
        ("[Pad](http://x.fr)", "[Pad] (http:\u2060//x.fr)"),
        ("![](https://x.fr/pixel.png)", "![] (https:\u2060//x.fr/pixel.png)"),
        ("<!everyone> <b>Pad</b>", "‹!everyone› ‹b›Pad‹/b›"),
        ("Pad\r\nBcc: x\u202e\x1b[31m\x85", "Pad Bcc: x [31m"),
    ],
)
def test_the_name_of_a_service_calls_nobody_and_leads_nowhere(typed: str, told: str) -> None:
    service = make_service("visio", title=typed)
    names = alert_words.names_of(make_snapshot(service))
    assert names.services["visio"] == told
    assert told in said(Kind.OPENED, names=names).title
    value = said(Kind.OPENED, cause="host", value=typed).text
    assert f"la machine {told}." in value


def test_a_server_that_failed_on_another_day_has_its_day() -> None:
    late = {"backend": ["visio/b"], "service": ["visio"], "state": "down"}
    late["since"] = (SEVEN + timedelta(hours=17)).timestamp()  # type: ignore[assignment]
    text = said(Kind.REMINDER, targets=[*content()["targets"], late]).text  # type: ignore[misc]
    assert "(visio/a) : en panne, depuis 7 h 42\n" in text
    assert "(visio/b) : en panne, depuis 0 h 42, le 26 novembre 2026" in text


def test_a_service_that_others_need_and_an_academie_that_runs_its_own_are_named() -> None:
    service = make_service("sso", title="Compte", backends=[])
    names = alert_words.names_of(make_snapshot(service))
    text = said(
        Kind.OPENED, cause="depends-on", value="sso", operator=["lyon"], names=names
    ).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "ils ont besoin de Compte" in text
    assert "Tenu par : Académie de Lyon" in text


def test_what_is_shared_is_named_and_much_is_counted() -> None:
    academies = [f"academie-{number}" for number in range(30)]
    text = said(Kind.OPENED, cause="host", value="x.example", academie=academies, more=4).text
    assert "En commun : la machine x.example." in text
    assert "Pour : 30 académies" in text
    assert "et 4 autres" in text
