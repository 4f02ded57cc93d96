"""What an académie decides about a service: hide, show, re-address, reword; all journalled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

import journal
from catalogue.schema import Backend, Rollout, Service, Text, WebUrl
from instances.models import HideReason, ServiceChoice, Visibility
from instances.stored import readable, readable_choice, readable_items

WORDING_FIELDS = ("task", "choose_when", "summary", "description")
LONGEST_WORD = 140
LONGEST_PRECISION = 1000
_ADDRESS: TypeAdapter[str] = TypeAdapter(WebUrl)


class ChoiceError(Exception):
    """A decision that cannot be taken; `code` says why."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A decision as the pages need it."""

    academie: str
    service_id: str
    visibility: Visibility
    afterwards: Visibility = Visibility.NATIONAL
    """What a hiding goes back to after its last day."""
    replacement_service: str | None = None
    replacement_url: str | None = None
    word: str | None = None
    until: date | None = None
    position: int | None = None
    wording: Mapping[str, Text] = field(default_factory=dict)
    backends: tuple[Backend, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Hiding:
    """How a service is hidden: reason and precision are internal, the rest is public."""

    reason: HideReason
    precision: str | None = None
    replacement_service: str | None = None
    replacement_url: str | None = None
    word: str | None = None
    review_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decides, for whom, and when."""

    academie: str
    actor: str
    now: datetime


def hide_service(
    session: Session,
    service: Service,
    hiding: Hiding,
    *,
    by: Decision,
    known: Collection[str] = (),
) -> ServiceChoice:
    """Hide it; `known` are the ids of the services that may replace it. Raises ChoiceError."""
    _check_hiding(service, hiding, known)
    afterwards = _visibility_before(session, by.academie, service.id)
    values = asdict(hiding) | {
        "visibility": Visibility.HIDDEN,
        "visibility_after": afterwards,
    }
    return _decide(session, service.id, values, event="service.hidden", by=by)


def _check_hiding(service: Service, hiding: Hiding, known: Collection[str]) -> None:
    if service.rollout is Rollout.REQUIRED:
        raise ChoiceError("required", service=service.id)
    if hiding.replacement_service and hiding.replacement_url:
        raise ChoiceError("two-replacements", service=service.id)
    if hiding.replacement_service == service.id:
        raise ChoiceError("replaces-itself", service=service.id)
    if hiding.replacement_service and hiding.replacement_service not in known:
        raise ChoiceError("unknown-replacement", found=hiding.replacement_service)
    if hiding.replacement_url and not _is_address(hiding.replacement_url):
        raise ChoiceError("not-an-address", found=hiding.replacement_url)
    if len(hiding.word or "") > LONGEST_WORD:
        raise ChoiceError("word-too-long", limit=LONGEST_WORD, length=len(hiding.word or ""))
    if len(hiding.precision or "") > LONGEST_PRECISION:
        length = len(hiding.precision or "")
        raise ChoiceError("precision-too-long", limit=LONGEST_PRECISION, length=length)


def _is_address(text: str) -> bool:
    try:
        return bool(_ADDRESS.validate_python(text))
    except ValidationError:
        return False


def _visibility_before(session: Session, academie: str, service_id: str) -> str | None:
    """Return what was decided before this hiding, and not what an earlier hiding says."""
    row = session.get(ServiceChoice, (academie, service_id))
    if row is None:
        return None
    return row.visibility_after if row.visibility == Visibility.HIDDEN else row.visibility


def show_service(session: Session, service: Service, *, by: Decision) -> ServiceChoice:
    """Show it whatever the nation proposes; what explained a hiding goes."""
    values = dict.fromkeys(Hiding.__dataclass_fields__) | {"visibility": Visibility.SHOWN}
    return _decide(session, service.id, values, event="service.shown", by=by)


def follow_nation(session: Session, service: Service, *, by: Decision) -> ServiceChoice:
    values = dict.fromkeys(Hiding.__dataclass_fields__) | {"visibility": Visibility.NATIONAL}
    return _decide(session, service.id, values, event="service.as-the-nation", by=by)


def set_backends(
    session: Session, service: Service, backends: Sequence[Backend], *, by: Decision
) -> ServiceChoice:
    """Give the service addresses of the académie's own; an empty sequence takes them back.

    Raises ChoiceError for a service of which each variant has its addresses: nothing would open.
    """
    if backends and service.variants:
        raise ChoiceError("has-variants", service=service.id)
    values = {"backends": [backend.model_dump(mode="json") for backend in backends] or None}
    return _decide(session, service.id, values, event="service.re-addressed", by=by)


def reword_service(
    session: Session, service: Service, wording: Mapping[str, Text], *, by: Decision
) -> ServiceChoice:
    """Say it in the académie's own words; no words at all take the national ones again.

    Raises ChoiceError when a text is longer than the catalogue allows.
    """
    unknown = set(wording) - set(WORDING_FIELDS)
    if unknown:
        raise ChoiceError("unknown-wording", field=", ".join(sorted(unknown)))
    dumped = {name: text.model_dump(exclude_none=True) for name, text in wording.items()}
    _check_wording(service, dumped)
    return _decide(
        session, service.id, {"wording": dumped or None}, event="service.reworded", by=by
    )


def _check_wording(service: Service, wording: Mapping[str, Any]) -> None:
    """Hold the académie to what the catalogue holds the nation to."""
    try:
        Service.model_validate({**service.model_dump(), **wording})
    except ValidationError as error:
        fault = error.errors()[0]
        message = fault["msg"]
        raise ChoiceError("wording-refused", field=fault["loc"][0], message=message) from error


def read_choices(session: Session) -> dict[str, dict[str, Choice]]:
    """Read every decision, by académie then service."""
    choices: dict[str, dict[str, Choice]] = defaultdict(dict)
    for row in session.scalars(select(ServiceChoice)):
        choice = _as_choice(row)
        if choice is not None:
            choices[row.academie][row.service_id] = choice
    return dict(choices)


def _as_choice(row: ServiceChoice) -> Choice | None:
    """Return the decision with what can be read of it: one bad row is nobody else's matter."""
    where = f"choice {row.academie}/{row.service_id}"
    visibility = readable_choice(Visibility, row.visibility, where)
    if visibility is None:
        return None
    afterwards = readable_choice(Visibility, row.visibility_after or "national", where)
    return Choice(
        academie=row.academie,
        service_id=row.service_id,
        visibility=visibility,
        afterwards=afterwards or Visibility.NATIONAL,
        replacement_service=row.replacement_service,
        replacement_url=row.replacement_url,
        word=row.word,
        until=row.until,
        position=row.position,
        wording=_wording(row, where),
        # Without a single one that can be read, the national ones open.
        backends=tuple(readable_items(Backend, row.backends or (), f"{where} backends")) or None,
    )


def _wording(row: ServiceChoice, where: str) -> dict[str, Text]:
    stored = row.wording if isinstance(row.wording, dict) else {}
    texts = {
        name: readable(Text, stored[name], f"{where} {name}")
        for name in WORDING_FIELDS
        if name in stored
    }
    return {name: text for name, text in texts.items() if text is not None}


def _decide(
    session: Session, service_id: str, values: Mapping[str, Any], *, event: str, by: Decision
) -> ServiceChoice:
    row = session.get(ServiceChoice, (by.academie, service_id))
    before = None if row is None else {name: getattr(row, name) for name in values}
    if row is None:
        row = ServiceChoice(academie=by.academie, service_id=service_id, version=0)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at, row.updated_by = by.now, by.actor
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event=event,
        subject=service_id,
        before=_plain(before),
        after=_plain(values),
        reason=values.get("reason"),
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)
    return row


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Make values fit for JSON: dates as text, what is empty left out."""
    if values is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }
