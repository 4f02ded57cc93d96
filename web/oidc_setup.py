"""What the site keeps for sign-in through a provider: the provider, and what its claims give."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from flask import Flask, current_app

from accounts.claims import Known
from accounts.claims_file import ClaimsFile, ClaimsFileError, read_claims_file
from instances.directory import load_cards
from instances.snapshot import Snapshot
from settings import Settings
from web.oidc_provider import Provider

_KEY = "trousse.oidc"


@dataclass(frozen=True, kw_only=True)
class Door:
    provider: Provider
    rules: ClaimsFile


def register(app: Flask, settings: Settings) -> None:
    """Read the rules; a file that cannot be used ends the program, as wrong settings do."""
    try:
        rules = _read_rules(settings)
    except ClaimsFileError as error:
        sys.exit(f"La Trousse cannot start, TROUSSE_CLAIMS needs a look:\n{error}")
    wanted = settings.oidc_issuer is not None
    app.extensions[_KEY] = Door(provider=Provider(settings), rules=rules) if wanted else None


def door() -> Door | None:
    """Return the way in through the provider; none when the settings name none."""
    found: Door | None = current_app.extensions[_KEY]
    return found


def known_in(snapshot: Snapshot) -> Known:
    """Return what claims may be about."""
    cards = snapshot.directory.cards
    return Known(
        academies=frozenset(card.slug for card in cards),
        mail_domains={domain.lower(): card.slug for card in cards for domain in card.mail_domains},
        operators=frozenset(operator.id for operator in snapshot.catalogue.operators),
    )


def _read_rules(settings: Settings) -> ClaimsFile:
    if settings.claims is None:
        return ClaimsFile()
    directory, _ = load_cards(settings.academies)
    return read_claims_file(settings.claims, academies={card.slug for card in directory.cards})
