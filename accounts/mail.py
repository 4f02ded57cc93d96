"""Sends letters through the mail server of the settings: invitations, farewells."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from accounts.errors import AccountError
from settings import Settings

TIMEOUT_SECONDS = 10.0
_SUBMISSIONS = 465


class MailError(AccountError):
    """A letter that did not go out.

    "mail-refused": this address is not taken; "mail-away": the server cannot be used now;
    "mail-in-the-clear": its password would have been sent without encryption.
    """


@dataclass(frozen=True, kw_only=True)
class Letter:
    to: str
    subject: str
    text: str


def is_configured(settings: Settings) -> bool:
    return bool(settings.mail_server and _sender(settings))


def send(settings: Settings, letter: Letter) -> None:
    """Hand a letter to the server; takes up to some seconds: never within a transaction.

    Raises MailError.
    """
    if not settings.mail_server:
        raise MailError("mail-away")
    message = _message(settings, letter)
    try:
        with _connected(settings.mail_server) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise MailError("mail-refused") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailError("mail-away", reason=type(error).__name__) from error


def _sender(settings: Settings) -> str:
    return settings.mail_from or settings.contact_email


def _message(settings: Settings, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"] = _sender(settings)
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    # The name of this machine is nobody's matter.
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.public_url).hostname)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _connected(address: str) -> smtplib.SMTP:
    """Open a connection, encrypted when the server offers it, and sign in when the address says."""
    parts = urlsplit(address)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        port = parts.port or _SUBMISSIONS
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or smtplib.SMTP_PORT, timeout=TIMEOUT_SECONDS)
    try:
        encrypted = parts.scheme == "smtps" or _encrypt(server)
        if parts.username:
            if not encrypted:
                raise MailError("mail-in-the-clear")  # noqa: TRY301 - the connection is closed below
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP) -> bool:
    server.ehlo()
    if not server.has_extn("starttls"):
        return False
    server.starttls(context=ssl.create_default_context())
    server.ehlo()
    return True
