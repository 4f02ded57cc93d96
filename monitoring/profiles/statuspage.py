"""Profile `statuspage`: what the status page of somebody else's service says of it.

From the documentation of the form that Statuspage, and this portal, give their summary in:
`status.indicator` is none, minor, major or critical ("maintenance" with some tools); a maintenance
in progress stands in `scheduled_maintenances` with its name and `scheduled_until`. This is what
people declared, not what was measured: watch the service itself where that is possible. It says
nothing of the usable path, and has no version.
"""

from __future__ import annotations

from typing import Any

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    end_of,
    json_headers,
    json_object,
    words_of,
)
from monitoring.target import Part, State
from outbound import Answer

_VERDICTS = {
    "none": Verdict(state=State.UP),
    "minor": Verdict(state=State.DEGRADED, reason="minor-outage"),
    "major": Verdict(state=State.DEGRADED, reason="major-outage"),
    "critical": Verdict(state=State.DOWN, reason="critical-outage"),
}


_CLOSED = frozenset({"maintenance", "under_maintenance"})
_INDICATORS = _VERDICTS.keys() | _CLOSED


def _read_summary(answer: Answer, context: Context) -> Verdict:
    summary = json_object(answer, "status")
    status = summary["status"]
    indicator = status.get("indicator") if isinstance(status, dict) else None
    if not isinstance(indicator, str) or indicator not in _INDICATORS:
        raise UnlikeError("wrong-software")
    closed = indicator in _CLOSED or (indicator == "none" and _all_closed(summary))
    return _closed(_in_progress(summary), context) if closed else _VERDICTS[indicator]


def _all_closed(summary: dict[str, Any]) -> bool:
    """Every component that is no heading is under maintenance, and there is one."""
    states = [
        component.get("status")
        for component in _objects(summary.get("components"))
        if component.get("group") is not True
    ]
    return bool(states) and all(state == "under_maintenance" for state in states)


def _in_progress(summary: dict[str, Any]) -> dict[str, Any]:
    planned = _objects(summary.get("scheduled_maintenances"))
    return next((one for one in planned if one.get("status") in ("in_progress", "verifying")), {})


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _closed(maintenance: dict[str, Any], context: Context) -> Verdict:
    return Verdict(
        state=State.MAINTENANCE,
        reason="maintenance-flag",
        message=words_of(maintenance.get("name")),
        expected_end=end_of(maintenance.get("scheduled_until"), context.now),
    )


PROFILE = Profile(
    name="statuspage",
    covers=("Statuspage",),
    version="",
    verified=Source.DOCUMENTATION,
    checks=(
        Check(
            proves="The status page declares nothing wrong.",
            part=Part.HEALTHY,
            up="indicator `none`",
            tells={
                "minor-outage": State.DEGRADED,
                "major-outage": State.DEGRADED,
                "maintenance-flag": State.MAINTENANCE,
                "critical-outage": State.DOWN,
            },
            asks=(
                Ask(
                    place="/api/v2/summary.json",
                    read=_read_summary,
                    headers=json_headers(),
                    max_bytes=1024 * 1024,
                ),
                Ask(place="/api/v2/status.json", read=_read_summary, headers=json_headers()),
            ),
        ),
    ),
)
