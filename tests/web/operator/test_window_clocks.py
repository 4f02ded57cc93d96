"""Hours of the two nights on which clocks change: said before it is saved, and after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from accounts.permissions import Right, Role
from tests.portal import Portal
from tests.web import forms
from tests.web.operator.windows import DAY, ODILE, PARIS, fields, hidden, stored, told

LIST = "/operateur/dne/maintenances"
NEW = f"{LIST}/nouvelle"
FORWARD, BACK = 3, 10
MISSING = (
    "Cette nuit-là, on avance les montres d'une heure : les heures demandées n'existent pas, "
    "ce sera 3 h 30 et 3 h 45."
)
TWICE = (
    "Cette nuit-là, on recule les montres d'une heure : 2 h 30 et 2 h 45 viennent deux fois. "
    "Un début compte la première, une fin la seconde."
)


@pytest.fixture
def odile(portal: Portal) -> FlaskClient:
    return portal.signed_in(ODILE, Right(role=Role.OPERATOR, scope="dne"))


def night_of_change(month: int) -> datetime:
    """Return midnight in Paris of the next last Sunday of that month, two days away at least."""
    soonest = datetime.now(PARIS).replace(hour=0, minute=0, second=0, microsecond=0) + 2 * DAY
    for year in (soonest.year, soonest.year + 1):
        last = datetime(year, month, 31, tzinfo=PARIS)
        sunday = last - timedelta(days=(last.weekday() + 1) % 7)
        if sunday >= soonest:
            return sunday
    raise AssertionError("no such night")


@pytest.mark.parametrize(
    ("month", "note", "in_utc"),
    [(FORWARD, MISSING, ["01:30", "01:45"]), (BACK, TWICE, ["00:30", "01:45"])],
)
def test_what_clocks_do_is_said_before_it_is_saved_and_after(
    portal: Portal, odile: FlaskClient, month: int, note: str, in_utc: list[str]
) -> None:
    values = fields(night_of_change(month), "02:30", "02:45")
    asked = forms.send(odile, NEW, **values)
    assert asked.status_code == 200
    assert told(asked).count("Cette nuit-là") == 1
    assert note in told(asked)
    assert "on change d'heure cette nuit-là" in told(asked)
    assert "Rien n'est encore enregistré." in told(asked)
    assert stored(portal) == []
    kept = forms.send(odile, NEW, **values, faire="garder", warned=hidden(asked, "warned"))
    assert kept.status_code == 303, told(kept)
    [row] = stored(portal)
    ends = (row.starts_at, row.ends_at)
    assert [at.astimezone(UTC).strftime("%H:%M") for at in ends] == in_utc
    assert note in told(odile.get(LIST))


def test_hours_that_change_after_the_warning_are_told_anew(
    portal: Portal, odile: FlaskClient
) -> None:
    night = night_of_change(FORWARD)
    warned = hidden(forms.send(odile, NEW, **fields(night, "02:30", "02:45")), "warned")
    other = fields(night, "02:15", "04:00")
    again = forms.send(odile, NEW, **other, faire="garder", warned=warned)
    assert "l'heure demandée n'existe pas, ce sera 3 h 15." in told(again)
    assert stored(portal) == []


def test_an_end_that_clocks_put_before_the_start_says_why(
    portal: Portal, odile: FlaskClient
) -> None:
    answer = forms.send(odile, NEW, **fields(night_of_change(FORWARD), "02:30", "03:15"))
    assert answer.status_code == 422
    assert "La fin doit venir après le début. Cette nuit-là, on avance les montres" in told(answer)
    assert stored(portal) == []


def test_other_words_for_what_is_announced_already_ask_nothing_again(
    portal: Portal, odile: FlaskClient
) -> None:
    values = fields(night_of_change(BACK), "02:30", "02:45")
    asked = forms.send(odile, NEW, **values)
    forms.send(odile, NEW, **values, faire="garder", warned=hidden(asked, "warned"))
    [row] = stored(portal)
    page = f"{LIST}/{row.id}"
    changed = forms.send(odile, page, **values | {"title": "Autre titre", "version": row.version})
    assert changed.status_code == 303, told(changed)
    assert stored(portal)[0].title == "Autre titre"
