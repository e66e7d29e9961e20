"""A question as plain values, so that another thread, or another process, can answer it as the request would have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, g, request

from tracegraph.access import Principal
from tracegraph.services.principals import principal_body, principal_from
from tracegraph_api.context import now, principal

#: Set in `flask.g` while a question is answered in place.
IN_PLACE: Final = "is_in_place"
#: Headers of a request on which an answer depends.
_HEADERS: Final = ("Accept", "Accept-Language", "Content-Type")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes
    ----------
    method, path, query, body : str
        The request.
    headers : mapping
        Those on which the answer depends.
    principal : Principal
        Who asks.
    now : str
        The moment as of which it is answered, whenever that is.
    request_id : str
        The request, as logs have it.
    """

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]
    principal: Principal
    now: str
    request_id: str

    def to_json(self) -> dict[str, Any]:
        """Return the question as a job keeps it."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "body": self.body,
            "headers": dict(self.headers),
            "principal": principal_body(self.principal),
            "now": self.now,
            "request_id": self.request_id,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Asked:
        """Return the question that a job keeps."""
        return cls(**{**body, "principal": principal_from(body["principal"])})


def asked_now() -> Asked:
    """Return the question of this request."""
    return Asked(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("utf-8", "replace"),
        body=request.get_data(as_text=True),
        headers={name: request.headers[name] for name in _HEADERS if name in request.headers},
        principal=principal(),
        now=now(),
        request_id=str(g.get("request_id", "")),
    )


@contextmanager
def as_asked(app: Flask, asked: Asked) -> Iterator[None]:
    """Be in a request that asks what was asked."""
    around = app.test_request_context(
        quote(asked.path), method=asked.method, query_string=asked.query, data=asked.body, headers=dict(asked.headers)
    )
    with around:
        g.principal, g.now, g.request_id = asked.principal, asked.now, asked.request_id
        setattr(g, IN_PLACE, True)
        yield


def computed(app: Flask, asked: Asked, media: str, compute: Callable[[], Response]) -> Response:
    """Return what a view answers, in this thread; `media` is the form that was chosen for it."""
    with as_asked(app, asked):
        g.media = media
        response = compute()
        response.get_data()  # what is made while it is read belongs to the time of the question
        return response


def repeated(app: Flask, asked: Asked) -> Response:
    """Return what the application answers to a question."""
    with as_asked(app, asked):
        response = app.make_response(app.dispatch_request())
        response.get_data()
        return response


def refused(app: Flask, asked: Asked, error: Exception) -> Response:
    """Return what the application answers where a question cannot be answered."""
    with as_asked(app, asked):
        return app.make_response(app.handle_user_exception(error))
