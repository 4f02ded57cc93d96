"""Words of what ends: on the pages by itself, on the desks, in letters ready to send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from catalogue.schema import Operator, Service, Visibility
from instances.announcements import AnnouncementLevel, AnnouncementView
from instances.endings import Ending, EndingKind
from instances.page import InstancePage, Tile
from instances.schema import AcademyCard
from web import dates, links
from web.translation import capital, language, ngettext
from web.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Automatic:
    """What the page announces by itself, beside what people announce."""

    text: str
    service: Service
    level: AnnouncementLevel = AnnouncementLevel.IMPORTANT


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message ready to send; plain text."""

    subject: str
    text: str

    @property
    def mailto(self) -> str:
        """Return an address that opens it in a mail program, without anybody to send it to."""
        return f"mailto:?subject={quote(self.subject)}&body={quote(self.text)}"


def on_page(page: InstancePage, tile: Tile | None = None) -> Sequence[AnnouncementView | Automatic]:
    """Return what a page announces: the urgent of people's, what ends, the rest of people's."""
    said = page.announcements_about(tile) if tile else page.announcements
    urgent = [item for item in said if item.level is AnnouncementLevel.IMPORTANT]
    others = [item for item in said if item.level is not AnnouncementLevel.IMPORTANT]
    ends = [item for item in page.endings if tile is None or item.service.id == tile.service.id]
    return [*urgent, *map(_automatic, ends), *others]


def _automatic(ending: Ending) -> Automatic:
    words = {
        EndingKind.SERVICE: _("%(title)s ferme : dernier jour, le %(day)s. Reprenez vos fichiers "
                              "avant."),
        EndingKind.HOSTING: _("%(title)s est hébergé jusqu'au %(day)s. Mettez vos fichiers à "
                              "l'abri avant."),
        EndingKind.PART_OF_HOSTING: _("Une partie de %(title)s est hébergée jusqu'au %(day)s. "
                                      "Mettez vos fichiers à l'abri avant."),
    }[ending.kind]  # fmt: skip
    text = words % {"title": ending.service.title, "day": _whole_day(ending.day)}
    return Automatic(text=text, service=ending.service)


def task(ending: Ending) -> str:
    """Title what a team has to do about it."""
    values = {"title": ending.service.title, "day": dates.full_day(ending.day)}
    return {
        EndingKind.SERVICE: _("%(title)s ferme le %(day)s : prévenez vos collègues", **values),
        EndingKind.HOSTING: _("L'hébergement de %(title)s s'arrête le %(day)s : prévenez vos "
                              "collègues", **values),
        EndingKind.PART_OF_HOSTING: _("Une partie de l'hébergement de %(title)s s'arrête le "
                                      "%(day)s : prévenez vos collègues", **values),
    }[ending.kind]  # fmt: skip


def waiting(endings: Sequence[Ending]) -> str:
    """Count what ends, for a desk's first screen."""
    return ngettext(
        "%(num)d service ou hébergement s'arrête bientôt : prévenez vos collègues",
        "%(num)d services ou hébergements s'arrêtent bientôt : prévenez vos collègues",
        len(endings),
    )


def announced(ending: Ending, day: date) -> str:
    """Say when the pages tell it by themselves."""
    if ending.is_announced(day):
        return _("Votre page l'annonce déjà d'elle-même, et cessera le lendemain.")
    return _(
        "Votre page l'annoncera d'elle-même à partir du %(day)s.",
        day=dates.full_day(ending.announced_from),
    )


def letter_to_colleagues(ending: Ending, card: AcademyCard, *, other: Service | None) -> Letter:
    """Write what a delegation sends to its schools; `other`: what can be used instead."""
    service = ending.service
    paragraphs = [
        _("Bonjour,"),
        _what_ends(ending),
        _take_away(ending),
        _instead(other) if other else "",
        _(
            "Tout est expliqué sur sa page : %(url)s",
            url=links.absolute_url(
                _page_of(service), service_id=service.id, academie=card.slug, language="fr"
            ),
        ),
        _("Nous restons à votre disposition pour vous aider."),
        _("Bien cordialement,"),
        capital(card.delegation.said_in(language())),
    ]
    return Letter(subject=_subject(ending), text=_joined(paragraphs))


def letter_to_academies(ending: Ending, operator: Operator, *, shown: int, day: date) -> Letter:
    """Write what an operator sends to the académies that show its service."""
    paragraphs = [
        _("Bonjour,"),
        _what_ends(ending),
        ngettext(
            "%(num)d académie l'affiche aujourd'hui.",
            "%(num)d académies l'affichent aujourd'hui.",
            shown,
        ),
        _take_away(ending),
        _told_already(ending, day),
        _(
            "Un message de votre part aidera vos collègues à s'y prendre à temps : vous en "
            "trouverez un, prêt à envoyer, à l'accueil de votre gestion."
        ),
        _("Nous restons à votre disposition pour toute question."),
        _("Bien cordialement,"),
        capital(operator.name.said_in(language())),
    ]
    return Letter(subject=_subject(ending), text=_joined(paragraphs))


def _told_already(ending: Ending, day: date) -> str:
    if ending.is_announced(day):
        return _("Vos collègues voient la date sur leur page, qui l'annonce déjà d'elle-même.")
    return _(
        "Vos collègues voient déjà la date sur leur page, qui l'annoncera d'elle-même à partir "
        "du %(day)s.",
        day=_whole_day(ending.announced_from),
    )


def _page_of(service: Service) -> str:
    return "personal.service" if service.visibility is Visibility.AGENTS else "portal.service"


def _subject(ending: Ending) -> str:
    values = {"title": ending.service.title, "day": dates.full_day(ending.day)}
    if ending.kind is EndingKind.SERVICE:
        return _("%(title)s ferme le %(day)s : reprenez vos fichiers", **values)
    return _("%(title)s : hébergement jusqu'au %(day)s, mettez vos fichiers à l'abri", **values)


def _what_ends(ending: Ending) -> str:
    values = {"title": ending.service.title, "day": _whole_day(ending.day)}
    return {
        EndingKind.SERVICE: _("%(title)s ferme : son dernier jour est le %(day)s. Ensuite, il ne "
                              "s'ouvrira plus.", **values),
        EndingKind.HOSTING: _("L'hébergement de %(title)s est assuré jusqu'au %(day)s. Nous ne "
                              "savons pas encore ce qui suivra.", **values),
        EndingKind.PART_OF_HOSTING: _("Une partie de l'hébergement de %(title)s est assurée "
                                      "jusqu'au %(day)s. Nous ne savons pas encore ce qui suivra.",
                                      **values),
    }[ending.kind]  # fmt: skip


def _take_away(ending: Ending) -> str:
    how = ending.service.data.takeout
    if how is None:
        return _(
            "D'ici là, reprenez ce que vous y avez déposé. Ce service ne nous a pas dit comment : "
            "demandez à son support."
        )
    return _("D'ici là, pensez à vos fichiers. %(how)s", how=how.said_in(language()))


def _instead(other: Service) -> str:
    return _(
        "À la place : %(title)s (%(task)s).",
        title=other.title,
        task=other.task.said_in(language()),
    )


def _whole_day(day: date) -> str:
    """Word a day with its weekday and year, "mardi 31 août 2027"."""
    return f"{dates.day(day)} {day.year}"


def _joined(paragraphs: Iterable[str]) -> str:
    return "\n\n".join(part for part in paragraphs if part)
