"""How this program asks: under which name, and through which door; from the settings alone."""

from __future__ import annotations

import tomllib
from functools import cache

from outbound import Guard
from settings import ROOT, Settings


@cache
def program_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def user_agent(settings: Settings) -> str:
    """Name the project, its version, and whom to ask to stop."""
    about = settings.source_url or settings.public_url
    contact = settings.probe_contact or settings.contact_email
    words = f"la-trousse/{program_version()} (+{about}{'; ' if contact else ''}{contact})"
    return "".join(letter for letter in words if letter.isascii() and letter.isprintable())


def make_guard(settings: Settings) -> Guard:
    return Guard(
        settings.probe_allowed_networks,
        user_agent=user_agent(settings),
        proxy=settings.probe_proxy,
    )
