"""Names for what an incident holds as keys and labels: services, académies, operators, causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from catalogue.spelling import fold
from instances.national import NATIONAL_SLUG
from instances.snapshot import Snapshot
from monitoring.incidents import Affected, Cause, IncidentView, Message, Seen
from monitoring.target import is_run_by
from web import dates, incident_words
from web.context import say
from web.translation import gettext as _
from web.translation import ngettext

NATIONAL = frozenset({NATIONAL_SLUG})


@dataclass(frozen=True, kw_only=True)
class Names:
    """Words for those who run things; for one operator, of its own services alone."""

    snapshot: Snapshot
    operator: str | None = None

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        local = (item for several in self.snapshot.local.values() for item in several)
        return {item.id: item.title for item in (*self.snapshot.catalogue.services, *local)}

    def concerns(self, item: IncidentView) -> bool:
        return bool(self.shown(item))

    def shown(self, item: IncidentView) -> tuple[Affected, ...]:
        if self.operator is None:
            return item.targets
        return tuple(it for it in item.targets if is_run_by(self.operator, it.labels))

    def services(self, affected: Iterable[Affected]) -> dict[str, str]:
        """Return the titles of the services of these targets, by id."""
        found = (name for it in affected for name in it.labels.get("service", ()))
        return {name: self._titles.get(name, name) for name in found}

    def backends(self, affected: Affected) -> tuple[str, ...]:
        return affected.labels.get("backend", ()) or (affected.key,)

    def title(self, item: IncidentView) -> str:
        """Name an incident by what it is about: "Visio, Nuage"."""
        shown = self.shown(item)
        titles = incident_words.listed(self.services(shown).values())
        return titles or ", ".join(name for it in shown for name in self.backends(it))

    def academies(self, affected: Iterable[Affected]) -> list[str]:
        """Name the académies that show these targets, in the order of the alphabet."""
        slugs = {slug for it in affected for slug in it.labels.get("academie", ())} - NATIONAL
        cards = (self.snapshot.directory.by_slug(slug) for slug in slugs)
        return sorted((card.name for card in cards if card is not None), key=fold)

    def operators(self) -> list[tuple[str, str]]:
        found = ((item.id, say(item.name)) for item in self.snapshot.catalogue.operators)
        return sorted(found, key=lambda pair: pair[1].casefold())

    def cause(self, item: IncidentView) -> str:
        """Say what its targets share, or how many of them do; empty for a lone one."""
        shared, count = self._shared(item.cause, item.value), len(item.targets)
        sharing = sum(item.shares(it) for it in item.targets)
        if not shared or self.operator is not None or sharing == count:
            return shared
        part = _("%(sharing)d serveurs sur %(count)d", sharing=sharing, count=count)
        return f"{shared} ({part})"

    def _shared(self, cause: Cause, value: str) -> str:
        return {
            Cause.TARGET: "",
            Cause.HOST: _("Même machine : %(host)s", host=value),
            Cause.PROVIDER: _("Même hébergeur : %(provider)s", provider=value),
            Cause.DEPENDS_ON: _(
                "Ont besoin de : %(service)s", service=self._titles.get(value, value)
            ),
        }[cause]

    def told(self, item: IncidentView, message: Message) -> str:
        """Word a line that no person typed, with all that may be named here."""
        if message.code is Seen.MERGED:
            numbers = message.content["incidents"]
            return ngettext(
                "L'incident n° %(numbers)s a été regroupé avec celui-ci.",
                "%(num)d incidents ont été regroupés avec celui-ci : %(numbers)s.",
                len(numbers),
                numbers=incident_words.listed(f"n° {number}" for number in numbers)
                if len(numbers) > 1
                else numbers[0],
            )
        if message.code is Seen.WIDENED:
            shared = self._shared(Cause(message.content["cause"]), message.content["value"])
            return _("Une cause commune apparaît. %(cause)s.", cause=shared)
        titles = {it.key: self._title_of(it) for it in self.shown(item)}
        return incident_words.seen(message, titles) or _of_others(message)

    def _title_of(self, affected: Affected) -> str:
        return incident_words.listed(self.services([affected]).values()) or affected.key


def _of_others(message: Message) -> str:
    if message.code is Seen.LEFT and message.content.get("unwatched"):
        return _("D'autres services, que vous ne tenez pas, ne sont plus surveillés.")
    return {
        Seen.JOINED: _("D'autres services, que vous ne tenez pas, sont aussi touchés."),
        Seen.LEFT: _("D'autres services, que vous ne tenez pas, fonctionnent de nouveau."),
    }.get(message.code or Seen.CLOSED, "")


def span(item: IncidentView, zone: ZoneInfo, now: datetime) -> str:
    """Say when: "depuis 8 h 05 (12 min)", "le 3 novembre à 8 h 05, pendant 2 h 10"."""
    length = incident_words.lasted(item.opened_at, item.closed_at or now)
    if item.closed_at is None:
        since = dates.since(item.opened_at, zone, now)
        return _("%(since)s (%(length)s)", since=since, length=length)
    begun = instant(item.opened_at, zone, now)
    return _("%(begun)s, pendant %(length)s", begun=begun, length=length)


def instant(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word an instant: "8 h 05" of today, else "3 novembre, 8 h 05"."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return dates.hour(local)
    return f"{dates.short_day(local.date(), today=today)}, {dates.hour(local)}"
