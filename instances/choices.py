"""What an académie decides about a service: hide, show, re-address, reword; all journalled.

Each takes `seen`, the version that a form was made from, and then raises ChangedMeanwhileError
when somebody else decided since (instances.versions).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from catalogue.schema import Backend, Rollout, Service, Text, WebUrl
from instances.choice_reading import WORDING_FIELDS, Choice, read_choices
from instances.choice_writing import ChoiceError, Decision, Deed, decide
from instances.models import HideReason, ServiceChoice, Visibility

__all__ = ["WORDING_FIELDS", "Choice", "ChoiceError", "Decision", "read_choices"]

LONGEST_WORD = 140
LONGEST_PRECISION = 1000
LONGEST_WHY = 1000
_ADDRESS: TypeAdapter[str] = TypeAdapter(WebUrl)


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


_NO_HIDING = dict.fromkeys((*Hiding.__dataclass_fields__, "visibility_after"))


def hide_service(  # noqa: PLR0913 - what is decided, by whom, and what was seen of the world
    session: Session,
    service: Service,
    hiding: Hiding,
    *,
    by: Decision,
    known: Collection[str] = (),
    seen: int | None = None,
) -> ServiceChoice:
    """Hide it; `known` are the ids of the services that may replace it. Raises ChoiceError."""
    _check_hiding(service, hiding, known)
    afterwards = _visibility_before(session, by.academie, service.id)
    values = asdict(hiding) | {
        "visibility": Visibility.HIDDEN,
        "visibility_after": afterwards,
    }
    deed = Deed(event="service.hidden", values=values, why=hiding.reason)
    return decide(session, service.id, deed, by=by, seen=seen)


def _check_hiding(service: Service, hiding: Hiding, known: Collection[str]) -> None:
    if service.rollout is Rollout.REQUIRED:
        raise ChoiceError("required", service=service.id)
    if hiding.replacement_service and hiding.replacement_url:
        raise ChoiceError("two-replacements", service=service.id)
    if hiding.replacement_service == service.id:
        raise ChoiceError("replaces-itself", service=service.id)
    if hiding.replacement_service and hiding.replacement_service not in known:
        raise ChoiceError("unknown-replacement", found=hiding.replacement_service)
    if hiding.replacement_url and not is_address(hiding.replacement_url):
        raise ChoiceError("not-an-address", found=hiding.replacement_url)
    if len(hiding.word or "") > LONGEST_WORD:
        raise ChoiceError("word-too-long", limit=LONGEST_WORD, length=len(hiding.word or ""))
    if len(hiding.precision or "") > LONGEST_PRECISION:
        length = len(hiding.precision or "")
        raise ChoiceError("precision-too-long", limit=LONGEST_PRECISION, length=length)


def is_address(text: str) -> bool:
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


def show_service(
    session: Session, service: Service, *, by: Decision, seen: int | None = None
) -> ServiceChoice:
    """Show it whatever the nation proposes; what explained a hiding goes."""
    values = _NO_HIDING | {"visibility": Visibility.SHOWN}
    deed = Deed(event="service.shown", values=values)
    return decide(session, service.id, deed, by=by, seen=seen)


def follow_nation(
    session: Session, service: Service, *, by: Decision, seen: int | None = None
) -> ServiceChoice:
    """Show it or not as the nation says; own words and addresses stay."""
    values = _NO_HIDING | {"visibility": Visibility.NATIONAL}
    deed = Deed(event="service.as-the-nation", values=values)
    return decide(session, service.id, deed, by=by, seen=seen)


def follow_nation_in_all(
    session: Session, service: Service, *, by: Decision, seen: int | None = None
) -> ServiceChoice:
    """Take all of it as the nation has it, words and addresses too; its place stays."""
    nothing = {"visibility": Visibility.NATIONAL, "wording": None, "backends": None}
    deed = Deed(event="service.as-the-nation", values=_NO_HIDING | nothing)
    return decide(session, service.id, deed, by=by, seen=seen)


def set_backends(  # noqa: PLR0913 - what is decided, by whom, why, and what was seen
    session: Session,
    service: Service,
    backends: Sequence[Backend],
    *,
    by: Decision,
    why: str | None = None,
    seen: int | None = None,
) -> ServiceChoice:
    """Give the service addresses of the académie's own; an empty sequence takes them back.

    Raises ChoiceError for a service of which each variant has its addresses: nothing would open.
    """
    if backends and service.variants:
        raise ChoiceError("has-variants", service=service.id)
    values = {"backends": [backend.model_dump(mode="json") for backend in backends] or None}
    deed = Deed(event="service.re-addressed", values=values, why=why)
    return decide(session, service.id, deed, by=by, seen=seen)


def reword_service(  # noqa: PLR0913 - what is decided, by whom, why, and what was seen
    session: Session,
    service: Service,
    wording: Mapping[str, Text],
    *,
    by: Decision,
    why: str | None = None,
    seen: int | None = None,
) -> ServiceChoice:
    """Say it in the académie's own words; no words at all take the national ones again.

    Raises ChoiceError when a text is longer than the catalogue allows.
    """
    unknown = set(wording) - set(WORDING_FIELDS)
    if unknown:
        raise ChoiceError("unknown-wording", field=", ".join(sorted(unknown)))
    dumped = {name: text.model_dump(exclude_none=True) for name, text in wording.items()}
    _check_wording(service, dumped)
    deed = Deed(event="service.reworded", values={"wording": dumped or None}, why=why)
    return decide(session, service.id, deed, by=by, seen=seen)


def _check_wording(service: Service, wording: Mapping[str, Any]) -> None:
    """Hold the académie to what the catalogue holds the nation to."""
    try:
        type(service).model_validate({**service.model_dump(), **wording})
    except ValidationError as error:
        fault = error.errors()[0]
        message = fault["msg"]
        raise ChoiceError("wording-refused", field=fault["loc"][0], message=message) from error
