"""Words of announced maintenance: when it takes place, what it is about, why it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from instances.window_advice import Advice, Concerned, Slot
from monitoring.maintenance import Repeats, Scope, Window
from monitoring.window_list import Phase
from monitoring.window_rules import MAX_TEXT, MAX_TITLE, WindowError
from web import dates
from web.translation import gettext as _
from web.translation import language, ngettext

_NAMED = 6
"""Académies that a warning names; the others are counted."""


def title(phase: Phase) -> str:
    """Title the maintenances of a phase."""
    return {
        Phase.CURRENT: _("En cours"),
        Phase.COMING: _("À venir"),
        Phase.OVER: _("Passées ou annulées"),
    }[phase]


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Word from when until when: "mercredi 2 décembre, de 12 h 30 à 13 h 30"."""
    start, end = (at.astimezone(zone) for at in (starts_at, ends_at))
    if start.date() != end.date():
        return _(
            "du %(start)s au %(end)s",
            start=dates.instant(starts_at, zone, now),
            end=dates.instant(ends_at, zone, now),
        )
    today = now.astimezone(zone).date()
    day = dates.day(start.date())
    if start.year != today.year:
        day = f"{day} {start.year}"
    return _(
        "%(day)s, de %(start)s à %(end)s", day=day, start=dates.hour(start), end=dates.hour(end)
    )


def repeats(window: Window) -> str:
    """Say how often it takes place; empty for once."""
    if window.repeats is Repeats.ONCE:
        return ""
    first = window.starts_at.astimezone(ZoneInfo(window.timezone)).date()
    day = format_date(first, "EEEE", locale=language())
    if window.repeats is Repeats.WEEKLY:
        words = _("chaque %(weekday)s", weekday=day)
    else:
        words = _("%(which)s %(weekday)s du mois", which=_which((first.day - 1) // 7), weekday=day)
    if window.until is None:
        return words
    return _("%(often)s, jusqu'au %(day)s", often=words, day=dates.full_day(window.until))


def _which(week: int) -> str:
    return (
        _("chaque premier"),
        _("chaque deuxième"),
        _("chaque troisième"),
        _("chaque quatrième"),
        _("chaque dernier"),
    )[week]


def about(scope: Scope, value: str, snapshot: Snapshot) -> str:
    """Name what it is about; what nobody knows any more keeps its id."""
    if scope is Scope.OPERATOR:
        operator = snapshot.catalogue.operator(value)
        name = operator.name.said_in(language()) if operator else value
        return _("Tout ce que tient %(name)s", name=name)
    if scope in (Scope.SERVICE, Scope.BACKEND):
        place, _slash, backend = value.partition("/")
        words = _service(place, snapshot)
        return _("%(title)s, serveur %(name)s", title=words, name=backend) if backend else words
    return value


def _service(place: str, snapshot: Snapshot) -> str:
    """Name "visio", or "lyon:pad" with whose it is."""
    slug, _colon, service_id = place.rpartition(":")
    names = (service_id, f"{slug}.{service_id}") if slug else (service_id,)
    known = snapshot.services_of(slug)
    found = next((item.title for item in known if item.id in names), service_id)
    card = snapshot.card(slug) if slug else None
    return found if card is None else f"{found} ({card.name})"


def owner(name: str, snapshot: Snapshot) -> str:
    """Name who announced it: an operator, or an académie."""
    kind, _slash, rest = name.partition("/")
    if kind == "academie":
        card = snapshot.card(rest)
        return card.title.said_in(language()) if card else rest
    operator = snapshot.catalogue.operator(rest)
    return operator.name.said_in(language()) if operator else rest


def zones(cards: Sequence[AcademyCard]) -> Mapping[str, str]:
    """Name the time zones of some académies; that of Paris first."""
    found = {dates.PARIS: _("Paris")}
    for card in cards:
        found.setdefault(card.timezone, card.name)
    return found


def refused(error: WindowError) -> str:
    """Say why a maintenance cannot stand as it is."""
    return {
        "no-title": _("Dites en quelques mots ce que vous faites."),
        "title-too-long": _("Le titre est trop long : %(limit)d caractères au plus.",
                            limit=MAX_TITLE),
        "text-too-long": _("Le texte est trop long : %(limit)d caractères au plus.",
                           limit=MAX_TEXT),
        "unknown-place": _("Vous ne pouvez rien annoncer là-dessus : choisissez autre chose."),
        "unknown-zone": _("Choisissez l'un de ces fuseaux."),
        "ends-before-start": _("La fin doit venir après le début."),
        "too-long": _("C'est trop long : 72 heures au plus. Au-delà, faites-en plusieurs."),
        "past": _("Ce début est déjà passé."),
        "end-past": _("Cette fin est déjà passée. Pour finir tout de suite : « Terminer »."),
        "until-past": _("Ce dernier jour est déjà passé. Pour tout arrêter : « Annuler »."),
        "until-before-start": _("Le dernier jour vient avant la première fois."),
        "over": _("Cette maintenance est passée ou annulée : dupliquez-la pour l'annoncer de "
                  "nouveau."),
        "not-begun": _("Cette maintenance n'est pas en cours."),
        "too-many": _("Trop de maintenances sont déjà annoncées : celles qui reviennent se disent "
                      "en une seule."),
    }[error.code]  # fmt: skip


def warning(advice: Advice, slot: Slot) -> str:
    """Say whom a slot disturbs, with the hour that it is there."""
    n = len(advice.disturbed)
    return ngettext(
        "À ce moment, %(num)d académie est en pleine journée de classe : %(names)s.",
        "À ce moment, %(num)d académies sont en pleine journée de classe : %(names)s.",
        n,
        names=_names(advice.disturbed, slot.starts_at),
    )


def better(advice: Advice) -> str:
    """Say what the better slot changes."""
    if advice.better is None:
        return _("Nous n'avons pas trouvé de meilleur moment à trois jours près.")
    if not advice.still_disturbed:
        return _("Elle ne gênerait aucune classe.")
    return ngettext(
        "Elle gênerait encore %(num)d académie : %(names)s.",
        "Elle gênerait encore %(num)d académies : %(names)s.",
        len(advice.still_disturbed),
        names=_names(advice.still_disturbed, advice.better.starts_at),
    )


def _names(several: Sequence[Concerned], at: datetime) -> str:
    named = [
        _("%(name)s (%(hour)s là-bas)", name=item.name, hour=dates.hour(at, ZoneInfo(item.zone)))
        if item.zone != dates.PARIS
        else item.name
        for item in several[:_NAMED]
    ]
    left = len(several) - len(named)
    if left:
        named.append(ngettext("et %(num)d autre", "et %(num)d autres", left))
    return ", ".join(named)
