"""The files and columns of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.intake.documentation import ColumnRow
from tracegraph.intake.tables import TABLES
from tracegraph.render.shape import DIM, grid, labelled
from tracegraph.translate import Translator


def columns_body(rows: Sequence[ColumnRow], say: Translator) -> dict[str, Any]:
    """Return the columns as JSON, by table."""
    return {
        "tables": [
            {
                "file": TABLES[name].file,
                "about": say.text(TABLES[name].about),
                "columns": [{**asdict(row), "about": say.text(row.about), "kind": say.text(row.kind)} for row in group],
            }
            for name, group in groupby(rows, key=lambda row: row.table)
        ]
    }


def columns_shown(rows: Sequence[ColumnRow], say: Translator, *, detailed: bool) -> RenderableType:
    """Return the columns: one line each, or all that there is to say of one table's."""
    parts: list[RenderableType] = []
    for name, group in groupby(rows, key=lambda row: row.table):
        table = TABLES[name]
        parts += [Text(table.file, style="bold"), Text(f"  {say.text(table.about)}")]
        listed = list(group)
        parts.append(_details(listed, say) if detailed else _lines(listed, say))
        parts.append(Text())
    hint = (
        say.text("* required. Lists inside a cell are separated by |. Every Swedish header works too.")
        if detailed
        else say.text("* required. `tracegraph columns TABLE` shows meaning, default and an example of each.")
    )
    return Group(*parts, Text(hint, style=DIM))


def _lines(rows: Sequence[ColumnRow], say: Translator) -> RenderableType:
    return grid([(_name(row), Text(row.swedish, style=DIM), Text(_kind(row, say))) for row in rows])


def _details(rows: Sequence[ColumnRow], say: Translator) -> RenderableType:
    return Group(*(Group(Text(), Text("  ") + _name(row), labelled(_facts(row, say), indent=4)) for row in rows))


def _facts(row: ColumnRow, say: Translator) -> Iterator[tuple[str, RenderableType]]:
    yield say.text("Swedish"), Text(row.swedish)
    yield say.text("holds"), Text(_kind(row, say))
    yield say.text("meaning"), Text(say.text(row.about))
    if row.choices:
        yield say.text("one of"), Text(", ".join(row.choices))
    if row.default:
        yield say.text("if empty"), Text(row.default)
    if row.example:
        yield say.text("example"), Text(row.example)


def _name(row: ColumnRow) -> Text:
    return Text.assemble((row.name, "bold"), "*" if row.required else "")


def _kind(row: ColumnRow, say: Translator) -> str:
    return say.text(row.kind) + (", " + say.text("several with |") if row.many else "")
