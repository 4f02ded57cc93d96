"""The page of one incident as ops see it: where to go on, why, and what has come back."""

from __future__ import annotations

from database import writing
from journal import Revision, bump
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


def test_what_comes_and_goes_is_not_said_to_be_down_all_the_time(portal: Portal) -> None:
    troubles = Troubles(portal)
    omar, awa = portal.signed_in(cast.OMAR), portal.app.test_client()
    for minutes, state in ((60, State.DOWN), (50, State.UP), (20, State.DOWN)):
        troubles.become(state, "pad/a", minutes_ago=minutes)
    look_at_health(portal)
    for address in ("/ops/incidents", "/ops/serveurs/pad/a"):
        assert "En panne par moments" in told(omar.get(address))
    (affected,) = portal.site.snapshot.incidents[0].targets
    assert portal.site.snapshot.health[affected.key].since == affected.failed_at
    troubles.become(State.UP, "pad/a", minutes_ago=5)
    look_at_health(portal)
    page = told(awa.get("/lyon/etat"))
    # By its state it works; its story is told with what is past while its end is waited for.
    assert "En ce moment" not in page
    assert "Pad : en panne par moments" in page
    assert "pendant 55 min. Tout marche de nouveau : nous attendons de voir si cela" in page


def look_at_health(portal: Portal) -> None:
    with writing(portal.site.sessions) as session:
        bump(session, Revision.HEALTH)
    portal.site.refresh()
