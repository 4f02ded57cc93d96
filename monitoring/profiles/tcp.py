"""Profile `tcp`: somebody accepts connections. It proves a listener, not health.

Nothing is sent: what listens may be anything. Verified against listeners of Python.
"""

from __future__ import annotations

from monitoring.profiles.recipe import Check, Connect, Profile, Source
from monitoring.target import Part

PROFILE = Profile(
    name="tcp",
    covers=("Any port",),
    version="",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="A connection can be opened.",
            part=Part.REACHABLE,
            up="the connection is accepted",
            asks=(Connect(),),
        ),
    ),
)
