"""The loop of ``tracegraph worker``: what is due is done, one thing after the other, until somebody says stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Final

from tracegraph.errors import StaleWrite, TracegraphError
from tracegraph.moments import later
from tracegraph.services.leases import LEASE_S, Handler, Lease, take_lease, work_on
from tracegraph.services.logins import LOGIN, PERSON
from tracegraph.services.operations import forget_expired
from tracegraph.services.pieces import RESULT, UPLOAD, forget
from tracegraph.store.rows import Beside, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: The kind of jobs that answer questions.
QUESTION: Final = "question"
#: Kind of the records by which it is known that a worker is there.
WORKER: Final = "worker"
#: Seconds between two signs of life, between two looks where nothing was due, and after which a worker is forgotten.
BEAT_S: Final = 10.0
PAUSE_S: Final = 1.0
FORGOTTEN_S: Final = 86_400
_LOG: Final = logging.getLogger(__name__)


@dataclass
class Work:
    """What a worker works with.

    Attributes
    ----------
    store : Store
        Where everything is.
    name : str
        The worker's own.
    clock : callable
        Returns the present moment.
    lease_seconds : float
        How long something is held at a time.
    stop : Event
        Set when it is to stop.
    """

    store: Store
    name: str
    clock: Callable[[], str]
    lease_seconds: float = LEASE_S
    stop: Event = field(default_factory=Event)

    @property
    def held_until(self) -> str:
        """Until when what is taken now is held."""
        return later(self.clock(), self.lease_seconds)


#: Does something that is due besides jobs (events, messages); returns how much it did.
Step = Callable[[Work], int]


@dataclass(frozen=True)
class Duties:
    """What a worker does: a handler for each kind of job, and steps by name, in their order."""

    jobs: Mapping[str, Handler]
    steps: Mapping[str, Step] = field(default_factory=dict)


def operations_forgotten(work: Work) -> int:
    """Remove replies that are no longer kept."""
    return forget_expired(work.store, work.clock())


def pieces_forgotten(work: Work) -> int:
    """Remove results, files, log-ins and when somebody logged in last, where they have expired."""
    return sum(forget(work.store, kind, work.clock(), work.held_until) for kind in (RESULT, UPLOAD, LOGIN, PERSON))


def workers_forgotten(work: Work) -> int:
    """Remove the signs of workers that went away without a word."""
    gone = work.store.take(WORKER, work.clock(), work.held_until)
    try:
        work.store.commit(
            Beside([RecordWrite(WORKER, one.id, None, expected_version=one.version) for one in gone]), work.clock()
        )
    except StaleWrite:  # it is there after all
        return 0
    return len(gone)


#: Steps that every worker has.
HOUSEKEEPING: Final[Mapping[str, Step]] = {
    "operations": operations_forgotten,
    "pieces": pieces_forgotten,
    "workers": workers_forgotten,
}


def run(work: Work, duties: Duties, *, once: bool = False) -> None:
    """Work until told to stop, or, `once`, until nothing is due."""
    with alive(work):
        while not work.stop.is_set():
            if turn(work, duties):
                continue
            if once:
                return
            work.stop.wait(PAUSE_S)


def turn(work: Work, duties: Duties) -> int:
    """Do each thing that is due once; return how many there were. A store that does not answer is asked again later."""
    done = 0
    for name, step in {**duties.steps, **HOUSEKEEPING}.items():
        try:
            done += step(work)
        except TracegraphError as error:
            _LOG.warning("step failed", extra={"step": name, "code": error.code})
        except Exception:  # noqa: BLE001 - the other steps go on; the log has it
            _LOG.exception("unexpected error in a step")
        if work.stop.is_set():
            return done
    try:
        lease = take_lease(work.store, work.clock, work.lease_seconds, work.stop)
    except TracegraphError as error:
        _LOG.warning("no job could be taken", extra={"code": error.code})
        return done
    if lease is not None:
        _do(lease, duties.jobs, work.name)
        done += 1
    return done


def _do(lease: Lease, handlers: Mapping[str, Handler], worker: str) -> None:
    began = perf_counter()
    outcome = work_on(lease, handlers)
    job = lease.job
    _LOG.info(
        "job",
        extra={
            "job": job.id,
            "kind": job.kind,
            "outcome": outcome,
            "attempt": job.record.body["attempts"],
            "seconds": round(perf_counter() - began, 3),
            "worker": worker,
        },
    )


# --- whether workers are there --------------------------------------------------------------------------------------


@contextmanager
def alive(work: Work) -> Iterator[None]:
    """Give signs of life while working, and take them away at the end."""
    over = Event()
    started = work.clock()
    thread = Thread(target=_signs, args=(work, started, over), name="alive", daemon=True)
    _sign(work, started)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _written(work, RecordWrite(WORKER, work.name, None))


def _signs(work: Work, started: str, over: Event) -> None:
    while not over.wait(BEAT_S):
        _sign(work, started)


def _sign(work: Work, started: str) -> None:
    now = work.clock()
    body = {"seen_at": now, "started_at": started}
    _written(work, RecordWrite(WORKER, work.name, body, due_at=later(now, FORGOTTEN_S)))


def _written(work: Work, write: RecordWrite) -> None:
    try:
        work.store.commit(Beside([write]), work.clock())
    except TracegraphError as error:  # it is missed for a while
        _LOG.warning("no sign of life could be given", extra={"code": error.code})


def worker_age(store: Store, now: str) -> float | None:
    """Return how many seconds ago a worker gave a sign of life last; None: there is none."""
    seen = [str(record.body["seen_at"]) for record in store.page(WORKER)]
    if not seen:
        return None
    return max(0.0, (datetime.fromisoformat(now) - datetime.fromisoformat(max(seen))).total_seconds())
