"""Hands one message over through Apprise; what comes back is a code, never an address."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

import apprise

from monitoring.alerts import Message, Tone

HAND_OVER_SECONDS = 30.0
"""For the whole of it; a receiver that is slower may have taken it all the same."""
MOST_CODE = 40

# Its lines hold addresses, passwords and messages: they are read here and go nowhere else.
_log = logging.getLogger("apprise")
_log.addHandler(logging.NullHandler())
_log.propagate = False
_log.setLevel(logging.DEBUG)

_HTTP_ERROR = re.compile(r"error=(\d{3})")
_FAILURES = (
    ("refused", re.compile(r"Connection refused|Errno 111", re.IGNORECASE)),
    ("certificate", re.compile(r"certificate verify failed|CERTIFICATE_", re.IGNORECASE)),
    ("tls", re.compile(r"SSLError|\[SSL", re.IGNORECASE)),
    ("name-unknown", re.compile(r"Name or service not known|Failed to resolve|Errno -[235]\b")),
    ("network-unreachable", re.compile(r"unreachable|No route to host", re.IGNORECASE)),
    ("connect-timeout", re.compile(r"ConnectTimeout|connect timeout", re.IGNORECASE)),
    ("sign-in-refused", re.compile(r"SMTPAuthentication|\(535|Authentication (failed|Cred)")),
    ("recipient-refused", re.compile(r"SMTPRecipientsRefused|SMTPSenderRefused")),
)
"""What is certain not to have arrived; any other failure may have."""
_TYPES = {
    Tone.INFO: apprise.NotifyType.INFO,
    Tone.TROUBLE: apprise.NotifyType.WARNING,
    Tone.FAILURE: apprise.NotifyType.FAILURE,
    Tone.RELIEF: apprise.NotifyType.SUCCESS,
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    error: str | None = None
    """None: it arrived."""
    may_have_arrived: bool = False
    """It ended in silence: to repeat it may tell it twice."""


ARRIVED = Outcome()
UNREADABLE = Outcome(error="address-unreadable")


def is_readable(address: str) -> bool:
    """Tell whether Apprise knows what to do with an address; nothing is asked of anybody."""
    return len(_receiver(address)) == 1


def hand_over(address: str, message: Message) -> Outcome:
    """Hand a message over, once; never raises."""
    try:
        receiver = _receiver(address)
        if len(receiver) != 1:
            return UNREADABLE
        result = receiver.notify(
            title=message.title,
            body=message.text,
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=_TYPES[message.tone],
            timeout=HAND_OVER_SECONDS,
            log_level=logging.DEBUG,
        )
        with result:
            if result:
                return ARRIVED
            several = len(receiver[0]) > 1
            return _outcome([str(line.message) for line in result.logs()], several=several)
    except Exception as error:  # noqa: BLE001 - a hundred modules of others
        return Outcome(error=f"failed-{type(error).__name__}"[:MOST_CODE], may_have_arrived=True)


def _receiver(address: str) -> apprise.Apprise:
    asset = apprise.AppriseAsset(
        app_id="La Trousse",
        app_desc="La Trousse",
        app_url="",
        # Pictures of messages would come from elsewhere.
        image_url_mask=None,
        image_url_logo=None,
        plugin_paths=[],
        secure_logging=True,
    )
    receiver = apprise.Apprise(asset=asset)
    receiver.add(address)
    return receiver


def _outcome(lines: list[str], *, several: bool) -> Outcome:
    """Find out why it failed. With several recipients, some may have got it whatever is said."""
    said = "\n".join(lines)
    for code, pattern in _FAILURES:
        if pattern.search(said):
            return Outcome(error=code, may_have_arrived=several)
    http = _HTTP_ERROR.search(said)
    if http is not None:
        return Outcome(error=f"http-{http[1]}", may_have_arrived=several)
    silent = "timed out" in said.lower() or "timeout" in said.lower()
    return Outcome(error="timeout" if silent else "failed", may_have_arrived=True)
