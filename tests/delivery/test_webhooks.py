"""Webhooks to a real receiver on this machine, judged by the reference package; and where they never go."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks
import trustme

from tests.delivery.receiver import LOOPBACK, Receiver, receiving, trusting
from tracegraph.delivery.addresses import is_blocked
from tracegraph.delivery.webhooks import WebhookSender
from tracegraph.services.endpoints import new_secret

NOW = "2026-11-24T10:00:00Z"
PAYLOAD = {"type": "watch.changed", "timestamp": NOW, "data": {"news": [{"kind": "contract", "id": "c-å"}]}}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def receiver(authority: trustme.CA) -> Iterator[Receiver]:
    with receiving(authority) as kept:
        yield kept


@pytest.fixture
def sender(authority: trustme.CA) -> Iterator[WebhookSender]:
    opened = WebhookSender(LOOPBACK, trusting(authority))
    yield opened
    opened.close()


# --- what is sent ----------------------------------------------------------------------------------------------------


def test_the_reference_package_accepts_both_signatures_of_a_rotation(receiver: Receiver, sender: WebhookSender) -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")  # the reference package looks at the clock
    assert sender.send(receiver.url, (new, old), "msg_1", PAYLOAD, now).state == "sent"
    ((headers, body),) = receiver.got
    for secret in (new, old):
        assert standardwebhooks.Webhook(secret).verify(body, headers) == PAYLOAD
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(other).verify(body, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(new).verify(body.replace(b"contract", b"contrakt"), headers)


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (200, "sent", "sent"),
        (204, "sent", "sent"),
        (302, "failed", "status-302"),
        (404, "failed", "status-404"),
        (410, "refused", "gone"),
        (500, "failed", "status-500"),
    ],
)
def test_what_the_receiver_answers_decides(
    receiver: Receiver, sender: WebhookSender, status: int, state: str, reason: str
) -> None:
    receiver.status = status
    outcome = sender.send(receiver.url, (new_secret(),), "msg_1", PAYLOAD, NOW)
    assert (outcome.state, outcome.reason) == (state, reason)


def test_a_redirect_is_never_followed(receiver: Receiver, sender: WebhookSender) -> None:
    receiver.status, receiver.location = 307, receiver.url + "/elsewhere"
    sender.send(receiver.url, (new_secret(),), "msg_1", PAYLOAD, NOW)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_not_trusted_gets_nothing(receiver: Receiver) -> None:
    stranger = WebhookSender(LOOPBACK)
    assert stranger.send(receiver.url, (new_secret(),), "msg_1", PAYLOAD, NOW).reason == "unreachable"
    assert receiver.got == []
    stranger.close()


def test_a_receiver_that_answers_a_byte_at_a_time_holds_nobody_up(receiver: Receiver, authority: trustme.CA) -> None:
    receiver.drip_s = 0.1
    impatient = WebhookSender(LOOPBACK, trusting(authority), total_s=0.5)
    began = time.monotonic()
    outcome = impatient.send(receiver.url, (new_secret(),), "msg_1", PAYLOAD, NOW)
    assert (outcome.state, outcome.reason) == ("failed", "timeout")
    assert time.monotonic() - began < 3.0
    receiver.drip_s = 0.0
    impatient.close()


def test_a_receiver_that_is_not_there_is_tried_again_later(sender: WebhookSender) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = sender.send(f"https://localhost:{port}/", (new_secret(),), "msg_1", PAYLOAD, NOW)
    assert (outcome.state, outcome.reason) == ("failed", "unreachable")


# --- where nothing is sent -------------------------------------------------------------------------------------------

BLOCKED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2002:0a00:0001::1",
    "2002:7f00:0001::",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001::1",
    "2001:10::1",
    "2001:2::1",
]
OPEN = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", BLOCKED)
def test_addresses_that_are_not_public_are_blocked(address: str) -> None:
    assert is_blocked(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_not(address: str) -> None:
    assert not is_blocked(ipaddress.ip_address(address))


#: Spellings that resolvers and address parsers have been fooled with; all lead to this machine, or nowhere.
SPELLINGS = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://localhost/",
    "https://localhost./",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://127.0.0.1:22/",
    "https://127.0.0.1:7687/",
    "http://127.0.0.1/",
    "https://user@127.0.0.1/",
    "https://127.0.0.1%2f@example.org/",
    "https://127.0.0.1#@example.org/",
]


@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_reaches_this_machine(url: str, connections: list[Any]) -> None:
    sender = WebhookSender()
    outcome = sender.send(url, (new_secret(),), "msg_1", PAYLOAD, NOW)
    sender.close()
    assert outcome.state != "sent"
    assert connections == []


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that a socket is connected to: the border to the outside world."""
    made: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> None:
        made.append(address)
        raise OSError("no connection in this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    return made


class Resolver:
    """A name server under a hostile owner: another answer each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]


def test_a_name_that_also_leads_inside_is_blocked(monkeypatch: pytest.MonkeyPatch, connections: list[Any]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["93.184.216.34", "10.0.0.5"]))
    sender = WebhookSender()
    assert sender.send("https://hook.example/", (new_secret(),), "m", PAYLOAD, NOW).reason == "unreachable"
    assert connections == []
    sender.close()


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, connections: list[Any]
) -> None:
    resolver = Resolver(["93.184.216.34"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    sender = WebhookSender()
    assert sender.send("https://hook.example/", (new_secret(),), "m", PAYLOAD, NOW).reason == "unreachable"
    assert resolver.asked == 1
    assert connections == [("93.184.216.34", 443)]
    assert sender.send("https://hook.example/", (new_secret(),), "m", PAYLOAD, NOW).reason == "unreachable"
    assert len(connections) == 1
    sender.close()


def test_ports_of_other_services_are_not_tried(monkeypatch: pytest.MonkeyPatch, connections: list[Any]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["93.184.216.34"]))
    sender = WebhookSender()
    assert sender.send("https://hook.example:25/", (new_secret(),), "m", PAYLOAD, NOW).reason == "unreachable"
    assert connections == []
    sender.close()
