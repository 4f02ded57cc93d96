"""The forms of an incident: what somebody says of it, and which one it is part of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from wtforms import HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from monitoring.incident_people import MAX_LENGTH, Saying, tidied
from monitoring.incidents import Stage
from web import incident_words
from web.admin.moments import DayField, HourField, moment
from web.forms import DeskForm, whole_number
from web.translation import lazy_gettext as _

AS_BEFORE = ""


class MessageForm(DeskForm):
    text = TextAreaField(
        _("Ce que vous savez"), render_kw={"data-counter": str(MAX_LENGTH), "rows": 5}
    )
    stage = SelectField(_("Où vous en êtes"), validate_choice=False, default=AS_BEFORE)
    next_day = DayField(_("Prochaine nouvelle, le"))
    next_hour = HourField(_("À"))
    version = HiddenField(default="0")

    def set_against(self, *, zone: ZoneInfo, now: datetime, is_open: bool) -> None:
        """Say where and when it is filled in; one that is over has no stage nor promise."""
        self.zone, self.now = zone, now
        if not is_open:
            del self.stage
            del self.next_day
            del self.next_hour
            return
        self.stage.choices = [
            SelectChoice(AS_BEFORE, _("Comme avant")),
            *(SelectChoice(item.value, incident_words.stage(item)) for item in Stage),
        ]

    @property
    def seen(self) -> int:
        return whole_number(self.version.data)

    def validate_text(self, item: TextAreaField) -> None:
        over = len(tidied(item.data or "")) - MAX_LENGTH
        if over == -MAX_LENGTH:
            raise ValidationError(_("Écrivez ce que vous savez, même peu."))
        if over > 0:
            message = _("Trop long de %(over)d : %(limit)d au plus.", over=over, limit=MAX_LENGTH)
            raise ValidationError(message)

    def validate_stage(self, item: SelectField) -> None:
        if item.data and item.data not in set(Stage):
            raise ValidationError(_("Choisissez dans la liste."))

    def validate_next_hour(self, item: HourField) -> None:
        if self.next_day.data is not None and item.data is None and not item.errors:
            raise ValidationError(_("Dites aussi à quelle heure."))
        promised = self._next_at()
        if promised is not None and promised <= self.now:
            raise ValidationError(_("Cette heure est déjà passée."))

    def saying(self) -> Saying:
        """Return what was typed; only of a form that is valid."""
        stage = self.stage.data if self.stage is not None else AS_BEFORE
        return Saying(
            text=tidied(self.text.data),
            stage=Stage(stage) if stage else None,
            next_at=self._next_at(),
        )

    def _next_at(self) -> datetime | None:
        """An hour alone is of today."""
        if self.next_hour is None or self.next_hour.data is None:
            return None
        today: date = self.now.astimezone(self.zone).date()
        return moment(self.next_day.data or today, self.next_hour.data, self.zone).at


class MergeForm(DeskForm):
    into = SelectField(_("Il fait partie de"), validate_choice=False, default="")
    merge_version = HiddenField(default="0")

    def set_against(self, others: Sequence[tuple[int, str]]) -> None:
        """Say which open incidents there are, with their titles."""
        self.into.choices = [
            SelectChoice("", _("Choisissez un incident")),
            *(SelectChoice(str(number), title) for number, title in others),
        ]

    @property
    def seen(self) -> int:
        return whole_number(self.merge_version.data)

    @property
    def number(self) -> int:
        return whole_number(self.into.data)

    def validate_into(self, item: SelectField) -> None:
        numbers = [choice.value for choice in item.choices or () if choice.value]
        if item.data not in numbers:
            raise ValidationError(_("Choisissez un incident qui est encore ouvert."))
