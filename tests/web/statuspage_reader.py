"""A reader of Statuspage's `/api/v2` documents, strict about what Atlassian's description says."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, HttpUrl

Impact = Literal["none", "minor", "major", "critical", "maintenance"]
ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]


class Strict(BaseModel):
    model_config = ConfigDict(strict=False, extra="forbid")


class Page(Strict):
    id: str
    name: str
    url: HttpUrl
    time_zone: str
    updated_at: AwareDatetime


class Status(Strict):
    indicator: Impact
    description: str


class Component(Strict):
    id: str
    name: str
    status: ComponentStatus
    created_at: AwareDatetime
    updated_at: AwareDatetime
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


class Update(Strict):
    id: str
    status: Literal[
        "investigating", "identified", "monitoring", "resolved", "postmortem",
        "scheduled", "in_progress", "verifying", "completed",
    ]  # fmt: skip
    body: str
    incident_id: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    display_at: AwareDatetime
    affected_components: list[dict[str, str]] | None
    deliver_notifications: bool
    custom_tweet: str | None
    tweet_id: int | None


class Incident(Strict):
    id: str
    name: str
    status: Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    monitoring_at: AwareDatetime | None
    resolved_at: AwareDatetime | None
    impact: Impact
    shortlink: HttpUrl
    started_at: AwareDatetime
    page_id: str
    incident_updates: list[Update]
    components: list[Component]


class Maintenance(Incident):
    status: Literal["scheduled", "in_progress", "verifying", "completed"]  # type: ignore[assignment]
    scheduled_for: AwareDatetime
    scheduled_until: AwareDatetime


class Document(Strict):
    """Any of them: each has its own parts."""

    page: Page
    status: Status | None = None
    components: list[Component] | None = None
    incidents: list[Incident] | None = None
    scheduled_maintenances: list[Maintenance] | None = None
    unverified: list[dict[str, str]] | None = None
    """Ours: what no word of that form tells."""
