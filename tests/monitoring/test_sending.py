"""What Apprise hands over, to receivers of ours: what arrives, and what is said when it fails."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring import sending
from monitoring.alerts import Message, Tone
from tests.certificates import make_certificate
from tests.letter_box import letter_box
from tests.monitoring.receivers import Receiver, receiver
from tests.servers import free_port
from tests.sturdy.processes import environment, run

MESSAGE = Message(
    title="[La Trousse] En panne : Visio", text="Depuis 8 h.\n\n- Visio & <pads>", tone=Tone.FAILURE
)
TOKEN = "a" * 26


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def test_a_web_hook_gets_title_and_text(there: Receiver) -> None:
    assert sending.hand_over(f"json://{there.place}/alertes", MESSAGE).error is None
    (arrival,) = there.arrivals
    assert arrival.path == "/alertes"
    assert arrival.json["title"] == MESSAGE.title
    assert arrival.json["message"] == MESSAGE.text
    assert arrival.json["type"] == "failure"


def test_mattermost_gets_what_its_hooks_take_and_no_picture_from_elsewhere(there: Receiver) -> None:
    assert sending.hand_over(f"mmost://{there.place}/{TOKEN}", MESSAGE).error is None
    (arrival,) = there.arrivals
    assert arrival.path == f"/hooks/{TOKEN}"
    assert MESSAGE.title in arrival.json["text"]
    assert MESSAGE.text in arrival.json["text"]
    assert "icon_url" not in arrival.json


def test_a_matrix_room_gets_a_message_with_a_token_and_without_a_sign_in(there: Receiver) -> None:
    there.answers = {
        "/_matrix/client/v3/rooms": {"event_id": "$1", "room_id": "!salle:tchap.example"},
        "/_matrix/client": {"user_id": "@bot:tchap.example", "joined_rooms": [], "room_id": "!s:t"},
    }
    address = f"matrix://{TOKEN}@{there.place}/!salle:tchap.example?discovery=no"
    assert sending.hand_over(address, MESSAGE).error is None
    sent = [arrival for arrival in there.arrivals if "/send/m.room.message" in arrival.path]
    assert len(sent) == 1
    assert MESSAGE.title in sent[0].json["body"]
    assert not [arrival for arrival in there.arrivals if "login" in arrival.path]


def test_a_mail_arrives_in_a_real_letter_box() -> None:
    with letter_box() as box:
        place = box.address.removeprefix("smtp://")
        address = f"mailto://{place}?from=trousse@example.fr&to=omar@example.fr&format=text"
        assert sending.hand_over(address, MESSAGE).error is None
    ((to, text),) = box.letters
    assert "omar@example.fr" in to
    assert "- Visio & <pads>" in text


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_receiver_that_refuses_did_not_take_it(there: Receiver, status: int) -> None:
    there.status = status
    outcome = sending.hand_over(f"json://{there.place}/", MESSAGE)
    assert outcome.error == f"http-{status}"
    assert not outcome.may_have_arrived


def test_a_receiver_that_hangs_may_have_taken_it(there: Receiver) -> None:
    there.seconds = lambda: 2.0
    outcome = sending.hand_over(f"json://{there.place}/?rto=0.2", MESSAGE)
    assert outcome.error == "timeout"
    assert outcome.may_have_arrived


@pytest.mark.parametrize("kind", ["json", "mailto"])
def test_where_nobody_listens_nothing_arrived(kind: str) -> None:
    address = f"{kind}://127.0.0.1:{free_port()}?from=a@example.fr&to=b@example.fr"
    outcome = sending.hand_over(address, MESSAGE)
    assert outcome.error == "refused"
    assert not outcome.may_have_arrived


def test_a_certificate_that_is_not_the_hosts_is_refused(tmp_path: Path) -> None:
    context = make_certificate("elsewhere.example", issuer=None).server_context(tmp_path)
    with receiver() as there:
        there.socket = context.wrap_socket(there.socket, server_side=True)
        outcome = sending.hand_over(f"jsons://{there.place}/", MESSAGE)
        assert there.arrivals == []
    assert outcome.error == "certificate"
    assert not outcome.may_have_arrived


def test_a_connection_that_breaks_off_may_have_taken_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        address = f"json://127.0.0.1:{server.getsockname()[1]}/?rto=0.3"
        outcome = sending.hand_over(address, MESSAGE)
    assert outcome.may_have_arrived


@pytest.mark.parametrize("address", ["nothing://x", "json://", "mailto://", "not an address"])
def test_an_address_that_apprise_cannot_read_is_said(address: str) -> None:
    assert not sending.is_readable(address)
    assert sending.hand_over(address, MESSAGE).error == "address-unreadable"


def test_nothing_of_an_address_is_logged(there: Receiver) -> None:
    program = (
        "from logs import configure_logs\n"
        "from monitoring import sending\n"
        "from monitoring.alerts import Message\n"
        "configure_logs('debug')\n"
        f"address = 'json://omar:secret@{there.place}/hidden-token'\n"
        "print(sending.hand_over(address, Message(title='a', text='b')))\n"
    )
    there.status = 500
    done = run([sys.executable, "-W", "ignore", "-c", program], environment({}))
    assert "http-500" in done.stdout
    assert "secret" not in done.stdout + done.stderr
    assert "hidden-token" not in done.stdout + done.stderr
    assert len(there.arrivals) == 1
