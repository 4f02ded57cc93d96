"""The form of an announcement: its level, its words, from when until when, about which service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import RadioField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from instances.announcements import MAX_LENGTH, AnnouncementLevel, Content, tidied
from web import dates
from web.admin.moments import DayField, HourField, Moment, end_of, moment
from web.admin.text_forms import ReasonedForm
from web.translation import lazy_gettext as _

LEVELS = (
    SelectChoice(AnnouncementLevel.INFORMATION.value, _("Information : bon à savoir")),
    SelectChoice(
        AnnouncementLevel.IMPORTANT.value, _("Important : quelque chose change ou ne marche pas")
    ),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the form is filled in against."""

    zone: ZoneInfo
    now: datetime
    services: Mapping[str, str]
    """Titles of the services that it may be about, by id."""
    starts_at: datetime | None = None
    """When it began, for one that is on show: that is not changed any more."""


class AnnouncementForm(ReasonedForm):
    level = RadioField(
        _("Niveau"),
        choices=list(LEVELS),
        default=AnnouncementLevel.INFORMATION.value,
        validate_choice=False,
    )
    text = TextAreaField(_("Texte"), render_kw={"data-counter": str(MAX_LENGTH), "rows": 7})
    start_day = DayField(_("À partir du"))
    start_hour = HourField(_("Heure de début"))
    end_day = DayField(_("Jusqu'au"))
    end_hour = HourField(_("Heure de fin"))
    service = SelectField(_("À propos de"), validate_choice=False, default="")

    def set_against(self, setting: Setting) -> None:
        """Say where and when it is filled in, before it is shown or checked."""
        self.setting = setting
        self.service.choices = [
            SelectChoice("", _("Aucun service en particulier")),
            *(SelectChoice(service_id, title) for service_id, title in setting.services.items()),
        ]
        if setting.starts_at is not None:
            del self.start_day
            del self.start_hour

    def fill(self, content: Content) -> None:
        """Put in what an announcement says now."""
        self.level.data, self.text.data = content.level.value, content.text
        self.service.data = content.service_id or ""
        if self.start_day is not None:
            self.start_day.data, self.start_hour.data = self._local(content.starts_at)
        self.end_day.data, self.end_hour.data = self._local(content.ends_at)
        last = content.ends_at and dates.last_day(content.ends_at, self.setting.zone)
        if last:
            # Without an hour, as it was typed: the day counts to its end.
            self.end_day.data, self.end_hour.data = last, None

    def _local(self, at: datetime | None) -> tuple[Any, Any]:
        local = at and at.astimezone(self.setting.zone)
        return (local.date(), local.time()) if local else (None, None)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        return fine and self._ends_after_its_start()

    def validate_level(self, item: RadioField) -> None:
        if item.data not in set(AnnouncementLevel):
            raise ValidationError(_("Choisissez l'un des deux niveaux."))

    def validate_text(self, item: TextAreaField) -> None:
        length = len(tidied(item.data or ""))
        if not length:
            raise ValidationError(_("Écrivez ce que vos collègues doivent savoir."))
        if length > MAX_LENGTH:
            raise ValidationError(
                _(
                    "C'est trop long de %(over)d caractères : %(limit)d au plus.",
                    over=length - MAX_LENGTH,
                    limit=MAX_LENGTH,
                )
            )

    def validate_start_hour(self, item: HourField) -> None:
        self._needs_a_day(item, self.start_day)

    def validate_end_hour(self, item: HourField) -> None:
        self._needs_a_day(item, self.end_day)

    def validate_service(self, item: SelectField) -> None:
        if item.data and item.data not in self.setting.services:
            raise ValidationError(_("Ce service n'est pas affiché ici : choisissez-en un autre."))

    @staticmethod
    def _needs_a_day(item: HourField, day: DayField) -> None:
        if item.data is not None and day.data is None and not day.errors:
            raise ValidationError(_("Donnez aussi le jour."))

    def _ends_after_its_start(self) -> bool:
        end = self.end()
        if end is None:
            return True
        if end.at <= self.setting.now:
            self.end_day.errors = [_("Cette fin est déjà passée.")]
        elif end.at <= self.starts_at():
            self.end_day.errors = [_("La fin doit venir après le début.")]
        return not self.end_day.errors

    def start(self) -> Moment | None:
        """Return the start as it was typed; none: at once."""
        if self.start_day is None or self.start_day.data is None:
            return None
        return moment(self.start_day.data, self.start_hour.data or time(), self.setting.zone)

    def end(self) -> Moment | None:
        """Return the end as it was typed; without an hour, the end of the day."""
        if self.end_day.data is None:
            return None
        if self.end_hour.data is None:
            return end_of(self.end_day.data, self.setting.zone)
        return moment(self.end_day.data, self.end_hour.data, self.setting.zone, later=True)

    def moments(self) -> Sequence[Moment]:
        """Return what was typed of start and end, with what the clocks do to them."""
        return [found for found in (self.start(), self.end()) if found is not None]

    def starts_at(self) -> datetime:
        """Return when it begins; what is past is now."""
        if self.setting.starts_at is not None:
            return self.setting.starts_at
        start = self.start()
        return self.setting.now if start is None else max(start.at, self.setting.now)

    def content(self) -> Content:
        """Return what was typed; only of a form that is valid."""
        end = self.end()
        return Content(
            level=AnnouncementLevel(self.level.data),
            text=tidied(self.text.data),
            service_id=self.service.data or None,
            starts_at=self.starts_at(),
            ends_at=end.at if end else None,
        )
