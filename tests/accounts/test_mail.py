"""Letters, through real mail servers on this machine."""

from __future__ import annotations

import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from accounts import mail
from accounts.mail import Letter, MailError
from settings import Settings
from tests.certificates import make_authority, make_certificate, write_authority
from tests.conftest import SettingsFactory
from tests.ill_behaved import Listener, says_nothing
from tests.servers import free_port

LETTER = Letter(to="awa@ac-rennes.fr", subject="Invitation à l'équipe", text="Bonjour Awa,\n\né\n")


class Box:
    """What a server took, and how its client had signed in."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.signed_in: list[tuple[str, str]] = []

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: LoginPassword
    ) -> AuthResult:
        self.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"s3cr3t/+")


Serve = Callable[..., int]


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def serve(box: Box) -> Iterator[Serve]:
    """Each call starts a mail server; returns its port."""
    running: list[Controller] = []

    def start(**options: Any) -> int:
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return int(controller.port)

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def server_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that this process trusts, as SSL_CERT_FILE has it."""
    authority = make_authority()
    monkeypatch.setenv("SSL_CERT_FILE", str(write_authority(authority, tmp_path)))
    return make_certificate("localhost", issuer=authority).server_context(tmp_path)


@pytest.fixture
def settings_for(make_settings: SettingsFactory) -> Callable[[str], Settings]:
    return lambda address: make_settings(
        mail_server=address, mail_from="trousse@example.fr", public_url="https://trousse.example.fr"
    )


SettingsFor = Callable[[str], Settings]


def test_a_letter_arrives_as_it_was_written(
    serve: Serve, box: Box, settings_for: SettingsFor
) -> None:
    mail.send(settings_for(f"smtp://127.0.0.1:{serve()}"), LETTER)
    (letter,) = box.letters
    assert (letter["To"], letter["From"]) == (LETTER.to, "trousse@example.fr")
    assert letter["Subject"] == LETTER.subject
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text
    assert letter["Message-ID"].endswith("@trousse.example.fr>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert box.encrypted == [False]


def test_a_server_that_offers_encryption_is_spoken_to_encrypted(
    serve: Serve, box: Box, settings_for: SettingsFor, server_context: ssl.SSLContext
) -> None:
    port = serve(tls_context=server_context, require_starttls=True)
    mail.send(settings_for(f"smtp://localhost:{port}"), LETTER)
    assert box.encrypted == [True]


def test_smtps_is_encrypted_from_the_first_byte(
    serve: Serve, box: Box, settings_for: SettingsFor, server_context: ssl.SSLContext
) -> None:
    port = serve(ssl_context=server_context)
    mail.send(settings_for(f"smtps://localhost:{port}"), LETTER)
    assert len(box.letters) == 1, "the server speaks nothing else"


def test_a_certificate_that_nobody_vouches_for_is_refused(
    serve: Serve,
    box: Box,
    settings_for: SettingsFor,
    server_context: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = serve(tls_context=server_context)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailError, match="mail-away"):
        mail.send(settings_for(f"smtp://localhost:{port}"), LETTER)
    assert box.letters == []


def test_user_and_password_of_the_address_are_given_under_encryption(
    serve: Serve, box: Box, settings_for: SettingsFor, server_context: ssl.SSLContext
) -> None:
    port = serve(tls_context=server_context, auth_required=True, authenticator=box.authenticate)
    mail.send(settings_for(f"smtp://trousse%40dne:s3cr3t%2F%2B@localhost:{port}"), LETTER)
    assert box.signed_in == [("trousse@dne", "s3cr3t/+")]
    with pytest.raises(MailError, match="mail-away"):
        mail.send(settings_for(f"smtp://trousse:wrong@localhost:{port}"), LETTER)


def test_a_password_never_goes_out_in_the_clear(
    serve: Serve, box: Box, settings_for: SettingsFor
) -> None:
    port = serve(auth_require_tls=False, authenticator=box.authenticate)
    with pytest.raises(MailError, match="mail-in-the-clear"):
        mail.send(settings_for(f"smtp://trousse:s3cr3t@localhost:{port}"), LETTER)
    assert box.signed_in == []


def test_an_address_that_is_not_taken_is_told_apart_from_a_server_away(
    serve: Serve, settings_for: SettingsFor
) -> None:
    port = serve()
    nobody = Letter(to="nobody@ac-rennes.fr", subject="x", text="x")
    with pytest.raises(MailError, match="mail-refused"):
        mail.send(settings_for(f"smtp://localhost:{port}"), nobody)
    with pytest.raises(MailError, match="mail-away"):
        mail.send(settings_for(f"smtp://127.0.0.1:{free_port()}"), LETTER)


def test_a_server_that_says_nothing_is_given_up(
    settings_for: SettingsFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    with Listener(says_nothing) as silent, pytest.raises(MailError, match="mail-away"):
        mail.send(settings_for(f"smtp://127.0.0.1:{silent.port}"), LETTER)


@pytest.mark.parametrize(
    ("server", "sender", "contact", "wanted"),
    [
        (None, "trousse@example.fr", "", False),
        ("smtp://127.0.0.1", "", "", False),
        ("smtp://127.0.0.1", "", "dne@example.fr", True),
        ("smtp://127.0.0.1", "trousse@example.fr", "", True),
    ],
)
def test_letters_go_out_with_a_server_and_a_sender(
    make_settings: SettingsFactory, server: str | None, sender: str, contact: str, *, wanted: bool
) -> None:
    settings = make_settings(mail_server=server, mail_from=sender, contact_email=contact)
    assert mail.is_configured(settings) is wanted
