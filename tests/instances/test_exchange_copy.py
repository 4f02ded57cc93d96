"""Another académie's choices as one's own: what is public comes, what is internal stays there."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from database import make_sessions, writing
from instances import exchange_copy
from instances.exchange_copy import Copying, CopyPart
from instances.exchange_rows import read_decisions
from instances.exchange_values import Decisions
from tests.instances.lyon import NOW, PARIS, every_kind_of_decision


@pytest.fixture
def lyon(engine: Engine) -> sessionmaker[Session]:
    sessions = make_sessions(engine)
    with writing(sessions) as session:
        session.add_all(every_kind_of_decision())
    return sessions


def rennes(lyon: sessionmaker[Session], *parts: CopyPart, **changes_: Any) -> Decisions:
    target = Decisions(**({"academie": "rennes"} | changes_))
    national = ("nuage", "visio", "pad", "notes")
    how = Copying(parts=parts, national=national, now=NOW, precision="Comme Lyon")
    with lyon() as session:
        return exchange_copy.copied(read_decisions(session, "lyon", PARIS), target, how)


def test_what_is_hidden_comes_without_the_reasons_of_who_hid_it(
    lyon: sessionmaker[Session],
) -> None:
    nuage = rennes(lyon, CopyPart.VISIBILITY).choices["nuage"]
    assert nuage == {
        "visibility": "hidden",
        "visibility_after": "shown",
        "until": date(2027, 8, 31),
        "reason": "other",
        "precision": "Comme Lyon",
    }
    assert set(rennes(lyon, CopyPart.VISIBILITY).choices) == {"nuage", "pad"}


def test_own_reasons_stay_where_the_same_is_hidden(lyon: sessionmaker[Session]) -> None:
    own = {"visibility": "hidden", "reason": "outages", "word": "Patience"}
    found = rennes(lyon, CopyPart.VISIBILITY, choices={"pad": own})
    assert found.choices["pad"] == own


def test_what_the_other_shows_is_shown(lyon: sessionmaker[Session]) -> None:
    own = {"visibility": "hidden", "reason": "outages", "position": 2}
    found = rennes(lyon, CopyPart.VISIBILITY, choices={"notes": own, "rennes.aide": own})
    assert found.choices["notes"] == {"position": 2}
    assert found.choices["rennes.aide"] == own


def test_each_part_comes_alone(lyon: sessionmaker[Session]) -> None:
    words = rennes(lyon, CopyPart.WORDING)
    assert list(words.choices) == ["visio"]
    assert set(words.choices["visio"]) == {"wording"}
    assert rennes(lyon, CopyPart.ORDER).choices == {"nuage": {"position": 3}}
    assert set(rennes(lyon, CopyPart.ADDRESSES).choices) == {"visio"}
    both = rennes(lyon, CopyPart.VISIBILITY, CopyPart.ADDRESSES, CopyPart.WORDS)
    assert both.choices["pad"]["replacement_url"] == "https://pad.ac-lyon.fr/"
    assert "word" in both.choices["nuage"]


def test_only_what_is_public_leaves_its_academie(lyon: sessionmaker[Session]) -> None:
    everything = rennes(lyon, *CopyPart)
    assert list(everything.local_services) == ["nuage"]
    assert "contact" not in everything.local_services["nuage"]
    assert everything.announcements == ()
    assert set(everything.texts) == {"welcome", "spotlight"}


def test_nothing_of_a_preview_link_or_of_an_account_is_exported() -> None:
    assert {item.name for item in fields(Decisions)} == {
        "academie", "choices", "local_services", "texts", "announcements",
    }  # fmt: skip
