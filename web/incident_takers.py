"""Who takes care of incidents, in words: for those who run things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.names import names_of
from monitoring.incidents import IncidentView, Message, Seen
from web import current, dates
from web.admin.actors import say_actor
from web.translation import gettext as _


def takers_of(items: Iterable[IncidentView]) -> Mapping[str, str]:
    """Return the names of those who take care of these incidents."""
    actors = {item.taken_by for item in items if item.is_open and item.taken_by}
    if not actors:
        return {}
    with current.site().sessions() as session:
        return names_of(session, actors)


def say(item: IncidentView, names: Mapping[str, str], zone: ZoneInfo, now: datetime) -> str:
    """Say who takes care of an incident: "Omar s'en occupe depuis 14 h 02"; empty: nobody."""
    if not item.is_open or not item.taken_by or item.taken_at is None:
        return ""
    who = say_actor(item.taken_by, names)
    who = who[0].upper() + who[1:]
    since = dates.since(item.taken_at, zone, now)
    return _("%(who)s s'en occupe %(since)s", who=who, since=since)


def say_line(message: Message, names: Mapping[str, str]) -> str:
    """Word a line of the story, beside which its author stands."""
    before = message.content.get("before")
    if message.code is Seen.LET_GO:
        return _("Ne s'en occupe plus.")
    if before:
        return _("Prend la suite ; avant, c'était %(who)s.", who=say_actor(before, names))
    return _("S'en occupe.")
