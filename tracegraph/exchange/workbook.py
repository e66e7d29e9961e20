"""Workbooks (XLSX): numbers as numbers, texts as texts, and no cell that a spreadsheet would run."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from tracegraph.exchange.csv_export import safe_cell

#: How numbers are written, by kind of column; a column of texts has none.
FORMATS: Final = {"whole": "0", "amount": "#,##0", "part": "0.0%"}
#: Characters that a cell can hold.
_LONGEST: Final = 32_767
_SHEET_NAME: Final = 31


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    heading : str
        In the reader's language.
    width : int
        In characters.
    kind : str
        ``text``, or one of `FORMATS`.
    """

    heading: str
    width: int = 16
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes
    ----------
    name : str
        At most 31 characters are shown.
    columns : sequence of Column
        Its columns.
    rows : iterable of sequence
        Cells; None is an empty one: not known, and never 0.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook_bytes(sheets: Sequence[Sheet], title: str, made_at: str) -> bytes:
    """Return a workbook.

    Parameters
    ----------
    sheets : sequence of Sheet
        In order.
    title : str
        What the workbook is about.
    made_at : str
        When it was made (RFC 3339): the same content and moment give the same bytes.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": title, "created": datetime.fromisoformat(made_at).replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": how, "valign": "top"}) for kind, how in FORMATS.items()}
        formats["text"] = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name[:_SHEET_NAME]), sheet, head, formats)
    return file.getvalue()


def _write(page: Any, sheet: Sheet, head: Any, formats: dict[str, Any]) -> None:
    last = 0
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading, head)
    for last, row in enumerate(sheet.rows, start=1):
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            if value is None:
                continue
            if isinstance(value, int | float):
                page.write_number(last, place, value, formats[column.kind])
            else:
                page.write_string(last, place, str(safe_cell(str(value)))[:_LONGEST], formats["text"])
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
