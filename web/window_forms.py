"""The form of announced maintenance: what it is about, its words, its hours, how it repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from monitoring.maintenance import Repeats, Scope
from monitoring.window_rules import MAX_TEXT, MAX_TITLE, Content
from web.admin.moments import DayField, HourField, Moment, clock_notes, moment
from web.admin.text_forms import ReasonedForm
from web.translation import lazy_gettext as _

REPEATS = (
    SelectChoice(Repeats.ONCE.value, _("Une seule fois")),
    SelectChoice(Repeats.WEEKLY.value, _("Chaque semaine, le même jour")),
    SelectChoice(Repeats.MONTHLY.value, _("Chaque mois, le même jour de la même semaine")),
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the form is filled in against."""

    places: Mapping[str, str]
    """What it may be about, "service/visio", with the words for it."""
    zones: Mapping[str, str]
    """Time zones that may be chosen, with the words for them; the first is proposed."""
    before: Content | None = None
    """What it was, for one that has begun: only its words and its end change."""


class WindowForm(ReasonedForm):
    about = SelectField(_("Sur quoi travaillez-vous ?"), validate_choice=False)
    title = StringField(_("Titre"), render_kw={"maxlength": str(MAX_TITLE)})
    text = TextAreaField(
        _("Texte (facultatif)"), render_kw={"data-counter": str(MAX_TEXT), "rows": 4}
    )
    start_day = DayField(_("Jour de début"))
    start_hour = HourField(_("Heure de début"))
    end_day = DayField(_("Jour de fin"))
    end_hour = HourField(_("Heure de fin"))
    zone = SelectField(_("Heures de"), validate_choice=False)
    repeats = RadioField(
        _("Se répète"), choices=list(REPEATS), default=Repeats.ONCE.value, validate_choice=False
    )
    until = DayField(_("Dernier jour de répétition"))
    warned = HiddenField()
    """What the person was warned about: it counts for nothing else."""
    proposed = HiddenField()
    """Start and end of the slot that was proposed then."""

    def set_against(self, setting: Setting) -> None:
        """Say what may be chosen, before it is shown or checked."""
        self.setting = setting
        self.about.choices = _choices(setting.places)
        self.zone.choices = _choices(setting.zones)
        if self.zone.data not in setting.zones and not self.is_submitted():
            self.zone.data = next(iter(setting.zones))
        self._keep_what_is_settled()

    def _keep_what_is_settled(self) -> None:
        if self.setting.before is None:
            return
        for name in ("about", "start_day", "start_hour", "zone", "repeats"):
            del self[name]
        for name in ("end_day", "end_hour") if self.recurs else ("until",):
            del self[name]

    @property
    def recurs(self) -> bool:
        """Tell whether what has begun takes place again."""
        before = self.setting.before
        return before is not None and before.repeats is not Repeats.ONCE

    def fill(self, content: Content) -> None:
        """Put in what was announced."""
        self.title.data, self.text.data = content.title, content.text
        zone = ZoneInfo(content.timezone)
        start, end = (at.astimezone(zone) for at in (content.starts_at, content.ends_at))
        values: dict[str, Any] = {
            "about": place_code(content.scope, content.value),
            "zone": content.timezone,
            "repeats": content.repeats.value,
            "until": content.until,
            "start_day": start.date(),
            "start_hour": start.time(),
            "end_day": end.date(),
            "end_hour": end.time(),
        }
        for name, value in values.items():
            if name in self:
                self[name].data = value

    def move(self, starts_at: datetime, ends_at: datetime) -> None:
        """Put other hours in; of one that has not begun."""
        start, end = (at.astimezone(self.chosen_zone) for at in (starts_at, ends_at))
        self.start_day.data, self.start_hour.data = start.date(), start.time()
        self.end_day.data, self.end_hour.data = end.date(), end.time()

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        return fine and self._ends_after_its_start()

    def validate_about(self, item: SelectField) -> None:
        if item.data not in self.setting.places:
            raise ValidationError(_("Choisissez ce sur quoi vous travaillez."))

    def validate_zone(self, item: SelectField) -> None:
        if item.data not in self.setting.zones:
            raise ValidationError(_("Choisissez l'un de ces fuseaux."))

    def validate_repeats(self, item: RadioField) -> None:
        if item.data not in set(Repeats):
            raise ValidationError(_("Choisissez l'une de ces réponses."))

    def validate_title(self, item: StringField) -> None:
        if not (item.data or "").strip():
            raise ValidationError(_("Dites en quelques mots ce que vous faites."))

    def validate_start_day(self, item: DayField) -> None:
        _wants(item, _("Donnez le jour."))

    def validate_end_day(self, item: DayField) -> None:
        if item.data is None and not item.errors and self.start_day is not None:
            item.data = self.start_day.data  # as most do
        elif self.start_day is None:
            _wants(item, _("Donnez le jour."))

    def validate_start_hour(self, item: HourField) -> None:
        _wants(item, _("Donnez l'heure."))

    def validate_end_hour(self, item: HourField) -> None:
        _wants(item, _("Donnez l'heure."))

    def _ends_after_its_start(self) -> bool:
        if self.recurs or self.ends_at > self.starts_at:
            return True
        notes = clock_notes(self.moments(), self.chosen_zone)
        self.end_day.errors = [_("La fin doit venir après le début."), *notes]
        return False

    @property
    def chosen_zone(self) -> ZoneInfo:
        before = self.setting.before
        return ZoneInfo(before.timezone if before else self.zone.data)

    def moments(self) -> Sequence[Moment]:
        """Return what was typed of start and end, with what the clocks do to them."""
        zone = self.chosen_zone
        found = []
        if self.start_day is not None:
            found.append(moment(_day(self.start_day), _hour(self.start_hour), zone))
        if self.end_day is not None:
            found.append(moment(_day(self.end_day), _hour(self.end_hour), zone, later=True))
        return found

    @property
    def starts_at(self) -> datetime:
        before = self.setting.before
        return before.starts_at if before else self.moments()[0].at

    @property
    def ends_at(self) -> datetime:
        before = self.setting.before
        return before.ends_at if before and self.recurs else self.moments()[-1].at

    def content(self) -> Content:
        """Return what was typed; only of a form that is valid."""
        before = self.setting.before
        if before is not None:
            scope, value, repeats = before.scope, before.value, before.repeats
        else:
            scope, value = place_of(self.about.data)
            repeats = Repeats(self.repeats.data)
        return Content(
            scope=scope,
            value=value,
            title=self.title.data or "",
            text=self.text.data or "",
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            timezone=self.chosen_zone.key,
            repeats=repeats,
            until=self.until.data if self.until is not None else None,
        )


def place_code(scope: Scope, value: str) -> str:
    return f"{scope.value}/{value}"


def place_of(code: str) -> tuple[Scope, str]:
    """Read what `place_code` wrote; raises ValueError."""
    scope, _slash, value = code.partition("/")
    return Scope(scope), value


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(code, text) for code, text in words.items()]


def _wants(item: DayField | HourField, told: str) -> None:
    if item.data is None and not item.errors:
        raise ValidationError(told)


def _day(item: DayField) -> date:
    if item.data is None:
        raise ValueError("a form that is not valid has no moments")
    return item.data


def _hour(item: HourField) -> time:
    if item.data is None:
        raise ValueError("a form that is not valid has no moments")
    return item.data
