"""In which form an answer goes out: JSON, or the whole result as a file, as ``Accept`` says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Response, g, request
from werkzeug.exceptions import NotAcceptable

from tracegraph.exchange.csv_export import safe_cell
from tracegraph_api.respond import JSON, finish

if TYPE_CHECKING:
    from tracegraph_api.operation import Operation

CSV: Final = "text/csv"
GRAPHML: Final = "application/graphml+xml"
GEOJSON: Final = "application/geo+json"
ZIP: Final = "application/zip"
_ENDINGS: Final = {CSV: "csv", GRAPHML: "graphml", GEOJSON: "geojson", ZIP: "zip"}
#: All that is said of a result beside its rows is in the JSON; a file says at least whether it is whole.
TRUNCATED: Final = "X-Truncated"


def negotiate(told: Operation) -> None:
    """Choose the form of the answer.

    Raises
    ------
    NotAcceptable
        The route has none that the caller takes.
    """
    good = [answer for status, answer in told.answers.items() if status < 300 and status != HTTPStatus.ACCEPTED]
    offered = [JSON] if any(answer.shape for answer in good) else []
    offered += [media for answer in good for media in answer.media if media not in offered]
    chosen = request.accept_mimetypes.best_match(offered) if offered and request.accept_mimetypes else None
    if offered and request.accept_mimetypes and chosen is None:
        raise NotAcceptable
    g.media = chosen or next(iter(offered), JSON)


def wanted() -> str:
    """Return the media type in which this request is answered."""
    return str(g.get("media", JSON))


def as_file(content: bytes | str, stem: str, *, truncated: bool = False) -> Response:
    """Return a whole result as a file in the form that is wanted.

    Parameters
    ----------
    content : bytes or str
        The file.
    stem : str
        Its name without an ending; ours, never a word of the caller's.
    truncated : bool
        Whether a limit cut the answer; JSON says by what.
    """
    media = wanted()
    response = Response(content, mimetype=media)
    if media == CSV:
        response.headers["Content-Type"] = f"{CSV}; charset=utf-8; header=present"
    response.headers["Content-Disposition"] = f'attachment; filename="tracegraph-{stem}.{_ENDINGS[media]}"'
    if truncated:
        response.headers[TRUNCATED] = "true"
    return finish(response)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a CSV table (RFC 4180, with a byte order mark for spreadsheets); no cell can be run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return f"\ufeff{text.getvalue()}"


def table_of_bodies(columns: Sequence[str], bodies: Iterable[Mapping[str, Any]]) -> str:
    """Return rows of JSON as a CSV table; lists are separated by ``|``, and what is deeper is JSON."""
    return table(columns, ([cell_of(body.get(column)) for column in columns] for body in bodies))


def cell_of(value: Any) -> Any:
    """Return a value of JSON as a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and not any(isinstance(part, list | dict) for part in value):
        return "|".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple | dict) else value


def features(found: Sequence[Mapping[str, Any]]) -> str:
    """Return GeoJSON features as a collection."""
    return json.dumps({"type": "FeatureCollection", "features": list(found)}, ensure_ascii=False, allow_nan=False)
