"""Where value ends, in words: parts as per cent, by kind of end, by grade, and beside other regions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracegraph.answer import Interval
from tracegraph.answer_depth import OTHERS_NEEDED, Comparison, Ending, Evidence, RollUp, Split
from tracegraph.messages import N_
from tracegraph.render.phrases import money, share_words
from tracegraph.render.shape import DIM, heading
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade

_MILLION: Final = 1_000_000

ENDINGS: Final[Mapping[Ending, str]] = {
    Ending.ORIGIN: N_("at an origin"),
    Ending.IDENTIFIED_FACTORY: N_("at a named plant, nothing seen beyond it"),
    Ending.UNIDENTIFIED_FACTORY: N_("at a plant without a name"),
    Ending.SUPPLIER: N_("at a company, nothing seen beyond it"),
    Ending.UNMAPPED: N_("at what nobody listed"),
}
_AT_LEAST: Final[Mapping[Grade, str]] = {
    Grade.VERIFIED: N_("verified"),
    Grade.DECLARED: N_("declared or better"),
    Grade.REPORTED: N_("reported or better"),
    Grade.INFERRED: N_("all links"),
}


def part_words(interval: Interval, say: Translator) -> str:
    """Return a part as per cent; bounds are rounded outwards, so that what is little is never shown as nothing."""
    low, high = round(interval.low, 9), round(interval.high, 9)
    if low == high and round(low, 3) not in (0.0, 1.0):
        return share_words((low, low), say)
    return share_words((math.floor(low * 1000 + 1e-6) / 1000, math.ceil(high * 1000 - 1e-6) / 1000), say)


def ends_shown(total: RollUp, say: Translator) -> RenderableType:
    """Return where the value of contracts together ends."""
    if total.split is None:
        return Text(say.text("No value is stated, so parts of it cannot be told."), style=DIM)
    parts: list[RenderableType] = [heading(say.text("where the value ends")), _weight(total, say)]
    splits = total.by_grade or {Grade.INFERRED: total.split}
    head = [""] + ([say.text(_AT_LEAST[grade]) for grade in splits] if total.by_grade else [])
    rows = [
        [say.text(ENDINGS[ending]), *(part_words(split.ends[ending], say) for split in splits.values())]
        for ending in Ending
    ]
    known = say.text("known end: an origin or a named plant")
    rows.append([known, *(part_words(split.known_end, say) for split in splits.values())])
    parts.append(_table(head, rows))
    if total.by_grade:
        note = say.text("Each column counts only links that are documented so well; the rest of 100 % is not.")
        parts.append(Padding(Text(note, style=DIM), (0, 0, 0, 2)))
    if any(split.known_end.high - split.known_end.low > 0 for split in splits.values()):
        note = say.text("The wider a part, the less is stated of shares: ask for them.")
        parts.append(Padding(Text(note, style=DIM), (0, 0, 0, 2)))
    return Group(*parts)


def _weight(total: RollUp, say: Translator) -> RenderableType:
    words = say.text("of {amount} stated", amount=money(total.value_sek, say))
    if total.without_value:
        one, many = (
            N_("{n} contract without a stated value has no weight"),
            N_("{n} contracts without a stated value have no weight"),
        )
        words += "; " + say.plural(one, many, total.without_value)
    return Padding(Text(words, style=DIM), (0, 0, 0, 2))


def split_words(split: Split, say: Translator) -> str:
    """Return where a contract's value ends, in a line; kinds of end that it cannot have are left out."""
    ends = [
        f"{say.text(ENDINGS[ending])} {part_words(interval, say)}"
        for ending, interval in split.ends.items()
        if interval.high > 0
    ]
    return say.text("ends {parts}", parts=", ".join(ends)) if ends else say.text("goes round in a circle")


def by_grade_words(by_grade: Mapping[Grade, Split], say: Translator) -> str:
    """Return how well documented the ways to known ends are, in a line."""
    parts = [f"{say.text(_AT_LEAST[grade])} {part_words(split.known_end, say)}" for grade, split in by_grade.items()]
    return say.text("known end, by the links on the way: {parts}", parts=", ".join(parts))


def evidence_words(evidence: Evidence, say: Translator) -> str:
    """Return how old the evidence of a contract is."""
    words = [
        say.plural(N_("{n} claim"), N_("{n} claims"), evidence.claims),
        say.text("newest recorded {day}", day=evidence.newest[:10]),
        say.text("half of them by {day}", day=evidence.median[:10]),
    ]
    if evidence.oldest_published is not None:
        words.append(say.text("oldest source {day}", day=evidence.oldest_published))
    if evidence.undated:
        words.append(say.plural(N_("{n} source without a date"), N_("{n} sources without a date"), evidence.undated))
    return ", ".join(words)


def comparisons_shown(found: Sequence[Comparison], legend: Legend, say: Translator) -> RenderableType:
    """Return regions, or the categories of a region, beside the medians of the other regions."""
    known, company, unlisted = _figure_names(say)
    others = say.text("others' median")
    head = ["", say.text("contracts"), say.text("SEK m"), known, others, company, unlisted]
    rows = [_compared(comparison, legend, say) for comparison in found]
    notes: list[RenderableType] = []
    if any(comparison.median is None for comparison in found):
        note = say.text("A median needs {n} other regions with stated values.", n=OTHERS_NEEDED)
        notes.append(Padding(Text(note, style=DIM), (0, 0, 0, 2)))
    return Group(_table(head, rows), *notes)


def _compared(found: Comparison, legend: Legend, say: Translator) -> list[str]:
    name = found.region if found.category is None else legend.holder(found.category)
    known, *rest = _figures(found.own, say)
    if found.median is None:
        median = say.plural(N_("only {n} other"), N_("only {n} others"), found.others)
    else:
        median = part_words(found.median.known_end, say)
    return [name, say.number(found.contracts), _millions(found.value_sek, say), known, median, *rest]


def _figure_names(say: Translator) -> tuple[str, ...]:
    return say.text("known end"), say.text("at a company"), say.text("nobody listed")


def _figures(split: Split | None, say: Translator) -> tuple[str, ...]:
    """Return the parts that end at an origin or a named plant, that end at a company, and at what nobody listed."""
    if split is None:
        return (say.text("no value stated"), "-", "-")
    parts = (split.known_end, split.ends[Ending.SUPPLIER], split.ends[Ending.UNMAPPED])
    return tuple(part_words(part, say) for part in parts)


def rolled_shown(totals: Mapping[str, RollUp], legend: Legend, say: Translator) -> RenderableType:
    """Return groups of contracts without a comparison."""
    head = ["", say.text("contracts"), say.text("SEK m"), *_figure_names(say)]
    rows = [
        [legend.holder(key), say.number(total.contracts), _millions(total.value_sek, say), *_figures(total.split, say)]
        for key, total in totals.items()
    ]
    return _table(head, rows)


def _millions(value: float | None, say: Translator) -> str:
    return "-" if value is None else say.number(value / _MILLION, 1)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> RenderableType:
    """Return rows in columns under a dim head."""
    table = Table.grid(padding=(0, 3, 0, 0), pad_edge=False)
    for _ in head:
        table.add_column(overflow="fold")
    if any(head):
        table.add_row(*(Text(cell, style=DIM) for cell in head))
    for row in rows:
        table.add_row(*map(Text, row))
    return Padding(table, (0, 0, 0, 2))
