"""Log-ins on the pages: who holds which session, kept in the store so that logging out holds everywhere.

The browser has a random token; the store has its hash, so that nobody who reads the store can be somebody else.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracegraph.access import Permission, Principal
from tracegraph.moments import later
from tracegraph.services.audit import audit_row
from tracegraph.services.principals import principal_body, principal_from
from tracegraph.store.port import RecordReader
from tracegraph.store.rows import Beside, RecordWrite

LOGIN: Final = "login"
#: Kind of the records of those who may make keys: when they logged in last, so that others see who is gone.
PERSON: Final = "person"
#: A working day, whatever happens meanwhile.
LASTS: Final = timedelta(hours=9)
#: For so long it is remembered when somebody logged in last: no key that they made lasts longer.
REMEMBERED: Final = timedelta(days=730)
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in that holds.

    Attributes
    ----------
    id : str
        The hash of its token.
    who : Principal
        Who logged in, with the roles and the region that they had then.
    issuer : str
        The identity provider that said so.
    until : str
        When it ends by itself.
    """

    id: str
    who: Principal
    issuer: str
    until: str


def begin_login(who: Principal, issuer: str, now: str, request_id: str = "") -> tuple[str, Beside]:
    """Return a new token, for the browser, and what is to be committed for it."""
    token = secrets.token_urlsafe(_BYTES)
    until = later(now, LASTS)
    body = {"principal": principal_body(who), "issuer": issuer, "until": until}
    writes = [RecordWrite(LOGIN, id_of(token), body, expected_version=0, visibility=who.home, due_at=until)]
    if who.may(Permission.KEYS):
        until = later(now, REMEMBERED)
        writes.append(RecordWrite(PERSON, who.id, {"logged_in_at": now}, visibility=who.home, due_at=until))
    return token, Beside(writes, [audit_row(who, "login.begin", f"login:{who.id}", request_id=request_id)])


def find_login(store: RecordReader, token: str, now: str) -> Login | None:
    """Return the log-in of a token; None: there is none, or it has ended."""
    records = store.records(LOGIN, id_of(token))
    if not records or records[-1].body["until"] <= now:
        return None
    body = records[-1].body
    return Login(records[-1].id, principal_from(body["principal"]), body["issuer"], body["until"])


def end_login(login: Login, request_id: str = "") -> Beside:
    """Return what is to be committed so that a log-in holds no longer."""
    row = audit_row(login.who, "login.end", f"login:{login.who.id}", request_id=request_id)
    return Beside([RecordWrite(LOGIN, login.id, None)], [row])


def logged_in_last(store: RecordReader, principal_id: str) -> str | None:
    """Return when somebody who may make keys logged in last; None: never, or not since this is written down."""
    found = store.records(PERSON, principal_id)
    return str(found[-1].body["logged_in_at"]) if found else None


def id_of(token: str) -> str:
    """Return what the store knows a token by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
