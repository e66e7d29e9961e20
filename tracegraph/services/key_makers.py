"""Who stands behind a key: who made it, who has had a secret of it, and the same of those, up to a person.

The first keys are made at the command line; each of them is a person of its own. What the keys behind a key were is
written down when it is made, or gets another secret, so that looking whether they still serve is a look at each, and
what was ended once does not come back by what is done later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from tracegraph.access import LOCAL
from tracegraph.errors import NotNow
from tracegraph.messages import N_
from tracegraph.store.port import RecordReader
from tracegraph.store.rows import Record

#: Kind of the records of keys.
KEY: Final = "key"
_PREFIX: Final = f"{KEY}:"


@dataclass(frozen=True, slots=True)
class Behind:
    """The keys behind somebody who makes a key.

    Attributes
    ----------
    keys : tuple of str
        Ids of keys, sorted; what they make serves as long as all of them do.
    until : str or None
        When the first of them expires; None: there are none.
    """

    keys: tuple[str, ...] = ()
    until: str | None = None


#: Behind whoever is no key: a person, or the command line.
NO_KEYS: Final = Behind()


def key_record(store: RecordReader, principal_id: str) -> Record | None:
    """Return the record of the key that a principal is of; None: they are of none, or it is unknown."""
    if not principal_id.startswith(_PREFIX):
        return None
    records = store.records(KEY, principal_id.removeprefix(_PREFIX))
    return records[-1] if records else None


def behind(store: RecordReader, principal_id: str, now: str) -> Behind:
    """Return the keys behind somebody: their own, those behind it, and those behind each secret that it has now.

    Raises
    ------
    NotNow
        One of them serves no longer, so that what is made under them would not serve either.
    """
    record = key_record(store, principal_id)
    if record is None:
        return NO_KEYS
    secrets = [secret_keys(secret, record.body) for secret in record.body["digests"] if secret_serves(secret, now)]
    names = sorted({record.id, *made_under(record.body), *chain.from_iterable(secrets)})
    if not all_serve(store, names, now):
        raise NotNow(N_("a key that gave yours a secret serves no longer: use another key, or this one in a day"))
    return Behind(tuple(names), min(str(found.body["expires_at"]) for id in names for found in store.records(KEY, id)))


def all_serve(store: RecordReader, keys: Iterable[str], now: str) -> bool:
    """Return whether every one of some keys is known, and neither revoked nor expired."""
    for id in keys:
        records = store.records(KEY, id)
        if not records or not is_in_time(records[-1].body, now):
            return False
    return True


def is_in_time(body: Mapping[str, Any], now: str) -> bool:
    """Return whether a key was not revoked itself, and has not expired."""
    return body["revoked_at"] is None and now < str(body["expires_at"])


def made_under(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys under which a key was made; of one that does not say so yet, the key that made it."""
    if "made_under" in body:
        return tuple(body["made_under"])
    return _keys_of([str(body["created_by"])])


def secret_serves(secret: Sequence[Any], now: str) -> bool:
    """Return whether the time of a secret has not run out."""
    return secret[1] is None or now < str(secret[1])


def secret_keys(secret: Sequence[Any], body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys under which a secret of a key was made; where it does not say so yet, all that ever gave one."""
    return tuple(secret[2]) if len(secret) > 2 else _keys_of(body.get("rotated_by", []))


def _keys_of(principals: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.removeprefix(_PREFIX) for name in principals if name.startswith(_PREFIX))


# --- persons ---------------------------------------------------------------------------------------------------------


def makers_of(store: RecordReader, principal_id: str) -> list[str]:
    """Return who made the key that a principal is of, or ever had a secret of it, and the same of each of them."""
    found: list[str] = []
    open_ends = [principal_id]
    while open_ends:
        record = key_record(store, open_ends.pop())
        named = [*record.body.get("rotated_by", []), str(record.body["created_by"])] if record else []
        new = [name for name in dict.fromkeys(named) if name not in found and name != principal_id]
        found += new
        open_ends += new
    return found


def may_be_one_person(store: RecordReader, one: str, other: str) -> bool:
    """Return whether two principals may be one person: the same, one behind the other, or somebody behind both.

    Who has the command line of an installation is behind every first key, and is beyond what four eyes can hold: only
    what they do under their own name counts as theirs.
    """
    sides = [{name, *makers_of(store, name)} for name in (one, other)]
    return bool(sides[0] & sides[1] - ({LOCAL.id} - {one, other}))
