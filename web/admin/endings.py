"""What ends soon of what an académie shows, each with a message ready to send."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from accounts.permissions import Action
from catalogue.schema import Service
from instances.endings import Ending, endings_in
from instances.offer import find, today
from web import ending_words
from web.admin.desk import Desk, desk, page
from web.ending_words import Letter
from web.guards import needs
from web.site import utc_now

blueprint = Blueprint("desk_endings", __name__, url_prefix="/<academie>/gestion")


@dataclass(frozen=True, kw_only=True)
class Told:
    title: str
    announced: str
    provider: str | None
    letter: Letter


@blueprint.get("/fins")
@needs(Action.SEE_DESK)
def index(academie: str) -> Response:  # noqa: ARG001
    at, now = desk(), utc_now()
    found = endings_in(at.snapshot, at.card, now=now)
    return page("admin/endings.html", at, items=[_told(at, ending) for ending in found])


def _told(at: Desk, ending: Ending) -> Told:
    return Told(
        title=ending_words.task(ending),
        announced=ending_words.announced(ending, today(at.card, utc_now())),
        provider=ending.provider,
        letter=ending_words.letter_to_colleagues(ending, at.card, other=_instead(at, ending)),
    )


def _instead(at: Desk, ending: Ending) -> Service | None:
    """Return what takes its place here: the successor, else the first alternative shown."""
    service = ending.service
    wanted = (service.lifecycle.successor, *service.alternatives)
    for service_id in filter(None, wanted):
        found = find(at.snapshot, at.card, service_id, now=utc_now())
        if found is not None and found.absence is None:
            return found.service
    return None
