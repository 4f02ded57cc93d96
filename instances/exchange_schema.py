"""The shape of the file that holds all that one académie decided."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from catalogue.schema import (
    Backend,
    ChooseWhen,
    Id,
    Model,
    Sentence,
    ShortText,
    Summary,
    Text,
    WebUrl,
)
from instances.announcements import MAX_LENGTH, AnnouncementLevel
from instances.choices import LONGEST_PRECISION, LONGEST_WORD
from instances.days import Day, is_usable
from instances.logo import LogoError, read_logo
from instances.models import HideReason, Visibility
from instances.schema import AnyServiceId, HelpContact, LocalService
from instances.texts import Spotlight

FORMAT = "1"
MOST_BACKENDS = 20
"""Of one service, as on the screens: each of them is asked whether it is up."""
MOST_LOCAL, MOST_CONTACTS = 200, 50
Backends = Annotated[tuple[Backend, ...], Field(max_length=MOST_BACKENDS)]


def _refused(form: str, text: str) -> PydanticCustomError:
    return PydanticCustomError(
        "unreadable_address", "expected {form}, found {text}", {"form": form, "text": text}
    )


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refused("instant", text) from error
    if moment.tzinfo is None or not is_usable(moment.date()):
        raise _refused("instant", text)
    return moment.isoformat()


def _base64(text: str) -> str:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused("base64", text[:20]) from error
    return text


Instant = Annotated[str, AfterValidator(_instant)]
"""ISO 8601 with its offset; text, as the strict reader takes no look at dots and colons."""


class OwnWording(Model):
    """What is said otherwise than the nation does, as long as the catalogue allows."""

    task: ShortText | None = None
    choose_when: ChooseWhen | None = None
    summary: Summary | None = None
    description: Text | None = None


class ChoiceEntry(Model):
    """What was decided about one service; nothing of who, which the journal keeps."""

    id: AnyServiceId
    visibility: Visibility = Visibility.NATIONAL
    visibility_after: Visibility | None = None
    reason: HideReason | None = None
    precision: Annotated[str, Field(max_length=LONGEST_PRECISION)] | None = None
    replacement_service: AnyServiceId | None = None
    replacement_url: WebUrl | None = None
    word: Annotated[str, Field(max_length=LONGEST_WORD)] | None = None
    review_on: Day | None = None
    until: Day | None = None
    position: int | None = None
    wording: OwnWording | None = None
    backends: Backends | None = None

    @model_validator(mode="after")
    def _one_replacement(self) -> ChoiceEntry:
        if self.replacement_service and self.replacement_url:
            raise ValueError("expected one replacement, found a service and an address")
        return self


class PublishedService(LocalService):
    """A local service without its id, which the entry around it gives."""

    id: str = Field(default="", exclude=True)
    backends: Backends = ()

    @model_validator(mode="before")
    @classmethod
    def _no_id(cls, value: Any) -> Any:
        if isinstance(value, dict) and "id" in value:
            raise ValueError("the id stands above, not here")
        return value


class LocalEntry(Model):
    id: Id
    """Without the académie in front."""
    contact: Annotated[str, Field(max_length=300)] | None = None
    published_at: Instant | None = None
    retired_at: Instant | None = None
    published: PublishedService | None = None


class LogoEntry(Model):
    media_type: str
    width: int
    height: int
    content: Annotated[str, AfterValidator(_base64)]

    @model_validator(mode="after")
    def _is_what_it_says(self) -> LogoEntry:
        """Look at the picture itself, as when somebody chooses one on a screen."""
        try:
            logo = read_logo(base64.b64decode("".join(self.content.split())))
        except LogoError as error:
            raise ValueError(f"the logo is refused: {error}") from error
        said = (self.media_type, self.width, self.height)
        if said != (logo.media_type, logo.width, logo.height):
            raise ValueError(f"it is {logo.media_type}, {logo.width} by {logo.height} pixels")
        return self


class TextsEntry(Model):
    delegation: ShortText | None = None
    help: Annotated[tuple[HelpContact, ...], Field(max_length=MOST_CONTACTS)] | None = None
    welcome: Sentence | None = None
    spotlight: Spotlight | None = None
    logo: LogoEntry | None = None


class AnnouncementEntry(Model):
    level: AnnouncementLevel
    text: Annotated[str, Field(max_length=MAX_LENGTH)]
    service_id: AnyServiceId | None = None
    starts_at: Instant
    ends_at: Instant | None = None
    withdrawn: bool = False

    @model_validator(mode="after")
    def _ends_after_start(self) -> AnnouncementEntry:
        if self.ends_at is not None and _moment(self.ends_at) <= _moment(self.starts_at):
            raise ValueError("it would end before it starts")
        return self


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class ExchangeFile(Model):
    """All but the drafts, which may be anything and are read apart."""

    academie: Id
    choices: tuple[ChoiceEntry, ...] = ()
    local_services: Annotated[tuple[LocalEntry, ...], Field(max_length=MOST_LOCAL)] = ()
    texts: TextsEntry = TextsEntry()
    announcements: tuple[AnnouncementEntry, ...] = ()
