"""gunicorn's logger: one JSON line a request, without address, query string nor browser."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from gunicorn.glogging import Logger

from logs import configure_logs

ROUTE_KEY = "trousse.route"
"""Where the site leaves, in the WSGI environ, the rule that answered."""
REQUEST_ID_KEY = "trousse.request_id"
# Made once: json.dumps() makes an encoder at each call that is not of the default kind.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class AccessLogger(Logger):  # type: ignore[misc]
    """Requests go to the output stream, everything else to our structured logs."""

    access_fmt = "%(message)s"

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure_logs(os.environ.get("TROUSSE_LOG_LEVEL") or "info")
        self.error_log.handlers = []
        self.error_log.propagate = True

    def access(
        self, resp: Any, _req: Any, environ: dict[str, Any], request_time: timedelta
    ) -> None:
        if self.access_log_enabled:
            self.access_log.info(access_line(resp.status, environ, took=request_time))

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # gunicorn puts the sender's address, and what it sent, into this one.
        if msg.startswith("Invalid request from"):
            msg, args = "a request could not be understood", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # gunicorn puts the whole address asked for into this one.
        if msg.startswith("Error handling request"):
            msg, args = "a request failed", ()
        super().exception(msg, *args, **kwargs)


def access_line(status: str | int, environ: dict[str, Any], *, took: timedelta) -> str:
    """Return what is kept of a request; a missing route or id shows as "-"."""
    return _encode(
        {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "route": environ.get(ROUTE_KEY, "-"),
            "status": int(str(status).split(maxsplit=1)[0]),
            "ms": round(took.total_seconds() * 1000, 1),
            "request": environ.get(REQUEST_ID_KEY, "-"),
        }
    )
