"""Addresses that webhooks are sent to, and the secrets that they are signed with."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from tracegraph.access import Principal
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.newest import newest_record, newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Record, RecordWrite

ENDPOINT: Final = "endpoint"
#: For so long after a rotation messages carry the signatures of both secrets.
OVERLAP: Final = timedelta(hours=24)
_SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address in its newest version.

    Attributes
    ----------
    id, version, tenant : str, int, str
        Identity, and whose it is.
    url : str
        Where messages are sent.
    secrets : tuple of (str, str or None)
        Each with the moment at which it ends; None: it is the present one.
    """

    id: str
    version: int
    tenant: str
    url: str
    secrets: tuple[tuple[str, str | None], ...]
    created_at: str

    def live_secrets(self, now: str) -> tuple[str, ...]:
        """Return the secrets that sign at a moment, the present one first."""
        return tuple(secret for secret, until in self.secrets if until is None or until > now)


def new_secret() -> str:
    """Return a secret in the form of Standard Webhooks."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def new_endpoint(who: Principal, url: str, now: str, *, allow_http: bool = False) -> tuple[RecordWrite, str]:
    """Return the record of a new address, and its secret, which is shown once.

    Raises
    ------
    InvalidInput
        The address is not one that messages can be sent to. Where it leads is looked at when something is sent.
    """
    parts = urlsplit(url)
    allowed = ("https", "http") if allow_http else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise InvalidInput(N_("an endpoint is an https address without user, password and fragment")).at("/url")
    secret = new_secret()
    body = {"tenant": who.tenant, "url": url, "secrets": [[secret, None]], "created_at": now}
    visibility = who.home
    return RecordWrite(ENDPOINT, secrets.token_hex(8), body, expected_version=0, visibility=visibility), secret


def rotated(endpoint: Endpoint, record: Record, now: str) -> tuple[RecordWrite, str]:
    """Return an address with a new secret, the old one valid for a while longer; and the new secret."""
    secret = new_secret()
    until = later(now, OVERLAP)
    kept = [[old, end or until] for old, end in endpoint.secrets if end is None or end > now][:1]
    body = {**record.body, "secrets": [[secret, None], *kept]}
    write = RecordWrite(ENDPOINT, endpoint.id, body, expected_version=endpoint.version, visibility=record.visibility)
    return write, secret


def endpoint_of(record: Record) -> Endpoint:
    """Return the address that a record describes."""
    body: Mapping[str, Any] = record.body
    kept = tuple((secret, until) for secret, until in body["secrets"])
    return Endpoint(record.id, record.version, body["tenant"], body["url"], kept, body["created_at"])


def endpoint_records(store: RecordStore, tenant: str) -> list[Record]:
    """Return the addresses of a tenant, by id."""
    return [record for record in newest_records(store, ENDPOINT) if record.body["tenant"] == tenant]


def find_endpoint(store: RecordStore, endpoint_id: str, tenant: str) -> Record:
    """Return the record of an address of a tenant.

    Raises
    ------
    UnknownNode
        There is none, or it is another's.
    """
    record = newest_record(store, ENDPOINT, endpoint_id)
    if record is not None and record.body["tenant"] == tenant:
        return record
    raise UnknownNode(N_("you have no endpoint {id!r}"), id=endpoint_id)
