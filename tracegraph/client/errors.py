"""What can go wrong with a request, as the service says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """The service refused a request, and says why (RFC 9457).

    Attributes
    ----------
    status : int
        HTTP status.
    code : str
        Stable name of the kind of problem, in kebab-case.
    title, detail : str
        Words, in the language that the client asks for.
    errors : sequence of mapping
        What is wrong with the input, each with its ``parameter`` or ``pointer``.
    request_id : str
        What the service's log has it under.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.title = str(body.get("title", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: Sequence[Mapping[str, Any]] = tuple(body.get("errors", ()))
        self.request_id = str(body.get("request_id", ""))
        places = "; ".join(f"{e.get('parameter') or e.get('pointer')}: {e.get('detail')}" for e in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail}" + (f" ({places})" if places else ""))


class ServiceUnavailable(ApiError):
    """The service does not answer, or has too much to do, also after several tries."""


class JobFailed(ApiError):
    """A job in the background ended without a result."""
