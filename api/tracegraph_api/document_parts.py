"""Parts of the OpenAPI document that many operations share: parameters, headers, and what is said of problems."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from tracegraph.messages import N_
from tracegraph_api.problems import CODES, PROBLEM_JSON, title_of

#: Statuses of problems that every operation has.
ALWAYS: Final = (401, 406, 422, 429, 500, 503)
#: Those of operations that are not open to everybody, of those that take a body, and of those that change something.
NOT_OPEN: Final = (403,)
WITH_BODY: Final = (400, 408, 413, 415)
CHANGING: Final = (400, 409, 422)

_TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_TEXT: Final = {"type": "string"}

#: What a request may carry in its header, by name of the component.
PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "traceparent": {
        "name": "traceparent",
        "description": N_("The trace that the request belongs to (W3C Trace Context); answers carry it on."),
        "schema": _TEXT,
        "example": _TRACE,
    },
    "accept_language": {
        "name": "Accept-Language",
        "description": N_("Language of texts for people: sv or en."),
        "schema": _TEXT,
        "example": "sv",
    },
    "if_none_match": {
        "name": "If-None-Match",
        "description": N_("ETag of the answer that you have: if it still holds, you get 304 and no body."),
        "schema": _TEXT,
        "example": 'W/"0123456789abcdef0123456789abcdef"',
    },
    "if_match": {
        "name": "If-Match",
        "description": N_(
            "ETag of the version that you read and now change; if it is no longer the newest, you get 412."
        ),
        "schema": _TEXT,
        "example": '"1"',
    },
    "idempotency_key": {
        "name": "Idempotency-Key",
        "description": N_(
            "A key of your own for this change. Sent again with the same key, it is not made again: you get the same "
            "reply, for 24 hours."
        ),
        "schema": {"type": "string", "pattern": '^"?[A-Za-z0-9._:+/=-]{8,128}"?$'},
        "example": "order-2019-02-19-0001",
    },
    "prefer": {
        "name": "Prefer",
        "description": N_("respond-async: do not wait; the answer is a job."),
        "schema": _TEXT,
        "example": "respond-async",
    },
}

#: What answers carry in their header, by name of the component; `required` says whether each answer has it.
HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "x_request_id": {"description": N_("Id under which the log has this request."), "schema": _TEXT, "required": True},
    "traceparent": {"description": N_("The trace that the request belongs to."), "schema": _TEXT, "required": True},
    "content_language": {"description": N_("Language of texts for people."), "schema": _TEXT, "required": True},
    "cache_control": {"description": N_("Whether the answer may be kept."), "schema": _TEXT},
    "etag": {
        "description": N_("Version of the answer, for If-None-Match; of what can be changed also for If-Match."),
        "schema": _TEXT,
        "required": True,
    },
    "location": {"description": N_("Address of what was made."), "schema": _TEXT, "required": True},
    "retry_after": {
        "description": N_("Seconds after which to ask again."),
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "required": True,
    },
    "www_authenticate": {"description": N_("How to show who you are."), "schema": _TEXT, "required": True},
    "allow": {"description": N_("Methods that this address takes."), "schema": _TEXT},
    "content_disposition": {"description": N_("A name for the file."), "schema": _TEXT},
    "x_truncated": {"description": N_("Whether a limit cut the answer; JSON says by what."), "schema": _TEXT},
    "idempotency_replayed": {"description": N_("Whether this is the reply of an earlier request."), "schema": _TEXT},
    "preference_applied": {"description": N_("The preference that was followed."), "schema": _TEXT},
    "ratelimit_limit": {"description": N_("Requests that you may make in one window of time."), "schema": _TEXT},
    "ratelimit_remaining": {"description": N_("Requests that you have left in it."), "schema": _TEXT},
    "ratelimit_reset": {"description": N_("Seconds until the next window."), "schema": _TEXT},
}
#: Their names as they are sent, where that is not just capitals and hyphens.
_SENT: Final = {
    "etag": "ETag",
    "traceparent": "traceparent",
    "www_authenticate": "WWW-Authenticate",
    "ratelimit_limit": "RateLimit-Limit",
    "ratelimit_remaining": "RateLimit-Remaining",
    "ratelimit_reset": "RateLimit-Reset",
}
ON_ALL: Final = ("x_request_id", "traceparent", "content_language", "cache_control")
RATES: Final = ("ratelimit_limit", "ratelimit_remaining", "ratelimit_reset")

SECURITY: Final[Mapping[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": N_(
            "An API key, or an access token of your organisation's identity provider: Authorization: Bearer TOKEN. "
            "Never in an address."
        ),
    }
}

#: What problems mean, as sentences of the document.
MEANING: Final[Mapping[int, str]] = {
    400: N_("The request cannot be read, or a header that it needs is missing."),
    401: N_("This needs a token, or the one that was sent is not valid."),
    403: N_("Your token does not allow this."),
    404: N_("There is none, or none that you may see."),
    405: N_("This address does not take this method."),
    406: N_("This cannot be given in the media type that Accept asks for."),
    408: N_("The request did not arrive in time."),
    409: N_("It does not fit what there is; the detail says why."),
    410: N_("It was there, and is kept no longer."),
    412: N_("It was changed by somebody else since you read it: read it again."),
    413: N_("The body is larger than allowed."),
    415: N_("The body is of a media type that is not read here."),
    422: N_("The input breaks a rule; errors says which, and where."),
    428: N_("Say in If-Match which version you change."),
    429: N_("You have asked too often: ask again after Retry-After."),
    500: N_("Something went wrong here; the id of the request finds it in the log."),
    502: N_("A service that this one needs did not answer."),
    503: N_("This cannot be answered now: ask again after Retry-After."),
}
_CODES: Final[Mapping[int, str]] = {
    401: "token-missing",
    403: "forbidden",
    404: "unknown-node",
    409: "wrong-state",
    412: "stale-write",
    428: "precondition-required",
    503: "overloaded",
}


def sent_name(component: str) -> str:
    """Return a header's name as it is sent."""
    return _SENT.get(component) or "-".join(part.capitalize() for part in component.split("_"))


def headers(*names: str) -> dict[str, Any]:
    """Return headers of an answer, by their names as they are sent."""
    return {sent_name(name): {"$ref": f"#/components/headers/{name}"} for name in names}


def parameter(name: str) -> dict[str, str]:
    """Return a reference to a parameter that many operations share."""
    return {"$ref": f"#/components/parameters/{name}"}


def problem_name(status: int) -> str:
    """Return the name of the component that describes problems of a status."""
    return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")


def problem_response(status: int | None, server: str) -> dict[str, Any]:
    """Return the description of problems of a status; None: of any other."""
    code = _CODES.get(status or 500) or CODES.get(status or 500, "internal-error")
    title, meaning = title_of(status or 500), MEANING[status] if status else N_("Any other problem.")
    example = {
        "type": f"{server}/problems/{code}",
        "title": title,
        "status": status or 500,
        "detail": meaning,
        "instance": "/tracegraph/v1/factories/demo-plant-klang",
        "code": code,
        "request_id": "0123456789abcdef0123456789abcdef",
    }
    more = {401: ("www_authenticate",), 429: ("retry_after",), 503: ("retry_after",), 405: ("allow",)}
    return {
        "description": meaning,
        "headers": headers(*ON_ALL, *RATES, *more.get(status or 500, ())),
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/problem"}, "example": example}},
    }
