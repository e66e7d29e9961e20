"""The rows of one file, checked cell by cell against the table's declaration; each distinct text is parsed once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from tracegraph.intake.cells import parse
from tracegraph.intake.csv_reader import RawTable, header_key
from tracegraph.intake.refusal import SUGGESTIONS, Problems, Refusal, nearest
from tracegraph.intake.spec import Column, Kind, Table
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_, Message

#: What somebody says that columns are: the column that is meant by the header as written, empty for one to leave out.
ColumnChoices = Mapping[str, str]
LEFT_OUT: Final = ""
NO_CHOICES: Final[ColumnChoices] = MappingProxyType({})
_SHARE_COLUMNS: Final = ("share", "share_low", "share_high")


@dataclass(slots=True)
class Rows:
    """The rows of one file as values.

    Attributes
    ----------
    table : Table
        What they are rows of.
    raw : RawTable
        The same as texts.
    values : mapping
        For every column of the table, read or not, the value of each row: the default where the cell is empty, None
        where nothing is stated or the cell was refused.
    headers : mapping
        Each column that is there, as the file names it.
    refused : dict
        Row number (an index, not a line) to the reasons for which it is refused.
    unread : set
        Row number and column of the cells that could not be read.
    """

    table: Table
    raw: RawTable
    values: dict[str, Sequence[Any]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    refused: dict[int, list[Message]] = field(default_factory=dict)
    unread: set[tuple[int, str]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.raw.rows)

    @property
    def file(self) -> str:
        """Name of the file, as shown to people."""
        return self.raw.file

    def good(self) -> Collection[int]:
        """Return the row numbers that are not refused."""
        if not self.refused:
            return range(len(self))
        return [number for number in range(len(self)) if number not in self.refused]

    def by_column(self, cells: Sequence[str]) -> dict[str, str]:
        """Return cells by column: under its English name where it is known, else under the header as written."""
        names = {header: name for name, header in self.headers.items()}
        return {names.get(text, text): cell.strip() for text, cell in zip(self.raw.header, cells, strict=False)}

    def cell(self, number: int, column: str) -> str | None:
        """Return a cell as it was read; None where the file does not have the column."""
        if column not in self.headers:
            return None
        return self.raw.rows[number][self.raw.header.index(self.headers[column])].strip()

    def refuse(self, number: int, column: str | None, refusal: Refusal, problems: Problems) -> None:
        """Refuse a row, and note why."""
        self.refused.setdefault(number, []).append(refusal.message)
        self._note(problems, number, column, refusal, "error")

    def warn(self, number: int, column: str | None, refusal: Refusal, problems: Problems) -> None:
        """Note what deserves a look in a row."""
        self._note(problems, number, column, refusal, "warning")

    def _note(self, problems: Problems, number: int, column: str | None, refusal: Refusal, severity: str) -> None:
        line = self.raw.lines[number]
        header = self.headers.get(column, column) if column else None
        value = self.cell(number, column) if column else None
        problems.add(refusal, self.file, line, header, value, severity=severity)


def read_rows(raw: RawTable, table: Table, problems: Problems, chosen: ColumnChoices = NO_CHOICES) -> Rows:
    """Return a file's rows as values; what is wrong with header and cells is noted, and refuses the rows."""
    rows = Rows(table, raw)
    positions = _recognise(rows, problems, chosen)
    texts = list(zip(*raw.rows, strict=True)) if raw.rows else [()] * len(raw.header)
    for column in table.columns:
        if column.kind is Kind.IGNORED:
            continue
        position = positions.get(column.name)
        if position is None:
            rows.values[column.name] = [_default(column)] * len(rows)
        else:
            rows.values[column.name] = _parse_column(rows, column, texts[position], problems)
    return rows


def _recognise(rows: Rows, problems: Problems, chosen: ColumnChoices) -> dict[str, int]:
    """Return the position of each column; what is wrong with the header refuses every row."""
    positions: dict[str, int] = {}
    for position, header in enumerate(rows.raw.header):
        meant = chosen.get(header, header)
        if header in chosen and meant == LEFT_OUT:
            continue
        column = rows.table.by_header.get(header_key(meant))
        if column is None:
            if header or any(row[position].strip() for row in rows.raw.rows):
                _refuse_header(rows, header, _unknown(header, rows.table), problems)
        elif column.name in positions:
            _refuse_header(rows, header, _twice(column, rows.headers[column.name]), problems)
        else:
            positions[column.name] = position
            rows.headers[column.name] = header
    for column in rows.table.columns:
        if column.required and column.name not in positions:
            _refuse_header(rows, None, _missing(column), problems, column=column.name)
    return positions


