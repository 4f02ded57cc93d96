"""Who is told of what, and when: routes as they are written, and the hours in which they wait."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitoring import alerts, route_book
from monitoring.alert_routes import Route, read_routes
from monitoring.alerts import Kind
from monitoring.route_book import AddressError, RouteBook, address_of
from settings import ROOT
from settings_file import SettingsFileError

SECRET = "mailtos://omar:secret@mail.example.fr"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "alerts.yaml"


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def route(**values: object) -> Route:
    return Route.model_validate({"name": "astreinte", "to": SECRET, **values})


def content(**changes: object) -> dict[str, object]:
    facts = {"severity": "major", "operator": ["dne"], "academie": ["lyon", "rennes"]}
    return facts | changes


def test_a_route_says_as_little_as_it_likes(file: Path) -> None:
    (found,) = read_routes(write(file, f"routes:\n  - name: astreinte\n    to: {SECRET}\n"))
    assert alerts.wants(found, Kind.OPENED, content())
    assert alerts.wants(found, Kind.NETWORK, {})
    assert "secret" not in repr(found)


def test_every_problem_is_told_with_its_line_its_field_and_what_was_expected(file: Path) -> None:
    write(
        file,
        "routes:\n"
        "  - name: Astreinte du soir\n"
        "    to: mot-de-passe\n"
        "    severities: [grave]\n"
        "  - name: nuit\n"
        "    quiet:\n"
        "      - from: 25:00\n"
        "        to: 7:00\n"
        "        zone: Europe/Lyon\n"
        "        jours: [sat]\n"
        "    reminder_hours: often\n"
        "    couleur: rouge\n",
    )
    with pytest.raises(SettingsFileError) as caught:
        read_routes(file)
    told = "\n".join(caught.value.problems)
    for line, field, words in (
        (2, "routes[0].name", "expected a name such as"),
        (3, "routes[0].to", "expected an Apprise address"),
        (4, "routes[0].severities[0]", "expected 'minor' or 'major'"),
        (7, "routes[1].quiet[0].from", "expected an hour such as 22:00"),
        (9, "routes[1].quiet[0].zone", "expected a time zone such as"),
        (10, "routes[1].quiet[0].jours", "expected one of from, to, zone"),
        (11, "routes[1].reminder_hours", "expected a valid integer"),
        (12, "routes[1].couleur", "is not a key: expected one of name, to"),
    ):
        assert f"{file}, line {line}: {field}: " in told
        assert words in told
    assert "mot-de-passe" not in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("routes: [{name: a, to: a://b}, {name: a, to: a://b}]", "expected another name"),
        ("routes: [{name: a}]", "expected one of to, to_file and to_env"),
        ("routes: [{name: a, to: a://b, to_env: B}]", "expected one of to, to_file and to_env"),
        ("routes: [{name: a, to: a://b, quiet: {from: 0:00, to: 24:00}}]", "hours that end"),
        ("routes: [{name: a, to: a://b, events: opened, reminder_hours: 4}]", "reminder among"),
        ("routes: [{name: a, to: a://b, events: [worse, closed]}]", "expected opened too"),
        ("routes: [*all]", "undefined alias"),
        ("routes: &all [a]", "expected no anchor"),
        ("routes: [", "line 1"),
        ("- name: a", "file: "),
    ],
)
def test_what_single_values_cannot_show_is_told_too(file: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsFileError, match=words.replace("(", "\\(")):
        read_routes(write(file, text))


@pytest.mark.parametrize(
    "text",
    [
        "routes: [{name: a, 'mailtos://omar:hunter2@mail.fr': x}]",
        "routes:\n- name: a\n  mailtos://omar:hunter2@mail.fr/: x",
        "routes: [{name: a, to: *hunter2}]",
        "routes: [{name: a, to: &hunter2 }]",
        "routes: [{name: a, to: !hunter2 x}]",
        "routes: [{name: a, to: !hunter2!x y}]",
        "routes: [{name: a, 'a://hunter2': 1, 'a://hunter2': 2}]",
        "routes: [{name: a, to: [a://hunter2]}]",
        "routes: [{name: a, to: a://hunter2, to: a://hunter2}]",
        "routes: 'a://hunter2'",
        "'a://hunter2'",
        "routes: [{name: a, to_file: {a: hunter2}}]",
    ],
)
def test_no_problem_repeats_what_may_be_an_address(file: Path, text: str) -> None:
    with pytest.raises(SettingsFileError) as caught:
        read_routes(write(file, text))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "kind", "facts", "wanted"),
    [
        ({}, Kind.OPENED, {}, True),
        ({"severities": "major"}, Kind.OPENED, {"severity": "minor"}, False),
        ({"severities": "major"}, Kind.OPENED, {}, True),
        ({"operators": "dne"}, Kind.OPENED, {}, True),
        ({"operators": ["ac-lyon"]}, Kind.OPENED, {}, False),
        ({"academies": ["rennes", "nantes"]}, Kind.OPENED, {}, True),
        ({"academies": ["nantes"]}, Kind.OPENED, {}, False),
        ({"operators": "dne", "academies": "nantes"}, Kind.OPENED, {}, False),
        ({"events": ["opened"]}, Kind.CLOSED, {}, False),
        ({"events": ["closed"]}, Kind.CLOSED, {}, True),
        ({"events": ["opened"]}, Kind.NETWORK, {}, False),
        ({"academies": "nantes"}, Kind.NETWORK, {}, True),
        ({"events": ["closed"], "academies": "nantes"}, Kind.TEST, {}, True),
    ],
)
def test_who_is_told_of_what(
    asked: dict[str, object], kind: Kind, facts: dict[str, object], *, wanted: bool
) -> None:
    assert alerts.wants(route(**asked), kind, content(**facts)) is wanted


NIGHT = {"from": "22:00", "to": "7:00"}
WEEKEND = {"from": "0:00", "to": "24:00", "days": ["sat", "sun"]}


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        ([NIGHT], "2026-11-25 21:59", "2026-11-25 21:59"),
        ([NIGHT], "2026-11-25 22:00", "2026-11-26 07:00"),
        ([NIGHT], "2026-11-26 06:59", "2026-11-26 07:00"),
        ([NIGHT], "2026-11-26 07:00", "2026-11-26 07:00"),
        ([WEEKEND], "2026-11-27 23:59", "2026-11-27 23:59"),
        ([WEEKEND], "2026-11-28 10:00", "2026-11-30 00:00"),
        # Friday night leads into the weekend, which leads into Monday morning.
        ([NIGHT, WEEKEND], "2026-11-27 23:00", "2026-11-30 07:00"),
        ([{**NIGHT, "days": "mon"}], "2026-11-24 03:00", "2026-11-24 07:00"),
        ([{**NIGHT, "days": "mon"}], "2026-11-25 03:00", "2026-11-25 03:00"),
        # The night on which the clocks go back, and the one on which they go forward.
        ([NIGHT], "2026-10-24 23:30", "2026-10-25 07:00"),
        ([NIGHT], "2026-03-28 23:30", "2026-03-29 07:00"),
        ([{"from": "12:00", "to": "14:00"}], "2026-11-25 13:00", "2026-11-25 14:00"),
        ([{**NIGHT, "zone": "Indian/Reunion"}], "2026-11-25 20:00", "2026-11-26 04:00"),
    ],
)
def test_in_quiet_hours_a_message_waits_for_their_end(
    quiet: list[object], at: str, until: str
) -> None:
    start, end = (
        datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC) for text in (at, until)
    )
    assert route(quiet=quiet).quiet_until(start, major=True) == end


def test_a_major_incident_may_ring_at_night() -> None:
    asked = route(quiet={**NIGHT, "even_at_night": "true"})
    night = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)
    assert asked.quiet_until(night, major=True) == night
    assert asked.quiet_until(night, major=False) > night


def test_the_address_may_stand_in_a_file_or_in_the_environment(file: Path) -> None:
    beside = write(file.parent / "secret", f"{SECRET}\n")
    by_file, by_env = route(to=None, to_file="secret"), route(to=None, to_env="WHERE")
    assert address_of(by_file, file) == SECRET
    assert address_of(by_env, file, {"WHERE": SECRET}) == SECRET
    assert route_book.scheme_of(by_file, file) == "mailtos"
    write(beside, "a-password-alone\n")
    assert route_book.scheme_of(by_file, file) is None
    beside.unlink()
    with pytest.raises(AddressError, match="address-file-unreadable"):
        address_of(by_file, file)
    with pytest.raises(AddressError, match="address-missing"):
        address_of(by_env, file, {})
    assert route_book.scheme_of(by_file, file) is None


def test_a_broken_file_replaces_nothing_and_says_so(file: Path, tmp_path: Path) -> None:
    write(file, f"routes: [{{name: first, to: '{SECRET}'}}]")
    book = RouteBook(file, tmp_path)
    assert [item.name for item in book.read().routes] == ["first"]
    write(file, "routes: [{name: second}]")
    broken = book.read()
    assert [item.name for item in broken.routes] == ["first"]
    assert "to_env" in broken.problems[0]
    assert address_of(broken.routes[0], file) == SECRET
    write(file, f"routes: [{{name: third, to: '{SECRET}'}}]")
    assert [item.name for item in book.read().routes] == ["third"]


def test_after_a_restart_the_last_good_routes_are_known_without_their_addresses(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(SECRET)
    write(
        file,
        f"routes: [{{name: first, to: '{SECRET}', quiet: {{from: 22:00, to: 7:00}}}},"
        " {name: second, to_file: secret}]",
    )
    RouteBook(file, tmp_path).read()
    assert "secret@" not in (tmp_path / route_book.KEPT_FILE).read_text()
    write(file, "routes: [")
    first, second = RouteBook(file, tmp_path).read().routes
    assert first.quiet
    with pytest.raises(AddressError, match="routes-file-broken"):
        address_of(first, file)
    assert address_of(second, file) == SECRET
    file.unlink()
    assert len(RouteBook(file, tmp_path).read().routes) == 2


def test_without_a_file_nobody_is_told(tmp_path: Path) -> None:
    assert RouteBook(None, tmp_path).read().routes == ()


@pytest.mark.parametrize("attempts", [1, 2, 5, 9, 200])
def test_each_try_waits_twice_as_long_up_to_an_hour(attempts: int) -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    waits = [
        (alerts.next_try(attempts, now=now, chance=chance) - now).total_seconds()
        for chance in (0.0, 1.0)
    ]
    longest = min(3600.0, 15.0 * 2 ** (attempts - 1))
    assert waits == [longest * 0.75, longest]


def test_the_example_of_the_documentation_can_be_read(file: Path) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\nroutes:")[2].partition("```")[0]
    assert len(read_routes(write(file, f"routes:{example}"))) == 2
