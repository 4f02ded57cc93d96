from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench import memory, offer
from bench.offer import Content
from bench.stand_in import Addresses

ADDRESSES = Addresses(
    plain="http://127.0.0.1:1",
    secure="https://127.0.0.1:2",
    refused="http://127.0.0.1:3",
    authority=Path("/dev/null"),
)


@pytest.fixture
def shipped() -> Content:
    return offer.shipped(ADDRESSES)


def test_no_probe_of_a_bench_leaves_the_machine(shipped: Content) -> None:
    for content in (
        shipped,
        offer.padded(shipped, 30),
        offer.with_targets(shipped, 200, ADDRESSES),
    ):
        backends = re.findall(r'"(?:backends|probe)": .*?\]', json.dumps(content))
        assert len(backends) > 10
        urls = [url for text in backends for url in re.findall(r'"url": "([^"]+)"', text)]
        assert [url for url in urls if not re.match(r"https?://127\.0\.0\.1:[123]/", url)] == []


def test_the_catalogue_is_padded_to_what_the_budget_speaks_of(shipped: Content) -> None:
    assert offer.count_shown(shipped) < 30
    assert offer.count_shown(offer.padded(shipped, 30)) == 30


def test_a_copy_has_as_many_targets_as_asked_for(shipped: Content) -> None:
    assert offer.count_targets(offer.with_targets(shipped, 1000, ADDRESSES)) == 1000


def test_half_of_the_targets_are_over_tls_and_one_in_twenty_refuses() -> None:
    places = [ADDRESSES.nth(number) for number in range(100)]
    assert places.count(ADDRESSES.refused) == 5
    assert sum("/lent" in place for place in places) == 5
    assert 45 <= sum(place.startswith(ADDRESSES.secure) for place in places) <= 50


def test_the_public_pages_are_those_of_every_academie_in_both_languages(shipped: Content) -> None:
    pages = memory.public_pages(shipped)
    assert len(pages) == len(set(pages)) > 3000
    assert {"/", "/en/", "/lyon/", "/en/etat", "/reunion/souci/nuage"} <= set(pages)
