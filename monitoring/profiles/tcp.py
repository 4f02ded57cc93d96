"""Profile `tcp`: somebody accepts connections. It proves a listener, not health."""

from __future__ import annotations

from monitoring.profiles.recipe import Check, Connect, Profile

PROFILE = Profile(
    name="tcp",
    checks=(Check(proves="A connection can be opened.", asks=(Connect(),)),),
)
