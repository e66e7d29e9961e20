"""E-mail through a real mail server on this machine, in both languages."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tracegraph.delivery.mail import MailSender
from tracegraph.settings_delivery import DeliverySettings

TO = "officer@region.example"


def message(
    id: str, *news: dict[str, Any], kind: str = "watch.changed", total: int | None = None
) -> tuple[str, dict[str, Any]]:
    watch = {"kind": "factory", "id": "fictional-plant", "products": []}
    data = {"subscription_id": "s", "watch": watch, "news": list(news), "news_total": total or len(news)}
    return id, {"type": kind, "timestamp": "2026-11-24T10:00:00Z", "data": data}


REACHED = {"kind": "contract", "id": "c-1", "before": "unmapped", "after": "established"}
WITHDRAWN = {"kind": "incident", "id": "inc-1", "before": "1/alleged", "after": "2/withdrawn"}
EVERYTHING = (
    REACHED,
    {"kind": "contract", "id": "c-2", "before": "established", "after": None},
    {"kind": "exposure", "id": "inc-1/c-1", "before": None, "after": "possible"},
    {"kind": "exposure", "id": "inc-1/c-2", "before": "possible", "after": None},
    {"kind": "incident", "id": "inc-1", "before": None, "after": "1/alleged"},
    {"kind": "incident", "id": "inc-2", "before": "1/alleged", "after": "2/disputed"},
    {"kind": "incident", "id": "inc-3", "before": "1/alleged", "after": None},
)


class Postbox:
    """What the mail server took, and how it answers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 taken"

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, MailSender]]:
    """A mail server that wants STARTTLS and a log-in, and what sends to it."""
    authority = trustme.CA()
    certificate = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(certificate)
    box = Postbox()

    def checked(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"tracegraph", b"sesame")
        return AuthResult(success=is_right, handled=is_right)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(
        box,
        hostname="localhost",
        port=port,
        tls_context=certificate,
        require_starttls=True,
        auth_required=True,
        authenticator=checked,
    )
    controller.start()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    settings = DeliverySettings(
        smtp_host="localhost", smtp_port=port, smtp_user="tracegraph", smtp_password="sesame", mail_from="t@example.org"
    )
    yield box, MailSender(settings, "https://tracegraph.example", trust)
    controller.stop()


def test_a_mail_says_what_is_new_in_swedish(postbox: tuple[Postbox, MailSender]) -> None:
    box, sender = postbox
    assert sender.send(TO, "sv", [message("msg_1", REACHED)]).state == "sent"
    (mail,) = box.mails
    text = mail.get_content()
    assert (mail["To"], mail["Content-Language"]) == (TO, "sv")
    assert "nytt" in mail["Subject"]
    assert "avtal c-1" in text
    assert "Du bevakar" in text


def test_a_withdrawn_report_is_the_subject(postbox: tuple[Postbox, MailSender]) -> None:
    box, sender = postbox
    sender.send(TO, "en", [message("msg_1", WITHDRAWN, kind="incident.retracted")])
    assert box.mails[0]["Subject"] == "tracegraph: a report was withdrawn"
    assert "the report inc-1 was withdrawn" in box.mails[0].get_content()


def test_every_kind_of_news_has_words_and_what_is_cut_is_said(postbox: tuple[Postbox, MailSender]) -> None:
    box, sender = postbox
    sender.send(TO, "en", [message("msg_1", *EVERYTHING, total=300)])
    text = box.mails[0].get_content()
    assert text.count("\n- ") == len(EVERYTHING)
    assert f"and {300 - len(EVERYTHING)} more" in text


def test_sent_again_it_has_the_same_id(postbox: tuple[Postbox, MailSender]) -> None:
    box, sender = postbox
    for _ in range(2):
        sender.send(TO, "sv", [message("msg_1", REACHED), message("msg_2", REACHED)])
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


@pytest.mark.parametrize(
    ("answer", "to", "state", "reason"),
    [
        ("451 try later", TO, "failed", "smtp-451"),
        ("554 never", TO, "refused", "smtp-554"),
        ("250 ok", "nobody@region.example", "refused", "recipient-refused"),
    ],
)
def test_what_the_mail_server_says_decides(
    postbox: tuple[Postbox, MailSender], answer: str, to: str, state: str, reason: str
) -> None:
    box, sender = postbox
    box.answer = answer
    outcome = sender.send(to, "sv", [message("msg_1", REACHED)])
    assert (outcome.state, outcome.reason) == (state, reason)


def test_a_mail_server_that_is_not_trusted_gets_no_password(postbox: tuple[Postbox, MailSender]) -> None:
    box, sender = postbox
    stranger = MailSender(sender.settings, "https://tracegraph.example")
    assert stranger.send(TO, "sv", [message("msg_1", REACHED)]).reason == "mail-server-unreachable"
    assert box.mails == []


def test_without_a_mail_server_nothing_waits() -> None:
    outcome = MailSender(DeliverySettings(), "https://tracegraph.example").send(TO, "sv", [message("msg_1", REACHED)])
    assert (outcome.state, outcome.reason) == ("refused", "no-mail-server")
