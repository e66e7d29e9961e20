"""Imports that are sent to the API: files kept until they are committed or discarded, and what became of them.

An import is a record; its files are pieces beside it. Whatever is done with it is done by a job (`import_jobs`), and
its record changes in the transaction in which that job ends. Callers know an import by an id that is not counted: how
many imports others send is nobody's business.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tracegraph.access import Permission, Principal
from tracegraph.errors import NotNow, StaleWrite, UnknownImport
from tracegraph.intake.sent import Form, Part
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.jobs import JOB, KEPT_S, OPEN, Job, new_job
from tracegraph.services.newest import OfTenant, newest_records
from tracegraph.services.pieces import UPLOAD, pieces, whole, without, write_pieces
from tracegraph.services.principals import principal_body, principal_from
from tracegraph.store.rows import Record, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Kind of the records. Ids are those of the tenant and of the import.
IMPORT: Final = "import"
#: Kinds of its jobs.
CHECK, COMMIT, DISCARD, UNDO = "check", "commit", "discard", "undo"
_PAGE: Final = 200


class ImportState(StrEnum):
    """Where an import is."""

    RECEIVED = "received"
    CHECKED = "checked"
    REJECTED = "rejected"
    COMMITTED = "committed"
    DISCARDED = "discarded"
    UNDONE = "undone"


#: In which states each kind of job is asked for.
_FITS: Final[Mapping[str, frozenset[ImportState]]] = {
    CHECK: frozenset({ImportState.CHECKED, ImportState.REJECTED}),
    COMMIT: frozenset({ImportState.CHECKED}),
    DISCARD: frozenset({ImportState.CHECKED, ImportState.REJECTED, ImportState.RECEIVED}),
    UNDO: frozenset({ImportState.COMMITTED}),
}


@dataclass(frozen=True, slots=True)
class Sent(OfTenant):
    """An import as it stands."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What is known of it."""
        return self.record.body

    @property
    def state(self) -> ImportState:
        """Where it is."""
        return ImportState(self.body["state"])

    @property
    def principal(self) -> Principal:
        """Who sent it, as they were then."""
        return principal_from(self.body["principal"])

    @property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """What columns are said to be, by file and header."""
        found: Mapping[str, Mapping[str, str]] = self.body.get("columns", {})
        return found

    @property
    def job_record_id(self) -> str:
        """Id of the record of the job that was asked for last."""
        return str(self.body["job"])

    def is_seen_by(self, who: Principal) -> bool:
        """Return whether somebody may see it: their tenant's, sent by somebody who saw no more; the system sees all."""
        if who.may(Permission.SYSTEM):
            return True
        return self.tenant == who.tenant and set(self.principal.visible_to) <= set(who.visible_to)

    def may_be_done_by(self, who: Principal) -> bool:
        """Return whether somebody may do something with it: it is done with the rights of who sent it."""
        rights = (Permission.SYSTEM, Permission.REVIEW)
        return all(who.may(right) for right in rights if self.principal.may(right))

    def changed(self, **what: Any) -> RecordWrite:
        """Return its next version."""
        body = {**self.body, **what}
        version, visibility = self.record.version, self.record.visibility
        return RecordWrite(IMPORT, self.record.id, body, expected_version=version, visibility=visibility)


def received(
    store: Store, who: Principal, form: Form, parts: Sequence[Part], now: str, *, skip_bad_rows: bool = False
) -> tuple[RecordWrite, RecordWrite]:
    """Keep what was sent, and return the records of the import and of the job that checks it.

    The files are in the store when this returns, and go by themselves unless the import is recorded and committed.
    """
    name = f"{who.tenant}/imp-{secrets.token_hex(12)}"
    home, expires_at = who.home, later(now, KEPT_S)
    files = []
    for number, (file, data) in enumerate(parts):
        writes = pieces(UPLOAD, f"{name}/{number:03}", data, home, expires_at)
        files.append({"name": file, "bytes": len(data), "pieces": write_pieces(store, writes, now)})
    given = {"import": name, "import_id": name.rpartition("/")[2]}
    job = new_job(who, CHECK, Permission.WRITE, given, now)
    body = {
        "principal": principal_body(who),
        "state": ImportState.RECEIVED,
        "form": form,
        "files": files,
        "skip_bad_rows": skip_bad_rows,
        "columns": {},
        "unclear_columns": {},
        "job": job.id,
        "created_at": now,
        "expires_at": expires_at,
        "checked_at": None,
        "digest": None,
        "rows": {},
        "preview": None,
        "problems": None,
        "notes": [],
        "visibilities": [],
        "change_set": None,
        "committed": None,
        "committed_at": None,
        "ended_at": None,
    }
    return RecordWrite(IMPORT, name, body, expected_version=0, visibility=home), job


