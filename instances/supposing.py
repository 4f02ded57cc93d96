"""The world as it would be if something were decided: nothing of it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from instances.choice_reading import Choice
from instances.choices import Hiding
from instances.models import Visibility
from instances.snapshot import Snapshot


def with_choices(snapshot: Snapshot, academie: str, choices: Iterable[Choice]) -> Snapshot:
    """Return the snapshot in which an académie has decided exactly this."""
    own = {choice.service_id: choice for choice in choices}
    return replace(snapshot, choices={**snapshot.choices, academie: own})


def if_hidden(snapshot: Snapshot, academie: str, service_id: str, hiding: Hiding) -> Snapshot:
    """Return the snapshot in which a service is hidden so; own words and addresses stay."""
    own = dict(snapshot.choices_of(academie))
    found = own.get(service_id) or Choice(
        academie=academie, service_id=service_id, visibility=Visibility.NATIONAL
    )
    public: dict[str, Any] = {
        name: value for name, value in asdict(hiding).items() if hasattr(found, name)
    }
    hidden = replace(found, visibility=Visibility.HIDDEN, **public)
    return with_choices(snapshot, academie, (own | {service_id: hidden}).values())
