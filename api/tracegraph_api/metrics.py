"""What can be counted of the API, for Prometheus: right under several worker processes, on a port of its own.

No label says who asked or what about: methods, templates of routes, statuses and reasons alone.
"""

from __future__ import annotations

import socketserver
from collections.abc import Iterable
from threading import Thread
from typing import Final, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tracegraph_api.tracing import Seen

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 3.5, 5, 7.5, 15)

REQUESTS: Final = Counter("tracegraph_requests", "Requests that were answered.", ("method", "route", "status"))
SECONDS: Final = Histogram(
    "tracegraph_request_seconds", "Seconds until a request was answered.", ("method", "route"), buckets=_SECONDS
)
REFUSED: Final = Counter("tracegraph_refused", "Requests that were refused to protect the others.", ("reason",))
IN_FLIGHT: Final = Gauge("tracegraph_requests_in_flight", "Requests being worked on.", multiprocess_mode="livesum")
QUESTIONS: Final = Gauge(
    "tracegraph_questions", "Questions to the graph: running, and waiting.", ("state",), multiprocess_mode="livesum"
)


def count(seen: Seen) -> None:
    """Count a request that was answered."""
    method = seen.method if seen.method in _METHODS else "other"
    route = seen.route or "none"
    REQUESTS.labels(method, route, str(seen.status)).inc()
    SECONDS.labels(method, route).observe(seen.seconds)
    if seen.reason:
        REFUSED.labels(seen.reason).inc()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """Several processes may serve on the same port; whichever is asked tells of all."""

    daemon_threads = True
    allow_reuse_port = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who scrapes is not of interest."""


def serve(host: str, port: int, shared: str = "", also: Iterable[Collector] = ()) -> WSGIServer:
    """Serve the metrics in a thread of this process; return the server, to be shut down.

    Parameters
    ----------
    host, port : str, int
        Where.
    shared : str
        Folder in which the processes of this machine keep their counts; empty: of this process alone.
    also : iterable of Collector
        What is found out when somebody asks.
    """
    registry = REGISTRY
    if shared or also:
        registry = CollectorRegistry()
        registry.register(_shared(registry, shared) if shared else _Everything())
        for collector in also:
            registry.register(collector)
    server = make_server(host, port, make_wsgi_app(registry), _Server, _Silent)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _shared(registry: CollectorRegistry, folder: str) -> Collector:
    return cast("Collector", MultiProcessCollector(registry, path=folder))  # type: ignore[no-untyped-call]


class _Everything(Collector):
    """What the process's own registry has."""

    def collect(self) -> Iterable:  # type: ignore[type-arg]
        """Return all metrics."""
        return REGISTRY.collect()
