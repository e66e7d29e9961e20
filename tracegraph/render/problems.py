"""Problems of files: an aligned list, grouped by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracegraph.errors import Problem
from tracegraph.render.shape import DIM, more
from tracegraph.translate import Translator

SHOWN = 50


def problems_shown(problems: Iterable[Problem], say: Translator, limit: int = SHOWN) -> RenderableType:
    """Return problems by file and line: where, what was read, what is wrong, and what to do."""
    listed = sorted(problems, key=lambda problem: (problem.file, problem.line or 0))
    parts: list[RenderableType] = []
    for file, group in groupby(listed[:limit], key=lambda problem: problem.file):
        parts += [Text(file, style="bold"), Padding(_table(list(group), say), (0, 0, 0, 2))]
    rest = more(min(limit, len(listed)), len(listed), say, say.text("--json lists all"))
    return Group(*parts, *([rest] if rest else []))


def _table(problems: Sequence[Problem], say: Translator) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, max_width=28, overflow="ellipsis")
    table.add_column(overflow="fold")
    for problem in problems:
        where = Text(f"{problem.line}" if problem.line else "", style=DIM)
        place = Text.assemble(problem.column or "", (f"\n{_quoted(problem.value)}", DIM) if problem.value else "")
        table.add_row(where, place, Text("\n").join(_words(problem, say)))
    return table


def _words(problem: Problem, say: Translator) -> Iterator[Text]:
    style = "yellow" if problem.severity == "warning" else "red"
    severity = say.text("warning") if problem.severity == "warning" else say.text("error")
    yield Text.assemble((f"{severity}: ", style), say.say(problem.message), (f"  [{problem.rule}]", DIM))
    yield Text(say.say(problem.remedy))


def _quoted(value: str) -> str:
    return value if len(value) <= 26 else value[:23] + "..."
