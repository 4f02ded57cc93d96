"""Which versions a team is told about: its own servers', with what is known of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from catalogue.schema import Backend
from instances.choices import Choice
from instances.models import Visibility
from instances.schema import LocalService
from instances.snapshot import Snapshot
from instances.targets import key_of
from instances.version_support import VersionSeen, versions_of
from monitoring.end_of_life import Standing
from monitoring.target import State
from tests.instances.examples import make_backend, make_health, make_service, make_snapshot

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
END_OF_33 = date(2027, 2, 28)


def at(name: str, profile: str) -> dict[str, Any]:
    return make_backend("a", f"https://{name}.example.fr", probe={"profile": profile})


def world(**versions: str | None) -> Snapshot:
    """A national cloud, another address of it in Lyon, and a blog of Lyon's own."""
    cloud = make_service("nuage", backends=[at("nation", "nextcloud")])
    blog = make_service("lyon.blog", backends=[at("blog", "wordpress"), at("page", "http")])
    blog["backends"][1]["id"] = "b"
    blog.pop("operator")
    own = Choice(
        academie="lyon",
        service_id="nuage",
        visibility=Visibility.NATIONAL,
        backends=(Backend.model_validate(at("lyon", "nextcloud")),),
    )
    profiles = {"nation": "nextcloud", "lyon": "nextcloud", "blog": "wordpress", "page": "http"}
    keys = {name: key_of(Backend.model_validate(at(name, of))) for name, of in profiles.items()}
    health = {
        str(keys[name]): make_health(State.UP, version=said) for name, said in versions.items()
    }
    return make_snapshot(
        cloud,
        choices={"lyon": {"nuage": own}},
        local={"lyon": (LocalService.model_validate(blog),)},
        health=health,
    )


def seen_in(snapshot: Snapshot, slug: str = "lyon") -> dict[str, tuple[VersionSeen, ...]]:
    card = snapshot.card(slug)
    assert card is not None
    return dict(versions_of(snapshot, card, now=NOON))


def test_a_team_is_told_of_its_own_servers_alone() -> None:
    snapshot = world(nation="29.0.6", lyon="33.0.8", blog="6.1.9")
    seen = seen_in(snapshot)
    assert [item.public_id for item in seen["nuage"]] == ["lyon:nuage/a"]
    assert [item.version for item in seen["nuage"]] == ["33.0.8"]
    assert [item.version for item in seen["lyon.blog"]] == ["6.1.9"]
    assert seen_in(snapshot, "reunion") == {}


def test_what_says_no_version_is_left_out() -> None:
    assert seen_in(world()) == {}
    assert seen_in(world(lyon=None, blog=None)) == {}


def test_a_version_of_unknown_software_is_told_without_dates() -> None:
    (seen,) = seen_in(world(page="12"))["lyon.blog"]
    assert (seen.version, seen.support, seen.is_due(NOON.date())) == ("12", None, False)


def test_the_team_of_a_closed_door_is_told_too() -> None:
    snapshot = world(lyon="29.0.6")
    hidden = replace(snapshot.choices["lyon"]["nuage"], visibility=Visibility.HIDDEN)
    seen = seen_in(replace(snapshot, choices={"lyon": {"nuage": hidden}}))
    assert seen["nuage"][0].support is not None
    assert seen["nuage"][0].support.standing is Standing.ENDED


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (END_OF_33 - timedelta(days=91), False),
        (END_OF_33 - timedelta(days=90), True),
        (END_OF_33, True),
        (END_OF_33 + timedelta(days=1000), True),
    ],
)
def test_an_end_is_a_teams_business_90_days_ahead(*, day: date, due: bool) -> None:
    (seen,) = seen_in(world(lyon="33.0.8"))["nuage"]
    assert seen.is_due(day) is due
