"""What a line of an incident says of who left it: up again, or watched no longer."""

from __future__ import annotations

import pytest

from monitoring.incidents import UNWATCHED, Message, Seen, Source
from tests.instances.examples import NOW, make_incident, make_snapshot
from tests.portal import Portal
from web import incident_words
from web.incident_names import Names


def left(**content: object) -> Message:
    told = {"targets": ["k"], **content}
    return Message(uid="m", at=NOW, source=Source.PROBE, code=Seen.LEFT, content=told)


@pytest.mark.parametrize(
    ("message", "mine", "others"),
    [
        (left(), "Fonctionne de nouveau : Pad.", "fonctionnent de nouveau."),
        (left(**UNWATCHED), "Nous ne surveillons plus : Pad.", "ne sont plus surveillés."),
    ],
    ids=["up again", "hidden"],
)
def test_who_left_is_up_again_or_watched_no_longer(
    portal: Portal, message: Message, mine: str, others: str
) -> None:
    with portal.app.test_request_context("/"):
        assert incident_words.seen(message, {"k": "Pad"}).replace("\xa0", " ") == mine
        assert incident_words.seen(message, {}) == ""
        names = Names(snapshot=make_snapshot(), operator="dne")
        assert names.told(make_incident(["k"]), message).endswith(others)
