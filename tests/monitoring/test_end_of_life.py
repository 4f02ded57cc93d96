"""Until when a version gets corrections: odd versions, dates on both sides, and the file itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from monitoring import end_of_life
from monitoring.end_of_life import Product, Standing, products, support_of
from monitoring.profiles import NAMES

SUPPORTED, ENDED, UNKNOWN = Standing.SUPPORTED, Standing.ENDED, Standing.UNKNOWN
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("software", "version", "cycle", "standing", "ended"),
    [
        ("nextcloud", "31.0.1.2", "31", ENDED, date(2026, 2, 28)),
        ("Nextcloud", "33.0.8", "33", SUPPORTED, None),
        ("nextcloud", "29.0.6", "29", ENDED, date(2025, 4, 30)),
        ("nextcloud", "12.0.1", "12", ENDED, None),
        ("nextcloud", "99.0.0", "99", UNKNOWN, None),
        ("nextcloud", "33", "33", SUPPORTED, None),
        ("discourse", "3.4.0.beta2-dev", "3.4", ENDED, date(2025, 8, 19)),
        ("discourse", "2026.7.1", "2026.7", SUPPORTED, None),
        ("wordpress", "6.1", "6.1", ENDED, date(2023, 3, 29)),
        ("WordPress", "6.1.9", "6.1", ENDED, date(2023, 3, 29)),
        ("mediawiki", "1.39.17", "1.39", ENDED, date(2025, 12, 31)),
        ("mediawiki", "1.43.0-rc.1", "1.43", SUPPORTED, None),
        ("mediawiki", "1.9.3", "1.9", ENDED, None),
        ("gitlab", "v18.11.2-ee", "18.11", ENDED, date(2026, 7, 16)),
        ("Rocket.Chat", "8.5.3", "8.5", SUPPORTED, None),
        ("bigbluebutton", "3.0.35", "3.0", SUPPORTED, None),
        ("bigbluebutton", "V2.7.16", "2.7", ENDED, date(2025, 5, 31)),
        ("mastodon", "4.3.23+glitch", "4.3", ENDED, date(2026, 5, 6)),
        ("hedgedoc", "1.12.0", "1.12", SUPPORTED, None),
        ("hedgedoc", "1.9.9-abcdef", "1.9", ENDED, None),
        ("cryptpad", "2026.10.0", "2026.10", UNKNOWN, None),
        ("synapse", "1.163.2 (b=main,1234)", "1.163", UNKNOWN, None),
        ("peertube", "v1.9.0-beta.1", "1.9", UNKNOWN, None),
    ],
)
def test_a_version_is_put_into_its_cycle(
    software: str, version: str, cycle: str, standing: Standing, ended: date | None
) -> None:
    support = support_of(software, version, today=TODAY)
    assert support is not None
    assert (support.cycle, support.standing, support.ended) == (cycle, standing, ended)
    assert support.source.startswith("https://")


@pytest.mark.parametrize(
    ("software", "version"),
    [
        ("nextcloud", None),
        ("nextcloud", ""),
        ("nextcloud", "stable"),
        ("nextcloud", "²"),
        ("nextcloud", "9" * 5000),
        ("a software of our own", "1.2.3"),
        ("http", "1.2.3"),
    ],
)
def test_of_what_cannot_be_read_nothing_is_said(software: str, version: str | None) -> None:
    assert support_of(software, version, today=TODAY) is None


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    last = date(2026, 2, 28)
    on_it = support_of("nextcloud", "31.0.14", today=last)
    after = support_of("nextcloud", "31.0.14", today=last + timedelta(days=1))
    assert on_it is not None
    assert after is not None
    assert (on_it.standing, on_it.until, on_it.ended) == (SUPPORTED, last, None)
    assert (after.standing, after.until, after.ended) == (ENDED, last, last)
    assert after.newest == "31.0.14"


def test_what_was_announced_a_year_ago_is_not_known_any_more() -> None:
    as_of = products()["bigbluebutton"].as_of
    support = support_of("bigbluebutton", "3.0.35", today=as_of + timedelta(days=366))
    assert support is not None
    assert support.standing is UNKNOWN


def test_every_date_is_one_that_was_known_then() -> None:
    for key, product in products().items():
        assert product.as_of <= TODAY, key
        assert key == key.lower()


def test_the_names_of_two_products_are_never_the_same() -> None:
    names = [
        name.lower()
        for key, product in products().items()
        for name in {key, product.name.lower(), *product.also}
    ]
    assert len(names) == len(set(names))


def test_profiles_that_give_a_version_are_in_the_file() -> None:
    of_no_software = {"http", "tcp", "statuspage"}
    # A profile for the older name of a software, under which it publishes no dates.
    without_dates = {"codimd"}
    assert NAMES - of_no_software - without_dates <= products().keys()


@pytest.mark.parametrize(
    "change",
    [
        {"cycles": [{"cycle": 6.1, "until": None, "newest": "6.1.9"}]},
        {"cycles": [{"cycle": "6", "until": None, "newest": "6.1.9"}]},
        {"cycles": [{"cycle": "6.1", "until": "soon", "newest": "6.1.9"}]},
        {"cycles": [{"cycle": "6.1", "until": None, "newest": "6.2.9"}]},
        {"cycles": [{"cycle": "6.1", "newest": "6.1.9"}]},
        {
            "cycles": [
                {"cycle": "6.1", "until": None, "newest": "6.1.9"},
                {"cycle": "6.2", "until": None, "newest": "6.2"},
            ]
        },
        {"source": "a page"},
        {"as_of": None},
        {"end": "2026-01-01"},
    ],
)
def test_a_mistake_in_the_file_is_refused(change: dict[str, Any]) -> None:
    right = {
        "name": "WordPress",
        "source": "https://example.org/",
        "as_of": date(2026, 8, 22),
        "cycle_parts": 2,
        "cycles": [{"cycle": "6.1", "until": date(2023, 3, 29), "newest": "6.1.9"}],
    }
    assert Product.model_validate(right)
    with pytest.raises(ValidationError):
        Product.model_validate(right | change)


def test_the_file_is_read_once() -> None:
    assert end_of_life.products() is end_of_life.products()
