"""What the forms of the desk have in common: how a field says what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import ValidationError

from web.translation import gettext as _

DAY_FORMAT = "%Y-%m-%d"
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
MOST = 2**31 - 1
"""A database's numbers end there."""


class DeskForm(FlaskForm):  # type: ignore[misc]
    """A form whose token the guard has checked already."""

    class Meta:
        csrf = False


class _Field(Protocol):
    id: str
    errors: Any
    data: Any
    flags: Any


def field_attributes(item: _Field, hint: str = "") -> dict[str, str]:
    """Return what ties a field to its hint and to what is wrong with it, for a screen reader."""
    described = [f"{item.id}-aide"] if hint else []
    attributes: dict[str, str] = {}
    if item.errors:
        described.append(f"{item.id}-erreur")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return attributes


def whole_number(typed: object, *, most: int = MOST) -> int:
    """Read a number that a page of ours wrote; 0 when somebody put something else there."""
    text = str(typed or "")
    # A longer one takes long to read.
    number = int(text) if text.isdecimal() and len(text) <= len(str(most)) else 0
    return number if number <= most else 0


class NotBefore:
    """Refuses a day that is over."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self, _form: FlaskForm, item: _Field) -> None:
        if item.data is not None and item.data < self.day:
            raise ValidationError(_("Ce jour est passé : choisissez-en un à venir."))


def instant(local: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Read a day and an hour as they are said in an académie."""
    return None if local is None else local.replace(tzinfo=zone)
