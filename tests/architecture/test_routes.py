"""The routes are those of tests/architecture/routes.txt, and reserve what they begin with."""

from __future__ import annotations

from app import create_app
from instances.schema import RESERVED_SEGMENTS
from tests.architecture.routes import SNAPSHOT, describe_routes
from tests.conftest import SettingsFactory
from tests.programs import skip_loudly


def test_the_routes_are_those_written_down(make_settings: SettingsFactory) -> None:
    found = describe_routes(create_app(make_settings()))
    if not SNAPSHOT.is_file():
        skip_loudly("tests/architecture/routes.txt is not there yet: make routes")
    assert found == SNAPSHOT.read_text(encoding="utf-8"), "meant? then: make routes"


def test_no_academie_can_take_an_address_of_ours(make_settings: SettingsFactory) -> None:
    rules = [rule.rule for rule in create_app(make_settings()).url_map.iter_rules()]
    firsts = {rule.split("/")[1] for rule in rules}
    ours = {part for part in firsts if part and not part.startswith(("<", "."))}
    assert ours - RESERVED_SEGMENTS == set()
