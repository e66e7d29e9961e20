"""Styles and scripts of the pages: their address changes with their content, so that browsers keep them for long."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from flask import Response, request
from werkzeug.exceptions import NotFound

from tracegraph.access import Permission
from tracegraph_api.context import context
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import PREFIX, Pages

pages = Pages("assets")

#: Endpoint of all of them; not counted among the requests of a caller.
ENDPOINT: Final = f"{PREFIX}assets.file"
#: Files by name: where they are below ``static/``, and what they are.
FILES: Final[Mapping[str, tuple[str, str]]] = {
    "pages.css": ("pages.css", "text/css"),
    "pages.js": ("pages.js", "text/javascript"),
    "chain.js": ("chain.js", "text/javascript"),
    "htmx.js": ("vendor/htmx.org/htmx.min.js", "text/javascript"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
#: The style sheet of the region's own, where the settings name one.
THEME: Final = "theme.css"
_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    packed: bytes
    media: str
    digest: str


def asset(name: str) -> str:
    """Return the address of a file."""
    return f"/assets/{_asset(name, context().settings.pages.theme_file).digest}/{name}"


@pages.shows("/assets/<digest>/<name>", Permission.OPEN)
def file(_: Given, digest: str, name: str) -> Response:
    """Give a file of the pages."""
    theme = context().settings.pages.theme_file
    if name not in FILES and not (name == THEME and theme):
        raise NotFound
    found = _asset(name, theme)
    if digest != found.digest:  # of another version
        raise NotFound
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if is_packed else found.content, mimetype=found.media)
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = _YEAR
    return response


@cache
def _asset(name: str, theme: str) -> _Asset:
    if name == THEME:
        content, media = Path(theme).read_bytes(), "text/css"
    else:
        path, media = FILES[name]
        content = (files("tracegraph_api") / "static" / path).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return _Asset(content, gzip.compress(content, 9, mtime=0), media, digest)
