from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from catalogue.schema import Backend
from instances import choices
from instances.choices import Choice, Decision, Hiding
from instances.models import HideReason, Visibility
from instances.offer import Absence, find, offer
from instances.snapshot import Snapshot
from tests.cast import LISE
from tests.instances.examples import NOW, make_backend, make_service, make_snapshot


def with_choice(*services: dict[str, Any], **choice: Any) -> Snapshot:
    values = {"academie": "lyon", "service_id": "visio", "visibility": Visibility.NATIONAL}
    made = Choice(**(values | choice))
    return make_snapshot(*services, choices={"lyon": {made.service_id: made}})


def absence(snapshot: Snapshot, slug: str = "lyon") -> Absence | None:
    card = snapshot.card(slug)
    assert card is not None
    found = find(snapshot, card, "visio", now=NOW)
    assert found is not None
    return found.absence


@pytest.mark.parametrize(
    ("rollout", "visibility", "expected"),
    [
        ("everyone", Visibility.NATIONAL, None),
        ("everyone", Visibility.SHOWN, None),
        ("everyone", Visibility.HIDDEN, Absence.HIDDEN),
        ("opt-in", Visibility.NATIONAL, Absence.NOT_OFFERED),
        ("opt-in", Visibility.SHOWN, None),
        ("opt-in", Visibility.HIDDEN, Absence.HIDDEN),
        ("required", Visibility.NATIONAL, None),
        ("required", Visibility.HIDDEN, None),
    ],
)
def test_the_choice_of_an_academie_goes_over_the_national_entry(
    rollout: str, visibility: Visibility, expected: Absence | None
) -> None:
    snapshot = with_choice(make_service("visio", rollout=rollout), visibility=visibility)
    assert absence(snapshot) is expected


def test_what_lyon_hides_another_academie_still_shows() -> None:
    snapshot = with_choice(make_service("visio"), visibility=Visibility.HIDDEN)
    assert absence(snapshot, "lyon") is Absence.HIDDEN
    assert absence(snapshot, "reunion") is None


def test_a_choice_ends_with_its_last_day_in_the_zone_of_the_academie() -> None:
    lasting = with_choice(
        make_service("visio"), visibility=Visibility.HIDDEN, until=date(2026, 11, 20)
    )
    card = lasting.card("lyon")
    assert card is not None
    today = find(lasting, card, "visio", now=NOW)
    assert today is not None
    assert today.absence is Absence.HIDDEN
    assert today.changes_on == date(2026, 11, 21)
    tomorrow = find(lasting, card, "visio", now=NOW + timedelta(days=1))
    assert tomorrow is not None
    assert tomorrow.absence is None


def test_what_ends_is_the_hiding_alone(session: Session) -> None:
    """Own address, words and place stay; an opt-in service that was shown is shown again."""
    proposed = make_snapshot(make_service("visio", rollout="opt-in", backends=[]))
    service = proposed.catalogue.services[0]
    by = Decision(academie="lyon", actor=LISE.name, now=NOW)
    own = Backend.model_validate(make_backend("nous", "https://visio.ac-lyon.example"))
    choices.set_backends(session, service, [own], by=by)
    choices.show_service(session, service, by=by)
    for until in (date(2026, 11, 19), date(2026, 11, 20)):
        hiding = Hiding(reason=HideReason.OUTAGES, word="En travaux.", until=until)
        choices.hide_service(session, service, hiding, by=by)
    session.flush()
    snapshot = replace(proposed, choices=choices.read_choices(session))
    assert absence(snapshot) is Absence.HIDDEN
    card = snapshot.card("lyon")
    assert card is not None
    after = find(snapshot, card, "visio", now=NOW + timedelta(days=1))
    assert after is not None
    assert after.absence is None
    assert after.service.backends == (own,)
    assert after.choice is not None
    assert after.choice.word is None


def test_a_variant_has_only_the_backends_of_this_academie() -> None:
    variants = [
        {
            "id": name,
            "label": name,
            "backends": [make_backend("un", f"https://{name}.example.fr", academies=academies)],
        }
        for name, academies in (("tous", []), ("ailleurs", ["reunion"]))
    ]
    snapshot = make_snapshot(make_service("visio", backends=[], variants=variants))
    for slug, expected in (("lyon", ["tous"]), ("reunion", ["tous", "ailleurs"])):
        card = snapshot.card(slug)
        assert card is not None
        [offered] = offer(snapshot, card, NOW)
        assert [variant.id for variant in offered.service.variants] == expected


@pytest.mark.parametrize(
    ("lifecycle", "expected"),
    [
        ({"stage": "obsolete"}, Absence.RETIRED),
        ({"stage": "obsolete", "until": "2026-11-20"}, None),
        ({"stage": "stable", "until": "2026-11-19"}, Absence.RETIRED),
        ({"stage": "stable", "until": "2026-12-31"}, None),
    ],
)
def test_a_service_is_retired_after_its_last_day(
    lifecycle: dict[str, str], expected: Absence | None
) -> None:
    assert absence(make_snapshot(make_service("visio", lifecycle=lifecycle))) is expected


def test_a_service_without_address_is_not_offered_until_the_academie_gives_one() -> None:
    bare = make_service("visio", rollout="opt-in", backends=[])
    assert absence(with_choice(bare, visibility=Visibility.SHOWN)) is Absence.NOT_OFFERED
    service = make_snapshot(make_service("visio")).catalogue.services[0]
    own = with_choice(bare, visibility=Visibility.SHOWN, backends=service.backends)
    assert absence(own) is None


def test_a_backend_for_other_academies_is_left_out() -> None:
    service = make_service(
        "visio",
        backends=[
            make_backend("a", "https://a.example.fr"),
            make_backend("b", "https://b.example.fr", academies=["reunion"]),
        ],
    )
    snapshot = make_snapshot(service)
    for slug, expected in (("lyon", ["a"]), ("reunion", ["a", "b"])):
        card = snapshot.card(slug)
        assert card is not None
        [offered] = offer(snapshot, card, NOW)
        assert [backend.id for backend in offered.service.backends] == expected


def test_positions_chosen_by_the_academie_come_first() -> None:
    services = [make_service(name, task=f"Faire {name}") for name in ("visio", "pad", "nuage")]
    choice = Choice(academie="lyon", service_id="nuage", visibility=Visibility.NATIONAL, position=0)
    snapshot = make_snapshot(*services, choices={"lyon": {"nuage": choice}})
    card = snapshot.card("lyon")
    assert card is not None
    ids = [item.service.id for item in offer(snapshot, card, NOW)]
    assert ids == ["nuage", "visio", "pad"]
