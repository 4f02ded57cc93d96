"""Alerts in words: what goes out by mail and in discussion rooms, for those who mend things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from instances.national import NATIONAL_SLUG
from instances.snapshot import Snapshot
from monitoring.alerts import ENDS, Kind, Message, Said, Tone
from monitoring.incidents import Cause
from monitoring.target import State
from web import dates, state_words
from web.ops.fleet_words import reason_words
from web.translation import gettext as _
from web.translation import ngettext

ZONE = ZoneInfo(dates.PARIS)
OF_INCIDENTS = frozenset({Kind.OPENED, Kind.PASSED, Kind.WORSE, Kind.REMINDER, Kind.CLOSED})
_MOST_TITLES = 3
_MOST_NAMES = 6
_JOINER = "\N{WORD JOINER}"
_SPOILED = (("@", f"@{_JOINER}"), ("](", "] ("), ("<", "‹"), (">", "›"), ("://", f":{_JOINER}//"))
"""What rooms make a call to everybody, a link or a picture of."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What ids are called; one without a name stands for itself."""

    services: Mapping[str, str] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    academies: Mapping[str, str] = field(default_factory=dict)


def names_of(snapshot: Snapshot | None) -> Names:
    if snapshot is None:
        return Names()
    own = {item.id: item.title for items in snapshot.local.values() for item in items}
    return Names(
        services=_plain({item.id: item.title for item in snapshot.catalogue.services} | own),
        operators=_plain(
            # What an académie runs itself is labelled with its slug.
            {card.slug: card.title.fr for card in snapshot.directory.cards}
            | {item.id: item.name.fr for item in snapshot.catalogue.operators}
        ),
        academies=_plain({card.slug: card.name for card in snapshot.directory.cards}),
    )


