"""Shapes, and by way of `tracegraph.render.phrases` the phrases, that answers on a terminal share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracegraph.render.phrases import in_sentence as in_sentence
from tracegraph.render.phrases import known_day as known_day
from tracegraph.render.phrases import lens_words as lens_words
from tracegraph.render.phrases import money as money
from tracegraph.render.phrases import reader_word as reader_word
from tracegraph.render.phrases import source_text as source_text
from tracegraph.translate import Translator

DOT: Final = " · "
ARROW: Final = " -> "
DIM: Final = "dim"
COMMAND_WIDTH: Final = 72
PROGRAM: Final = "tracegraph "


def heading(text: str, style: str = "bold") -> Text:
    """Return a heading in capitals."""
    return Text(text.upper(), style=style)


def grid(rows: Iterable[Sequence[RenderableType]], *, first: int | None = None, indent: int = 2) -> RenderableType:
    """Return rows in columns; the last column takes what is left and wraps under itself.

    Parameters
    ----------
    rows : iterable
        Cells by row, equally many in each.
    first : int, optional
        Least width of the first column.
    indent : int
        Blanks before all of it.
    """
    listed = [list(row) for row in rows]
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    width = max((len(row) for row in listed), default=0)
    for column in range(width):
        last = column == width - 1
        table.add_column(
            no_wrap=not last and column == 0, min_width=first if column == 0 else None, overflow="fold", ratio=None
        )
    for row in listed:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, indent))


def labelled(pairs: Iterable[tuple[str, RenderableType]], *, indent: int = 2) -> RenderableType:
    """Return lines of a dim word and what it stands for."""
    listed = [(Text(label, style=DIM), value) for label, value in pairs]
    return grid(listed, indent=indent)


def titled(id: str, title: str) -> RenderableType:
    """Return an id and what it is called; a long title wraps under itself."""
    return grid([(Text(id, style="bold"), Text(title))], indent=0)


def with_id(name: str | None, id: str) -> Text:
    """Return a name with its id beside it, or the id alone."""
    return Text.assemble(name, " ", (f"({id})", DIM)) if name and name != id else Text(id)


def command(line: str) -> Text:
    """Return a command to be copied; a long one is broken where the shell lets it go on."""
    words = line.split(" --")
    lines, rest = [words[0]], words[1:]
    for word in rest:
        if len(lines[-1]) + len(word) + 3 > COMMAND_WIDTH:
            lines[-1] += " \\"
            lines.append(f"    --{word}")
        else:
            lines[-1] += f" --{word}"
    return Text("\n".join(lines), style="cyan")


def following(steps: Iterable[str], say: Translator) -> RenderableType:
    """Return what to do next: commands, each on a line of its own to be copied, then what is only said."""
    listed = list(steps)
    lines = [command(step) for step in listed if step.startswith(PROGRAM)]
    said = [step for step in listed if not step.startswith(PROGRAM)]
    lines += [Text(DOT.join(said), style=DIM)] if said else []
    return Group(Text(say.text("Next"), style=DIM), *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines))


def more(shown: int, total: int, say: Translator, how: str) -> Text | None:
    """Return the line that says how many more there are, and how to see them; None where all are shown."""
    if shown >= total:
        return None
    return Text(say.text("... and {n} more: {how}", n=total - shown, how=how), style=DIM)


def bullet(lines: Iterable[RenderableType]) -> RenderableType:
    """Return lines with a dash before each."""
    return grid([("-", line) for line in lines])
