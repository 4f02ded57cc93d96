"""A reader of Statuspage's `/api/v2` documents, strict about what Atlassian's description says.

And about what its answers are known to hold beyond that: an instant has thousandths of a second
(some readers take no other), what is touched is no group, work dates from its announcement.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    HttpUrl,
    model_validator,
)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)")

Impact = Literal["none", "minor", "major", "critical", "maintenance"]
ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]


def _written_as_theirs(text: str) -> str:
    assert _INSTANT.fullmatch(text), f"{text} has no thousandths, or no offset"
    return text


Instant = Annotated[AwareDatetime, BeforeValidator(_written_as_theirs)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=False, extra="forbid")


class Page(Strict):
    id: str
    name: str
    url: HttpUrl
    time_zone: str
    updated_at: Instant


class Status(Strict):
    indicator: Impact
    description: str


class Component(Strict):
    id: str
    name: str
    status: ComponentStatus
    unverified: bool
    """Ours: then the status is no more than the nearest word."""
    created_at: Instant
    updated_at: Instant
    position: int
    description: str | None
    showcase: bool
    start_date: str | None
    group_id: str | None
    page_id: str
    group: bool
    only_show_if_degraded: bool
    components: list[str] | None = None
    """Of a group."""


class Affected(Strict):
    code: str
    name: str
    old_status: ComponentStatus
    new_status: ComponentStatus


class Update(Strict):
    id: str
    status: Literal[
        "investigating", "identified", "monitoring", "resolved", "postmortem",
        "scheduled", "in_progress", "verifying", "completed",
    ]  # fmt: skip
    body: str
    incident_id: str
    created_at: Instant
    updated_at: Instant
    display_at: Instant
    affected_components: list[Affected] | None
    deliver_notifications: bool
    custom_tweet: str | None
    tweet_id: str | None


class Incident(Strict):
    id: str
    name: str
    status: Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
    created_at: Instant
    updated_at: Instant
    monitoring_at: Instant | None
    resolved_at: Instant | None
    impact: Impact
    shortlink: HttpUrl
    started_at: Instant
    page_id: str
    incident_updates: list[Update]
    components: list[Component]

    @model_validator(mode="after")
    def is_of_a_piece(self) -> Self:
        assert self.incident_updates, "readers take the first for the present"
        times = [update.created_at for update in self.incident_updates]
        assert times == sorted(times, reverse=True), "the newest comes first"
        assert {update.incident_id for update in self.incident_updates} == {self.id}
        assert not [component.id for component in self.components if component.group]
        assert self.created_at == self.started_at <= self.updated_at
        return self


class Maintenance(Incident):
    status: Literal["scheduled", "in_progress", "verifying", "completed"]  # type: ignore[assignment]
    scheduled_for: Instant
    scheduled_until: Instant


class Document(Strict):
    """Any of them: each has its own parts."""

    page: Page
    status: Status | None = None
    components: list[Component] | None = None
    incidents: list[Incident] | None = None
    scheduled_maintenances: list[Maintenance] | None = None
    unverified: list[dict[str, str]] | None = None
    """Ours: what no word of that form tells."""
