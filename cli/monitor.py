"""`flask monitor …`: run the monitor, probe once, check an address."""

from __future__ import annotations

from flask.cli import AppGroup

group = AppGroup("monitor", help="The health probes.")
