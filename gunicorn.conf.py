"""How gunicorn serves the portal; the same file for `make run`, systemd and the benches."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from access_log import AccessLogger
from database import make_engine
from settings import Settings
from upkeep.schema_version import schema_problem
from upkeep.state_folder import StateFolderError, prepare_state_folder

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
"""From <malloc.h> of glibc."""
METRICS_DIR_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
REFRESHER_KEY = "trousse.refresher"
"""Where the site keeps what runs beside its requests."""


def _bound_arenas() -> None:
    """Let threads share two heaps: one for each of them would cost a worker 20 MB.

    And give what compression borrows for a page back at once: glibc would soon take it from a heap,
    where pages that are kept then leave holes of 20 MB.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, 128 * 1024)


def _number(name: str, default: int, *, least: int, most: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not least <= int(value) <= most:
        sys.exit(f"{name}: expected a whole number from {least} to {most}, found {value!r}.")
    return int(value)


def _address() -> str:
    host = os.environ.get("HOST") or "127.0.0.1"
    port = _number("PORT", 8000, least=1, most=65535)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_alive(pid: str) -> bool:
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


def _make_metrics_folder(state_dir: Path) -> Path:
    """Make the folder in which the workers of this master count, and wipe those of dead ones.

    The file is read again at a reload: the folder of the living master stays.
    """
    folders = state_dir / "request-metrics"
    mine = folders / str(os.getpid())
    if os.environ.get(METRICS_DIR_VARIABLE) != str(mine):
        prepare_state_folder(state_dir)
        folders.mkdir(mode=0o700, exist_ok=True)
        for folder in folders.iterdir():
            if folder == mine or not _is_alive(folder.name):
                shutil.rmtree(folder, ignore_errors=True)
        mine.mkdir()
    return mine


try:
    # Set before anything imports the Prometheus client: it looks once.
    _metrics_folder = _make_metrics_folder(Settings.from_env_or_exit().state_dir)
    os.environ[METRICS_DIR_VARIABLE] = str(_metrics_folder)
except StateFolderError as error:
    sys.exit(f"La Trousse cannot start: {error}")
from prometheus_client import multiprocess  # noqa: E402

_bound_arenas()
wsgi_app = "app:create_app()"
bind = _address()
worker_class = "gthread"
workers = _number("TROUSSE_WORKERS", 2, least=1, most=64)
threads = _number("TROUSSE_THREADS", 8, least=1, most=256)
# The workers share what is loaded before the fork, and begin at once. So a HUP takes new settings
# of gunicorn, not new code: see docs/decisions/0010-load-before-the-fork.md.
preload_app = True
# 0: a worker lives as long as its master.
max_requests = _number("TROUSSE_MAX_REQUESTS", 0, least=0, most=10_000_000)
max_requests_jitter = max_requests // 10
_pin_workers = _number("TROUSSE_PIN_WORKERS", 1, least=0, most=1)
timeout = 30
graceful_timeout = 20
keepalive = 15
# A heartbeat in a file on a slow disk would have a busy worker killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# One socket for all instances of a user, which nobody of ours talks to.
control_socket_disable = True
# Who may say what the reader's scheme is, the portal decides: TROUSSE_TRUSTED_PROXIES.
forwarded_allow_ips = ""
forwarder_headers = ""
proc_name = "la-trousse"
logger_class = AccessLogger
accesslog = "-"
errorlog = "-"
loglevel = os.environ.get("TROUSSE_LOG_LEVEL") or "info"


def pre_fork(server: Any, worker: Any) -> None:
    """Leave what is loaded alone: a collector that touches a page makes a copy of it."""
    gc.collect()
    gc.freeze()
    if _pin_workers and hasattr(os, "sched_setaffinity"):
        worker.processor = _least_used_processor(server.WORKERS.values())


def _least_used_processor(siblings: Iterable[Any]) -> int:
    """Choose by chance among equals: another portal on the machine chooses too."""
    used = Counter(getattr(sibling, "processor", None) for sibling in siblings)
    processors = list(os.sched_getaffinity(0))
    random.shuffle(processors)
    return min(processors, key=lambda processor: used[processor])


def post_fork(_server: Any, worker: Any) -> None:
    """Keep a worker's threads on one processor.

    On two they fight over the interpreter's lock: docs/decisions/0011-one-processor-a-worker.md.
    """
    processor = getattr(worker, "processor", None)
    if processor is not None:
        with contextlib.suppress(OSError):  # a sandbox may forbid it: slower, not wrong
            os.sched_setaffinity(0, {processor})


def on_starting(_server: Any) -> None:
    """Refuse another schema, once and clearly; a database that is away stops nobody."""
    engine = make_engine(Settings.from_env_or_exit().database_url)
    try:
        problem = schema_problem(engine)
    except SQLAlchemyError:
        return
    finally:
        engine.dispose()
    if problem:
        sys.exit(f"La Trousse cannot start: {problem}")


def post_worker_init(worker: Any) -> None:
    """Start the refresher: after the fork, never in the master."""
    refresher = _refresher(worker)
    if refresher is not None:
        refresher.start()


def worker_exit(_server: Any, worker: Any) -> None:
    """Stop the thread; it writes down what this worker still counts."""
    refresher = _refresher(worker)
    if refresher is not None:
        refresher.stop()


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that is gone; its counters stay."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ[METRICS_DIR_VARIABLE], ignore_errors=True)


def _refresher(worker: Any) -> Any:
    application = getattr(worker, "wsgi", None)
    return getattr(application, "extensions", {}).get("trousse.refresher")
