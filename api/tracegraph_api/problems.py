"""Errors as RFC 9457 problem details: one table of statuses, JSON pointers to what is wrong, the caller's language."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Flask, Response, current_app, g, json, request
from werkzeug.exceptions import HTTPException

from tracegraph import errors
from tracegraph.errors import DatasetRejected, TracegraphError
from tracegraph.messages import N_, Message
from tracegraph_api.context import context, translator
from tracegraph_api.input_messages import own_words
from tracegraph_api.places import in_api_words, placed
from tracegraph_api.store_words import told
from tracegraph_api.words import in_own_words

PROBLEM_JSON: Final = "application/problem+json"
#: In the context's parts: what shows a problem as a page where a page was asked for, and else returns None.
AS_PAGE: Final = "problem-as-page"
_LOG: Final = logging.getLogger("tracegraph_api")

#: The status of each class of error; a test holds that every class has a row.
STATUSES: Final[Mapping[type[TracegraphError], HTTPStatus]] = {
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DatasetRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SettingsInvalid: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UnknownNode: HTTPStatus.NOT_FOUND,
    errors.IncidentWithdrawn: HTTPStatus.CONFLICT,
    errors.UnknownClaim: HTTPStatus.NOT_FOUND,
    errors.UnknownImport: HTTPStatus.NOT_FOUND,
    errors.UnknownJob: HTTPStatus.NOT_FOUND,
    errors.NotNow: HTTPStatus.CONFLICT,
    errors.ContentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.MediaTypeUnsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.StaleWrite: HTTPStatus.PRECONDITION_FAILED,
    errors.ImportInterrupted: HTTPStatus.CONFLICT,
    errors.KeyMissing: HTTPStatus.BAD_REQUEST,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OperationInProgress: HTTPStatus.CONFLICT,
    errors.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TokenMissing: HTTPStatus.UNAUTHORIZED,
    errors.TokenInvalid: HTTPStatus.UNAUTHORIZED,
    errors.IdentityProviderUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Overloaded: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RateExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    errors.DeadlinePassed: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RequestTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.QueryTimeout: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CommitUnknown: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.AuditUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TrailBroken: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StoreNotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.QueryFileError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.ResourceMissing: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_RETRY_AFTER_S: Final = "5"

#: Words for what the web server itself refuses, by status: title and detail.
REFUSED: Final[Mapping[int, tuple[str, str]]] = {
    400: (N_("Bad request"), N_("the request cannot be read: its body or a header is not what it should be")),
    404: (N_("Not found"), N_("there is nothing at this address")),
    405: (N_("Method not allowed"), N_("this address does not take {method}; see the header Allow")),
    406: (N_("Not acceptable"), N_("this cannot be given as {accept}")),
    408: (N_("Request timeout"), N_("the request did not arrive in time")),
    413: (N_("Content too large"), N_("the body is larger than allowed")),
    415: (N_("Unsupported media type"), N_("the body cannot be {media_type}: send application/json")),
    429: (N_("Too many requests"), N_("you have asked too often: ask again later")),
    503: (N_("Service unavailable"), N_("this cannot be answered now: ask again in a few seconds")),
    422: (N_("Unprocessable content"), N_("the input breaks a rule; errors says which, and where")),
    500: (N_("Internal error"), N_("something went wrong here; the id of the request finds it in the log")),
}
#: Of every other status.
_OTHER: Final = (N_("Request refused"), N_("the request cannot be served: its status is {status}"))
#: Titles of what only our own errors refuse.
TITLES: Final[Mapping[int, str]] = {
    401: N_("Unauthorized"),
    403: N_("Forbidden"),
    409: N_("Conflict"),
    410: N_("Gone"),
    412: N_("Precondition failed"),
    428: N_("Precondition required"),
}
#: The codes of these.
CODES: Final[Mapping[int, str]] = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "request-timeout",
    413: "content-too-large",
    415: "unsupported-media-type",
    422: "invalid-input",
    429: "rate-exceeded",
    500: "internal-error",
}


def install(app: Flask) -> None:
    """Make all errors of an application problem details."""
    app.register_error_handler(TracegraphError, problem_of_ours)
    app.register_error_handler(HTTPException, problem_of_web)
    app.register_error_handler(Exception, problem_unexpected)


def status_of(error: TracegraphError) -> HTTPStatus:
    """Return the status of an error: its class's, or the nearest parent's."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    found: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem as a response; texts are in the caller's language already."""
    page = context().parts[AS_PAGE](int(status), code, detail, found, headers or {})
    if page is not None:
        return cast("Response", page)
    body: dict[str, Any] = {
        "type": f"{context().settings.public_url}/tracegraph/v1/problems/{code}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
        "code": code,
        "request_id": g.get("request_id", ""),
    }
    if found:
        body["errors"] = list(found)
    response = Response(json.dumps(body), status=int(status), mimetype=PROBLEM_JSON)
    response.headers.update({"Content-Language": translator().lang, "Cache-Control": "no-store", **(headers or {})})
    response.vary.update(("Accept", "Accept-Language", "Authorization"))
    return response


