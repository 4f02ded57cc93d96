"""A mail server on this machine, and what it took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message as Letter

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.servers import free_port


class LetterBox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        """What TROUSSE_MAIL_SERVER would be."""
        self.letters: list[tuple[str, str]] = []
        """To whom, and the text."""

    def handle_message(self, message: Letter) -> None:
        text = message.get_payload(decode=True)
        assert isinstance(text, bytes)
        self.letters.append((str(message["To"]), text.decode()))


@contextmanager
def letter_box() -> Iterator[LetterBox]:
    box = LetterBox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.address = f"smtp://127.0.0.1:{controller.port}"
    yield box
    controller.stop()
