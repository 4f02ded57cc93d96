"""What the schema cannot say of one entry: rules that join several of its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from catalogue.findings import Fault, Loc
from catalogue.problems import Code, Value
from catalogue.schema import (
    Backend,
    Category,
    Launch,
    LaunchKind,
    Operator,
    Probe,
    Rollout,
    Service,
    Stage,
    Variant,
    WithPupilsAnswer,
)

_NAMED = (LaunchKind.ROOM, LaunchKind.DOCUMENT)
_HTTP_CODES = range(100, 600)
_LICENSE_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*\+?(:LicenseRef-[A-Za-z0-9.-]+)?")
_LICENSE_JOIN = re.compile(r" +(?:AND|OR|WITH) +")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}?|\}")


@dataclass(frozen=True, kw_only=True)
class Known:
    """Names that live outside the file; none: not checked."""

    profiles: frozenset[str]
    icons: frozenset[str] | None = None
    academies: frozenset[str] | None = None


# To know all zones, hundreds of files are looked at: for each card of each reading.
@lru_cache(maxsize=64)
def is_timezone(name: str) -> bool:
    return name in available_timezones()


def category_faults(category: Category, known: Known) -> Iterator[Fault]:
    yield from _icon(category.icon, known)


def operator_faults(operator: Operator, _known: Known) -> Iterator[Fault]:
    support = operator.support
    if support is None:
        return
    if not is_timezone(support.timezone):
        values = {"text": support.timezone}
        among = available_timezones()
        yield Fault(Code.UNKNOWN_TIMEZONE, ("support", "timezone"), values, among=among)
    if (support.opens is None) != (support.closes is None):
        yield Fault(Code.HOURS_INCOMPLETE, ("support", "closes" if support.opens else "opens"))
    elif support.opens and support.closes and support.opens >= support.closes:
        values = {"opens": f"{support.opens:%H:%M}", "closes": f"{support.closes:%H:%M}"}
        yield Fault(Code.HOURS_REVERSED, ("support", "closes"), values)


def service_faults(service: Service, known: Known) -> Iterator[Fault]:
    yield from _icon(service.icon, known)
    for rule in _SERVICE_RULES:
        yield from rule(service)
    for where, backend in backends_of(service):
        yield from _backend(backend, where, known)


def backends_of(service: Service) -> Iterator[tuple[Loc, Backend]]:
    """Every backend, those of variants too, with its place in the entry."""
    for n, backend in enumerate(service.backends):
        yield ("backends", n), backend
    for v, variant in enumerate(service.variants):
        for n, backend in enumerate(variant.backends):
            yield ("variants", v, "backends", n), backend


def _icon(icon: str, known: Known) -> Iterator[Fault]:
    if known.icons is not None and icon not in known.icons:
        yield Fault(Code.UNKNOWN_ICON, ("icon",), {"text": icon}, among=known.icons)


def _addresses(service: Service) -> Iterator[Fault]:
    if service.backends and service.variants:
        yield Fault(Code.BACKENDS_AND_VARIANTS, ("variants",))
    optional = service.lifecycle.stage is Stage.OBSOLETE or service.rollout is Rollout.OPT_IN
    if not (service.backends or service.variants or optional):
        yield Fault(Code.NO_ADDRESS, ("backends",))


def _names(service: Service) -> Iterator[Fault]:
    yield from _launch(service.launch, ("launch",))
    for n, variant in enumerate(service.variants):
        if variant.launch is not None:
            yield from _launch(variant.launch, ("variants", n, "launch"))
    for where, backend in backends_of(service):
        for odd in _PLACEHOLDER.findall(backend.url):
            yield Fault(Code.UNKNOWN_PLACEHOLDER, (*where, "url"), {"text": odd})


def _launch(launch: Launch, where: Loc) -> Iterator[Fault]:
    where = (*where, "path")
    found = _PLACEHOLDER.findall(launch.path)
    names = found.count("{name}")
    values = {"kind": launch.kind.value, "text": launch.path}
    if launch.kind in _NAMED and names != 1:
        yield Fault(Code.NAME_PLACEHOLDER, where, values)
    if launch.kind not in _NAMED and names:
        yield Fault(Code.NAME_NOT_WANTED, where, values)
    for odd in found:
        if odd != "{name}":
            yield Fault(Code.UNKNOWN_PLACEHOLDER, where, {"text": odd})


def _inner_ids(service: Service) -> Iterator[Fault]:
    """A variant may use an id that another uses: addresses and metrics name both."""
    lists: list[tuple[Loc, Sequence[Backend | Variant]]] = [
        (("backends",), service.backends),
        (("variants",), service.variants),
    ]
    lists += [(("variants", n, "backends"), v.backends) for n, v in enumerate(service.variants)]
    for field, items in lists:
        placed: list[tuple[Loc, str]] = [((*field, n, "id"), x.id) for n, x in enumerate(items)]
        for where, name in _repeated(placed):
            yield Fault(Code.DUPLICATE_ID, where, {"id": name})


def _lists(service: Service) -> Iterator[Fault]:
    lists: dict[str, Sequence[str]] = {
        "categories": service.categories,
        "keywords": service.keywords,
        "profiles": service.profiles,
        "sign_in": service.sign_in,
        "alternatives": service.alternatives,
        "depends_on": service.depends_on,
        "aliases": service.aliases,
    }
    for field, items in lists.items():
        placed: list[tuple[Loc, str]] = [((field, n), str(item)) for n, item in enumerate(items)]
        for where, item in _repeated(placed):
            yield Fault(Code.LISTED_TWICE, where, {"text": item})


def _repeated(named: Iterable[tuple[Loc, str]]) -> Iterator[tuple[Loc, str]]:
    seen: set[str] = set()
    for where, name in named:
        if name in seen:
            yield where, name
        seen.add(name)


def _dates(service: Service) -> Iterator[Fault]:
    cycle = service.lifecycle
    if cycle.since and cycle.until and cycle.until < cycle.since:
        values = {"since": cycle.since.isoformat(), "until": cycle.until.isoformat()}
        yield Fault(Code.ENDS_BEFORE_START, ("lifecycle", "until"), values)
    end = next(_end_dates(service), None)
    if end and service.data.takeout is None:
        where, day = end
        yield Fault(Code.NO_TAKEOUT, where, {"until": day.isoformat()})


def _end_dates(service: Service) -> Iterator[tuple[Loc, date]]:
    if service.lifecycle.until:
        yield ("lifecycle", "until"), service.lifecycle.until
    for where, backend in backends_of(service):
        if backend.hosting.until:
            yield (*where, "hosting", "until"), backend.hosting.until


def _obsolete(service: Service) -> Iterator[Fault]:
    if service.lifecycle.stage is Stage.OBSOLETE and service.lifecycle.successor is None:
        yield Fault(Code.OBSOLETE_WITHOUT_SUCCESSOR, ("lifecycle", "stage"))


def _people(service: Service) -> Iterator[Fault]:
    pupils = service.with_pupils
    if pupils and pupils.answer is WithPupilsAnswer.CONDITIONS and pupils.note is None:
        yield Fault(Code.NOTE_MISSING, ("with_pupils", "answer"))
    nobody = not any(service.users.model_dump().values())
    if nobody and service.lifecycle.stage is not Stage.OBSOLETE:
        yield Fault(Code.NOBODY_ENTERS, ("users",))


def _license(service: Service) -> Iterator[Fault]:
    """Look at the form alone: SPDX adds identifiers faster than this program is renewed."""
    text = service.software.license if service.software else None
    if text is None:
        return
    # The brackets of an expression only group: what they hold is judged as if they were not there.
    words = _LICENSE_JOIN.split(text.replace("(", " ").replace(")", " ").strip())
    balanced = text.count("(") == text.count(")")
    if not balanced or not all(_LICENSE_WORD.fullmatch(word.strip()) for word in words):
        yield Fault(Code.LICENSE_FORM, ("software", "license"), {"text": text})


_SERVICE_RULES: tuple[Callable[[Service], Iterator[Fault]], ...] = (
    _addresses,
    _names,
    _inner_ids,
    _lists,
    _dates,
    _obsolete,
    _people,
    _license,
)


def _backend(backend: Backend, where: Loc, known: Known) -> Iterator[Fault]:
    for n, slug in enumerate(backend.academies):
        if known.academies is not None and slug not in known.academies:
            place = (*where, "academies", n)
            yield Fault(Code.UNKNOWN_ACADEMIE, place, {"text": slug}, among=known.academies)
    if backend.probe is not None:
        yield from _probe(backend.probe, backend.url, (*where, "probe"), known)


def _probe(probe: Probe, url: str, where: Loc, known: Known) -> Iterator[Fault]:
    profile = probe.profile
    if profile not in known.profiles:
        choices = tuple(sorted(known.profiles))
        values: dict[str, Value] = {"text": profile, "choices": choices}
        yield Fault(Code.UNKNOWN_PROFILE, (*where, "profile"), values, among=choices)
        return
    address = probe.url or url
    if not _fits_profile(address, profile):
        place = (*where, "url") if probe.url else (*where, "profile")
        yield Fault(Code.PROBE_ADDRESS, place, {"profile": profile, "text": address})
    if profile != "http" and "expect" in probe.model_fields_set:
        yield Fault(Code.EXPECT_UNUSED, (*where, "expect"), {"profile": profile})
    yield from _expected_codes(probe, (*where, "expect", "codes"))
    if probe.timeout and probe.interval and probe.timeout >= probe.interval:
        seconds = {"timeout": probe.timeout, "interval": probe.interval}
        yield Fault(Code.TIMEOUT_OVER_INTERVAL, (*where, "timeout"), seconds)


def _expected_codes(probe: Probe, where: Loc) -> Iterator[Fault]:
    least, most = _HTTP_CODES[0], _HTTP_CODES[-1]
    for n, code in enumerate(probe.expect.codes):
        if code not in _HTTP_CODES:
            bound, limit = ("least", least) if code < least else ("most", most)
            values: dict[str, Value] = {"bound": bound, "limit": limit, "text": str(code)}
            yield Fault(Code.OUT_OF_RANGE, (*where, n), values)


def _fits_profile(address: str, profile: str) -> bool:
    """Tell whether a tcp probe has host and port and nothing else, and others a web address."""
    parts = urlsplit(address)
    port = parts.port
    if profile != "tcp":
        return parts.scheme in ("http", "https")
    bare = parts.path in ("", "/") and not parts.query
    return parts.scheme == "tcp" and bool(parts.hostname) and port is not None and bare