def _challenge(error: TracegraphError) -> str:
    """Return what a caller who showed no valid token is told to show (RFC 6750)."""
    told = ', error="invalid_token"' if isinstance(error, errors.TokenInvalid) else ""
    return f'Bearer realm="tracegraph"{told}'


def problem_of_ours(error: TracegraphError) -> Response:
    """Return an error of ours as a problem."""
    status = status_of(error)
    say = translator()
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _challenge(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE or isinstance(error, errors.OperationInProgress):
        headers["Retry-After"] = _RETRY_AFTER_S
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(error.message.values.get("seconds", _RETRY_AFTER_S))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return problem_unexpected(error)
    if isinstance(error, errors.ImportInterrupted):
        headers["Retry-After"] = _RETRY_AFTER_S
    detail = in_api_words(say.say(in_own_words(told(error))))
    return problem(status, error.code, _title(status), detail, found=_found(error, detail), headers=headers)


def _found(error: TracegraphError, detail: str) -> list[dict[str, Any]]:
    """Return what is wrong in the input, entry by entry."""
    if isinstance(error, DatasetRejected):
        return [problem_entry(one) for one in error.problems]
    return placed(error, detail) if isinstance(error, errors.InvalidInput) else []


def problem_entry(one: errors.Problem) -> dict[str, Any]:
    """Return one thing that is wrong as an entry of ``errors``: in a file, or in a body where no file is named."""
    say = translator()
    place = {"file": one.file, "line": one.line, "column": one.column} if one.file else {"pointer": one.column or ""}
    return {
        **place,
        "value": one.value,
        "rule": one.rule,
        "severity": one.severity,
        "detail": in_api_words(say.say(one.message)),
        "remedy": in_api_words(say.say(one.remedy)),
    }


def problem_of_web(error: HTTPException) -> Response:
    """Return what the web server or the check of the input refused as a problem, with the headers that belong to it."""
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    messages = data.get("messages")
    title, text = REFUSED.get(status, (title_of(status), _OTHER[1]))
    say = translator()
    values = {
        "method": request.method,
        "accept": request.headers.get("Accept", "*/*")[:100],
        "media_type": request.mimetype or "?",
        "status": status,
    }
    headers = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
    headers |= data.get("headers") or {}
    code = CODES.get(status, HTTPStatus(status).phrase.lower().replace(" ", "-"))
    found = list(pointers(messages)) if isinstance(messages, Mapping) else []
    found += [problem_entry(one) for one in data.get("problems") or ()]
    return problem(status, code, say.text(title), say.text(text, **values), found=found, headers=headers)


def problem_unexpected(error: Exception) -> Response:
    """Return a mistake of ours as a problem that says nothing about it; the log has it."""
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    _LOG.exception("unexpected error")
    say = translator()
    title, text = REFUSED[500]
    return problem(500, CODES[500], say.text(title), say.text(text))


def pointers(messages: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is wrong in the input, each with its place: a JSON pointer into the body, or a parameter's name."""
    for location, found in messages.items():
        for path, text in _leaves(found, ()):
            said = translator().say(text if isinstance(text, Message) else own_words(str(text)))
            if location == "query":
                yield {"parameter": "/".join(path), "detail": said}
            else:
                yield {"pointer": "".join(f"/{_escaped(part)}" for part in path), "detail": said}


def _leaves(found: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(found, Mapping):
        for key, inner in found.items():
            yield from _leaves(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(found, list | tuple):
        for inner in found:
            yield from _leaves(inner, path)
    else:
        yield path, found


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def title_of(status: int) -> str:
    """Return the title of problems of a status, in English."""
    return TITLES.get(status) or REFUSED.get(status, _OTHER)[0]


def _title(status: HTTPStatus) -> str:
    return translator().text(title_of(int(status)))
