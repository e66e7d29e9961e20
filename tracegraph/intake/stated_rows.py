"""Rows as a program states them: JSON objects with the columns of a table, checked as a file's rows are.

What is wrong is told with a JSON pointer to the row and the key. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from tracegraph.change_set import ChangeSet
from tracegraph.errors import Problem
from tracegraph.intake.allowed import Allowed
from tracegraph.intake.claims import Claims
from tracegraph.intake.csv_reader import RawTable
from tracegraph.intake.dataset import checked
from tracegraph.intake.known import AsksStanding
from tracegraph.intake.refusal import ERROR, Problems
from tracegraph.intake.rows import read_rows
from tracegraph.intake.tables import TABLES

#: Tables whose rows are claims; the others hold reference data.
CLAIM_TABLES: Final = ("suppliers", "factories", "contracts", "deliveries", "supplies", "items", "services")
#: What a list is in a cell.
SEPARATOR: Final = "|"

#: A row as JSON: texts, numbers, flags and lists by column, in English or Swedish.
StatedRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowsReading:
    """What came out of reading rows.

    Attributes
    ----------
    change_set : ChangeSet
        What the good ones say.
    problems : tuple of Problem
        Errors and warnings; `column` is a JSON pointer.
    keys : tuple of tuple of str
        The claim keys of each row.
    """

    change_set: ChangeSet
    problems: tuple[Problem, ...]
    keys: tuple[tuple[str, ...], ...]

    @property
    def errors(self) -> int:
        """How many problems stop it from being recorded."""
        return sum(problem.severity == ERROR for problem in self.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is worth a look."""
        return tuple(problem for problem in self.problems if problem.severity != ERROR)


def read_stated_rows(table: str, stated: Sequence[StatedRow], ask: AsksStanding, allowed: Allowed) -> RowsReading:
    """Return what rows say, checked against each other and against the store.

    Parameters
    ----------
    table : str
        One of `CLAIM_TABLES`.
    stated : sequence of mapping
        The rows.
    ask : callable
        The store, for ids.
    allowed : Allowed
        What rows may say, by who sends them.
    """
    problems = Problems()
    rows = read_rows(_raw(table, stated), TABLES[table], problems)
    change_set, claims = checked([rows], ask, problems, allowed)
    pointed = tuple(_pointed(problem, stated) for problem in problems.sorted())
    return RowsReading(change_set, pointed, _keys(claims, len(stated)))


def _raw(table: str, stated: Sequence[StatedRow]) -> RawTable:
    header = list(dict.fromkeys(key for row in stated for key in row))
    cells = [[text_of(row.get(key)) for key in header] for row in stated]
    return RawTable(TABLES[table].file, header=header, header_line=-1, rows=cells, lines=list(range(len(stated))))


def text_of(value: Any) -> str:
    """Return a value of JSON as the text that a cell would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, list | tuple):
        return SEPARATOR.join(map(text_of, value))
    return str(value)


def _keys(claims: Claims, rows: int) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in range(rows)]
    for number, key in zip(claims.numbers, claims.keys, strict=True):
        found[number].append(key)
    return tuple(map(tuple, found))


def _pointed(problem: Problem, stated: Sequence[StatedRow]) -> Problem:
    """Return a problem with a JSON pointer; of a key that is wrong everywhere, to the first row that has it."""
    line = problem.line
    if line is None or line < 0:
        line = next((number for number, row in enumerate(stated) if problem.column in row), 0)
    place = f"/rows/{line}" if problem.column is None else f"/rows/{line}/{_escaped(problem.column)}"
    return replace(problem, file="", line=None, column=place)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
