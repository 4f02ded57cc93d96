"""The cards that ship: every académie of France, as its own people would describe it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import instances
from instances.directory import load_cards
from instances.schema import AcademyCard, ContactKind

FOLDER = Path(instances.__file__).parent / "academies"
DIRECTORY, PROBLEMS = load_cards(FOLDER)
NOT_ACADEMIES = {"administration-centrale", "saint-pierre-et-miquelon"}
ACADEMIES = [card for card in DIRECTORY.cards if card.slug not in NOT_ACADEMIES]


def _card(slug: str) -> AcademyCard:
    card = DIRECTORY.by_slug(slug)
    assert card is not None
    return card


def test_no_card_has_a_problem() -> None:
    assert PROBLEMS == ()


def test_there_are_thirty_academies_and_two_more() -> None:
    assert len(ACADEMIES) == 30
    assert {card.slug for card in DIRECTORY.cards} >= NOT_ACADEMIES
    assert len(DIRECTORY.cards) == 32


def test_every_departement_of_france_belongs_to_exactly_one() -> None:
    metropole = {f"{number:02}" for number in range(1, 96)} - {"20"} | {"2A", "2B"}
    overseas = {"971", "972", "973", "974", "975", "976"}
    counted = Counter(item.code for card in DIRECTORY.cards for item in card.departements)
    assert set(counted) == metropole | overseas
    assert set(counted.values()) == {1}


def test_every_academie_has_its_region_its_mail_domain_and_its_people_nearby() -> None:
    for card in ACADEMIES:
        assert card.region, card.slug
        assert len(card.mail_domains) == 1, card.slug
        assert card.mail_domains[0].startswith("ac-"), card.slug
        assert {contact.kind for contact in card.help} == {ContactKind.NEARBY}, card.slug


def test_no_contact_gives_a_number_or_an_address_that_nobody_confirmed() -> None:
    for card in DIRECTORY.cards:
        for contact in card.help:
            assert (contact.phone, contact.email, contact.url) == (None, None, None), card.slug


@pytest.mark.parametrize(
    ("slug", "title", "within"),
    [
        ("rennes", "Académie de Rennes", "dans l'académie de Rennes"),
        ("aix-marseille", "Académie d'Aix-Marseille", "dans l'académie d'Aix-Marseille"),
        ("orleans-tours", "Académie d'Orléans-Tours", "dans l'académie d'Orléans-Tours"),
        ("amiens", "Académie d'Amiens", "dans l'académie d'Amiens"),
        ("guadeloupe", "Académie de la Guadeloupe", "dans l'académie de la Guadeloupe"),
        ("reunion", "Académie de La Réunion", "dans l'académie de La Réunion"),
        ("mayotte", "Académie de Mayotte", "dans l'académie de Mayotte"),
        (
            "administration-centrale",
            "Administration centrale",
            "à l'administration centrale",
        ),
    ],
)
def test_the_small_words_of_french_are_right(slug: str, title: str, within: str) -> None:
    assert _card(slug).title.fr == title
    assert _card(slug).within.fr == within


def test_everything_shown_is_written_in_english_too() -> None:
    for card in DIRECTORY.cards:
        texts = [card.title, card.within, card.delegation]
        texts += [contact.name for contact in card.help]
        texts += [contact.note for contact in card.help if contact.note]
        assert [text.fr for text in texts if not text.en] == [], card.slug


def test_normandie_remembers_the_academies_it_took_over() -> None:
    assert _card("normandie").former == ("Caen", "Rouen")


@pytest.mark.parametrize(
    ("slug", "hours"),
    [
        ("rennes", 1),
        ("reunion", 4),
        ("mayotte", 3),
        ("guadeloupe", -4),
        ("martinique", -4),
        ("guyane", -3),
        ("saint-pierre-et-miquelon", -3),
    ],
)
def test_the_clock_of_each_is_its_own_in_winter(slug: str, hours: int) -> None:
    winter = datetime(2026, 12, 1, tzinfo=UTC).astimezone(_card(slug).zone)
    assert winter.utcoffset() == timedelta(hours=hours)
