"""What writing records comes to, whichever the store: the versions that follow from the newest ones it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracegraph.errors import StaleWrite
from tracegraph.messages import N_
from tracegraph.store.audit_chain import chained
from tracegraph.store.port import AUDIT, VERSIONED_KINDS
from tracegraph.store.rows import Beside, Record, RecordWrite
from tracegraph.vocabulary import NOT_RETRACTED

#: Kind and id.
Key = tuple[str, str]

_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written.

    Attributes
    ----------
    put : sequence of Record
        The next versions of records. Of kinds outside `VERSIONED_KINDS` they take the place of what was there; of the
        others the version before is no longer due.
    ended : sequence of Record
        The newest versions of records of `VERSIONED_KINDS` that end, ended.
    deleted : sequence of Key
        Records of other kinds that end.
    audit : sequence of Record
        Rows of the audit trail.
    """

    put: Sequence[Record]
    ended: Sequence[Record]
    deleted: Sequence[Key]
    audit: Sequence[Record]

    @property
    def written(self) -> list[Record]:
        """Every version that was written or ended, audit rows last."""
        return [*self.put, *self.ended, *self.audit]


def keys_of(beside: Beside) -> list[Key]:
    """Return which records are written; the audit trail and a record that is written twice are refused."""
    keys = [(write.kind, write.id) for write in beside.records]
    if len(set(keys)) < len(keys):
        raise ValueError(f"records written twice in one transaction: {keys}")
    if any(kind == AUDIT for kind, _ in keys):
        raise ValueError("rows of the audit trail are only ever added to its end")
    return keys


def planned(beside: Beside, newest: Mapping[Key, Record], last_audit: Record | None, now: str) -> Plan:
    """Return what is to be written.

    Parameters
    ----------
    beside : Beside
        What somebody wants written.
    newest : mapping
        The newest version, retracted or not, of each record of `keys_of` that the store holds.
    last_audit : Record or None
        The audit trail's last row.
    now : str
        UTC time.

    Raises
    ------
    StaleWrite
        A record is not in the version that its write expects.
    """
    put: list[Record] = []
    ended: list[Record] = []
    deleted: list[Key] = []
    for write in beside.records:
        held = newest.get((write.kind, write.id))
        is_there = held is not None and held.retracted_at == NOT_RETRACTED
        if write.expected_version not in (None, held.version if held and is_there else 0):
            raise StaleWrite(
                N_("{kind} {id} was changed by somebody else since it was read: read it again, then repeat"),
                kind=write.kind,
                id=write.id,
            )
        if write.body is not None:
            put.append(_next(write, write.body, held, now))
        elif held and is_there and write.kind in VERSIONED_KINDS:
            ended.append(replace(held, retracted_at=max(now, held.recorded_at), due_at=None))
        elif is_there:
            deleted.append((write.kind, write.id))
    return Plan(put, ended, deleted, chained(beside.audit, last_audit, now))


def _next(write: RecordWrite, body: Mapping[str, object], held: Record | None, now: str) -> Record:
    version = held.version + 1 if held else 1
    return Record(write.kind, write.id, version, dict(body), now, write.visibility, due_at=write.due_at)


def leased(record: Record, now: str, until: str) -> Record:
    """Return a due record as who takes it gets it."""
    return replace(record, version=record.version + 1, recorded_at=now, due_at=until)


def beyond(prefix: str) -> str | None:
    """Return the first text, by code point, after all that begin with a prefix; None: there is none."""
    kept = prefix.rstrip(chr(_LAST_CHARACTER))
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
