"""Copies of the shipped catalogue that are safe to probe, of the sizes that budgets speak of."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.programs import BenchError
from bench.stand_in import Addresses
from catalogue.loading import load
from instances.directory import load_cards
from instances.national import NATIONAL_CARD
from instances.page import build_page
from instances.snapshot import Snapshot
from instances.targets import probe_targets
from monitoring.profiles import NAMES
from settings import ROOT

SHIPPED = ROOT / "services.yaml"
CARDS = ROOT / "instances" / "academies"
Content = dict[str, Any]


def shipped(addresses: Addresses) -> Content:
    """Return the shipped catalogue in which every backend and every probe leads to loopback."""
    loaded = load(SHIPPED.read_bytes(), file=str(SHIPPED), known_profiles=NAMES)
    if loaded.withheld or not loaded.usable:
        raise BenchError(f"the shipped catalogue has errors: {loaded.problems}")
    content: Content = {"format": 1}
    content |= loaded.catalogue.model_dump(mode="json", exclude_defaults=True)
    for name, backend in _backends(content):
        _lead_to(backend, f"{addresses.plain}/{name}")
    return content


def padded(content: Content, shown: int) -> Content:
    """Return a copy that shows so many services to an académie that chose nothing.

    Real services first: those that are offered on demand. Then copies whose words are shuffled,
    so that compression gains no more on them than on real ones.
    """
    content = deepcopy(content)
    services: list[Content] = content["services"]
    national = [item for item in services if _may_be_shown(content, item)]
    for service in national:
        service.pop("rollout", None)
        service.pop("visibility", None)
    shuffle = random.Random(1).shuffle  # noqa: S311 - the same bytes at each run
    missing = shown - count_shown(content)
    for number in range(missing):
        model = national[number * 7 % len(national)]
        services.append(_copy(model, number, shuffle=shuffle))
    return content


def with_targets(content: Content, count: int, addresses: Addresses) -> Content:
    """Return a copy whose services have `count` targets in all, one a backend.

    Every service has a backend for each of many académies, as a national offer has. Half of them
    answer over TLS, 5 % slowly, 5 % refuse the connection.
    """
    content = padded(content, 30)
    for operator in content["operators"]:
        operator["kind"] = "education"  # others are asked every five minutes at most
    for _, backend in _backends(content):
        backend.get("probe", {}).pop("interval", None)
    places = [
        item
        for item in content["services"]
        if item.get("backends") and item.get("rollout") is None and _may_be_shown(content, item)
    ]
    slugs = [path.stem for path in sorted(CARDS.glob("*.yaml"))]
    missing = count - count_targets(content)
    for number in range(missing):
        service = places[number % len(places)]
        backend = deepcopy(service["backends"][0])
        backend["id"] = f"t{number}"
        backend["academies"] = [slugs[number // len(places) % len(slugs)]]
        backend.setdefault("probe", {"profile": "http"})
        _lead_to(backend, f"{addresses.nth(number)}/t{number}")
        service["backends"].append(backend)
    return content


def count_targets(content: Content) -> int:
    """Ask the program itself how many targets its monitor would follow."""
    now = datetime.now(UTC)
    return len(probe_targets(snapshot_of(content, now), now=now, default_interval=30))


def count_shown(content: Content) -> int:
    """Ask the program how many services stand on the page of an académie that chose nothing."""
    now = datetime.now(UTC)
    return len(build_page(snapshot_of(content, now), NATIONAL_CARD, now=now).tiles)


def snapshot_of(content: Content, now: datetime) -> Snapshot:
    loaded = load(as_bytes(content), file="bench", known_profiles=NAMES)
    if loaded.withheld or not loaded.usable:
        raise BenchError(f"the bench's own catalogue has errors: {loaded.problems[:3]}")
    directory, _ = load_cards(CARDS)
    return Snapshot(catalogue=loaded.catalogue, catalogue_since=now, directory=directory)


def as_bytes(content: Content) -> bytes:
    # JSON is YAML.
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


def write(content: Content, folder: Path) -> Path:
    file = folder / "services.yaml"
    file.write_bytes(as_bytes(content))
    return file


def slugs() -> list[str]:
    return [NATIONAL_CARD.slug, *(path.stem for path in sorted(CARDS.glob("*.yaml")))]


def _backends(content: Content) -> Iterator[tuple[str, Content]]:
    for service in content["services"]:
        for backend in service.get("backends", []):
            yield f"{service['id']}/{backend['id']}", backend
        for variant in service.get("variants", []):
            for backend in variant["backends"]:
                yield f"{service['id']}/{variant['id']}/{backend['id']}", backend


def _lead_to(backend: Content, url: str) -> None:
    backend["url"] = url
    probe = backend.get("probe")
    if probe is None:
        return
    probe.pop("url", None)
    if probe["profile"] == "http":
        # The stand-in has not the words of the real page.
        probe.pop("expect", None)
        probe.pop("path", None)


def _may_be_shown(content: Content, service: Content) -> bool:
    """Tell whether the catalogue's rules let everybody have it."""
    kinds = {item["id"]: item["kind"] for item in content["operators"]}
    stage = service.get("lifecycle", {}).get("stage")
    has_address = service.get("backends") or service.get("variants")
    is_closing = "until" in service.get("lifecycle", {})
    association = kinds[service["operator"]] == "association"
    return bool(has_address) and stage != "obsolete" and not (is_closing or association)


def _copy(model: Content, number: int, *, shuffle: Any) -> Content:
    copy = deepcopy(model)
    copy["id"] = f"{model['id']}-{number}"
    copy["title"] = f"{_shuffled(model['title'], shuffle)} {number}"
    for field in ("task", "choose_when", "summary"):
        if field in copy:
            text = copy[field]
            copy[field] = {key: _shuffled(words, shuffle) for key, words in text.items() if words}
    copy["keywords"] = [word[::-1] for word in copy.get("keywords", [])]
    copy.pop("aliases", None)
    for name, backend in _backends({"services": [copy]}):
        backend["url"] = backend["url"].rpartition("/")[0] + f"/{name}".replace("/", "-")
    return copy


def _shuffled(text: str, shuffle: Any) -> str:
    words = text.split()
    shuffle(words)
    return " ".join(words)
