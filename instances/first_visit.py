"""The three steps of a desk's first visit: which are done, and whether they are still shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from database import insert_for
from instances.choice_writing import Decision
from instances.models import InstanceText
from journal import JournalLine

FIELD = "first-visit"
"""A row beside the texts that people read: nobody reads this one, and no file carries it."""


class Step(StrEnum):
    CONTACTS = "contacts"
    SEEN = "seen"
    """What colleagues see."""
    CHOICES = "choices"


@dataclass(frozen=True, kw_only=True)
class FirstVisit:
    done: frozenset[Step] = frozenset()
    dismissed: bool = False

    @property
    def over(self) -> bool:
        return self.dismissed or self.done == frozenset(Step)


_PROOFS = {
    Step.CONTACTS: JournalLine.event.like("text.%"),
    Step.CHOICES: JournalLine.event.like("service%") | JournalLine.event.like("local-service.%"),
}
"""A decision that was taken shows that a step was made."""


def read_first_visit(session: Session, academie: str) -> FirstVisit:
    row = session.get(InstanceText, (academie, FIELD))
    value = row.value if row is not None and isinstance(row.value, dict) else {}
    ticked = {step for step in Step if step in value.get("done", ())}
    if value.get("dismissed"):
        return FirstVisit(done=frozenset(ticked), dismissed=True)
    proved = {step for step in _PROOFS if _is_proved(session, academie, step)}
    return FirstVisit(done=frozenset(ticked | proved))


def tick(session: Session, steps: Iterable[Step], *, by: Decision) -> None:
    """Take steps as done. Nothing of it is a decision: the journal tells nothing of it."""
    row = _row(session, by=by)
    done = {*row.value["done"], *(step.value for step in steps)}
    row.value = {**row.value, "done": sorted(done)}
    row.updated_at, row.updated_by = by.now, by.actor


def dismiss(session: Session, *, by: Decision) -> None:
    """Show the steps no more."""
    row = _row(session, by=by)
    row.value = {**row.value, "dismissed": True}
    row.updated_at, row.updated_by = by.now, by.actor


def _is_proved(session: Session, academie: str, step: Step) -> bool:
    query = select(JournalLine.id).where(JournalLine.academie == academie, _PROOFS[step])
    return session.scalar(query.limit(1)) is not None


def _row(session: Session, *, by: Decision) -> InstanceText:
    values = {
        "academie": by.academie,
        "field": FIELD,
        "value": {"done": [], "dismissed": False},
        "version": 1,
        "updated_at": by.now,
        "updated_by": by.actor,
    }
    session.execute(insert_for(session)(InstanceText).values(values).on_conflict_do_nothing())
    return session.get_one(InstanceText, (by.academie, FIELD), with_for_update=True)
