"""Whole results as files, from pages: a browser's link cannot say in ``Accept`` what it wants, so the address does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from tracegraph_api.media import CSV, GEOJSON, GRAPHML, TRUNCATED, ZIP

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
SVG: Final = "image/svg+xml"
#: Media types by the ending that an address has: ``/factories/<id>/contracts.csv``.
MEDIA: Final[Mapping[str, str]] = {
    "csv": CSV,
    "xlsx": XLSX,
    "graphml": GRAPHML,
    "geojson": GEOJSON,
    "pdf": PDF,
    "svg": SVG,
    "zip": ZIP,
}


def as_download(content: bytes | str, ending: str, stem: str, *, truncated: bool = False) -> Response:
    """Return a file that the browser saves.

    Parameters
    ----------
    content : bytes or str
        The file.
    ending : str
        One of `MEDIA`.
    stem : str
        Its name without an ending; ours, never a word of the reader's.
    truncated : bool
        Whether a limit cut the result.
    """
    response = Response(content, mimetype=MEDIA[ending])
    if ending == "csv":
        response.headers["Content-Type"] = f"{CSV}; charset=utf-8; header=present"
    response.headers["Content-Disposition"] = f'attachment; filename="tracegraph-{stem}.{ending}"'
    if truncated:
        response.headers[TRUNCATED] = "true"
    return response