def _refuse_header(
    rows: Rows, header: str | None, refusal: Refusal, problems: Problems, *, column: str | None = None
) -> None:
    problems.add(refusal, rows.file, rows.raw.header_line, column or header, header)
    for number in range(len(rows)):
        rows.refused.setdefault(number, []).append(refusal.message)


def _parse_column(rows: Rows, column: Column, texts: Sequence[str], problems: Problems) -> Sequence[Any]:
    parsed: dict[str, Any] = {}
    failures: dict[str, Refusal] = {}
    decimal_comma = rows.raw.delimiter == ";"
    empty = _default(column)
    for text in set(texts):
        stripped = text.strip()
        try:
            parsed[text] = (
                parse(stripped, column, decimal_comma, suggest=len(failures) < SUGGESTIONS) if stripped else empty
            )
        except Refusal as refusal:
            parsed[text], failures[text] = None, refusal
        else:
            if column.required and not (stripped and parsed[text] != []):
                failures[text] = _not_stated(column)
    if failures:
        for number, text in enumerate(texts):
            if text in failures:
                rows.unread.add((number, column.name))
                rows.refuse(number, column.name, failures[text], problems)
    return list(map(parsed.__getitem__, texts))


def _default(column: Column) -> Any:
    """Return what an empty cell means. Lists are shared between rows, and never changed."""
    return parse(column.default, column) if column.default else None


def named(rows: Rows, column: Column) -> Iterator[tuple[int, str]]:
    """Yield row number and id for every id that a column names, also in lists."""
    for number, value in enumerate(rows.values[column.name]):
        if value is None:
            continue
        if column.many:
            for part in value:
                yield number, part
        else:
            yield number, value


def named_ids(rows: Rows, column: Column) -> set[str]:
    """Return every id that a column names."""
    values = rows.values[column.name]
    if column.many:
        return {part for value in values if value for part in value}
    return set(values) - {None}


# --- what is wrong with a header -----------------------------------------------------------------------------------


def _unknown(header: str, table: Table) -> Refusal:
    if not header:
        return Refusal(
            "unknown-column",
            N_("a column with values has no name"),
            N_("name it, or remove it"),
        )
    if header_key(header) in _headers_of(_SHARE_COLUMNS):
        return Refusal(
            "share-not-here",
            N_("{header} does not apply to {file}"),
            N_("shares belong to supplies.csv, deliveries.csv, and contracts.csv with supplier_id and product"),
            header=header,
            file=table.file,
        )
    known = [name for column in table.columns for name in column.headers]
    near = nearest(header_key(header), known)
    message = N_("{header} is not a column of {file}")
    if near:
        return Refusal("unknown-column", message, N_("did you mean {near}?"), header=header, file=table.file, near=near)
    return Refusal(
        "unknown-column",
        message,
        N_("remove it; `tracegraph columns` lists the columns"),
        header=header,
        file=table.file,
    )


def _headers_of(names: Collection[str]) -> set[str]:
    shared: Mapping[str, Column] = TABLES["supplies"].by_name
    return {header for name in names for header in shared[name].headers}


def _twice(column: Column, first: str) -> Refusal:
    return Refusal(
        "duplicate-column",
        N_("the column {name} is there twice, first as {first}"),
        N_("keep one of them"),
        name=column.name,
        first=first,
    )


def _missing(column: Column) -> Refusal:
    return Refusal(
        "missing-column",
        N_("the column {name} is missing"),
        N_("add it ({name}, in Swedish {swedish}); every row must state it"),
        name=column.name,
        swedish=column.sv,
    )


def _not_stated(column: Column) -> Refusal:
    return Refusal(
        "required",
        N_("{name} is not stated"),
        N_("every row must state it, for example {example}"),
        name=column.name,
        example=column.example,
    )
