"""Shapes and phrases that several answers share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Source
from tracegraph.translate import Translator
from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX, UNSOURCED, Grade

DOT: Final = " · "
ARROW: Final = " -> "
DIM: Final = "dim"
COMMAND_WIDTH: Final = 72
_MILLION: Final = 1_000_000


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


def money(value: float | None, say: Translator) -> str:
    """Return an amount in SEK, in words where nobody states it."""
    if value is None:
        return say.text("value not stated")
    if value >= _MILLION / 10:
        return say.text("SEK {amount} m", amount=say.number(value / _MILLION, 1))
    return say.text("SEK {amount}", amount=say.number(value))


def in_sentence(name: str) -> str:
    """Return the name of goods as it stands inside a sentence: small, unless it begins with a proper name."""
    words = name.split(" ")
    proper = len(words) > 1 and words[1][:1].isupper()
    return name if proper or name[1:2].isupper() else name[:1].lower() + name[1:]


def source_text(source: Source | None, source_id: str, say: Translator) -> str:
    """Return a source as it is cited: publisher, title, day."""
    if source is None:
        return say.text("no source stated") if source_id == UNSOURCED else source_id
    parts = [source.publisher, say.text("“{title}”", title=source.title), source.published]
    return ", ".join(part for part in parts if part)


def with_id(name: str | None, id: str) -> Text:
    """Return a name with its id beside it, or the id alone."""
    return Text.assemble(name, " ", (f"({id})", DIM)) if name and name != id else Text(id)


def reader_word(lens: Lens) -> str:
    """Return who reads, as ``--as`` takes it."""
    region = next((v.removeprefix(REGION_PREFIX) for v in lens.visible_to if v.startswith(REGION_PREFIX)), None)
    return region or (NETWORK if NETWORK in lens.visible_to else PUBLIC)


def lens_words(lens: Lens, now: str, say: Translator) -> str:
    """Return a lens in words."""
    known = (
        say.text("as known now")
        if lens.known_at >= now
        else say.text("as known on {day}", day=known_day(lens.known_at))
    )
    words = [
        say.text("valid on {day}", day=lens.valid_at),
        known,
        say.text("seen as: {reader}", reader=say.text(reader_word(lens))),
    ]
    if lens.min_grade is not Grade.INFERRED:
        words.append(say.text("only {grade} or better", grade=say.text(lens.min_grade.value)))
    return ", ".join(words)


def known_day(moment: str) -> str:
    """Return a moment of knowledge: the day where it is the end of it, else to the minute."""
    return moment[:10] if moment.endswith("T23:59:59Z") else f"{moment[:10]} {moment[11:16]} UTC"


def readers() -> tuple[str, ...]:
    """Name the readers, for the catalogues."""
    return (N_("public"), N_("network"))


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


def more(shown: int, total: int, say: Translator, how: str) -> Text | None:
    """Return the line that says how many more there are, and how to see them; None where all are shown."""
    if shown >= total:
        return None
    return Text(say.text("... and {n} more: {how}", n=total - shown, how=how), style=DIM)


def bullet(lines: Iterable[RenderableType]) -> RenderableType:
    """Return lines with a dash before each."""
    return grid([("-", line) for line in lines])
