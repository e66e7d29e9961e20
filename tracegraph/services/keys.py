"""API keys: made, shown once, narrowed, changed and revoked. Of the secret the store has only a hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tracegraph.access import Permission, Principal, Role
from tracegraph.errors import InvalidInput, NotNow, StaleWrite, TokenInvalid, UnknownNode
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.key_makers import (
    KEY,
    NO_KEYS,
    Behind,
    all_serve,
    is_in_time,
    key_record,
    made_under,
    secret_keys,
    secret_serves,
)
from tracegraph.services.key_rights import Rights, checked_rights
from tracegraph.services.newest import newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Beside, Record, RecordWrite
from tracegraph.vocabulary import NETWORK, NOT_RETRACTED, REGION_PREFIX

DEFAULT_DAYS: Final = 365
MAX_DAYS: Final = 730
#: For so long after a rotation the old secret serves beside the new one.
OVERLAP: Final = timedelta(hours=24)
#: The last use is written down at most this often.
USE_NOTED: Final = timedelta(hours=1)
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"tg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in its newest version.

    Attributes
    ----------
    id, version : str, int
        Identity; the id is the part of the token that may be shown.
    label : str
        What it is for; never a person's name.
    rights : Rights
        What it may.
    created_at, created_by, expires_at : str
        When, by which principal, and until when.
    revoked_at, last_used_at : str or None
        None: not revoked; not used yet.
    """

    id: str
    version: int
    label: str
    rights: Rights
    created_at: str
    created_by: str
    expires_at: str
    revoked_at: str | None
    last_used_at: str | None

    @property
    def principal(self) -> Principal:
        """Who shows it."""
        rights = self.rights
        return Principal(f"key:{self.id}", rights.roles, rights.region, rights.grants, rights.scopes)

    def is_live(self, now: str) -> bool:
        """Return whether it was not revoked itself, and has not expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Made:
    """A key whose token was just made.

    Attributes
    ----------
    write : RecordWrite
        To be committed.
    token : str
        Shown once.
    """

    write: RecordWrite
    token: str


# --- making ----------------------------------------------------------------------------------------------------------


def new_key(
    by: Principal, label: str, rights: Rights, now: str, days: int = DEFAULT_DAYS, *, under: Behind = NO_KEYS
) -> Made:
    """Return a new key and its token.

    Parameters
    ----------
    by, label, rights, now, days
        Who makes it, what it is for, what it may, when, and for how many days it lasts at most.
    under : Behind
        The keys behind who makes it (`key_makers.behind`): it ends when one of them expires or is revoked, so that
        who held a revoked key has no other that they made with it.

    Raises
    ------
    InvalidInput
        The label, the rights or the days are not what they may be.
    """
    _check_under(by, under)
    if not _LABEL.fullmatch(label):
        raise InvalidInput(
            N_("the label {value!r} is not one: small letters, digits and . _ -, at most 40; name what it is for"),
            value=label[:60],
        ).at("/label")
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(N_("a key lasts 1 to {most} days, not {value}"), most=MAX_DAYS, value=days).at("/days")
    checked_rights(by, rights)
    id, (digest, secret) = secrets.token_hex(8), _new_secret()
    body = {
        "label": label,
        "roles": sorted(rights.roles),
        "region": rights.region,
        "scopes": None if rights.scopes is None else sorted(rights.scopes),
        "grants": sorted(rights.grants),
        "created_at": now,
        "created_by": by.id,
        "expires_at": min(later(now, timedelta(days=days)), under.until or NOT_RETRACTED),
        "revoked_at": None,
        "last_used_at": None,
        "made_under": list(under.keys),
        "digests": [[digest, None, list(under.keys)]],
    }
    return Made(_write(id, body, 0, rights.region), f"tg_{id}_{secret}")


def rotated(record: Record, by: Principal, now: str, *, under: Behind = NO_KEYS) -> Made:
    """Return a key with a new secret, which serves as long as the keys behind who made it; the old one a day longer.

    Raises
    ------
    InvalidInput
        The key may more than who would get its new secret.
    NotNow
        It was revoked, or has expired.
    """
    _check_under(by, under)
    key = key_of(record)
    if not key.is_live(now):
        raise NotNow(N_("the key {id} serves no longer: make a new one"), id=key.id)
    checked_rights(by, key.rights)
    digest, secret = _new_secret()
    newest = [secret for secret in record.body["digests"] if secret[1] is None]
    kept = [[secret[0], later(now, OVERLAP), list(secret_keys(secret, record.body))] for secret in newest]
    rotated_by = sorted({*record.body.get("rotated_by", []), by.id})
    body = {**record.body, "digests": [[digest, None, list(under.keys)], *kept], "rotated_by": rotated_by}
    return Made(_write(record.id, body, record.version, record.body["region"]), f"tg_{record.id}_{secret}")


def revoked(record: Record, now: str) -> RecordWrite:
    """Return a key that no longer serves; one that was revoked before stays so from then on."""
    body = {**record.body, "revoked_at": record.body["revoked_at"] or now}
    return _write(record.id, body, record.version, record.body["region"])


def _check_under(by: Principal, under: Behind) -> None:
    """Check that whoever makes something with a key says so."""
    if by.id.startswith(f"{KEY}:") and by.id.removeprefix(f"{KEY}:") not in under.keys:
        raise ValueError(f"{by.id} makes a key, and is not among the keys behind it")


def _new_secret() -> tuple[str, str]:
    """Return the hash of a new secret, and the secret: 256 bits by chance, so that a fast hash serves."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return _digest(secret), secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _write(id: str, body: Mapping[str, Any], version: int, region: str | None) -> RecordWrite:
    return RecordWrite(KEY, id, body, version, f"{REGION_PREFIX}{region}" if region else NETWORK)


