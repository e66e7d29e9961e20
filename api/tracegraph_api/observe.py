"""Around everything: the id and the trace of a request, the headers that all answers have, log, metrics, and health."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Flask, g, request
from werkzeug.datastructures import Headers

from tracegraph_api import cors, logs, metrics
from tracegraph_api.health import Probe
from tracegraph_api.tracing import SEEN, Seen, seen_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: On every answer; a page that needs more says its own Content-Security-Policy.
SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HEALTH: Final = "/healthz"
READY: Final = "/readyz"


class Observed:
    """What every request passes on its way in and out.

    Health is answered here, before anything that could wait for a store.

    Parameters
    ----------
    inner : WSGI application
        Answers.
    probe : Probe
        Knows whether the store can be asked.
    origins : tuple of str
        Web sites whose scripts may call.
    """

    def __init__(self, inner: Wsgi, probe: Probe, origins: tuple[str, ...]) -> None:
        self._inner, self._probe, self._origins = inner, probe, origins

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        seen = environ[SEEN] = seen_of(environ)
        origin = cors.allowed(environ, self._origins)

        def started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            seen.status = int(status[:3])
            return start_response(status, with_headers(headers, seen, origin, self._origins), exc_info)

        metrics.IN_FLIGHT.inc()
        try:
            return (self._own(environ, origin) or self._inner)(environ, started)
        except BaseException:
            seen.status = HTTPStatus.INTERNAL_SERVER_ERROR
            raise
        finally:
            metrics.IN_FLIGHT.dec()
            metrics.count(seen)
            logs.told(seen)

    def _own(self, environ: dict[str, Any], origin: str) -> Wsgi | None:
        """Return what answers here; None: the application does."""
        path, method = environ.get("PATH_INFO"), environ.get("REQUEST_METHOD")
        if path in (HEALTH, READY) and method in ("GET", "HEAD"):
            environ[SEEN].route = path
            ready, body = (True, {"status": "ok"}) if path == HEALTH else self._probe.state()
            return _plain(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, body)
        if origin and cors.asks_first(environ):
            return cors.permitted
        return None


def _plain(status: HTTPStatus, body: dict[str, Any]) -> Wsgi:
    """Return what answers with a small JSON body."""
    data = json.dumps(body).encode()

    def answer(environ: dict[str, Any], started: Callable[..., Any]) -> Iterable[bytes]:
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(data))),
            ("Cache-Control", "no-store"),
        ]
        started(f"{status.value} {status.phrase}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else data]

    return answer


def with_headers(
    given: list[tuple[str, str]], seen: Seen, origin: str, origins: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the headers of an answer with those that all have."""
    headers = Headers(given)
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    headers["X-Request-Id"] = seen.request_id
    headers["traceparent"] = seen.traceparent
    if origins:
        cors.add(headers, origin)
    headers.remove("Server")
    return list(headers)


def install(app: Flask) -> None:
    """Let every request of an application know its id, before anything else is done with it."""
    app.before_request(_begin)


def _begin() -> None:
    seen = seen_now()
    seen.route = request.url_rule.rule if request.url_rule else ""
    g.request_id = seen.request_id
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=seen.request_id, trace_id=seen.trace_id)


def note_principal() -> None:
    """Let log lines say who asks; to be called once that is known."""
    seen = seen_now()
    seen.principal, seen.tenant = g.principal.id, g.principal.tenant


def seen_now() -> Seen:
    """Return what is known of this request."""
    seen = request.environ.get(SEEN)
    if seen is None:  # a request that a test made by itself
        seen = request.environ[SEEN] = seen_of(request.environ)
    assert isinstance(seen, Seen)
    return seen
