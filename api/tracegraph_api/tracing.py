"""Which request this is: an id of its own, and its place in the caller's trace (W3C Trace Context)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

#: Where the WSGI environment keeps what is known of a request.
SEEN: Final = "tracegraph.seen"

_REQUEST_ID: Final = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_TRACEPARENT: Final = re.compile(r"^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


@dataclass(slots=True)
class Seen:
    """One request, as logs and metrics tell of it: nothing of what was asked or answered.

    Attributes
    ----------
    request_id : str
        The caller's own where it is a sane token, else ours.
    trace_id, span_id, flags : str
        The caller's trace, or a new one; our own step in it.
    method : str
        Method.
    route : str
        Template of the route, such as ``/tracegraph/v1/factories/<id>``; empty: none.
    principal, tenant : str
        Who asked; empty: not known yet.
    status : int
        0: not answered yet.
    reason : str
        Why it was refused, in one word; empty: it was not.
    began : float
        When it began, on the clock of `time.perf_counter`.
    """

    request_id: str
    trace_id: str
    span_id: str
    flags: str
    method: str
    route: str = ""
    principal: str = ""
    tenant: str = ""
    status: int = 0
    reason: str = ""
    began: float = field(default_factory=perf_counter)

    @property
    def traceparent(self) -> str:
        """Our own step, as the header says it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return perf_counter() - self.began


def seen_of(environ: Mapping[str, Any]) -> Seen:
    """Return what is known of a request as it comes in."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    trace = _TRACEPARENT.match(environ.get("HTTP_TRACEPARENT", "").strip())
    trace_id, flags = _NO_TRACE, "00"
    if trace and trace[1] != "ff" and trace[2] != _NO_TRACE and trace[3] != _NO_SPAN and not _is_long(trace):
        trace_id, flags = trace[2], trace[4]
    return Seen(
        request_id=given if _REQUEST_ID.match(given) else secrets.token_hex(16),
        trace_id=trace_id if trace_id != _NO_TRACE else secrets.token_hex(16),
        span_id=secrets.token_hex(8),
        flags=flags,
        method=str(environ.get("REQUEST_METHOD", "")),
    )


def _is_long(trace: re.Match[str]) -> bool:
    """Return whether a header of the version that we know has more than that version has."""
    return trace[1] == "00" and bool(trace[5])
