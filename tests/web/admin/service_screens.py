"""What tests of the screens about services share: asking, reading back, what others decide."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from database import writing
from instances import choices
from instances.choices import Decision, Hiding
from tests import cast
from tests.portal import Portal

LIST = "/lyon/gestion/services"


def text_of(response: TestResponse) -> str:
    words = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(words))


def token_of(client: FlaskClient, path: str = LIST) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found, path
    return found.group(1)


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client)} | fields)


def told(client: FlaskClient, response: TestResponse) -> str:
    """Follow to the list and return the message at its head."""
    assert response.status_code == 303
    page = client.get(response.location.partition("#")[0]).get_data(as_text=True)
    found = re.search(r'<div id="messages".*?</div>\s*</div>', page, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found.group(0)))) if found else ""


def undo_of(client: FlaskClient, response: TestResponse) -> str:
    page = client.get(response.location.partition("#")[0]).get_data(as_text=True)
    found = re.search(r'action="([^"]+/annuler/[^"]+)"', page)
    assert found
    return found.group(1)


def row_of(client: FlaskClient, service_id: str, path: str = LIST) -> str:
    page = client.get(path).get_data(as_text=True)
    found = re.search(rf'<li [^>]*id="service-{service_id}".*?</li>', page, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found.group(0)))) if found else ""


def shown(portal: Portal) -> str:
    return portal.client.get("/lyon/").get_data(as_text=True)


def hide(client: FlaskClient, service_id: str = "visio", **fields: Any) -> TestResponse:
    answers = {"reason": "outages", "instead": "nothing", "lasts": "always", "version": 0}
    return post(client, f"{LIST}/{service_id}/masquer", **(answers | fields))


def decide(portal: Portal, service_id: str, hiding: Hiding, *, academie: str = "lyon") -> None:
    """Let somebody else of the académie decide."""
    other = portal.account(cast.OMAR)
    by = Decision(academie=academie, actor=f"account/{other}", now=datetime.now(UTC))
    service = portal.site.snapshot.catalogue.service(service_id)
    assert service is not None
    with writing(portal.site.sessions) as session:
        known = {item.id for item in portal.site.snapshot.catalogue.services}
        choices.hide_service(session, service, hiding, by=by, known=known)
    portal.site.refresh()


def change_catalogue(portal: Portal, service_id: str, **changes: Any) -> None:
    """Let the nation change an entry; `removed=True` takes it out."""
    snapshot = portal.site.snapshot
    services = []
    for service in snapshot.catalogue.services:
        if service.id != service_id:
            services.append(service)
        elif not changes.get("removed"):
            services.append(service.model_copy(update=changes))
    catalogue = snapshot.catalogue.model_copy(update={"services": tuple(services)})
    object.__setattr__(snapshot, "catalogue", catalogue)
