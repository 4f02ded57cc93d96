"""The page of one incident as ops see it: where to go on, why, and what has come back."""

from __future__ import annotations

from monitoring.target import State
from tests import cast
from tests.portal import Portal
from tests.web.incident_world import Troubles
from tests.web.ops.screens import told


def test_each_server_of_an_incident_says_why_and_leads_to_its_page(portal: Portal) -> None:
    Troubles(portal).become(State.DOWN, "visio/a")
    page = portal.signed_in(cast.OMAR).get("/ops/incidents/1")
    assert 'href="/ops/serveurs/visio/a"' in page.text
    assert "Raison : status-503." in told(page)


def test_what_came_back_and_is_watched_for_a_while_is_not_called_down(portal: Portal) -> None:
    troubles = Troubles(portal)
    for minutes, state in ((9, State.DOWN), (8, State.UP), (7, State.DOWN), (6, State.UP)):
        troubles.become(state, "visio/a", minutes_ago=minutes)
    omar = portal.signed_in(cast.OMAR)
    for address in ("/ops/incidents?etat=en-cours", "/ops/incidents/1"):
        said = told(omar.get(address))
        assert "Revenu, à confirmer" in said
