"""Every setting of the program, read once from the environment, all problems reported together."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from settings_reading import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent
SETTINGS_KEY = "trousse.settings"
"""Where `app.extensions` keeps the settings."""
Network = IPv4Network | IPv6Network


class SettingsError(Exception):
    """One or more settings cannot be used; the message lists them all, one a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a deployment may change. `docs/settings.md` explains each; a test keeps it complete."""

    name: str
    catalogue: str
    """Path of a file or an https address."""
    academies: Path
    state_dir: Path
    database_url: str
    public_url: str
    """Scheme, host and port, without a slash at the end."""
    trusted_proxies: tuple[Network, ...]
    probe_allowed_networks: tuple[Network, ...]
    probe_proxy: str | None
    probe_interval: int
    """Seconds between two probes of a target that asks for nothing else."""
    probe_contact: str
    probe_workers: int
    online_checks: tuple[str, ...]
    """host:port or https addresses that answer as long as our own network works."""
    maintenance_cap: int
    """Hours of maintenance in a month, declared by a software alone, that are no failure."""
    alerts: Path | None
    """File that says who is told of incidents."""
    metrics_allow: tuple[Network, ...]
    metrics_token: str | None
    publisher: str
    publication_director: str
    host: str
    contact_email: str
    security_contact: str
    source_url: str
    accessibility: str
    """"non", "partial" or "full": what was declared, never more."""
    legal_dir: Path | None
    log_level: str
    secret_key: str | None
    """Signs form cookies; none: the one that stands in the state folder."""
    session_idle: int
    """Minutes without a request after which one is signed out."""
    session_hours: int
    """Hours after which one is signed out, however much one does."""
    unused_months: int
    """Months after which an account that nobody uses is deleted."""
    mail_server: str | None
    """smtp:// or smtps:// address, with user and password if it wants them."""
    mail_from: str
    oidc_issuer: str | None
    """Address of the identity provider; none: local accounts only."""
    oidc_client_id: str
    oidc_client_secret: str | None
    oidc_scopes: str
    oidc_acr_values: str
    oidc_name: str
    """What people call it: "Se connecter avec …"."""
    claims: Path | None
    """File that says which role a claim gives."""

    @classmethod
    def from_env_or_exit(cls) -> Settings:
        """Read them as a program does at its start: what is wrong is said, and it ends."""
        try:
            return cls.from_env()
        except SettingsError as error:
            sys.exit(f"La Trousse cannot start, its settings need a look:\n{error}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `TROUSSE_*`; a secret may also come from the file that `TROUSSE_*_FILE` names.

        Raises SettingsError with every problem found.
        """
        reader = Reader(os.environ if environ is None else environ)
        state_dir = reader.path("STATE_DIR", ROOT / "var")
        settings = cls(
            name=reader.text("NAME", "La Trousse"),
            catalogue=reader.source("CATALOGUE", str(ROOT / "services.yaml")),
            academies=reader.path("ACADEMIES", ROOT / "instances" / "academies"),
            state_dir=state_dir,
            database_url=reader.secret("DATABASE_URL") or f"sqlite:///{state_dir}/trousse.db",
            public_url=reader.address("PUBLIC_URL", "http://127.0.0.1:8000"),
            trusted_proxies=reader.networks("TRUSTED_PROXIES", ""),
            probe_allowed_networks=reader.networks("PROBE_ALLOWED_NETWORKS", ""),
            probe_proxy=reader.text("PROBE_PROXY", "") or None,
            probe_interval=reader.integer("PROBE_INTERVAL", 60, least=5, most=3600),
            probe_contact=reader.text("PROBE_CONTACT", ""),
            probe_workers=reader.integer("PROBE_WORKERS", 48, least=1, most=256),
            online_checks=reader.places("ONLINE_CHECKS"),
            maintenance_cap=reader.integer("MAINTENANCE_CAP", 8, least=0, most=744),
            alerts=reader.optional_path("ALERTS"),
            metrics_allow=reader.networks("METRICS_ALLOW", "127.0.0.0/8,::1/128"),
            metrics_token=reader.secret("METRICS_TOKEN"),
            publisher=reader.text("PUBLISHER", ""),
            publication_director=reader.text("PUBLICATION_DIRECTOR", ""),
            host=reader.text("HOST_NAME_AND_ADDRESS", ""),
            contact_email=reader.text("CONTACT_EMAIL", ""),
            security_contact=reader.text("SECURITY_CONTACT", ""),
            source_url=reader.text("SOURCE_URL", ""),
            accessibility=reader.choice("ACCESSIBILITY", "non", ("non", "partial", "full")),
            legal_dir=reader.optional_folder("LEGAL_DIR"),
            log_level=reader.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            **_accounts(reader),
        )
        reader.refuse_unknown()
        reader.problems += _provider_problems(settings)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings


def _accounts(reader: Reader) -> dict[str, Any]:
    """Read who may sign in, and how."""
    return {
        "secret_key": reader.secret("SECRET_KEY"),
        "session_idle": reader.integer("SESSION_IDLE", 120, least=5, most=1440),
        "session_hours": reader.integer("SESSION_HOURS", 12, least=1, most=168),
        "unused_months": reader.integer("UNUSED_MONTHS", 24, least=3, most=120),
        "mail_server": reader.mail_server("MAIL_SERVER"),
        "mail_from": reader.text("MAIL_FROM", ""),
        "oidc_issuer": reader.text("OIDC_ISSUER", "").rstrip("/") or None,
        "oidc_client_id": reader.text("OIDC_CLIENT_ID", ""),
        "oidc_client_secret": reader.secret("OIDC_CLIENT_SECRET"),
        "oidc_scopes": reader.text("OIDC_SCOPES", "openid email profile"),
        "oidc_acr_values": reader.text("OIDC_ACR_VALUES", ""),
        "oidc_name": reader.text("OIDC_NAME", ""),
        "claims": reader.optional_file("CLAIMS"),
    }


def _provider_problems(settings: Settings) -> Iterator[str]:
    """List what is missing or wrong between the settings of an identity provider."""
    if settings.oidc_issuer is None:
        return
    try:
        parts = urlsplit(settings.oidc_issuer)
    except ValueError:
        parts = urlsplit("")
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if (
        not parts.hostname
        or parts.query
        or parts.fragment
        or not (parts.scheme == "https" or local)
    ):
        yield (
            "TROUSSE_OIDC_ISSUER: expected an https address (http on this machine only), "
            f"found {settings.oidc_issuer!r}."
        )
    if not settings.oidc_client_id:
        yield "TROUSSE_OIDC_CLIENT_ID: expected what the provider calls this portal."
    if "openid" not in settings.oidc_scopes.split():
        yield f"TROUSSE_OIDC_SCOPES: expected openid among them, found {settings.oidc_scopes!r}."
