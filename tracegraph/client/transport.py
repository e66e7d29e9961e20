"""One request after another: retries with backoff, an ETag cache, problems as exceptions."""

from __future__ import annotations

import random
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from tracegraph.client.errors import ApiError, ServiceUnavailable

ROOT: Final = "/tracegraph/v1"
_PASSING: Final = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a try may take, and how patiently a passing failure is tried again.

    Attributes
    ----------
    timeout_s : float
        Seconds for one try.
    attempts : int
        Tries in all.
    first_pause_s : float
        Pause before the second try; each later one is twice as long, less up to a half by chance. What the service
        says in ``Retry-After`` counts instead.
    """

    timeout_s: float = 30.0
    attempts: int = 5
    first_pause_s: float = 0.5


class Transport:
    """Sends requests; what the service says is unchanged is not sent again.

    Parameters
    ----------
    base_url : str
        Address of the service, without ``/tracegraph/v1``.
    headers : mapping
        Headers of every request.
    patience : Patience
        How long it waits.
    keep : int
        Answers kept for their ``ETag``.
    transport : httpx.BaseTransport, optional
        Instead of the network, such as `httpx.WSGITransport`.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        patience: Patience,
        keep: int,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self._http = httpx.Client(
            base_url=base_url, headers=dict(headers), timeout=patience.timeout_s, transport=transport
        )
        self._patience = patience
        self._keep = keep
        self._kept: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    def get(self, path: str, query: Mapping[str, Any], accept: str = "application/json") -> httpx.Response:
        """Return the answer to a question; from what is kept where it is unchanged."""
        request = self._http.build_request(
            "GET", _address(path), params=_given(query) or None, headers={"Accept": accept}
        )
        key = f"{accept} {request.url}"
        kept = self._kept.get(key)
        if kept:
            request.headers["If-None-Match"] = kept[0]
        response = self._sent(request)
        if response.status_code == httpx.codes.NOT_MODIFIED and kept:
            self._kept.move_to_end(key)
            headers = {"Content-Type": accept, "ETag": kept[0]}
            return httpx.Response(200, content=kept[1], headers=headers, request=request)
        etag = response.headers.get("ETag")
        if etag and response.status_code == httpx.codes.OK:
            self._kept[key] = (etag, response.content)
            while len(self._kept) > self._keep:
                self._kept.popitem(last=False)
        return response

    def send(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, etag: str | None = None, **content: Any
    ) -> httpx.Response:
        """Send a change, or a question with a body; repeated tries have one effect (``Idempotency-Key``)."""
        headers = {"Idempotency-Key": uuid4().hex, **({"If-Match": etag} if etag else {})}
        request = self._http.build_request(
            method, _address(path), params=_given(query or {}) or None, headers=headers, **content
        )
        request.read()  # a body that is sent again must be there again
        return self._sent(request)

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def _sent(self, request: httpx.Request) -> httpx.Response:
        """Return the response, after as many tries as it takes."""
        for attempt in range(1, self._patience.attempts + 1):
            is_last = attempt == self._patience.attempts
            try:
                response = self._http.send(request)
            except httpx.TransportError as error:
                if is_last:
                    raise ServiceUnavailable(0, {"code": "unreachable", "detail": str(error)}) from error
                time.sleep(self._pause(attempt, None))
                continue
            if response.status_code not in _PASSING or is_last:
                break
            time.sleep(self._pause(attempt, response.headers.get("Retry-After")))
        return _checked(response)

    def _pause(self, attempt: int, retry_after: str | None) -> float:
        if retry_after and retry_after.isdigit():
            return min(float(retry_after), _LONGEST_PAUSE_S)
        longest = self._patience.first_pause_s * 2 ** (attempt - 1)
        return float(min(longest, _LONGEST_PAUSE_S) * random.uniform(0.5, 1.0))


def _address(path: str) -> str:
    """Return the address of a path; links of the service have theirs in full."""
    return path if path.startswith(ROOT) else f"{ROOT}/{path}"


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are stated; a list is repeated, a truth is ``true`` or ``false``."""
    return {name: value for name, value in query.items() if value is not None and value != ()}


def _checked(response: httpx.Response) -> httpx.Response:
    if response.status_code < 400:
        return response
    is_problem = "json" in response.headers.get("Content-Type", "")
    body = response.json() if is_problem else {"code": "not-a-problem", "detail": response.text[:200]}
    kind = ServiceUnavailable if response.status_code in _PASSING else ApiError
    raise kind(response.status_code, body)
