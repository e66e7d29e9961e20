"""Webhooks in the format of Standard Webhooks: signed, thin, never redirected."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpcore

from tracegraph.delivery.addresses import BlockedAddress, GuardedBackend, Network
from tracegraph.services.delivering import Outcome

TIMEOUT_S: Final = 10.0
_LOG: Final = logging.getLogger(__name__)
_PREFIX: Final = "whsec_"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a message, ``v1,...`` (Standard Webhooks: HMAC-SHA256 over id, time and body)."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets: Sequence[str], message_id: str, now: str, body: bytes) -> dict[str, str]:
    """Return the headers of a message: while a secret is changed, with the signatures of both."""
    timestamp = int(datetime.fromisoformat(now).timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "tracegraph-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
    }


class WebhookSender:
    """Sends webhooks.

    Parameters
    ----------
    allowed : sequence of networks
        Networks that messages may be sent to though they are not public; with some, any port.
    trust : ssl.SSLContext, optional
        Whom to trust; default: the certificates of this system.
    total_s : float
        Seconds that one message may take in all.
    """

    def __init__(
        self, allowed: Sequence[Network] = (), trust: ssl.SSLContext | None = None, *, total_s: float = 15.0
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or ssl.create_default_context(),
            network_backend=GuardedBackend(allowed, any_port=bool(allowed), total_s=total_s),
            max_keepalive_connections=0,  # each message resolves its name anew
        )

    def send(self, url: str, secrets: Sequence[str], message_id: str, payload: Mapping[str, Any], now: str) -> Outcome:
        """Send one message; what the receiver answers is read no further than its status."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = headers_of(secrets, message_id, now, body)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), TIMEOUT_S)
        try:
            with self._pool.stream(
                "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            ) as response:
                return _outcome(response.status)
        except BlockedAddress as error:  # told as any address that cannot be reached: no map of our network
            _LOG.warning("a webhook leads to an address that is not sent to: %s", error)
            return Outcome("failed", "unreachable")
        except httpcore.TimeoutException:
            return Outcome("failed", "timeout")
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            return Outcome("failed", "unreachable")
        except (httpcore.UnsupportedProtocol, ValueError):
            return Outcome("refused", "bad-address")

    def close(self) -> None:
        """Give back the connections."""
        self._pool.close()


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome("sent", "sent")
    if status == 410:  # Standard Webhooks: the receiver is gone for good
        return Outcome("refused", "gone")
    return Outcome("failed", f"status-{status}")
