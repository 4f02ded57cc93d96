"""What the monitor's tests share."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is not a fault of the state machine.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
