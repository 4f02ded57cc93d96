from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import journal
from accounts.permissions import Right, Role, actor_of
from database import writing
from instances import choices, journal_reading
from instances.choices import Decision, Hiding
from instances.journal_reading import Filter
from instances.models import HideReason
from tests.architecture.tree import Module, program_modules
from tests.cast import LISE, NORA, VICTOR
from tests.portal import Portal
from web.admin import journal_words
from web.admin.journal_sheet import harmless

NOW = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
JOURNAL = "/lyon/gestion/journal"
CODE = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*")
EXCHANGED = ("service", "local-service", "text", "announcement")


def written_codes() -> Iterator[tuple[str, str]]:
    """Every code that a module which writes the journal holds, with its place."""
    for module in program_modules():
        if module.package != "web" and _writes(module):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)):
                    yield str(node.value), f"{module.path}:{node.lineno}"
    for kind in EXCHANGED:
        for came in ("imported", "copied"):
            yield f"{kind}.{came}", "instances/exchange.py"


def _writes(module: Module) -> bool:
    names = {name for _, name in module.imported()}
    return bool(names & {"journal", "journal.Entry", "instances.choice_writing.Deed"})


def hide(portal: Portal, *, precision: str | None = None, service: str = "visio") -> None:
    actor = actor_of(portal.account(LISE))
    hiding = Hiding(
        reason=HideReason.OUTAGES,
        precision=precision,
        replacement_service="salle",
        until=datetime(2027, 9, 3, tzinfo=UTC).date(),
    )
    catalogue = portal.site.snapshot.catalogue
    found = catalogue.service(service)
    assert found is not None
    with writing(portal.site.sessions) as session:
        by = Decision(academie="lyon", actor=actor, now=NOW)
        known = [item.id for item in catalogue.services]
        choices.hide_service(session, found, hiding, by=by, known=known)


def write(portal: Portal, n: int, **values: str) -> None:
    with writing(portal.site.sessions) as session:
        for number in range(n):
            entry = journal.Entry(
                at=NOW + timedelta(minutes=number),
                academie="lyon",
                **({"actor": "account/99", "event": "test.done", "subject": "pad"} | values),
            )
            journal.record(session, entry)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_every_code_has_words(portal: Portal) -> None:
    with portal.app.test_request_context("/"):
        known = journal_words.events()
        kinds = journal_words.kinds()
    codes = list(written_codes())
    assert {code.partition(".")[0] for code, _ in codes} >= {"service", "text", "account", "right"}
    assert [
        f"{place} {code}" for code, place in codes if code not in known and _is_event(code)
    ] == []
    assert {code.partition(".")[0] for code in known} == set(kinds)


def _is_event(code: str) -> bool:
    """Leave out what only looks like a code: a column, a file."""
    return code != "account.id" and not code.endswith((".txt", ".yaml"))


def test_a_code_without_words_is_readable(portal: Portal) -> None:
    with portal.app.test_request_context("/"):
        assert journal_words.event("service.turned-around") == "Services (turned around)"
        assert journal_words.event("moon.landed") == "moon (landed)"


def test_a_line_says_who_what_when_and_why(portal: Portal) -> None:
    client = portal.signed_in(LISE)
    hide(portal, precision="Deux pannes en mai")
    text = client.get(JOURNAL).text
    assert "Service masqué : Visio-Agents" in text.replace("\xa0", " ")
    assert "Lise" in text
    assert "22 novembre 2026, 9\xa0h\xa005" in text, "in the académie's zone"
    assert "Trop de pannes" in text
    assert "Deux pannes en mai" in text
    assert "3 septembre 2027" in text
    assert "Rendez-vous" in text, "the replacement by its title"
    assert ">account/" not in text


def test_an_account_that_is_gone_keeps_its_number(portal: Portal) -> None:
    client = portal.signed_in(LISE)
    write(portal, 1)
    assert "ancien membre n° 99" in client.get(JOURNAL).text.replace("\xa0", " ")


def test_pages_follow_one_another_without_gap(portal: Portal) -> None:
    client = portal.signed_in(LISE)
    write(portal, 120)
    seen: list[int] = []
    with portal.site.sessions() as session:
        before: int | None = None
        for _page in range(3):
            found = journal_reading.read_page(session, Filter(academie="lyon"), before_id=before)
            seen += [line.id for line in found.lines]
            before = found.older
    assert before is None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120
    text = client.get(JOURNAL).text
    older = re.search(r'href="(/lyon/gestion/journal\?avant=\d+)"', text)
    assert older is not None
    assert "Revenir aux plus récentes" in client.get(older.group(1)).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("service=visio", True),
        ("service=pad", False),
        ("sujet=service", True),
        ("sujet=announcement", False),
        ("du=2026-11-22&au=2026-11-22", True),
        ("du=2026-11-23", False),
        ("au=2026-11-21", False),
        ("mots=pannes", True),
        ("mots=visio-agents", True),
        ("mots=mai+été", True),
        ("mots=100%25", False),
        ("qui=account/77", False),
    ],
)
def test_filters_narrow(portal: Portal, query: str, *, found: bool) -> None:
    client = portal.signed_in(LISE)
    hide(portal, precision="Deux pannes en mai et en été")
    text = client.get(f"{JOURNAL}?{query}").text
    assert ("Deux pannes" in text) is found
    kept = rows(client.get(f"/lyon/gestion/journal.csv?{query}").text)
    assert (len(kept) == 2) is found


def test_a_day_that_is_none_is_said_so(portal: Portal) -> None:
    answer = portal.signed_in(LISE).get(f"{JOURNAL}?du=demain&mots=panne")
    assert answer.status_code == 422
    assert 'value="panne"' in answer.text


def test_the_sheet_opens_in_a_french_excel(portal: Portal) -> None:
    client = portal.signed_in(LISE)
    hide(portal, precision="=HYPERLINK(1;2)")
    answer = client.get("/lyon/gestion/journal.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    heading, line = rows(answer.text)
    assert len(heading) == len(line) == 8
    assert line[:5] == ["22/11/2026", "09:05:00", "Lise", "Service masqué", "Visio-Agents"]
    assert line[7] == "'=HYPERLINK(1;2)"


@pytest.mark.parametrize("typed", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1"])
def test_no_cell_is_a_formula(typed: str) -> None:
    assert harmless(typed) == f"'{typed}"


def test_more_lines_than_one_batch_come_whole(portal: Portal) -> None:
    client = portal.signed_in(LISE)
    write(portal, 1203)
    assert len(rows(client.get("/lyon/gestion/journal.csv").text)) == 1204


def test_another_academie_reads_nothing(portal: Portal) -> None:
    hide(portal, precision="Deux pannes")
    victor = portal.signed_in(VICTOR)
    assert victor.get(JOURNAL).status_code == 403
    assert victor.get("/lyon/gestion/journal.csv").status_code == 403
    rennes = portal.signed_in(VICTOR, Right(role=Role.MANAGER, scope="rennes"))
    assert "Deux pannes" not in rennes.get("/rennes/gestion/journal").text
    assert "Deux pannes" in portal.signed_in(NORA).get(JOURNAL).text
