"""Jobs: work that outlives a request, kept in the store, done once whoever does it.

A job is a record whose `due_at` is its lease. Who takes it (`take_job`) holds it until then and pushes the lease ahead
while it works (`tracegraph.services.leases.Lease`); when the lease ends without that, somebody else takes it. Whatever
a job changes is committed in one transaction with the job's own end, which expects the version that the holder wrote
last: who lost the lease changes nothing. A job that has ended is due when it expires, and is then deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tracegraph.access import Permission, Principal
from tracegraph.errors import NotNow, StaleWrite, TracegraphError, UnknownJob
from tracegraph.messages import N_, Message
from tracegraph.moments import later
from tracegraph.services.newest import OfTenant, newest_records
from tracegraph.services.principals import principal_body, principal_from
from tracegraph.store.rows import Beside, Record, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Kind of the records. Ids are those of the tenant and of the job, so that a tenant's jobs are one stretch.
JOB: Final = "job"
#: So often a job is begun before it is given up.
MOST_ATTEMPTS: Final = 5
#: Seconds until a job is tried again after a failure that may pass.
PAUSES_S: Final = (5, 30, 120, 300)
#: Seconds for which a job that has ended, and its result, is kept: an answer is soon old.
KEPT_S: Final = 7 * 86_400
KEPT_BY_KIND_S: Final[Mapping[str, int]] = {"question": 86_400}
_PAGE: Final = 200


class JobState(StrEnum):
    """Where a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # it cannot be done; trying again would not help
    CANCELLED = "cancelled"
    DEAD = "dead"  # it was tried as often as allowed


OPEN: Final = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Job(OfTenant):
    """A job as it stands."""

    @property
    def kind(self) -> str:
        """What is to be done."""
        return str(self.record.body["kind"])

    @property
    def state(self) -> JobState:
        """Where it is."""
        return JobState(self.record.body["state"])

    @property
    def given(self) -> Mapping[str, Any]:
        """What it needs to know."""
        found: Mapping[str, Any] = self.record.body["given"]
        return found

    @property
    def principal(self) -> Principal:
        """Who asked, as they were then."""
        return principal_from(self.record.body["principal"])

    def is_seen_by(self, who: Principal) -> bool:
        """Return whether somebody may see the job: their tenant's, of somebody who saw no more, doing what they may."""
        asked = self.principal
        return (
            self.tenant == who.tenant
            and set(asked.visible_to) <= set(who.visible_to)
            and who.may(Permission(self.record.body["permission"]))
        )


def expiry(kind: str, now: str) -> str:
    """Return when a job that ends now, and its result, may go."""
    return later(now, KEPT_BY_KIND_S.get(kind, KEPT_S))


def new_job(
    who: Principal,
    kind: str,
    permission: Permission,
    given: Mapping[str, Any],
    now: str,
    *,
    held_until: str | None = None,
) -> RecordWrite:
    """Return the record of a new job.

    Parameters
    ----------
    who : Principal
        Who asks for it.
    kind : str
        What is to be done; a handler has this name.
    permission : Permission
        What whoever sees it must be allowed.
    given : mapping
        What the handler needs, as JSON.
    now : str
        The present moment.
    held_until : str, optional
        Whoever records it works on it already, until then; else it is due at once.
    """
    body = {
        "kind": kind,
        "permission": permission.value,
        "principal": principal_body(who),
        "state": JobState.RUNNING if held_until else JobState.QUEUED,
        "given": dict(given),
        "attempts": 1 if held_until else 0,
        "progress": None,
        "result": None,
        "error": None,
        "created_at": now,
        "started_at": now if held_until else None,
        "finished_at": None,
        "expires_at": None,
    }
    name = f"{who.tenant}/job-{secrets.token_hex(16)}"
    return RecordWrite(JOB, name, body, expected_version=0, visibility=who.home, due_at=held_until or now)


def job_of(write: RecordWrite, now: str) -> Job:
    """Return a new job as it will stand once it is recorded."""
    assert write.body is not None
    return Job(Record(JOB, write.id, 1, write.body, now, write.visibility, due_at=write.due_at))


