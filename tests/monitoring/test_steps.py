"""Steps that fail: tried again each time, told once."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from logs import Repeats
from monitoring import steps
from monitoring.steps import guarded


@pytest.fixture(autouse=True)
def _nothing_failed_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_failures", Repeats())


class Flaky:
    """A step that does what it is told; a fault of another kind comes from another line."""

    def __init__(self) -> None:
        self.fault = ""
        self.work = True

    def __call__(self) -> bool:
        if self.fault == "first":
            raise ValueError("first")
        if self.fault == "second":
            raise ValueError("second")
        return self.work


def events(step: Flaky, *faults: str) -> list[str]:
    with capture_logs() as said:
        for fault in faults:
            step.fault = fault
            assert guarded(step) is (not fault and step.work)
    return [line["event"] for line in said]


def test_a_lasting_fault_is_told_once_and_its_end_too() -> None:
    step = Flaky()
    assert events(step, *["first"] * 50) == ["step-failed"]
    assert events(step, *["second", "first"] * 20) == ["step-failed"]
    assert events(step, "", "", "first") == ["step-recovered", "step-failed"]


def test_a_step_that_had_nothing_to_do_has_not_recovered() -> None:
    step = Flaky()
    step.work = False
    assert events(step, *["first", ""] * 20) == ["step-failed"]
