"""Cards of the wall: one for each thing to mend, however many servers it takes down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from instances.fleet import Server
from instances.fleet_order import Standing, standing_of
from instances.snapshot import Snapshot
from web import incident_takers, incident_words
from web.incident_names import Names
from web.ops import fleet_words, times
from web.translation import ngettext


@dataclass(frozen=True, kw_only=True)
class Card:
    standing: Standing
    title: str
    state: str
    since: str
    facts: tuple[str, ...]
    taken: str
    """Who takes care; empty: nobody."""


def cards(
    servers: Iterable[Server], snapshot: Snapshot, *, takers: Mapping[str, str], now: datetime
) -> list[Card]:
    """Put servers of one incident together, at the place of the first; the order stays.

    `takers`: names of those who take care of incidents.
    """
    found: dict[object, list[Server]] = defaultdict(list)
    for server in servers:
        found[server.incident.id if server.incident else server.id].append(server)
    names = Names(snapshot=snapshot)
    return [_card(several, names, takers, now) for several in found.values()]


def _card(
    several: Sequence[Server], names: Names, takers: Mapping[str, str], now: datetime
) -> Card:
    first = several[0]
    began = [since for item in several if (since := item.since_at(now)) is not None]
    titles = dict.fromkeys(item.use.service.title for item in several)
    standing = standing_of(first, now)
    return Card(
        standing=standing,
        title=incident_words.listed(titles),
        state=fleet_words.standing_name(standing),
        since=times.when(min(began), now) if began else "",
        taken=incident_takers.say(first.incident, takers, times.ZONE, now)
        if first.incident
        else "",
        facts=tuple(fact for fact in _facts(several, names) if fact),
    )


def _facts(several: Sequence[Server], names: Names) -> Iterable[str]:
    first = several[0]
    if len(several) == 1:
        yield first.id
    else:
        yield ngettext("%(num)d serveur", "%(num)d serveurs", len(several))
        yield names.cause(first.incident) if first.incident else ""
    academies = len({slug for item in several for slug in item.academies})
    yield ngettext("%(num)d académie", "%(num)d académies", academies)
    signals = max(item.signals for item in several)
    if signals:
        yield ngettext("%(num)d signalement", "%(num)d signalements", signals)
