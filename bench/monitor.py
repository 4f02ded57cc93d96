"""CPU and punctuality of the monitor with 1,000 targets every 30 seconds, writes included."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_network
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from bench import programs
from bench.figures import Figure, report
from database import make_engine, make_sessions
from journal import Revision, RevisionCounter
from monitoring import lease, probe, records
from monitoring.cycle import Monitor
from monitoring.lease import Figures
from monitoring.locality import Locality
from monitoring.memory import Memory
from monitoring.prober import Prober
from monitoring.target import ProbeTarget, State, target_key
from outbound import Guard
from tests.certificates import make_authority, make_certificate, write_authority
from upkeep.upgrade import load_tables

TARGETS = 1000
INTERVAL = 30
WARM_UP = 35.0
"""Seconds: every target was probed once, and failures found their lane."""
MEASURED = 60.0
WORKERS = 48
MOST_CPU = 0.5
"""Seconds of processor per second."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="trousse-bench-") as folder:
        return report(measure(Path(folder)))


def measure(folder: Path) -> Iterator[Figure]:
    authority = make_authority("Bench")
    ca_file = write_authority(authority, folder)
    certificate = make_certificate("localhost", issuer=authority)
    certificate.server_context(folder)
    pem = folder / f"{certificate.certificate.serial_number}.pem"
    plain, tls, nobody = (programs.free_port() for _ in range(3))
    command = [sys.executable, "-m", "bench.monitor_targets", str(plain), str(tls), str(pem)]
    output = folder / "targets.log"
    with programs.running(command, output=output) as servers:
        programs.wait_until_listening(tls, servers, output=output)
        yield from run_monitor(folder, ca_file, targets(plain, tls, nobody))


def targets(plain: int, tls: int, nobody: int) -> list[ProbeTarget]:
    """Half over TLS; of each twenty, one slow and one that refuses the connection."""
    found = []
    for n in range(TARGETS):
        base = f"https://localhost:{tls}" if n % 2 else f"http://localhost:{plain}"
        url = f"{base}/{'slow' if n % 20 == 0 else 'service'}/{n}"
        if n % 20 == 1:
            url = f"http://localhost:{nobody}/{n}"
        key = target_key(url, "http", None)
        found.append(ProbeTarget(key=key, url=url, profile="http", interval=INTERVAL))
    return found


def run_monitor(folder: Path, ca_file: Path, found: list[ProbeTarget]) -> Iterator[Figure]:
    engine = make_engine(f"sqlite:///{folder}/bench.db")
    load_tables().create_all(engine)
    with engine.begin() as connection:
        rows = [{"name": revision.value, "n": 0} for revision in Revision]
        connection.execute(insert(RevisionCounter), rows)
    sessions = make_sessions(engine)
    guard = Guard(
        [ip_network("127.0.0.0/8"), ip_network("::1/128")], user_agent="bench", ca_file=ca_file
    )
    check = partial(probe.check, guard=guard, memory=Memory())
    prober = Prober(check, workers=WORKERS, is_local=Locality().is_local)
    monitor = Monitor(sessions, prober, read_targets=lambda _session: found)
    stop = threading.Event()
    thread = threading.Thread(target=monitor.run, args=(stop,))
    thread.start()
    try:
        yield from observe(sessions)
    finally:
        stop.set()
        thread.join()
        engine.dispose()


def observe(sessions: sessionmaker[Session]) -> Iterator[Figure]:
    time.sleep(WARM_UP)
    before, cpu, started, lags = figures(sessions), time.process_time(), time.monotonic(), []
    while time.monotonic() - started < MEASURED:
        time.sleep(1)
        lags.append(figures(sessions).lag_seconds)
    wall = time.monotonic() - started
    used = (time.process_time() - cpu) / wall
    rate = (figures(sessions).probes - before.probes) / wall
    with sessions() as session:
        states = [health.state for health in records.read_health(session).values()]
    expected = TARGETS / INTERVAL
    yield Figure(name="monitor, CPU per second", value=used, unit="s", at_most=MOST_CPU)
    yield Figure(name="monitor, probes a second", value=rate, at_least=0.95 * expected)
    yield Figure(name="monitor, worst lag", value=max(lags), unit="s", at_most=5.0)
    yield Figure(
        name="monitor, targets in the state they should have",
        value=states.count(State.UP) + states.count(State.DOWN),
        at_least=TARGETS,
        detail=f"{states.count(State.UP)} up, {states.count(State.DOWN)} down",
    )


def figures(sessions: sessionmaker[Session]) -> Figures:
    with sessions() as session:
        found = lease.read_figures(session)
    if found is None:
        raise programs.BenchError("the monitor never began")
    return found


if __name__ == "__main__":
    sys.exit(main())
