"""E-mail with what is new, gathered; plain text, in the subscriber's language."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from email.message import EmailMessage
from typing import Any, Final

from tracegraph.delivery.words import WATCHED, news_said
from tracegraph.messages import N_
from tracegraph.services.delivering import Outcome
from tracegraph.settings_delivery import DeliverySettings
from tracegraph.translate import Translator

TIMEOUT_S: Final = 15.0
Messages = Sequence[tuple[str, Mapping[str, Any]]]


class MailSender:
    """Sends e-mail through a mail server.

    Parameters
    ----------
    settings : DeliverySettings
        The mail server.
    public_url : str
        Where links lead.
    trust : ssl.SSLContext, optional
        Whom to trust; default: the certificates of this system.
    """

    def __init__(self, settings: DeliverySettings, public_url: str, trust: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self._public_url = public_url
        self._trust = trust or ssl.create_default_context()

    def send(self, to: str, lang: str, messages: Messages) -> Outcome:
        """Send messages in one e-mail."""
        if not self.settings.smtp_host:
            return Outcome("refused", "no-mail-server")
        mail = composed(to, self.settings.mail_from, messages, Translator(lang), self._public_url)
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused:
            return Outcome("refused", "recipient-refused")
        except smtplib.SMTPResponseException as error:
            return Outcome("failed" if 400 <= error.smtp_code < 500 else "refused", f"smtp-{error.smtp_code}")
        except (smtplib.SMTPException, OSError):
            return Outcome("failed", "mail-server-unreachable")
        return Outcome("sent", "sent")

    def _connected(self) -> smtplib.SMTP:
        """Return a connection to the mail server, protected and logged in as the settings say."""
        settings = self.settings
        if settings.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S, context=self._trust
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S)
            if settings.smtp_tls == "starttls":
                server.starttls(context=self._trust)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        return server


def composed(to: str, sender: str, messages: Messages, say: Translator, public_url: str) -> EmailMessage:
    """Return the e-mail; sent again it has the same id, so that a mail program shows it once."""
    mail = EmailMessage()
    withdrawn = any(payload["type"] == "incident.retracted" for _, payload in messages)
    mail["Subject"] = (
        say.text(N_("tracegraph: a report was withdrawn"))
        if withdrawn
        else say.text(N_("tracegraph: what is new in what you watch"))
    )
    mail["From"], mail["To"] = sender, to
    mail["Auto-Submitted"] = "auto-generated"
    mail["Message-ID"] = f"<{hashlib.sha256('.'.join(id for id, _ in messages).encode()).hexdigest()[:32]}@tracegraph>"
    mail.set_content("\n".join(_lines(messages, say, public_url)))
    mail["Content-Language"] = say.lang
    return mail


def _lines(messages: Messages, say: Translator, public_url: str) -> Iterator[str]:
    for _, payload in messages:
        data = payload["data"]
        watch = data["watch"]
        yield say.text(N_("You watch the {kind} {id}."), kind=say.text(WATCHED[watch["kind"]]), id=watch["id"])
        yield from (f"- {news_said(one, say)}" for one in data["news"])
        if data["news_total"] > len(data["news"]):
            yield say.text(N_("and {n} more"), n=data["news_total"] - len(data["news"]))
        yield ""
    yield say.text(
        N_("What stands here was true for you when it was sent. See it with its evidence: {url}"), url=public_url
    )
    yield say.text(N_("To stop these messages, end the subscription there."))
