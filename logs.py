"""Structured logs: one JSON object a line on the error stream, for both processes."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

PRIVATE_KEYS = frozenset(
    {"ip", "remote_addr", "user_agent", "query", "query_string", "cookie", "authorization",
     "password", "email", "person", "room"}
)  # fmt: skip
"""Whatever a line is about, these never reach a log."""
TALKATIVE = ("alembic", "urllib3", "werkzeug", "asyncio", "PIL")
"""Libraries whose everyday messages hold addresses and query strings, or say nothing of use."""


QUIET_SECONDS = 60.0
"""Without a failure, after which the next one is news again."""


def configure_logs(level: str) -> None:
    """Send structlog's and the standard library's records to stderr; may be called again."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = JsonHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared_processors(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                drop_private_keys,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [item for item in root.handlers if not isinstance(item, JsonHandler)]
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


class JsonHandler(logging.StreamHandler[Any]):
    """Ours, so that a second call replaces it and leaves the handlers of others alone."""


class Repeats:
    """Tells the failures that are news: what fails at every turn must not fill the disk.

    A kind of failure is its type and the line that raised it.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, dict[str, float]] = {}

    def is_new(self, what: str, error: BaseException) -> bool:
        """Whether `what` did not fail in this way a moment ago."""
        kinds, now = self._last.setdefault(what, {}), self._clock()
        kind = _kind(error)
        last = kinds.get(kind, float("-inf"))
        kinds[kind] = now
        return now - last > QUIET_SECONDS

    def is_over(self, what: str) -> bool:
        """To be asked when `what` succeeded: whether it failed before."""
        return self._last.pop(what, None) is not None


def _kind(error: BaseException) -> str:
    trace, line = error.__traceback__, ""
    while trace is not None:
        line = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__qualname__} {line}"


def drop_private_keys(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key.lower() not in PRIVATE_KEYS}


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
