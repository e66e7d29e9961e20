"""Files with more columns, or larger cells, than are read."""

from __future__ import annotations

from tracegraph.intake.csv_reader import RawTable
from tracegraph.intake.files import Limits
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.messages import N_


def is_too_wide(raw: RawTable, limits: Limits, problems: Problems) -> bool:
    """Return whether a file has too many columns to be read; rows with too large a cell are taken out of it."""
    if len(raw.header) > limits.columns:
        problems.add(_too_many_columns(len(raw.header), limits.columns), raw.file, raw.header_line)
        return True
    large = [number for number, cells in enumerate(raw.rows) if _largest(cells, limits.cell_bytes) > limits.cell_bytes]
    for number in large:
        refusal = _too_large(limits.cell_bytes)
        raw.ragged.append((raw.lines[number], raw.rows[number], refusal))
        problems.add(refusal, raw.file, raw.lines[number])
    if large:
        gone = set(large)
        raw.lines = [line for number, line in enumerate(raw.lines) if number not in gone]
        raw.rows = [row for number, row in enumerate(raw.rows) if number not in gone]
    return False


def _largest(cells: list[str], limit: int) -> int:
    """Return the bytes of the largest cell; of cells that are small in any encoding, no more than the limit."""
    longest = max(map(len, cells), default=0)
    return longest if longest * 4 <= limit else max(len(cell.encode("utf-8", "surrogatepass")) for cell in cells)


def _too_many_columns(count: int, limit: int) -> Refusal:
    return Refusal(
        "too-many-columns",
        N_("the file has {count} columns; at most {limit} are read"),
        N_("leave out the columns that no table has"),
        count=count,
        limit=limit,
    )


def _too_large(limit: int) -> Refusal:
    return Refusal(
        "cell-too-large",
        N_("a cell of the row that begins here has more than {limit} bytes"),
        N_("shorten it"),
        limit=limit,
    )
