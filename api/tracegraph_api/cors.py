"""Which web sites' scripts may call: none, unless the operator lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from werkzeug.datastructures import Headers

_METHODS: Final = "GET, HEAD, POST, PUT, DELETE"
_SENT: Final = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, traceparent"
)
_SEEN: Final = "ETag, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id"
_KEPT_S: Final = "600"


def allowed(environ: Mapping[str, Any], origins: tuple[str, ...]) -> str:
    """Return the site whose script calls, where it is listed; else an empty text."""
    origin = str(environ.get("HTTP_ORIGIN", "")).lower()
    return origin if origin in origins else ""


def asks_first(environ: Mapping[str, Any]) -> bool:
    """Return whether a browser asks if its script may call."""
    return environ.get("REQUEST_METHOD") == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def permitted(_: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Tell a browser what its script may send; `add` says to whom that is told."""
    headers = [
        ("Access-Control-Allow-Methods", _METHODS),
        ("Access-Control-Allow-Headers", _SENT),
        ("Access-Control-Max-Age", _KEPT_S),
    ]
    start_response("204 No Content", headers)
    return []


def add(headers: Headers, origin: str) -> None:
    """Say to a listed site that it may read the answer; caches keep the answers to different sites apart."""
    headers.add("Vary", "Origin")
    if origin:
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _SEEN
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
