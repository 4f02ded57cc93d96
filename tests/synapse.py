"""A real Synapse, from its own Python environment, on a PostgreSQL database."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from tests.backends import Program
from tests.programs import skip_loudly
from tests.servers import free_port

ENVIRONMENT = Path(__file__).parents[1] / "build" / "synapse"
"""Where .ci/run puts it: its many dependencies are none of ours."""
_CONFIGURATION = """
server_name: "{name}"
pid_file: {folder}/pid
signing_key_path: {folder}/key
media_store_path: {folder}/media
report_stats: false
trusted_key_servers: []
macaroon_secret_key: essai
form_secret: essai
listeners:
  - port: {port}
    bind_addresses: ["127.0.0.1"]
    type: http
    tls: false
    resources: [{{names: [client, federation]}}]
database:
  name: psycopg2
  args: {{user: {url.username}, dbname: {url.database}, host: {url.host}, port: {url.port},
    cp_min: 1, cp_max: 3}}
"""


@contextlib.contextmanager
def synapse(folder: Path, *, name: str, database: str) -> Iterator[Program]:
    """A running server of the name `name`; `database` is a PostgreSQL's address."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        skip_loudly(f"{python} is missing: see .ci/run, which makes it from tests/synapse.txt")
    port = free_port()
    configuration = folder / "homeserver.yaml"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, port=port, name=name, url=make_url(database))
    )
    key = ("-m", "synapse._scripts.generate_signing_key", "-o", str(folder / "key"))
    subprocess.run((str(python), *key), stdin=subprocess.DEVNULL, check=True, timeout=60)
    command = (str(python), "-m", "synapse.app.homeserver", "-c", str(configuration))
    with Program(command, port=port, folder=folder).running() as server:
        yield server