# --- finding and checking --------------------------------------------------------------------------------------------


def key_of(record: Record) -> ApiKey:
    """Return the key that a record describes."""
    body = record.body
    scopes = body["scopes"]
    rights = Rights(
        frozenset(Role(role) for role in body["roles"]),
        body["region"],
        None if scopes is None else frozenset(Permission(scope) for scope in scopes),
        frozenset(body["grants"]),
    )
    plain = ("label", "created_at", "created_by", "expires_at", "revoked_at", "last_used_at")
    said = {name: body[name] for name in plain}
    return ApiKey(id=record.id, version=record.version, rights=rights, **said)


def key_records(store: RecordStore, by: Principal) -> list[Record]:
    """Return the keys that somebody manages: their region's, or all for the system; by id."""
    return [record for record in newest_records(store, KEY) if manages(by, record)]


def manages(by: Principal, record: Record) -> bool:
    """Return whether a key is somebody's to manage."""
    return Role.SYSTEM in by.roles or (by.region is not None and record.body["region"] == by.region)


def find_key(store: RecordStore, id: str, by: Principal) -> Record:
    """Return a key that somebody manages.

    Raises
    ------
    UnknownNode
        There is none, or it is another region's.
    """
    for record in store.records(KEY, id):
        if manages(by, record):
            return record
    raise UnknownNode(N_("you manage no key {id!r}"), id=id)


def verified(store: RecordStore, token: str, now: str) -> ApiKey:
    """Return the key that a token is of.

    Raises
    ------
    TokenInvalid
        There is no such key, the secret is another, or the key was revoked; or it has expired, or a key behind it or
        behind this secret serves no longer, which alone is told.
    """
    parts = _TOKEN.fullmatch(token)
    records = store.records(KEY, parts[1]) if parts else []
    if parts is None or not records:
        raise TokenInvalid(N_("this is no valid token"))
    given, body = _digest(parts[2]), records[0].body
    live = [secret for secret in body["digests"] if secret_serves(secret, now)]
    matches = [hmac.compare_digest(given, secret[0]) for secret in live]  # all of them: no time tells which
    key = key_of(records[0])
    if not any(matches) or key.revoked_at is not None:
        raise TokenInvalid(N_("this is no valid token"))
    if not key.is_live(now):
        raise TokenInvalid(N_("this token expired on {day}: ask for a new one"), day=key.expires_at[:10])
    if not all_serve(store, {*made_under(body), *secret_keys(live[matches.index(True)], body)}, now):
        raise TokenInvalid(N_("this token was made with a key that serves no longer: ask for a new one"))
    return key


def serves(store: RecordStore, record: Record, now: str) -> bool:
    """Return whether a key can be used: it and the keys behind it, and behind one of its secrets, serve."""
    body = record.body
    if not is_in_time(body, now) or not all_serve(store, made_under(body), now):
        return False
    live = [secret for secret in body["digests"] if secret_serves(secret, now)]
    return any(all_serve(store, secret_keys(secret, body), now) for secret in live)


def note_use(store: RecordStore, key: ApiKey, now: str) -> None:
    """Write down that a key was used, unless that is known of this hour."""
    if key.last_used_at is not None and now < later(key.last_used_at, USE_NOTED):
        return
    records = store.records(KEY, key.id)
    if not records:
        return
    body = {**records[0].body, "last_used_at": now}
    try:
        store.commit(Beside([_write(key.id, body, records[0].version, key.rights.region)]), now)
    except StaleWrite:  # changed or noted by somebody else
        return


def rights_of(store: RecordStore, principal_id: str, now: str) -> Principal | None:
    """Return who a key's principal is now; None: it no longer serves, or is none of a key."""
    record = key_record(store, principal_id)
    return key_of(record).principal if record is not None and serves(store, record, now) else None


def no_longer_serves(store: RecordStore, principal_id: str, now: str) -> bool:
    """Return whether somebody is a key that serves no longer: what it asked for is not done any more."""
    record = key_record(store, principal_id)
    return record is not None and not serves(store, record, now)
