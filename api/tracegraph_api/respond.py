"""From an answer to a response: the envelope, links, the language, and whether the caller has it already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, json, request

from tracegraph_api.context import now, principal, translator

JSON: Final = "application/json"
#: Moments that only say when somebody asked: two answers that differ in them alone are the same answer.
_ASKED_AT: Final = ("known_at", "valid_at")
#: A cursor says where a page ends, as its rows do, and the moment.
_CURSOR: Final = re.compile(r"\bcursor=[\w-]*")


def respond(
    body: Mapping[str, Any], *, status: int = 200, etag: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON answer.

    Parameters
    ----------
    body : mapping
        The answer.
    status : int
        Its status.
    etag : str, optional
        Version of what is answered; by default a weak one from the answer itself.
    headers : mapping, optional
        More headers.
    """
    text = json.dumps(body)
    response = Response(text, status=status, mimetype=JSON)
    response.headers.update(headers or {})
    if status == 200:
        if etag:
            response.set_etag(etag)
        elif request.method in ("GET", "HEAD"):
            response.set_etag(digest(text), weak=True)
    return finish(response)


def finish(response: Response) -> Response:
    """Return a response with the headers that all answers have; 304 where the caller has it already."""
    response.headers["Content-Language"] = translator().lang
    response.vary.update(("Accept", "Accept-Language", "Authorization"))
    if principal().is_known:
        response.headers["Cache-Control"] = "no-store, private"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")  # what is public may be kept, and is asked for again
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.make_conditional(request)
    return response


def digest(body: Mapping[str, Any] | str) -> str:
    """Return a hash of an answer, or of its JSON, without the moment at which it was asked where the caller named none.

    The moment stands in the answer's lens and in its links; inside of a text of JSON, the quotes would be escaped.
    """
    text = body if isinstance(body, str) else json.dumps(body)
    moments = {"known_at": now(), "valid_at": now()[:10]}
    for name in _ASKED_AT:
        if name not in request.args:
            text = text.replace(f'"{name}": "{moments[name]}"', "")
    if not request.args.keys() >= set(_ASKED_AT):
        text = _CURSOR.sub("", text)
    return hashlib.sha256(f"{translator().lang}{text}".encode()).hexdigest()[:32]


def page_of(
    rows: Sequence[Mapping[str, Any]],
    given: Mapping[str, Any],
    *,
    meta: Mapping[str, Any] | None = None,
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return one page of a list of which all rows are known.

    Parameters
    ----------
    rows : sequence of mapping
        All rows, in an order that does not change.
    given : mapping
        Checked input with ``limit`` and ``page``.
    meta : mapping, optional
        What is said of the whole, besides the counts.
    links : mapping, optional
        More links.
    """
    limit, page = given["limit"], given["page"]
    first = (page - 1) * limit
    counted = Counted(len(rows), first + limit < len(rows))
    return envelope(rows[first : first + limit], given, counted, meta=meta, links=links)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are in all.

    Attributes
    ----------
    total : int
        Rows on all pages.
    has_next : bool
        Whether a page comes after this one.
    is_exact : bool
        Whether there are exactly `total`; else there are at least so many.
    cursor : str or None
        Where the next page begins, for lists that are read by cursor.
    """

    total: int
    has_next: bool
    is_exact: bool = True
    cursor: str | None = None


def envelope(
    items: Sequence[Mapping[str, Any]],
    given: Mapping[str, Any],
    counted: Counted,
    *,
    meta: Mapping[str, Any] | None = None,
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a page as ``items``, ``meta`` and ``_links``."""
    limit, page = given["limit"], given["page"]
    counts = {"limit": limit, "page": page, "total": counted.total, "total_is_exact": counted.is_exact}
    around = {"self": link()}
    if counted.has_next:
        around["next"] = link(cursor=counted.cursor, page=None) if counted.cursor else link(page=page + 1)
    if page > 1:
        around["prev"] = link(page=page - 1)
    return {
        "items": list(items),
        "meta": {**counts, **(meta or {})},
        "_links": {name: {"href": href} for name, href in {**around, **(links or {})}.items()},
    }


def link(**changed: Any) -> str:
    """Return the address of this request with some parameters changed; None takes one out."""
    parameters = {name: values for name, values in request.args.lists()}
    parameters |= {name: [str(value)] for name, value in changed.items() if value is not None}
    pairs = [
        (name, value) for name, values in parameters.items() for value in values if changed.get(name, "") is not None
    ]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