def find_import(store: Store, who: Principal, wanted: str) -> Sent:
    """Return an import that somebody may see.

    Raises
    ------
    UnknownImport
        There is none, or it is another's.
    """
    found = store.records(IMPORT, f"{who.tenant}/{wanted}")
    if not found and who.may(Permission.SYSTEM):
        found = [record for record in all_imports(store) if record.id.endswith(f"/{wanted}")]
    if not found or not (sent := Sent(found[-1])).is_seen_by(who):
        raise UnknownImport(N_("there is no import {id}"), id=wanted)
    return sent


def imports_of(store: Store, who: Principal) -> list[Sent]:
    """Return the imports that somebody may see, the newest first."""
    prefix = "" if who.may(Permission.SYSTEM) else f"{who.tenant}/"
    seen = [sent for sent in map(Sent, all_imports(store, prefix)) if sent.is_seen_by(who)]
    return sorted(seen, key=lambda sent: (sent.body["created_at"], sent.id), reverse=True)


def all_imports(store: Store, prefix: str = "") -> list[Record]:
    """Return the records of imports whose ids begin so."""
    return list(newest_records(store, IMPORT, prefix=prefix))


def parts_of(store: Store, sent: Sent) -> list[Part]:
    """Return the files that were sent.

    Raises
    ------
    NotNow
        They are kept no longer.
    """
    parts: list[Part] = []
    for number, file in enumerate(sent.body["files"]):
        data = whole(store, UPLOAD, f"{sent.record.id}/{number:03}", file["pieces"])
        if data is None:
            raise NotNow(N_("the files of the import {id} are kept no longer: send them again"), id=sent.id)
        parts.append((file["name"], data))
    return parts


def files_gone(sent: Sent) -> list[RecordWrite]:
    """Return what deletes the files that were sent."""
    return [
        write
        for number, file in enumerate(sent.body["files"])
        for write in without(UPLOAD, f"{sent.record.id}/{number:03}", file["pieces"])
    ]


def check_fits(store: Store, sent: Sent, kind: str, version: int) -> None:
    """Check that something can be done with an import now.

    Raises
    ------
    StaleWrite
        The caller has an older version of the import.
    NotNow
        The import is in another state, or something is being done with it.
    """
    if version != sent.record.version:
        raise StaleWrite(N_("the import {id} was changed since you read it: read it again"), id=sent.id)
    if is_busy(store, sent):
        raise NotNow(N_("the import {id} is being worked on: see its job"), id=sent.id)
    if sent.state not in _FITS[kind]:
        raise NotNow(N_("the import {id} is {state}: this cannot be done with it"), id=sent.id, state=str(sent.state))


def asked_for(
    sent: Sent, kind: str, who: Principal, request_id: str, now: str, **what: Any
) -> tuple[RecordWrite, RecordWrite]:
    """Return the records of a job that does something with an import, and of the import that names it."""
    given = {"import": sent.record.id, "import_id": sent.id, "changes": kind != CHECK, "request_id": request_id}
    job = new_job(who, kind, Permission.WRITE, given, now)
    return job, sent.changed(job=job.id, **what)


def is_busy(store: Store, sent: Sent) -> bool:
    """Return whether a job does something with an import, or is about to."""
    found = store.records(JOB, sent.job_record_id)
    return bool(found) and Job(found[-1]).state in OPEN
