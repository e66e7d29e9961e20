"""Rows that somebody sent as NDJSON: one JSON object a line, each a row of a table, written as that table's file.

``{"table": "supplies", "seller_id": "acme", "buyer_id": "demo", "product": "gloves"}``: besides ``table`` the members
are the columns of the table. Texts, numbers, true, false and null are what a cell may hold; a list is what ``|``
separates in a cell.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tracegraph.errors import ContentTooLarge, InvalidInput
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_

TABLE: Final = "table"
_MOST_BRACKETS: Final = 500  # in one line; a row has an object, and a list in some of its cells


@dataclass(slots=True)
class SentTable:
    """The rows of one table.

    Attributes
    ----------
    rows : list of mapping
        Cells as texts, by column.
    lines : list of int
        The line on which each was sent.
    """

    rows: list[Mapping[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def as_csv(self) -> tuple[bytes, dict[int, int]]:
        """Return the rows as a file, and the line on which a row was sent by that on which it begins there."""
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        sent: dict[int, int] = {}
        at = 2 + sum(name.count("\n") for name in columns)
        for row, line in zip(self.rows, self.lines, strict=True):
            sent[at] = line
            cells = [row.get(name, "") for name in columns]
            writer.writerow(cells)
            at += 1 + sum(cell.count("\n") for cell in cells)
        return text.getvalue().encode(), sent


def read_sent_rows(data: bytes, max_rows: int) -> dict[str, SentTable]:
    """Return the rows by table.

    Raises
    ------
    InvalidInput, ContentTooLarge
        A line is no row, or there are too many.
    """
    tables: dict[str, SentTable] = {}
    count = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        count += 1
        if count > max_rows:
            raise ContentTooLarge(N_("there are more than {limit} rows: send them in parts"), limit=max_rows)
        name, row = _row(line, number)
        table = tables.setdefault(name, SentTable())
        table.rows.append(row)
        table.lines.append(number)
    return tables


def _row(line: bytes, number: int) -> tuple[str, dict[str, str]]:
    try:
        if line.count(b"{") + line.count(b"[") > _MOST_BRACKETS:  # deeply nested lines take the reader's stack
            raise ValueError
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
        if not isinstance(found, dict):
            raise ValueError
        name = found.pop(TABLE, None)
        row = {column: _cell(value) for column, value in found.items()}
    except ValueError as error:  # of UTF-8, of JSON and of cells
        raise InvalidInput(
            N_("line {line} is no JSON object of texts, numbers, true, false, null and lists of them, each name once"),
            line=number,
        ) from error
    if not isinstance(name, str) or name not in TABLES:
        raise InvalidInput(
            N_("line {line} names no table: write one of {allowed} as {name}"),
            line=number,
            allowed=", ".join(TABLES),
            name=TABLE,
        )
    return name, row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> Any:
    raise ValueError


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "|".join(_cell(part) for part in value)
    raise ValueError
