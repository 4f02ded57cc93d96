"""The status as JSON in Statuspage's form, under `/api/v2/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from web import current, statuspage, statuspage_parts
from web.status import at, view_of
from web.status_programs import answer
from web.status_view import StatusView

Part = Callable[[StatusView], Any]


def _whole(view: StatusView) -> dict[str, Any]:
    return {
        "status": statuspage.status(view),
        "components": statuspage_parts.components(view),
        "incidents": statuspage.incidents(view, unresolved=True),
        "scheduled_maintenances": statuspage.maintenances(view),
        "unverified": statuspage_parts.unverified(view),
    }


DOCUMENTS: Mapping[str, Part] = {
    "summary": _whole,
    "status": lambda view: {"status": statuspage.status(view)},
    "components": lambda view: {
        "components": statuspage_parts.components(view),
        "unverified": statuspage_parts.unverified(view),
    },
    "incidents": lambda view: {"incidents": statuspage.incidents(view)},
    "incidents/unresolved": lambda view: {"incidents": statuspage.incidents(view, unresolved=True)},
    "scheduled-maintenances": lambda view: {
        "scheduled_maintenances": [*statuspage.maintenances(view), *statuspage.completed(view)]
    },
    "scheduled-maintenances/active": lambda view: {
        "scheduled_maintenances": statuspage.maintenances(view, coming=False)
    },
    "scheduled-maintenances/upcoming": lambda view: {
        "scheduled_maintenances": statuspage.maintenances(view, going_on=False)
    },
}


@at("/api/v2/<path:document>.json")
def document(academie: str, document: str) -> Response:
    view = view_of(academie)
    part = DOCUMENTS.get(document)
    if part is None:
        current.not_found()
    body = json.dumps({"page": statuspage.page(view), **part(view)}, ensure_ascii=False)
    return answer(body, "application/json; charset=utf-8", view)
