"""What is done with an import, each by a job: checked, committed, discarded, undone. The effect and the end are one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final

from tracegraph.errors import ImportInterrupted, InvalidInput, NotNow, UnknownImport
from tracegraph.messages import N_
from tracegraph.services.audit import audit_row
from tracegraph.services.authorship import authorship_write
from tracegraph.services.column_choices import unclear_of
from tracegraph.services.events import event_write
from tracegraph.services.import_reading import (
    Read,
    counts_of,
    notes_of,
    packed_problems,
    preview_of,
    read_import,
)
from tracegraph.services.imports import (
    CHECK,
    COMMIT,
    DISCARD,
    IMPORT,
    UNDO,
    ImportState,
    Sent,
    all_imports,
    files_gone,
    is_busy,
)
from tracegraph.services.jobs import JobState, error_body, expiry
from tracegraph.services.leases import Handler, Lease
from tracegraph.services.pieces import UPLOAD, pieces, write_pieces
from tracegraph.store.rows import ApplyReport, Beside, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

_OPEN: Final = "open"
_DESCRIBED: Final = "import "  # the description of a change set, before the id of its import


class _PreviewChanged(Exception):
    """What an import changes is not what its preview says."""


def check(lease: Lease) -> None:
    """Read and check an import, and tell what it would change."""
    sent = _import_of(lease)
    with lease.kept():
        read = read_import(lease.store, sent, lease.now)
        what = _checked(lease, sent, read)
    lease.finish(sent.changed(**what), result={"import_id": sent.id, "state": what["state"]})


def _checked(lease: Lease, sent: Sent, read: Read) -> dict[str, Any]:
    """Return what becomes known of an import when it is checked; keeps its problems."""
    problems = read.problems
    errors = sum(problem.severity == "error" for problem in problems)
    is_refused = bool(errors and not sent.body["skip_bad_rows"]) or read.is_empty
    now = lease.now
    key = f"{lease.job.record.id}/{lease.job.record.version}"
    writes = pieces(UPLOAD, key, packed_problems(problems), sent.record.visibility, expiry(CHECK, now))
    kept = {"errors": errors, "warnings": len(problems) - errors, "key": key}
    change_set = read.reading.change_set
    preview = None if is_refused else preview_of(lease.store.apply(change_set, now, dry_run=True), read)
    return {
        "state": ImportState.REJECTED if is_refused else ImportState.CHECKED,
        "checked_at": now,
        "digest": change_set.digest,
        "rows": read.rows(),
        "preview": preview,
        "problems": {**kept, "pieces": write_pieces(lease.store, writes, now)},
        "notes": notes_of(read),
        "unclear_columns": unclear_of(read.reading, sent),
        "visibilities": read.visibilities,
    }


# --- commit ---------------------------------------------------------------------------------------------------------


def commit(lease: Lease) -> None:
    """Write what was checked, exactly that, unless the store says otherwise by now."""
    sent = _import_of(lease)
    with lease.kept():
        read = read_import(lease.store, sent, lease.now)
        errors = [problem for problem in read.problems if problem.severity == "error"]
        is_same = read.reading.change_set.digest == sent.body["digest"]
        changed = None
        if not is_same or len(errors) != sent.body["problems"]["errors"]:
            changed = _checked(lease, sent, read)
    if changed is not None:
        _refuse_changed(lease, sent, changed)
        return
    lease.beat()
    try:
        _apply(lease, sent, read)
    except _PreviewChanged:
        discard_written(lease.store, sent.id, lease.now)
        _refuse_changed(lease, sent, _checked(lease, sent, read))
    except InvalidInput as error:
        discard_written(lease.store, sent.id, lease.now)
        raise _contradiction() from error


def _apply(lease: Lease, sent: Sent, read: Read) -> None:
    def beat(done: int, total: int) -> None:
        if 0 < done < total:  # between transactions
            lease.beat(done, total)

    lease.store.apply(
        read.reading.change_set, lease.now, progress=beat, beside=partial(_beside_commit, lease, sent, read)
    )


def _beside_commit(lease: Lease, sent: Sent, read: Read, report: ApplyReport) -> Beside:
    counts = counts_of(report)
    if any(sent.body["preview"][name] != count for name, count in counts.items()):
        raise _PreviewChanged
    now = lease.now
    what = {
        "state": ImportState.COMMITTED,
        "change_set": report.change_set,
        "committed": {**counts, "nothing_changed": report.is_nothing},
        "committed_at": now,
    }
    events = _events(sent, read.visibilities, report.change_set, now)
    result = {"import_id": sent.id, "state": ImportState.COMMITTED, **counts}
    authors = [] if report.change_set is None else [authorship_write(report.change_set, sent.principal.tenant)]
    records = [lease.end(result=result), sent.changed(**what), *files_gone(sent), *events, *authors]
    return Beside(records, [_audit(lease, "dataset.commit", sent, {"change_set": report.change_set, **counts})])


def _refuse_changed(lease: Lease, sent: Sent, what: Mapping[str, Any]) -> None:
    """End the job without having written anything, and keep the new preview."""
    error = NotNow(
        N_("the store has changed since the import {id} was checked: look at its new preview, then commit again"),
        id=sent.id,
    )
    end = lease.end(JobState.FAILED, error={**error_body(error), "code": "preview-changed"})
    lease.store.commit(Beside([end, sent.changed(**what)]), lease.now)


def _contradiction() -> InvalidInput:
    """Return what is told where the store cannot take what was checked: the reason may be hidden from who asks."""
    return InvalidInput(
        N_(
            "nothing was written: something in these files contradicts what the store holds, in a way that cannot be "
            "told here; ask the administrator"
        )
    )


# --- the ways back --------------------------------------------------------------------------------------------------


def discard(lease: Lease) -> None:
    """Let go of an import that was not committed."""
    sent = _import_of(lease)
    discard_written(lease.store, sent.id, lease.now)
    now = lease.now
    what = sent.changed(state=ImportState.DISCARDED, ended_at=now)
    end = lease.end(result={"import_id": sent.id, "state": ImportState.DISCARDED})
    row = _audit(lease, "dataset.discard", sent, {})
    lease.store.commit(Beside([end, what, *files_gone(sent)], [row]), now)


def undo(lease: Lease) -> None:
    """End all claims of an import that was committed."""
    sent = _import_of(lease)
    number = sent.body["change_set"]
    lease.beat()

    def beside(report: ApplyReport) -> Beside:
        now = lease.now
        what = sent.changed(state=ImportState.UNDONE, ended_at=now)
        end = lease.end(result={"import_id": sent.id, "state": ImportState.UNDONE, "retracted": report.retracted})
        events = _events(sent, sent.body["visibilities"], report.change_set, now)
        facts = {"change_set": report.change_set, "undone": number, "retracted": report.retracted}
        return Beside([end, what, *events], [_audit(lease, "dataset.undo", sent, facts)])

    if number is None:  # nothing had changed
        nothing = ApplyReport(change_set=None, new=0, changed=0, unchanged=0)
        lease.store.commit(beside(nothing), lease.now)
        return
    lease.store.retract(lease.now, change_set=number, beside=beside)


def discard_written(store: Store, import_id: str, now: str) -> None:
    """Take back the part of an import that was written before it was given up; nobody has seen it."""
    for entry in store.info().imports:
        if entry.state == _OPEN and entry.description == f"{_DESCRIBED}{import_id}":
            store.retract(now, change_set=entry.change_set)


def make_way(store: Store, now: str) -> None:
    """Take back an unfinished import that no job will finish, so that it holds up nobody."""
    for entry in store.info().imports:
        name = entry.description.removeprefix(_DESCRIBED)
        if entry.state != _OPEN or name == entry.description:
            continue
        found = [record for record in all_imports(store) if record.id.endswith(f"/{name}")]
        if found and not is_busy(store, Sent(found[-1])):
            try:
                store.retract(now, change_set=entry.change_set)
            except (UnknownImport, ImportInterrupted):  # somebody else did, or it is taken up again
                return


# --- common ---------------------------------------------------------------------------------------------------------


def _import_of(lease: Lease) -> Sent:
    """Return the import of a job, for which it was the last that was asked for."""
    found = lease.store.records(IMPORT, str(lease.job.given["import"]))
    sent = Sent(found[-1]) if found else None
    if sent is None or sent.job_record_id != lease.job.record.id:
        raise NotNow(N_("the import {id} is worked on by another job"), id=str(lease.job.given["import_id"]))
    return sent


def _events(sent: Sent, visibilities: list[str], change_set: int | None, now: str) -> list[RecordWrite]:
    """Return one event for each visibility of what changed."""
    if change_set is None:
        return []
    facts = {"change_set": change_set}
    return [event_write("claims.changed", f"import:{sent.id}", visibility, now, facts) for visibility in visibilities]


def _audit(lease: Lease, action: str, sent: Sent, facts: Mapping[str, Any]) -> dict[str, Any]:
    request_id = str(lease.job.given.get("request_id", ""))
    subject = f"import:{sent.id}"
    return audit_row(lease.job.principal, action, subject, request_id=request_id, facts=dict(facts))


def _in_turn(handler: Handler) -> Handler:
    """Return a handler that waits for an import that is being written, and for none that nobody finishes."""

    @wraps(handler)
    def waiting(lease: Lease) -> None:
        try:
            handler(lease)
        except ImportInterrupted:
            make_way(lease.store, lease.now)
            raise

    return waiting


#: What a worker does with imports, by kind of job.
HANDLERS: Final[Mapping[str, Handler]] = {
    CHECK: _in_turn(check),
    COMMIT: _in_turn(commit),
    DISCARD: _in_turn(discard),
    UNDO: _in_turn(undo),
}
