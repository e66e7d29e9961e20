"""Errors as pages: what happened, in plain words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, g, request

from tracegraph.errors import TokenMissing
from tracegraph.messages import N_
from tracegraph_api.pages.declare import is_partial
from tracegraph_api.pages.frame import can_log_in, render, with_headers
from tracegraph_api.pages.words import choose_language, say
from tracegraph_api.policy import is_page

_GONE: Final = (
    N_("This page does not exist, or you may not see it"),
    N_("Look for what you need with the search box. Whoever gave you the address may see more than you do."),
)
_BUSY: Final = (
    N_("This cannot be answered right now"),
    N_("Wait a few seconds and load the page again. That there is no answer now says nothing about the answer."),
)
_CHANGED: Final = (
    N_("Somebody else changed this while you were reading it"),
    N_("Nothing was written. Open it again, look at what changed, and decide again."),
)
_NOT_ALLOWED: Final = (
    N_("You may not do this"),
    N_("Ask your region's administrator for the role that it needs, or go on with something else."),
)
#: What happened and what to do, by code.
SHOWN: Final[Mapping[str, tuple[str, str]]] = {
    "commit-unknown": (
        N_("It is not known whether this was saved"),
        N_("Go back, and send the form again as it is: it is saved once at most."),
    ),
    "content-too-large": (N_("This is too large"), N_("Send it in smaller parts.")),
    "forbidden": _NOT_ALLOWED,
    "identity-provider-unavailable": (
        N_("The log-in service does not answer"),
        N_("Wait a few minutes and log in again. What is public can be read without logging in."),
    ),
    "incident-withdrawn": (
        N_("This incident was withdrawn"),
        N_(
            "That nothing is exposed to it does not say that no contract depends on it. Look at it as it was known "
            "before, or ask about the plants themselves."
        ),
    ),
    "internal-error": (
        N_("Something went wrong here"),
        N_("It is not your fault. Try again later; if it stays so, give the number below to whoever runs the service."),
    ),
    "invalid-input": (N_("Something in the question cannot be used"), N_("Correct what is listed, and ask again.")),
    "method-not-allowed": (
        N_("This page cannot be opened this way"),
        N_("Start from the first page, and send the form there."),
    ),
    "operation-in-progress": (
        N_("This form is being worked on already"),
        N_("Wait a few seconds, and load the page again to see what became of it."),
    ),
    "rate-exceeded": (N_("Too many pages in a short time"), N_("Wait a minute, and load the page again.")),
    "stale-write": _CHANGED,
    "token-invalid": (N_("Logging in did not succeed"), N_("Begin again; nothing was changed.")),
    "token-missing": (
        N_("You need to log in for this"),
        N_("Log in, or go back and read what is public."),
    ),
    "wrong-state": (N_("This cannot be done now"), N_("Open it again to see how things stand.")),
}
_BY_STATUS: Final[Mapping[int, tuple[str, str]]] = {
    401: SHOWN["token-missing"],
    403: _NOT_ALLOWED,
    404: _GONE,
    409: SHOWN["wrong-state"],
    412: _CHANGED,
    422: SHOWN["invalid-input"],
    503: _BUSY,
}
#: What the fields of the lens are called.
_FIELDS: Final[Mapping[str, str]] = {
    "known_at": N_("As known on"),
    "valid_at": N_("Valid on"),
    "min_grade": N_("Evidence"),
}
#: Where the error itself says no more than the page does, or says it of the API.
_SAID_ENOUGH: Final = frozenset(
    {"not-found", "unknown-node", "unknown-claim", "unknown-import", "unknown-job", "internal-error", "token-missing"}
    | {"token-invalid"}
    | {
        "method-not-allowed",
        "rate-exceeded",
        "commit-unknown",
        "idempotency-key-reused",
        "identity-provider-unavailable",
    }
)


def shown(
    status: int, code: str, detail: str, found: Sequence[Mapping[str, Any]], headers: Mapping[str, str]
) -> Response | None:
    """Return an error as a page where a page was asked for, else None.

    Parameters
    ----------
    status : int
        Its status.
    code : str
        Its code, as of the API.
    detail : str
        What it says, in the caller's language.
    found : sequence of mapping
        What is wrong in the input, each with its place.
    headers : mapping
        That belong to it.
    """
    if not is_page():
        return None
    choose_language()
    if code == TokenMissing.code and request.method == "GET" and can_log_in():
        return _to_log_in()
    title, remedy = SHOWN.get(code) or _BY_STATUS.get(status) or SHOWN["internal-error"]
    response = render(
        "pages/problem.html",
        say(title),
        status=status,
        remedy=say(remedy),
        detail="" if code in _SAID_ENOUGH or found else detail,
        found=[_entry(one) for one in found],
        number=g.get("request_id", "") if status >= 500 else "",
        begins_again=status == HTTPStatus.UNAUTHORIZED and can_log_in(),
    )
    response.headers.update({name: value for name, value in headers.items() if name != "WWW-Authenticate"})
    if is_partial():  # whatever part was to be replaced: what went wrong takes the place of the content
        response.headers.update({"HX-Retarget": "#content", "HX-Reswap": "innerHTML"})
    return with_headers(response)  # also where no view was reached in time


def _entry(one: Mapping[str, Any]) -> dict[str, Any]:
    place = str(one.get("parameter") or one.get("pointer") or one.get("column") or "").strip("/").split("/")[0]
    called = str(say(_FIELDS[place])) if place in _FIELDS else place
    text = str(one["detail"])
    if text.startswith(f"{place} "):  # it begins with the parameter's name
        return {"field": place, "text": f"{called}{text.removeprefix(place)}"}
    return {"field": place, "text": f"{called}: {text}" if called else text}


def _to_log_in() -> Response:
    query = request.query_string.decode("utf-8", "replace")
    here = f"{request.path}?{query}" if query else request.path
    address = f"/log-in?{urlencode({'next': '/' if is_partial() else here})}"
    if "HX-Request" in request.headers:  # not a piece of this page, but another page
        return Response(status=204, headers={"HX-Redirect": address})
    response = Response(status=303)
    response.location = address
    return response
