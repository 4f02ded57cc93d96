"""The real monitor, with leases and claims that run out in seconds: a test cannot wait longer."""

from __future__ import annotations

import sys

from app import create_app
from monitoring import lease, outbox

lease.LEASE_SECONDS = 3.0
lease.RENEW_SECONDS = 1.0
outbox.CLAIM_SECONDS = 6.0

if __name__ == "__main__":
    create_app().cli.main(["monitor", "run"], prog_name=sys.argv[0])
