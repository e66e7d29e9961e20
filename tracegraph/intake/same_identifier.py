"""Warnings where two suppliers, or two factories, have one identifier: perhaps they are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.messages import N_

_SCHEMES: Final = ("org_no", "lei", "os_id")


def warn_same_identifier(all_rows: Sequence[Rows], problems: Problems) -> None:
    """Warn, once for each pair of ids, where an identifier is stated of both."""
    first: dict[tuple[str, str], tuple[str, Rows, int]] = {}
    warned: set[tuple[str, str]] = set()
    for rows in all_rows:
        for number, column, identifier in _identifiers(rows):
            holder = str(rows.values[rows.table.columns[0].name][number])
            other, others, line = first.setdefault((rows.table.name, identifier), (holder, rows, number))
            if other != holder and (other, holder) not in warned:
                warned.add((other, holder))
                rows.warn(number, column, _same(holder, other, identifier, others, line), problems)


def _identifiers(rows: Rows) -> Iterator[tuple[int, str, str]]:
    """Yield row number, column and ``scheme:value`` for every identifier of rows that are not refused."""
    columns = [name for name in (*_SCHEMES, "identifiers") if name in rows.headers]
    for number in rows.good() if columns else ():
        for column in columns:
            value = rows.values[column][number]
            for identifier in (value or ()) if column == "identifiers" else [f"{column}:{value}"] if value else ():
                yield number, column, identifier


def _same(holder: str, other: str, identifier: str, rows: Rows, number: int) -> Refusal:
    return Refusal(
        "same-identifier",
        N_("{holder} has the identifier {identifier} of {other} in {file}, line {line}"),
        N_("give both rows one id if they are the same, or correct the identifier"),
        holder=holder,
        other=other,
        identifier=identifier,
        file=rows.file,
        line=rows.raw.lines[number],
    )
