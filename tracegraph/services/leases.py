"""Holding a job: its lease pushed ahead while somebody works on it, its end, and what becomes of it when that fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from tracegraph.errors import CommitUnknown, Forbidden, ImportInterrupted, StaleWrite, StoreUnavailable, TracegraphError
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.jobs import (
    MOST_ATTEMPTS,
    PAUSES_S,
    Job,
    JobState,
    changed,
    ended,
    error_body,
    given_up,
    take_job,
)
from tracegraph.services.keys import no_longer_serves
from tracegraph.store.rows import Beside, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Seconds for which a job is held at a time; it is held anew after a quarter of that.
LEASE_S: Final = 60.0
#: How long a job waits for another import that is being written, before it is tried again and before it gives up.
WAIT_S: Final = 5
WAITS_AT_MOST_S: Final = 86_400
_LOG: Final = logging.getLogger(__name__)


class GivenBack(Exception):
    """Whoever works on a job is about to stop: the job goes back into the queue."""


class Lease:
    """A job that is held by whoever has this.

    Parameters
    ----------
    store : Store
        Where the job is.
    job : Job
        As it was taken.
    clock : callable
        Returns the present moment.
    seconds : float
        For how long it is held at a time.
    stop : Event, optional
        Set when whoever works on it is about to stop.
    """

    def __init__(
        self, store: Store, job: Job, clock: Callable[[], str], seconds: float = LEASE_S, stop: Event | None = None
    ) -> None:
        self.store, self.job, self.clock = store, job, clock
        self._seconds, self._stop = seconds, stop or Event()
        self._lock = Lock()

    @property
    def now(self) -> str:
        """The present moment."""
        return self.clock()

    def beat(self, done: int | None = None, total: int | None = None) -> None:
        """Hold the job for longer, and say how much of it is done; not inside a transaction.

        Raises
        ------
        StaleWrite
            Somebody else has it, or it was cancelled.
        GivenBack
            Whoever works on it is about to stop.
        """
        if self._stop.is_set():
            raise GivenBack
        progress = self.job.record.body["progress"] if done is None else {"done": done, "total": total}
        with self._lock:
            now = self.clock()
            write = changed(self.job, {**self.job.record.body, "progress": progress}, later(now, self._seconds))
            self._commit(write, now)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Hold the job while something else is done, in a thread of its own; not while this thread writes."""
        over = Event()
        thread = Thread(target=self._keep, args=(over,), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def end(
        self,
        state: JobState = JobState.SUCCEEDED,
        *,
        result: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> RecordWrite:
        """Return the end of the job, to be committed beside what it changes."""
        return ended(self.job, state, self.clock(), result=result, error=error)

    def finish(self, *writes: RecordWrite, result: Mapping[str, Any] | None = None) -> None:
        """Commit the end of a job that changes only records."""
        self.store.commit(Beside([self.end(result=result), *writes]), self.clock())

    def postpone(self, seconds: float, *, counted: bool, error: Mapping[str, Any] | None = None) -> None:
        """Put the job back into the queue, to be tried again later."""
        body = self.job.record.body
        attempts = body["attempts"] if counted else body["attempts"] - 1
        now = self.clock()
        waiting = {**body, "state": JobState.QUEUED, "attempts": attempts, "error": error, "progress": None}
        self._commit(changed(self.job, waiting, later(now, seconds)), now)

    def fail(self, error: TracegraphError) -> None:
        """End the job: it cannot be done."""
        self._commit(self.end(JobState.FAILED, error=error_body(error)), self.clock())

    def retry(self, error: Mapping[str, Any]) -> None:
        """Try the job again later, unless it was tried as often as allowed."""
        attempts = self.job.record.body["attempts"]
        if attempts >= MOST_ATTEMPTS:
            self._commit(given_up(Job(self.job.record), self.clock(), error), self.clock())
        else:
            self.postpone(PAUSES_S[attempts - 1], counted=True, error=error)

    def _keep(self, over: Event) -> None:
        while not over.wait(self._seconds / 4):
            try:
                with self._lock:
                    now = self.clock()
                    self._commit(changed(self.job, self.job.record.body, later(now, self._seconds)), now)
            except StaleWrite:  # whoever works on it learns so when they commit
                return
            except StoreUnavailable:
                _LOG.warning("a lease could not be held", extra={"job": self.job.id})

    def _commit(self, write: RecordWrite, now: str) -> None:
        try:
            (record,) = self.store.commit(Beside([write]), now)
        except CommitUnknown:
            found = self.store.records(self.job.record.kind, self.job.record.id)
            if not found or found[-1].version != self.job.record.version + 1 or found[-1].body != write.body:
                raise
            record = found[-1]
        self.job = Job(record)


#: Does a job, and ends it with `Lease.end` beside what it changes.
Handler = Callable[[Lease], None]


def work_on(lease: Lease, handlers: Mapping[str, Handler]) -> str:
    """Do a job, and see to it that it ends or is tried again; return what came of it, in a word for the log."""
    try:
        return _tried(lease, handlers)
    except StaleWrite:
        return "lost"
    except StoreUnavailable:  # what came of it is not known: when the lease ends, somebody looks again
        return "store-unavailable"


def _tried(lease: Lease, handlers: Mapping[str, Handler]) -> str:
    try:
        if no_longer_serves(lease.store, lease.job.principal.id, lease.now):
            raise Forbidden(N_("the key that asked for this was revoked, or has expired"))
        handlers[lease.job.kind](lease)
    except GivenBack:
        lease.postpone(0, counted=False)
        return "given-back"
    except ImportInterrupted as error:
        if later(lease.job.record.body["created_at"], WAITS_AT_MOST_S) < lease.now:
            lease.fail(error)
            return JobState.FAILED
        lease.postpone(WAIT_S, counted=False)
        return "waiting"
    except (StaleWrite, CommitUnknown):
        raise
    except StoreUnavailable as error:
        lease.retry(error_body(error))
        return "tried-again"
    except TracegraphError as error:
        lease.fail(error)
        return JobState.FAILED
    except Exception:  # noqa: BLE001 - whatever it is, the job is tried again; the log has it
        _LOG.exception("unexpected error in a job")
        text = N_("something went wrong here; the id of the job finds it in the log")
        lease.retry({"code": "internal-error", "text": text, "values": {}})
        return "tried-again"
    return "done"


def take_lease(
    store: Store, clock: Callable[[], str], seconds: float = LEASE_S, stop: Event | None = None
) -> Lease | None:
    """Return the job that has been due longest, held; None: there is none."""
    job = take_job(store, clock(), seconds)
    return None if job is None else Lease(store, job, clock, seconds, stop)
