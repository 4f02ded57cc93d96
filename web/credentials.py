"""Whether a mail address and a password are right; nobody may ask as often as he likes."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from accounts import lifecycle, throttle
from accounts.models import Account
from accounts.passwords import check_password
from database import writing
from upkeep.secret_key import read_secret_key
from web.current import site
from web.site import utc_now
from web.tenancy import client_address


class TooManyAttemptsError(Exception):
    """Too many were refused; nobody looked at the password."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"wait for {wait}")


def check(email: str, password: str) -> int | None:
    """Return the number of the account that they open; none, whatever is wrong.

    Raises TooManyAttemptsError.
    """
    settings, now = site().settings, utc_now()
    address = client_address(request.environ, settings.trusted_proxies)
    attempt = throttle.attempt(email, address, key=read_secret_key(settings), now=now)
    with writing(site().sessions) as db:
        wait = throttle.begin(db, attempt, now=now)
    if wait is not None:
        raise TooManyAttemptsError(wait)
    account = _account_with(email, password)
    if account is None:
        return None
    with writing(site().sessions) as db:
        throttle.succeeded(db, attempt)
    return account.id


def _account_with(email: str, password: str) -> Account | None:
    # Not in a transaction that writes: others would wait while the password is hashed.
    with site().sessions() as db:
        account = lifecycle.find_by_email(db, email)
        right = check_password(account, password)
        if right and db.dirty:  # its hash was made anew
            db.commit()
        return account if right else None
