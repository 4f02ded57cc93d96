"""`make run`: the portal and its monitor under supervisor, in the foreground, until a signal."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAILED = "portal-failed"
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def main() -> int:
    host = os.environ.get("HOST") or "127.0.0.1"
    port = os.environ.get("PORT") or "8000"
    if problem := address_problem(host, port):
        sys.stderr.write(f"La Trousse cannot start: {problem}\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="trousse-run-") as folder:
        environment = {
            **os.environ,
            "HOST": host,
            "PORT": port,
            "TROUSSE_PUBLIC_URL": os.environ.get("TROUSSE_PUBLIC_URL") or default_url(host, port),
            "PYTHONUNBUFFERED": "1",
            "RUN_FOLDER": folder,
            "VENV_BIN": str(Path(sys.executable).parent),
        }
        sys.stderr.write(f"La Trousse: {environment['TROUSSE_PUBLIC_URL']}/ (Ctrl-C stops it)\n")
        print_first_link(environment)
        code = supervise(environment)
        if (Path(folder) / FAILED).exists():
            sys.stderr.write("La Trousse cannot start: the reason stands above.\n")
            return 1
        return code


def address_problem(host: str, port: str) -> str | None:
    """Say why nothing could listen there; none: it is free."""
    if not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004
        return f"PORT: expected a number from 1 to 65535, found {port!r}."
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
        with socket.create_server(found[0][4][:2], family=found[0][0]):
            return None
    except OSError as error:
        return (
            f"{host} port {port}: {error.strerror or error}. "
            "Is it running already? Choose another with PORT=8001."
        )


def default_url(host: str, port: str) -> str:
    """Return the address readers would type on this machine."""
    host = ANY_ADDRESS.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def print_first_link(environment: dict[str, str]) -> None:
    """Let the first administrator in, as long as nobody has an account."""
    command = [sys.executable, "-m", "flask", "--app", "app", "accounts", "first"]
    done = subprocess.run(
        command, env=environment, cwd=HERE.parent, capture_output=True, check=False
    )
    # What went wrong is told by the portal, which stumbles over the same.
    if done.returncode == 0:
        sys.stderr.write(done.stderr.decode())
        sys.stderr.flush()


def supervise(environment: dict[str, str]) -> int:
    """Run supervisor until it ends; end it at a signal, or when who started us is gone."""
    with through_a_pipe(1) as output, through_a_pipe(2) as errors:
        # Of its own session: a Ctrl-C reaches it once, through us, and ends it gracefully.
        process = subprocess.Popen(
            supervisor_command(), env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
        )  # fmt: skip
        for number in ENDING_SIGNALS:
            signal.signal(number, lambda *_: process.terminate())
        parent = os.getppid()
        while True:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                if os.getppid() != parent:
                    process.terminate()


def supervisor_command() -> list[str]:
    configuration = str(HERE / "supervisord.conf")
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", configuration]
    # It complains about being root unless told that this is meant.
    return [*command, "-u", "0"] if os.getuid() == 0 else command


@contextmanager
def through_a_pipe(descriptor: int) -> Iterator[int]:
    """Give supervisor what it can write to: it opens its output again by name.

    A socket refuses that, and in a file each opening would write over what the others wrote.
    """
    if os.isatty(descriptor) or stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        yield descriptor
        return
    relay = subprocess.Popen(
        ["/bin/cat"], stdin=subprocess.PIPE, stdout=descriptor, start_new_session=True
    )
    assert relay.stdin is not None  # noqa: S101
    try:
        yield relay.stdin.fileno()
    finally:
        relay.stdin.close()
        relay.wait()


if __name__ == "__main__":
    sys.exit(main())
