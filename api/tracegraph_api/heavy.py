"""Questions that take longer than a caller waits: they become jobs, whose result is what the answer would have been.

A view that is marked with `question` is worked on in a thread of its own. Where it is not done within the interactive
budget, or the caller prefers not to wait, a job is recorded and the caller is told where to look; the thread goes on
and delivers. If the process ends before that, ``tracegraph worker`` answers the question again, as of the same moment.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotInTime
from contextlib import ExitStack
from functools import partial, wraps
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from tracegraph.errors import QueryTimeout, StoreUnavailable, TracegraphError
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.jobs import Job, expiry, job_of, new_job
from tracegraph.services.leases import Handler, Lease, work_on
from tracegraph.services.pieces import RESULT, pieces, write_pieces
from tracegraph.services.working import QUESTION
from tracegraph.store.rows import Beside, RecordWrite
from tracegraph_api.changes import response_of
from tracegraph_api.context import context, context_of, principal
from tracegraph_api.job_bodies import accepted
from tracegraph_api.media import wanted
from tracegraph_api.operation import HEAVY
from tracegraph_api.policy import permission_of
from tracegraph_api.replay import IN_PLACE, Asked, asked_now, computed, refused, repeated
from tracegraph_api.serving import question_place

if TYPE_CHECKING:
    from tracegraph.store.port import Store

View = TypeVar("View", bound=Callable[..., Any])

#: Headers of an answer that its job keeps.
KEPT_HEADERS: Final = ("Content-Disposition", "Content-Language", "Content-Type", "ETag", "X-Truncated")
#: So long it may take to record a job.
_RECORD_S: Final = 1.0
_PART: Final = "heavy"


class _Threads:
    """The threads of one application that answer questions, and those that record jobs."""

    def __init__(self, at_once: int) -> None:
        self.answering = ThreadPoolExecutor(at_once, thread_name_prefix="question")
        self.recording = ThreadPoolExecutor(2, thread_name_prefix="job")


_making: Final = Lock()


def question(view: View) -> View:
    """Mark a view, below ``@operation``, whose answer may take longer than a caller waits.

    The view is called in another thread, in a request of its own: it may use `flask.request`, `context.principal`,
    `context.now` and the like, and sets nothing in `flask.g`.
    """

    @wraps(view)
    def answered(*args: Any, **parts: Any) -> Any:
        compute = partial(view, *args, **parts)
        return compute() if g.get(IN_PLACE) else _within_budget(compute)

    setattr(answered, HEAVY, True)
    return cast("View", answered)


def _within_budget(compute: Callable[[], Response]) -> Response:
    app, asked = current_app._get_current_object(), asked_now()  # type: ignore[attr-defined]
    began = monotonic()
    with ExitStack() as held:
        held.enter_context(question_place())
        place = held.pop_all()
    future = _threads(app).answering.submit(_held, place, partial(computed, app, asked, wanted(), compute))
    if _prefers_job():
        return _as_job(app, asked, future)
    budget = context().settings.jobs.interactive_seconds - (monotonic() - began)
    try:
        response = future.result(max(0.0, budget))
    except NotInTime:
        return _as_job(app, asked, future)
    except QueryTimeout:  # a worker may ask for longer
        return _as_job(app, asked, None)
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.make_conditional(request)
    return response


def _held(place: ExitStack, compute: Callable[[], Response]) -> Response:
    with place:
        return compute()


def _threads(app: Flask) -> _Threads:
    shared = context_of(app)
    with _making:
        if _PART not in shared.parts:
            shared.parts[_PART] = _Threads(shared.settings.limits.questions_at_once)
    return cast("_Threads", shared.parts[_PART])


def _as_job(app: Flask, asked: Asked, future: Future[Response] | None) -> Response:
    """Record a job, held by this process if it works on it, and tell the caller where to look."""
    shared = context_of(app)
    moment, seconds = shared.clock(), shared.settings.jobs.lease_seconds
    write = new_job(
        asked.principal,
        QUESTION,
        permission_of(app, request.endpoint or ""),
        asked.to_json(),
        moment,
        held_until=later(moment, seconds) if future else None,
    )
    recorded = _threads(app).recording.submit(_record, shared.store, write, moment)
    try:
        job = recorded.result(_RECORD_S)
    except NotInTime as error:
        raise StoreUnavailable(N_("this takes longer than you wait, and the store does not take a job now")) from error
    if future is not None:
        lease = Lease(shared.store, job, shared.clock, seconds)
        Thread(target=_deliver, args=(app, asked, future, lease), name=job.id, daemon=True).start()
    applied = {"Preference-Applied": "respond-async"} if _prefers_job() else {}
    return response_of(accepted(job_of(write, moment), applied))


def _prefers_job() -> bool:
    """Return whether the caller would rather not wait; who shows no token waits, and leaves nothing behind."""
    return principal().is_known and "respond-async" in request.headers.get("Prefer", "").lower()


def _record(store: Store, write: RecordWrite, moment: str) -> Job:
    (record,) = store.commit(Beside([write]), moment)
    return Job(record)


def _deliver(app: Flask, asked: Asked, future: Future[Response], lease: Lease) -> None:
    """Wait for an answer in a thread of its own, holding the job, and keep it as the job's result."""
    with lease.kept():
        wait([future])
    work_on(lease, {QUESTION: partial(_finished, app, asked, future.result)})


def handler(app: Flask) -> Handler:
    """Return what answers questions for a worker."""

    def answer(lease: Lease) -> None:
        asked = Asked.from_json(lease.job.given)
        with lease.kept():
            done: Future[Response] = Future()
            try:
                done.set_result(repeated(app, asked))
            except Exception as error:  # noqa: BLE001 - raised again below, where the lease is not pushed any more
                done.set_exception(error)
        _finished(app, asked, done.result, lease)

    return answer


def _finished(app: Flask, asked: Asked, answer: Callable[[], Response], lease: Lease) -> None:
    try:
        response = answer()
    except StoreUnavailable:
        raise
    except (TracegraphError, HTTPException) as error:
        response = refused(app, asked, error)
    result = _kept(lease, response)
    lease.finish(result=result)


def _kept(lease: Lease, response: Response) -> dict[str, Any]:
    """Write an answer in pieces; return what finds it again."""
    record, now = lease.job.record, lease.now
    key = f"{record.id}/{record.version}"
    data = response.get_data()
    writes = pieces(RESULT, key, data, record.visibility, expiry(QUESTION, now))
    count = write_pieces(lease.store, writes, now)
    return {
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        "key": key,
        "pieces": count,
        "bytes": len(data),
    }
