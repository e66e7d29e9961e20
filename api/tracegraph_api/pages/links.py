"""Addresses of pages: the lens goes along from page to page, and a node is a link wherever it is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app, request, url_for

from tracegraph.model import NodeRef
from tracegraph.vocabulary import Label
from tracegraph_api.context import context
from tracegraph_api.node_links import ID_NAMES
from tracegraph_api.pages.declare import PREFIX

#: Parameters of the lens, which every link keeps.
LENS: Final = ("known_at", "valid_at", "min_grade", "as")
#: The page of a node of each kind, where there is one.
NODE_PAGES: Final[Mapping[Label, str]] = {
    label: f"{ID_NAMES[label].plural}.one"
    for label in (
        Label.FACTORY,
        Label.SUPPLIER,
        Label.CONTRACT,
        Label.REGION,
        Label.PRODUCT,
        Label.COUNTRY,
        Label.CATEGORY,
    )
}
#: The same for incidents, which have no place among the nodes of the API.
INCIDENT_PAGE: Final = "incidents.one"
_PLACE: Final = re.compile(r"<(\w+)>")
#: What is not encoded, as `url_for` has it.
_SAFE_IN_PATH: Final = "!$&'()*+,/:;=@"
_SAFE_IN_QUERY: Final = "!$'()*,/:;?@"
_WAYS: Final = "page-ways"
#: Kept in the environ of a request, which is the request's own.
_ASKED: Final = "tracegraph.asked"


@dataclass(frozen=True, slots=True)
class _Way:
    """The address of a page, compiled: the same for all who read.

    Attributes
    ----------
    texts, names : tuple of str
        What stands in it as it is, and the names of the parts between.
    """

    texts: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What this request asks for, as links take it along: encoded once.

    Attributes
    ----------
    lens : mapping
        The parameters of the lens that are given.
    query : str
        The same as they stand in an address.
    given : mapping
        All parameters that are not empty, encoded, by name.
    is_below : bool
        Whether the service is below another address.
    """

    lens: Mapping[str, str]
    query: str
    given: Mapping[str, str]
    is_below: bool


def has_page(endpoint: str) -> bool:
    """Return whether there is a page of this name."""
    return f"{PREFIX}{endpoint}" in current_app.view_functions


def link(endpoint: str, /, **values: Any) -> str:
    """Return the address of a page, under the lens of this one.

    Parameters
    ----------
    endpoint : str
        ``NAME.FUNCTION`` (see `declare.Pages`).
    **values
        Parts of its path, and parameters; lists for those that are repeated, None for those left out. A parameter
        named like a word of Python has a ``_`` behind it (``as_``).
    """
    asked, way = _asked(), _way(endpoint)
    given = {name.rstrip("_"): value for name, value in values.items()}
    parts = [given.pop(name, None) for name in way.names] if way else []
    if way is None or asked.is_below or not all(type(part) is str for part in parts):
        given |= zip(way.names, parts, strict=True) if way else ()
        return url_for(f"{PREFIX}{endpoint}", **_stated(asked, given))
    path = way.texts[0]
    for part, text in zip(parts, way.texts[1:], strict=True):
        path += quote(part, safe=_SAFE_IN_PATH) + text
    query = _query(asked, given)
    return f"{path}?{query}" if query else path


def _stated(asked: _Asked, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**asked.lens, **given}.items() if value is not None}


def _query(asked: _Asked, given: Mapping[str, Any]) -> str:
    if not given:
        return asked.query
    pairs = [
        (name, one)
        for name, value in _stated(asked, given).items()
        for one in (value if isinstance(value, list | tuple) else (value,))
        if one is not None
    ]
    return urlencode(pairs, safe=_SAFE_IN_QUERY)


def _way(endpoint: str) -> _Way | None:
    """Return the compiled address of a page; None: it is not simple enough."""
    ways: dict[str, _Way | None] = context().parts.setdefault(_WAYS, {})
    if endpoint not in ways:
        rules = list(current_app.url_map.iter_rules(f"{PREFIX}{endpoint}")) if has_page(endpoint) else []
        pieces = _PLACE.split(rules[0].rule) if len(rules) == 1 else ["<"]
        texts, names = tuple(pieces[::2]), tuple(pieces[1::2])
        is_simple = not any("<" in text or quote(text, safe="/.-_~") != text for text in texts)
        ways[endpoint] = _Way(texts, names) if is_simple else None
    return ways[endpoint]


def _asked() -> _Asked:
    environ = request.environ
    if _ASKED not in environ:
        lens = {name: request.args[name] for name in LENS if request.args.get(name, "").strip()}
        given = {
            name: urlencode([(name, value) for value in values])
            for name, values in request.args.lists()
            if any(value.strip() for value in values)
        }
        environ[_ASKED] = _Asked(lens, urlencode(lens, safe=_SAFE_IN_QUERY), given, bool(request.script_root))
    return cast("_Asked", environ[_ASKED])


def here(**changed: Any) -> str:
    """Return the address of this page with some parameters changed; None takes one out, a list repeats it."""
    parts = dict(_asked().given)
    for name, value in changed.items():
        values = [] if value is None else value if isinstance(value, list | tuple) else [value]
        parts[name.rstrip("_")] = urlencode([(name.rstrip("_"), one) for one in values])
    query = "&".join(part for part in parts.values() if part)
    return f"{request.path}?{query}" if query else request.path


def node_link(node: NodeRef) -> str | None:
    """Return the address of a node's page; None: nodes of its kind have none."""
    endpoint = NODE_PAGES.get(node.label)
    return link(endpoint, id=node.id) if endpoint and has_page(endpoint) else None


def incident_link(incident_id: str) -> str | None:
    """Return the address of an incident's page; None: there is none."""
    return link(INCIDENT_PAGE, id=incident_id) if has_page(INCIDENT_PAGE) else None


def local_path(address: str) -> str:
    """Return an address that leads nowhere else than here: what is none becomes the first page."""
    there = urlsplit(address)
    is_local = not there.scheme and not there.netloc and address.startswith("/") and not address.startswith("//")
    return address if is_local and "\\" not in address and address.isprintable() else "/"
