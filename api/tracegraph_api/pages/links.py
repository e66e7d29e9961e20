"""Addresses of pages: the lens goes along from page to page, and a node is a link wherever it is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import current_app, request, url_for

from tracegraph.model import NodeRef
from tracegraph.vocabulary import Label
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
    given = {name.rstrip("_"): value for name, value in values.items()}
    kept = {name: request.args[name] for name in LENS if request.args.get(name, "").strip()}
    stated = {name: value for name, value in {**kept, **given}.items() if value is not None}
    return url_for(f"{PREFIX}{endpoint}", **stated)


def here(**changed: Any) -> str:
    """Return the address of this page with some parameters changed; None takes one out, a list repeats it."""
    given: dict[str, Sequence[Any]] = {
        name: values for name, values in request.args.lists() if any(value.strip() for value in values)
    }
    for name, value in changed.items():
        given[name.rstrip("_")] = [] if value is None else value if isinstance(value, list | tuple) else [value]
    pairs = [(name, value) for name, values in given.items() for value in values]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


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
