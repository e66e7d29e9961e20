"""Every request is answered in time, whatever becomes of the store.

The server's own thread reads the body (in a limited time), hands the request to another thread, and waits for the
answer no longer than the deadline. A request that nobody waits for any more keeps its place until it ends, so that a
store that hangs takes a limited number of threads; who comes while all places are taken is refused at once. Threads of
the server are left over for health.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Timer
from typing import Any, Final

from flask import Flask, g

from tracegraph.errors import DeadlinePassed, Overloaded, RequestTooSlow, TracegraphError
from tracegraph.messages import N_
from tracegraph.settings_limits import LimitSettings
from tracegraph_api.admission import overloaded
from tracegraph_api.problems import problem_of_ours
from tracegraph_api.tracing import SEEN, Seen

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: So many bodies are read at once.
BODIES_AT_ONCE: Final = 8
_CHUNK: Final = 64 * 1024


@dataclass
class _Answer:
    """What an application answered, to be passed on."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Iterable[bytes] = ()

    def start(self, status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
        """Keep status and headers."""
        self.status, self.headers = status, headers
        return _no_write

    def close(self) -> None:
        """Give back what the body holds."""
        close = getattr(self.body, "close", None)
        if close:
            close()


def _no_op() -> None:
    pass


def _no_write(_: bytes) -> None:
    raise RuntimeError("answers are returned, not written")


class Deadline:
    """A WSGI application that answers for another in time.

    Parameters
    ----------
    app : Flask
        Whose limits and words are used.
    inner : WSGI application
        Answers.
    limits : LimitSettings
        Its `deadline_seconds`, from when the body is there; requests worked on at once, those that nobody waits for
        any more included; and how long a body may take to arrive.
    """

    def __init__(
        self, app: Flask, inner: Wsgi, limits: LimitSettings, shed: Callable[[dict[str, Any]], bool] = lambda _: False
    ) -> None:
        self._shed = shed
        self._app, self._inner, self._body_seconds = app, inner, limits.body_seconds
        self._seconds = limits.deadline_seconds or float("inf")
        self._pool = ThreadPoolExecutor(limits.requests_at_once, thread_name_prefix="request")
        self._places = BoundedSemaphore(limits.requests_at_once)
        self._bodies = BoundedSemaphore(BODIES_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if self._shed(environ):
            return self._refusal(overloaded(), environ, start_response)
        try:
            own = self._with_body(dict(environ))
        except TracegraphError as error:
            return self._refusal(error, environ, start_response)
        if not self._places.acquire(blocking=False):
            refused = Overloaded(N_("there is more to do than can be done at once: ask again in a few seconds"))
            return self._refusal(refused, environ, start_response)
        future = self._pool.submit(self._answer, own)
        try:
            answer = future.result(self._seconds)
        except NotInTime:
            future.add_done_callback(_close_unread)
            late = DeadlinePassed(
                N_(
                    "this took longer than {seconds:g} s, and a change may have been made or not: ask again, a change "
                    "with the same Idempotency-Key"
                ),
                seconds=self._seconds,
            )
            return self._refusal(late, environ, start_response)
        start_response(answer.status, answer.headers)
        return answer.body

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        try:
            answer = _Answer()
            answer.body = self._inner(environ, answer.start)
            return answer
        finally:
            self._places.release()

    def _refusal(
        self, error: TracegraphError, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        seen = environ.get(SEEN)
        environ.get("tracegraph.close", _no_op)()
        with self._app.request_context(environ):
            if isinstance(seen, Seen):
                seen.reason, g.request_id = error.code, seen.request_id
            response = problem_of_ours(error)
        return response(environ, start_response)

    def _with_body(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Return the environment of a request whose body is there."""
        connection = environ.pop("gunicorn.socket", None)
        length, most = environ.get("CONTENT_LENGTH") or "0", int(self._app.config["MAX_CONTENT_LENGTH"])
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if not is_chunked and (not length.isdecimal() or int(length) == 0 or int(length) > most):
            environ["wsgi.input"] = io.BytesIO()  # nothing to be read, or so much that it is refused unread
            return environ
        if not self._bodies.acquire(blocking=False):
            raise Overloaded(N_("there is more to do than can be done at once: ask again in a few seconds"))
        try:
            body = self._read(environ["wsgi.input"], connection, most + 1 if is_chunked else int(length))
        finally:
            self._bodies.release()
        if is_chunked:
            environ.pop("HTTP_TRANSFER_ENCODING")
            environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        return environ

    def _read(self, source: Any, connection: socket.socket | None, length: int) -> bytes:
        """Return a body of a length, or up to it; who sends it too slowly is cut off."""
        late: list[bool] = []

        def cut_off() -> None:
            late.append(True)
            if connection is not None:
                connection.shutdown(socket.SHUT_RD)

        timer = Timer(self._body_seconds, cut_off)
        timer.daemon = True
        timer.start()
        pieces: list[bytes] = []
        try:
            while length and (piece := source.read(min(_CHUNK, length))):
                pieces.append(piece)
                length -= len(piece)
        except BlockingIOError:  # nothing came for as long as the server's own limit allows
            late.append(True)
        except OSError:
            if not late:
                raise
        finally:
            timer.cancel()
        if late:
            raise RequestTooSlow(
                N_("the body did not arrive within {seconds:g} s: send it again, or less of it"),
                seconds=self._body_seconds,
            )
        return b"".join(pieces)


def _close_unread(future: Future[_Answer]) -> None:
    """Close an answer that nobody waits for."""
    if not future.cancelled() and future.exception() is None:
        future.result().close()
