"""What our pages are compared with: a Flask view that returns one answer, and nothing else.

It is counted and logged as ours are, and runs under the same gunicorn configuration.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from secrets import token_hex

from flask import Flask, Response, request

from access_log import REQUEST_ID_KEY, ROUTE_KEY
from web import metrics

ANSWER_VARIABLE = "BENCH_BARE_ANSWER"
"""Path of a file: a line of JSON (headers, as pairs), then the body."""
ROUTE = "portal.home"


def create_app() -> Flask:
    first, _, body = Path(os.environ[ANSWER_VARIABLE]).read_bytes().partition(b"\n")
    headers = [(name, value) for name, value in json.loads(first)]
    app = Flask("bare", static_folder=None)

    @app.get("/rennes/")
    def page() -> Response:
        request.environ[ROUTE_KEY] = ROUTE
        request.environ[REQUEST_ID_KEY] = token_hex(8)
        metrics.count_kept(ROUTE)
        return Response(body, headers=headers)

    return app


def write_answer(file: Path, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    """Write what it shall answer; what gunicorn adds by itself is left out."""
    added = {"server", "date", "connection"}
    kept = [pair for pair in headers if pair[0].lower() not in added]
    file.write_bytes(json.dumps(kept).encode() + b"\n" + body)
