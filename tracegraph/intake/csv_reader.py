"""From the bytes of a CSV file to rows with the lines on which they begin; knows no table."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tracegraph.intake.encoding import BadEncoding, decode
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.messages import N_

DELIMITERS: Final = (",", ";")
_OTHER_DELIMITERS: Final = ("\t", "|")
_CELL_LIMIT: Final = 131_072  # the csv module's own; other libraries move it for the whole process
_UNEXPECTED_END: Final = "unexpected end of data"


@dataclass(slots=True)
class RawTable:
    """The rows of a file as texts.

    Attributes
    ----------
    file : str
        Its name, as shown to people.
    delimiter : str
        ``,`` or ``;``.
    header : list of str
        As written, without blanks round each.
    header_line : int
        Line on which it begins.
    rows : list of list of str
        Rows that have as many cells as the header; blank rows are left out.
    lines : list of int
        Line on which each row begins.
    ragged : list of (int, list of str, str)
        Line, cells and reason of rows that could not be read.
    truncated : bool
        Whether reading stopped before the end: what follows cannot be told.
    """

    file: str
    delimiter: str = ","
    header: list[str] = field(default_factory=list)
    header_line: int = 1
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    ragged: list[tuple[int, list[str], Refusal]] = field(default_factory=list)
    truncated: bool = False


def read_csv(
    data: bytes, file: str, problems: Problems, known_headers: frozenset[str], max_rows: int
) -> RawTable | None:
    """Return the rows of a file; None when nothing of it can be read. Problems are noted.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Name under which problems are noted.
    problems : Problems
        Where they are noted.
    known_headers : frozenset of str
        Headers, in small letters, by which the delimiter is recognised.
    max_rows : int
        Rows at which reading stops.
    """
    try:
        text, warning, line = decode(data)
    except BadEncoding as error:
        problems.add(error.refusal, file, error.line)
        return None
    if warning:
        problems.warn(warning, file, line)
    csv.field_size_limit(_CELL_LIMIT)
    delimiter = _delimiter(text, known_headers)
    table = RawTable(file, delimiter)
    records = _records(text, delimiter, table)
    for line, cells in records:
        table.header_line, table.header = line, [cell.strip() for cell in cells]
        break
    if _has_other_delimiter(table, known_headers):
        problems.add(_other_delimiter(), file, table.header_line)
        return None
    if table.header:
        _take_rows(records, table, max_rows)
    elif not table.ragged:
        problems.add(_empty(), file)
    for line, cells, refusal in table.ragged:
        problems.add(refusal, file, line, None, delimiter.join(cells) or None)
    return table if table.header else None


def _take_rows(records: Iterator[tuple[int, list[str]]], table: RawTable, max_rows: int) -> None:
    width = len(table.header)
    for line, cells in islice(records, max_rows):
        if len(cells) == width:
            table.rows.append(cells)
            table.lines.append(line)
        else:
            kept = [*cells[: width - 1], table.delimiter.join(cells[width - 1 :])] if len(cells) > width else cells
            table.ragged.append((line, kept, _wrong_width(len(cells), width)))
    for line, cells in records:
        refusal = Refusal(
            "too-many-rows",
            N_("the import has more than {limit} rows; nothing from this line on was read"),
            N_("split it and import one part after the other"),
            limit=max_rows,
        )
        table.ragged.append((line, cells, refusal))
        table.truncated = True
        break


def _records(text: str, delimiter: str, table: RawTable) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            for cells in reader:
                if any(cells) and any(map(str.strip, cells)):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as error:
            lines = io.StringIO(text, newline="").readlines()[begins - 1 : reader.line_num]
            table.ragged.append((begins, ["".join(lines).rstrip("\r\n")], _unreadable_row(str(error))))
            if _UNEXPECTED_END in str(error) or "field larger" in str(error):
                table.truncated = True
                return
            continue
        return


def _delimiter(text: str, known: frozenset[str]) -> str:
    """Return the delimiter under which most cells of the first row are known headers; a comma when none is better."""
    return max(DELIMITERS, key=lambda delimiter: _known_cells(_first_row(text, delimiter), known))


def _known_cells(cells: Sequence[str], known: frozenset[str]) -> tuple[int, int]:
    return sum(header_key(cell) in known for cell in cells), len(cells)


def header_key(text: str) -> str:
    """Return a header as it is looked up: small letters, underscores for blanks and hyphens."""
    return "_".join(unicodedata.normalize("NFC", text).replace("-", " ").replace("_", " ").casefold().split())


def _first_row(text: str, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(text[:_CELL_LIMIT], newline=""), delimiter=delimiter)
    return next((cells for cells in rows if any(map(str.strip, cells))), [])


def _has_other_delimiter(table: RawTable, known: frozenset[str]) -> bool:
    if len(table.header) != 1 or header_key(table.header[0]) in known:
        return False
    return any(delimiter in table.header[0] for delimiter in _OTHER_DELIMITERS)


def _other_delimiter() -> Refusal:
    return Refusal(
        "delimiter",
        N_("the columns are separated by neither comma nor semicolon"),
        N_("save the file as CSV with commas or semicolons"),
    )


def _wrong_width(cells: int, width: int) -> Refusal:
    if cells > width:
        return Refusal(
            "too-many-cells",
            N_("the row has {cells} cells, the header {width}"),
            N_("put a cell that holds the delimiter in quotation marks, or remove what is too much"),
            cells=cells,
            width=width,
        )
    return Refusal(
        "too-few-cells",
        N_("the row has {cells} cells, the header {width}"),
        N_("keep the delimiters of empty cells too"),
        cells=cells,
        width=width,
    )


def _unreadable_row(why: str) -> Refusal:
    if _UNEXPECTED_END in why:
        return Refusal(
            "quote-not-closed",
            N_("a quotation mark in the row that begins here is never closed"),
            N_("close it, or write it twice where the text itself holds one"),
        )
    if "field larger" in why:
        return Refusal(
            "cell-too-long",
            N_("a cell of the row that begins here has more than {limit} characters"),
            N_("close its quotation mark, or shorten it; nothing after it was read"),
            limit=_CELL_LIMIT,
        )
    return Refusal(
        "quote",
        N_("a quotation mark in this row is followed by something else than a delimiter"),
        N_("write a quotation mark twice where the text itself holds one"),
    )


def _empty() -> Refusal:
    return Refusal("empty-file", N_("the file is empty"), N_("it needs a header row; or leave the file out"))
