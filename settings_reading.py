"""One environment variable at a time: its shape, its default, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network


class Reader:
    """Reads one variable at a time and remembers what was wrong."""

    # Set by the runner or read where the program starts, not by Settings.
    ELSEWHERE = frozenset(
        {"TROUSSE_MAX_REQUESTS", "TROUSSE_PIN_WORKERS", "TROUSSE_THREADS", "TROUSSE_WORKERS"}
    )

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []
        self.known: set[str] = set()

    def text(self, name: str, default: str) -> str:
        self.known.add(f"TROUSSE_{name}")
        return self.environ.get(f"TROUSSE_{name}", default).strip()

    def secret(self, name: str) -> str | None:
        value = self.text(name, "")
        file = self.text(f"{name}_FILE", "")
        if not file:
            return value or None
        if value:
            self.problems.append(f"TROUSSE_{name} and TROUSSE_{name}_FILE are both set: keep one.")
            return value
        try:
            return Path(file).read_text(encoding="utf-8").strip() or None
        except OSError as error:
            self.problems.append(f"TROUSSE_{name}_FILE: cannot read {file}: {error.strerror}.")
            return None
        except UnicodeDecodeError:
            self.problems.append(f"TROUSSE_{name}_FILE: expected text in UTF-8 in {file}.")
            return None

    def path(self, name: str, default: Path) -> Path:
        value = self.text(name, "")
        return Path(value).expanduser().absolute() if value else default

    def optional_path(self, name: str) -> Path | None:
        """Return where something stands or will stand: what is wrong with it is told elsewhere."""
        value = self.text(name, "")
        return Path(value).expanduser().absolute() if value else None

    def optional_folder(self, name: str) -> Path | None:
        value = self.text(name, "")
        if value and not Path(value).expanduser().is_dir():
            self.problems.append(f"TROUSSE_{name}: expected a folder, found {value!r}.")
        return Path(value).expanduser().absolute() if value else None

    def optional_file(self, name: str) -> Path | None:
        value = self.text(name, "")
        if value and not Path(value).expanduser().is_file():
            self.problems.append(f"TROUSSE_{name}: expected a file, found {value!r}.")
        return Path(value).expanduser().absolute() if value else None

    def mail_server(self, name: str) -> str | None:
        value = self.secret(name)
        if value and urlsplit(value).scheme not in ("smtp", "smtps"):
            self.problems.append(
                f"TROUSSE_{name}: expected an address like smtp://mail.example.fr:587."
            )
        return value

    def source(self, name: str, default: str) -> str:
        value = self.text(name, "") or default
        if value.startswith("http://"):
            self.problems.append(f"TROUSSE_{name}: expected a path or an https address: {value}")
        return value

    def address(self, name: str, default: str) -> str:
        value = self.text(name, "") or default
        if not _is_site(value):
            self.problems.append(
                f"TROUSSE_{name}: expected an address like https://trousse.example.fr "
                f"(scheme and host, no path), found {value!r}."
            )
        return value.rstrip("/")

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        value = self.text(name, "")
        if not value:
            return default
        if not value.isdecimal() or not least <= int(value) <= most:
            self.problems.append(
                f"TROUSSE_{name}: expected a whole number from {least} to {most}, found {value!r}."
            )
            return default
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, "") or default
        if value not in choices:
            wanted = ", ".join(choices)
            self.problems.append(f"TROUSSE_{name}: expected one of {wanted}, found {value!r}.")
        return value

    def places(self, name: str) -> tuple[str, ...]:
        """Read host:port and https addresses, separated by commas."""
        found = tuple(filter(None, map(str.strip, self.text(name, "").split(","))))
        for item in found:
            if not _is_place(item):
                self.problems.append(
                    f"TROUSSE_{name}: expected host:port or https addresses, separated by commas, "
                    f"found {item!r}."
                )
        return found

    def networks(self, name: str, default: str) -> tuple[Network, ...]:
        networks = []
        # Set and empty means none: loopback may be closed too.
        said = self.text(name, default)
        for item in filter(None, map(str.strip, said.split(","))):
            try:
                networks.append(ip_network(item))
            except ValueError as error:
                self.problems.append(
                    f"TROUSSE_{name}: expected networks like 10.0.0.0/8, separated by commas: "
                    f"{error}."
                )
        return tuple(networks)

    def refuse_unknown(self) -> None:
        """A misspelt setting that is silently ignored costs an afternoon."""
        for name in sorted(self.environ):
            if not name.startswith("TROUSSE_") or name in self.known | self.ELSEWHERE:
                continue
            self.problems.append(f"{name} is not a setting: see docs/settings.md.")


def _is_place(text: str) -> bool:
    """Tell whether it is an https address, or a host and a port."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    if "@" in parts.netloc:
        return False
    return readable and (parts.scheme == "https" or (not parts.scheme and parts.port is not None))


def _is_site(address: str) -> bool:
    """Tell whether it is scheme, host and port and nothing else, each of which can be read."""
    try:
        parts = urlsplit(address)
        readable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    return parts.scheme in ("http", "https") and readable and bare
