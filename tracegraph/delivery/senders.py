"""Both ways out together, as `tracegraph.services.delivering` asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracegraph.delivery.mail import MailSender
from tracegraph.delivery.webhooks import WebhookSender
from tracegraph.services.delivering import Outcome
from tracegraph.services.endpoints import Endpoint


class Outward:
    """Sends webhooks and e-mail.

    Parameters
    ----------
    webhooks, mails
        What sends them.
    """

    def __init__(self, webhooks: WebhookSender, mails: MailSender) -> None:
        self._webhooks = webhooks
        self._mails = mails

    def webhook(self, endpoint: Endpoint, message_id: str, payload: Mapping[str, Any], now: str) -> Outcome:
        """Send one message to an address."""
        return self._webhooks.send(endpoint.url, endpoint.live_secrets(now), message_id, payload, now)

    def mail(self, to: str, lang: str, messages: Sequence[tuple[str, Mapping[str, Any]]]) -> Outcome:
        """Send messages in one e-mail."""
        return self._mails.send(to, lang, messages)
