"""A real nginx in front of other servers: one site by its name, a page of its own for the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.backends import Program
from tests.programs import require_program
from tests.servers import free_port

_CONFIGURATION = """
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
daemon off;
worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} default_server;
    default_type text/html;
    location / {{ return 200 "<!DOCTYPE html><title>Un autre site</title>"; }}
  }}
  server {{
    listen 127.0.0.1:{port};
    server_name {name};
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }}
  }}
}}
"""


@contextlib.contextmanager
def proxy(folder: Path, *, name: str, behind: int, port: int | None = None) -> Iterator[Program]:
    """A running nginx that passes what is asked of `name` on to the port `behind`."""
    program = require_program("nginx", package="nginx")
    port = port or free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, port=port, name=name, behind=behind)
    )
    errors = str(folder / "nginx-error.log")
    command = (program, "-e", errors, "-c", str(configuration))
    with Program(command, port=port, folder=folder).running() as server:
        yield server