def harmless(words: str) -> str:
    """Return one line that means nothing to a discussion room but what it says.

    Académies name their own services, and those who are on call read the names.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    for sign, spoiled in _SPOILED:
        line = line.replace(sign, spoiled)
    return line


def _plain(names: Mapping[str, str]) -> dict[str, str]:
    return {name: harmless(words) for name, words in names.items()}


def message(said: Said, *, names: Names, portal: str, address: str) -> Message:
    """Word one alert; `address`: of the portal, without a slash at its end."""
    heading = title(said, names)
    lines = _lines(said, names, address)
    if said.uncertain:
        heading = _("Rappel possible : %(title)s", title=heading)
        lines.append(_("Rappel possible : ce message est peut-être déjà parvenu."))
    lines.append(_("Référence : %(reference)s", reference=said.uid))
    return Message(title=f"[{portal}] {heading}", text="\n".join(lines), tone=_tone(said))


def _tone(said: Said) -> Tone:
    if said.kind in (Kind.NETWORK_PASSED, Kind.NETWORK_BACK):
        return Tone.RELIEF
    if said.kind is Kind.NETWORK:
        return Tone.FAILURE
    if said.kind is Kind.TEST or _is_elsewhere(said.content):
        return Tone.INFO
    if said.kind in ENDS:
        return Tone.RELIEF
    return Tone.FAILURE if said.is_major else Tone.TROUBLE


def _is_elsewhere(content: Mapping[str, Any]) -> bool:
    """Tell whether it ended without anything being well: merged, or watched no longer."""
    return bool(content.get("merged_into") or content.get("unwatched"))


def title(said: Said, names: Names) -> str:
    """Word an alert in one line."""
    if said.kind not in OF_INCIDENTS:
        return {
            Kind.NETWORK: _("Notre réseau est en cause : presque plus rien ne répond"),
            Kind.NETWORK_PASSED: _("Notre réseau a été coupé, il va de nouveau bien"),
            Kind.NETWORK_BACK: _("Notre réseau va de nouveau bien"),
            Kind.TEST: _("Essai d'alerte"),
        }[said.kind]
    what, state = _what(said.content, names), _state(said)
    comes_and_goes = bool(said.content.get("quiet_seconds"))
    if said.content.get("merged_into"):
        return _("Réuni avec un autre incident : %(what)s", what=what)
    if said.content.get("unwatched"):
        return _("Plus surveillé, incident fermé : %(what)s", what=what)
    if said.kind is Kind.OPENED and said.content.get("late"):
        return _late_title(
            said.content, what=what, state=_("Instable") if comes_and_goes else state
        )
    return {
        Kind.OPENED: _("Instable, de nouveau %(state)s : %(what)s", state=state.lower(), what=what)
        if comes_and_goes
        else _("%(state)s : %(what)s", state=state, what=what),
        Kind.PASSED: _("Souci passé : %(what)s", what=what),
        Kind.WORSE: _("Cela s'aggrave : %(what)s", what=what),
        Kind.REMINDER: _("Rappel, toujours en cours : %(what)s", what=what),
        Kind.CLOSED: _("Rétabli : %(what)s", what=what),
    }[said.kind]


def _late_title(content: Mapping[str, Any], *, what: str, state: str) -> str:
    since = datetime.fromtimestamp(content["opened_at"], UTC)
    values = {"day": dates.date_of(since, ZONE), "hour": dates.hour(since, ZONE)}
    return _("%(state)s depuis le %(day)s à %(hour)s : %(what)s", state=state, what=what, **values)


def _state(said: Said) -> str:
    return state_words.state_name(State.DOWN if said.is_major else State.DEGRADED)


def _what(content: Mapping[str, Any], names: Names) -> str:
    """Name what is in trouble: the services, the first of them when there are many."""
    services = _unique(name for item in content["targets"] for name in item["service"])
    titles = [names.services.get(name, name) for name in services]
    said = ", ".join(titles[:_MOST_TITLES])
    rest = len(titles) - _MOST_TITLES
    if rest > 0:
        return said + " " + ngettext("et %(num)d autre", "et %(num)d autres", rest)
    return said


def _lines(said: Said, names: Names, address: str) -> list[str]:
    if said.kind is Kind.TEST:
        return [
            _("Ceci est un essai : cette adresse reçoit bien les alertes. Rien n'est en panne.")
        ]
    if said.kind not in OF_INCIDENTS:
        return _network_lines(said, address)
    content = said.content
    number = content.get("merged_into") or said.number
    is_over = content["closed_at"] is not None and not content.get("merged_into")
    lines = [_when(content, is_over=is_over), *_unstable(content, is_over=is_over)]
    if said.kind is Kind.OPENED and content.get("late"):
        lines.append(_("Ce n'est pas nouveau : cette adresse n'en avait pas encore été prévenue."))
    lines += [*_taken(said), *_cause(content, names)]
    if content.get("merged_into"):
        lines.append(_("Toujours suivi, désormais avec l'incident n° %(number)d.", number=number))
    lines += ["", _("Serveurs concernés :")]
    opened = content["opened_at"]
    lines += [
        _target(item, names, opened_at=opened, is_over=is_over) for item in content["targets"]
    ]
    if content["more"]:
        lines.append(ngettext("et %(num)d autre", "et %(num)d autres", content["more"]))
    lines += ["", *_whom(content, names)]
    lines.append(_("Suivre : %(address)s", address=f"{address}/ops/incidents/{number}"))
    return lines


def _network_lines(said: Said, address: str) -> list[str]:
    span = _span(said.content["since"], said.content["until"])
    lines = [
        _("Presque tous les serveurs ont cessé de répondre en même temps : c'est notre réseau."),
        _("Les états restent « non vérifiés » jusqu'à son retour ; rien n'est dit en panne."),
    ]
    follow = _("Suivre : %(address)s", address=f"{address}/ops/surveillance")
    return [span, *(lines if said.kind is Kind.NETWORK else ()), follow]


def _when(content: Mapping[str, Any], *, is_over: bool) -> str:
    return _span(content["opened_at"], content["closed_at"] if is_over else None)


def _unstable(content: Mapping[str, Any], *, is_over: bool) -> list[str]:
    """Say of what comes and goes that it does, and when its end will be told."""
    quiet = content.get("quiet_seconds", 0)
    if not quiet:
        return []
    if is_over:
        return [_("Entre-temps, cela a marché par moments.")]
    minutes = quiet // 60
    return [
        _(
            "Cela revient et retombe : vous saurez la fin quand cela aura tenu %(num)d min.",
            num=minutes,
        )
    ]


def _taken(said: Said) -> list[str]:
    """Say that somebody takes care; not who: rooms are read by many."""
    at = said.content.get("taken_at")
    if at is None or said.kind not in (Kind.OPENED, Kind.WORSE, Kind.REMINDER):
        return []
    since = datetime.fromtimestamp(at, UTC)
    values = {"hour": dates.hour(since, ZONE), "day": dates.date_of(since, ZONE)}
    return [_("Quelqu'un s'en occupe depuis %(hour)s, le %(day)s.", **values)]


def _span(start: float, end: float | None) -> str:
    since = datetime.fromtimestamp(start, UTC)
    day, begun = dates.date_of(since, ZONE), dates.hour(since, ZONE)
    if end is None:
        return _("Depuis %(hour)s, le %(day)s (heure de Paris).", hour=begun, day=day)
    until = datetime.fromtimestamp(end, UTC)
    values = {"begun": begun, "over": dates.hour(until, ZONE), "day": day}
    values["length"] = _length(until - since)
    if dates.date_of(until, ZONE) == day:
        return _(
            "De %(begun)s à %(over)s le %(day)s (heure de Paris), %(length)s en tout.", **values
        )
    values["last"] = dates.date_of(until, ZONE)
    return _(
        "Du %(day)s à %(begun)s au %(last)s à %(over)s (heure de Paris), %(length)s en tout.",
        **values,
    )


def _length(span: timedelta) -> str:
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 120:  # noqa: PLR2004 - two hours
        return ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return ngettext("%(num)d heure", "%(num)d heures", round(minutes / 60))


def _cause(content: Mapping[str, Any], names: Names) -> list[str]:
    value, count = harmless(content["value"]), len(content["targets"]) + content["more"]
    cause, sharing = Cause(content["cause"]), content.get("sharing", count)
    needed = names.services.get(content["value"], value)
    line = {
        Cause.TARGET: "",
        Cause.HOST: _("En commun : la machine %(value)s", value=value),
        Cause.PROVIDER: _("En commun : l'hébergeur %(value)s", value=value),
        Cause.DEPENDS_ON: _("En commun : ils ont besoin de %(value)s", value=needed),
    }[cause]
    if not line:
        return []
    # Chains join others: what most share is not said of all.
    part = _("%(sharing)d serveurs sur %(count)d", sharing=sharing, count=count)
    return [f"{line} ({part})." if sharing < count else f"{line}."]


def _target(item: Mapping[str, Any], names: Names, *, opened_at: float, is_over: bool) -> str:
    """Tell of one server; the day is said where it is not the incident's own."""
    titles = [names.services.get(name, name) for name in item["service"]]
    values = {"title": ", ".join(titles), "backend": ", ".join(item["backend"])}
    values["state"] = state_words.state_name(State(item["state"])).lower()
    if is_over:
        return _("- %(title)s (%(backend)s) : était %(state)s", **values)
    if item.get("until"):
        back = datetime.fromtimestamp(item["until"], UTC)
        values |= {"hour": dates.hour(back, ZONE), "day": dates.date_of(back, ZONE)}
        return _("- %(title)s (%(backend)s) : marche depuis %(hour)s, le %(day)s", **values)
    since, opened = (datetime.fromtimestamp(at, UTC) for at in (item["since"], opened_at))
    values |= {"hour": dates.hour(since, ZONE), "day": dates.date_of(since, ZONE)}
    if values["day"] == dates.date_of(opened, ZONE):
        line = _("- %(title)s (%(backend)s) : %(state)s, depuis %(hour)s", **values)
    else:
        line = _("- %(title)s (%(backend)s) : %(state)s, depuis %(hour)s, le %(day)s", **values)
    why = reason_words(item.get("reason", ""), State(item["state"]))
    return f"{line}. {why}" if why else line


def _whom(content: Mapping[str, Any], names: Names) -> list[str]:
    operators = [names.operators.get(item, item) for item in content["operator"]]
    lines = [_("Tenu par : %(names)s", names=", ".join(operators))] if operators else []
    shown_by = [item for item in content["academie"] if item != NATIONAL_SLUG]
    academies = [names.academies.get(item, item) for item in shown_by]
    if not academies:
        return lines
    if len(academies) > _MOST_NAMES:
        count = ngettext("%(num)d académie", "%(num)d académies", len(academies))
        return [*lines, _("Pour : %(names)s", names=count)]
    return [*lines, _("Pour : %(names)s", names=", ".join(academies))]


def _unique(names: Any) -> Sequence[str]:
    return tuple(dict.fromkeys(names))