def find_job(store: Store, who: Principal, wanted: str) -> Job:
    """Return a job that somebody may see.

    Raises
    ------
    UnknownJob
        There is none, or it is another's.
    """
    found = store.records(JOB, f"{who.tenant}/{wanted}")
    if not found or not (job := Job(found[-1])).is_seen_by(who):
        raise UnknownJob(N_("there is no job {id}; jobs are deleted some days after they have ended"), id=wanted)
    return job


def jobs_of(store: Store, who: Principal) -> list[Job]:
    """Return the jobs that somebody may see, the newest first."""
    found = newest_records(store, JOB, prefix=f"{who.tenant}/")
    seen = [job for job in map(Job, found) if job.is_seen_by(who)]
    return sorted(seen, key=lambda job: (job.record.body["created_at"], job.id), reverse=True)


def cancelled(job: Job, now: str) -> RecordWrite:
    """Return what ends a job before its time: who works on it can commit nothing any more.

    Raises
    ------
    NotNow
        It has ended, or is changing the store already.
    """
    if job.state not in OPEN:
        raise NotNow(N_("the job {id} has ended: there is nothing to cancel"), id=job.id)
    if job.state is JobState.RUNNING and job.given.get("changes"):
        raise NotNow(N_("the job {id} is changing the store: wait for its end, then undo it"), id=job.id)
    return ended(job, JobState.CANCELLED, now)


def ended(
    job: Job,
    state: JobState,
    now: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> RecordWrite:
    """Return what ends a job, to be committed with whatever it changed."""
    expires_at = expiry(job.kind, now)
    body = {
        **job.record.body,
        "state": state,
        "result": None if result is None else dict(result),
        "error": None if error is None else dict(error),
        "finished_at": now,
        "expires_at": expires_at,
    }
    return changed(job, body, expires_at)


def changed(job: Job, body: Mapping[str, Any], due_at: str | None) -> RecordWrite:
    """Return the next version of a job, to be written while nobody else wrote one."""
    record = job.record
    version, visibility = record.version, record.visibility
    return RecordWrite(JOB, record.id, body, expected_version=version, visibility=visibility, due_at=due_at)


def error_body(error: TracegraphError) -> dict[str, Any]:
    """Return an error as a job keeps it: to be said in whichever language is asked for."""
    return {"code": error.code, **message_body(error.message)}


def message_body(message: Message) -> dict[str, Any]:
    """Return a message as JSON."""
    values = {
        name: value if isinstance(value, int | float | str) else str(value) for name, value in message.values.items()
    }
    return {"text": message.text, "values": values}


def message_from(body: Mapping[str, Any]) -> Message:
    """Return a message from its JSON."""
    return Message(body["text"], body["values"])


def take_job(store: Store, now: str, lease_seconds: float) -> Job | None:
    """Return the job that has been due longest, begun and held; None: there is none.

    Jobs that have ended and expired are deleted on the way; jobs that were begun as often as allowed are given up.
    """
    until = later(now, lease_seconds)
    while found := store.take(JOB, now, until):
        job = Job(found[0])
        try:
            if job.state not in OPEN:
                gone = RecordWrite(JOB, job.record.id, None, expected_version=job.record.version)
                store.commit(Beside([gone]), now)
            elif job.record.body["attempts"] >= MOST_ATTEMPTS:
                store.commit(Beside([given_up(job, now)]), now)
            else:
                return _begun(store, job, now, until)
        except StaleWrite:  # it was cancelled, or taken by another
            continue
    return None


def given_up(job: Job, now: str, error: Mapping[str, Any] | None = None) -> RecordWrite:
    """Return the end of a job that was begun as often as allowed, with what went wrong last."""
    text = N_("this was begun {n} times and never came to an end")
    exhausted = {"code": "attempts-exhausted", "text": text, "values": {"n": MOST_ATTEMPTS}}
    return ended(job, JobState.DEAD, now, error=error or job.record.body["error"] or exhausted)


def _begun(store: Store, job: Job, now: str, until: str) -> Job:
    body = job.record.body
    begun = {**body, "state": JobState.RUNNING, "attempts": body["attempts"] + 1, "started_at": now}
    (record,) = store.commit(Beside([changed(job, begun, until)]), now)
    return Job(record)
