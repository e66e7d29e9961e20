"""The answer to "which contracts depend on this" as a table that people read: for workbooks and printed documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.answer import Answer, Dependent
from tracegraph.exchange.workbook import Column, Sheet
from tracegraph.messages import N_
from tracegraph.render.contradictions import contradiction_sheet, printed_contradictions
from tracegraph.render.dependents import selector_words, touched_words
from tracegraph.render.phrases import lens_words, money
from tracegraph.render.routes import route_words
from tracegraph.render.shares import SAME, part_words
from tracegraph.render.words import ASSUMPTION, BASIS, GRADE, STATUS, STATUS_READS
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

Pairs = list[tuple[str, str]]
#: Contracts in a printed document, at most; a workbook holds all.
PRINTED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """What the cells of a table need.

    Attributes
    ----------
    legend : Legend
        Names of suppliers, goods and plants.
    names : mapping
        Names of regions and categories, by id.
    say : Translator
        The language.
    """

    legend: Legend
    names: Mapping[str, str]
    say: Translator


@dataclass(frozen=True, slots=True)
class _Cell:
    heading: str
    value: Callable[[Dependent, Told], Any]
    width: int = 16
    kind: str = "text"


def _holders(ids: Sequence[str], told: Told) -> str | None:
    return ", ".join(told.legend.holder(id) for id in ids) or None


def _route(one: Dependent, told: Told) -> str | None:
    return route_words(one.route, told.legend, told.say) if one.route else None


def _assumed(one: Dependent, told: Told) -> str | None:
    return "; ".join(told.say.text(ASSUMPTION[assumption]) for assumption in one.assumptions) or None


def _named(id: str | None, told: Told) -> str | None:
    return told.names.get(id, id) if id else None


#: Columns of the workbook, in order.
_CELLS: Final[Sequence[_Cell]] = (
    _Cell(N_("Contract"), lambda one, _: one.facts.contract_id, 24),
    _Cell(N_("Title"), lambda one, _: one.facts.title, 40),
    _Cell(N_("Answer"), lambda one, told: told.say.text(STATUS[one.status]), 14),
    _Cell(N_("Why"), lambda one, told: told.say.text(BASIS[one.basis]) if one.basis else None, 28),
    _Cell(N_("Regions"), lambda one, told: ", ".join(str(_named(id, told)) for id in one.facts.regions) or None, 24),
    _Cell(N_("Category"), lambda one, told: _named(one.facts.category, told), 20),
    _Cell(N_("Direct suppliers to call"), lambda one, told: _holders(one.direct_suppliers, told), 32),
    _Cell(N_("Suppliers to ask"), lambda one, told: _holders(one.ask, told), 32),
    _Cell(N_("Tier"), lambda one, _: one.tier, 8, "whole"),
    _Cell(N_("Share, at least"), lambda one, _: one.share.low if one.share else None, 10, "part"),
    _Cell(N_("Share, at most"), lambda one, _: one.share.high if one.share else None, 10, "part"),
    _Cell(N_("Value of the contract, SEK"), lambda one, _: one.facts.value_sek, 16, "amount"),
    _Cell(
        N_("Of it at exposure, at least"), lambda one, _: one.exposed_sek.low if one.exposed_sek else None, 16, "amount"
    ),
    _Cell(
        N_("Of it at exposure, at most"), lambda one, _: one.exposed_sek.high if one.exposed_sek else None, 16, "amount"
    ),
    _Cell(
        N_("Weakest evidence"), lambda one, told: told.say.text(GRADE[one.weakest_grade]) if one.weakest_grade else None
    ),
    _Cell(N_("Ends"), lambda one, _: one.facts.end, 12),
    _Cell(N_("Route"), _route, 60),
    _Cell(N_("Places where knowledge ends"), lambda one, _: one.open_ends.total, 12, "whole"),
    _Cell(N_("What a “no link” takes for granted"), _assumed, 40),
)


def answer_sheets(answer: Answer, rows: Sequence[Dependent], about: Pairs, told: Told) -> list[Sheet]:
    """Return an answer as the sheets of a workbook: the contracts, what was asked, and what contradicts itself."""
    say = told.say
    columns = [Column(say.text(cell.heading), cell.width, cell.kind) for cell in _CELLS]
    listed = ([cell.value(one, told) for cell in _CELLS] for one in rows)
    both = [Column(say.text("About this file"), 34), Column("", 90)]
    counted = [
        (say.text(STATUS[status]), f"{answer.summary.counts[status]}: {say.text(STATUS_READS[status])}")
        for status in Status
    ]
    sheets = [
        Sheet(say.text("Contracts"), columns, listed),
        Sheet(say.text("About this file"), both, [*about, *counted]),
    ]
    return [*sheets, contradiction_sheet(answer, told.legend, say)] if answer.contradictions else sheets


def about_answer(answer: Answer, listed: tuple[int, str], legend: Legend, say: Translator, now: str) -> Pairs:
    """Return what was asked, as of when, what is listed of it, and what was cut: names and values.

    Parameters
    ----------
    answer : Answer
        The whole answer.
    listed : (int, str)
        How many contracts are listed, and which.
    legend, say
        Names, and the language.
    now : str
        When this is made.
    """
    summary = answer.summary
    lines = [
        (say.text("Asked"), "; ".join(selector_words(selector, legend, say) for selector in answer.question.scope)),
        (say.text("As of"), lens_words(answer.question.lens, now, say)),
        (say.text("Touched"), touched_words(answer, say)),
        (say.text("Listed"), f"{say.plural(N_('{n} contract'), N_('{n} contracts'), listed[0])} ({listed[1]})"),
        (say.text("Made"), f"{now[:10]} {now[11:16]} UTC"),
    ]
    lines += [(say.text("Note"), text) for text in notes_of(answer, legend, say)]
    if summary.contracts_without_value:
        text = say.text(
            "Of the established, possible and unmapped contracts, {n} have no stated value.",
            n=summary.contracts_without_value,
        )
        lines.append((say.text("Note"), text))
    return lines


def notes_of(answer: Answer, legend: Legend, say: Translator) -> Iterator[str]:
    """Yield what a reader must know of an answer before they rely on it: what is unknown in it, and what was cut."""
    for selector in answer.unmatched:
        near = [id for id in legend.near.get(selector.id, ()) if id != selector.id]
        text = say.text("Touches nothing that you can see: {what}.", what=selector_words(selector, legend, say))
        yield _with_hint(text, near, say)
    for product, near_products in legend.unknown_products.items():
        text = say.text("No goods {id} are known.", id=product)
        yield _with_hint(text, near_products, say)
    if answer.summary.items_cut:
        text = N_(
            "This is not the whole answer: the search stopped after {n} goods. Contracts that it did not reach are "
            "unmapped."
        )
        yield say.text(text, n=answer.question.max_items)
    elif answer.summary.truncated:
        yield say.text("Only routes of at most {n} tiers count.", n=answer.question.max_tier)
    if not answer.question.lens.infers:
        text = N_(
            "Evidence below “{grade}” is left out: what would be found in it is not seen here, and “no link” is no No."
        )
        yield say.text(text, grade=say.text(GRADE[answer.question.lens.min_grade]))
    if answer.contradictions:
        yield say.plural(
            N_("Stated shares contradict each other at {n} place; bounds there are as wide as need be."),
            N_("Stated shares contradict each other at {n} places; bounds there are as wide as need be."),
            len(answer.contradictions),
        )


# --- printed ---------------------------------------------------------------------------------------------------------


def answer_document(
    answer: Answer, rows: Sequence[Dependent], title: str, about: Pairs, told: Told, *, total: int
) -> dict[str, Any]:
    """Return an answer as the data of a document; see `tracegraph.exchange.pdf`.

    `rows` are at most `PRINTED` of the `total` contracts that are listed.
    """
    say, summary = told.say, answer.summary
    counts = [
        [
            say.text(STATUS[status]),
            say.number(summary.counts[status]),
            _stated(answer, status, say),
            say.text(STATUS_READS[status]),
        ]
        for status in Status
    ]
    pieces: list[dict[str, Any]] = [
        {"kind": "facts", "items": about},
        {"kind": "heading", "text": say.text("All contracts by answer")},
        {
            "kind": "table",
            "caption": say.text("How many contracts have each answer"),
            "columns": [
                say.text(text) for text in (N_("Answer"), N_("Contracts"), N_("Stated value"), N_("What it means"))
            ],
            "rows": counts,
            "widths": [2, 1, 2, 5],
            "numbers": [1],
        },
        {"kind": "note", "text": say.text(METHOD)},
        {"kind": "heading", "text": say.text("Contracts")},
    ]
    if total > len(rows):
        text = N_("The first {shown} of {all} contracts are printed; the workbook (Excel) has all of them.")
        pieces.append({"kind": "paragraph", "text": say.text(text, shown=len(rows), all=total)})
    pieces.append(_printed(rows, told) if rows else {"kind": "paragraph", "text": say.text("No contract is listed.")})
    pieces += printed_contradictions(answer, told.legend, say)
    return {"title": title, "lang": say.lang, "landscape": True, "pieces": pieces}


#: What an answer can say, and what it cannot.
METHOD: Final = N_(
    "An answer follows recorded and sourced statements about who buys what from whom. It says nothing about who is at "
    "fault. “Unmapped” means that it cannot be told; “no link” means that no link is known under what is recorded and "
    "what you may see."
)


def _printed(rows: Sequence[Dependent], told: Told) -> dict[str, Any]:
    headings = (
        *(N_("Answer"), N_("Contract"), N_("Regions"), N_("Whom to call or ask"), N_("Tier")),
        *(N_("Share"), N_("Weakest evidence"), N_("Ends")),
    )
    return {
        "kind": "table",
        "caption": told.say.text("Contracts by answer, then by id"),
        "columns": [told.say.text(heading) for heading in headings],
        "rows": [_printed_row(one, told) for one in rows],
        "widths": [2, 5, 3, 4, 1, 2, 2, 2],
        "numbers": [4],
    }


def _printed_row(one: Dependent, told: Told) -> list[str]:
    say, facts = told.say, one.facts
    suppliers = _holders(one.direct_suppliers or one.ask, told)
    return [
        say.text(STATUS[one.status]),
        f"{facts.title} ({facts.contract_id})" if facts.title else facts.contract_id,
        ", ".join(str(_named(id, told)) for id in facts.regions) or say.text("not stated"),
        suppliers or say.text("not known"),
        "" if one.tier is None else str(one.tier),
        _part(one, say),
        say.text(GRADE[one.weakest_grade]) if one.weakest_grade else "",
        facts.end or say.text("not stated"),
    ]


def _part(one: Dependent, say: Translator) -> str:
    if one.share is not None and not (one.share.low < SAME and one.share.high > 1 - SAME):
        return part_words(one.share, say)
    return say.text("not known") if one.status is not Status.NO_LINK else ""


def _stated(answer: Answer, status: Status, say: Translator) -> str:
    """Return the sum of stated values; nothing where no value is counted."""
    value = answer.summary.value_sek.get(status)
    return money(value, say) if value else ""


def _with_hint(text: str, near: Sequence[str], say: Translator) -> str:
    """Return a text, and what was perhaps meant."""
    if not near:
        return text
    hint = say.text("Did you mean {near}?", near=", ".join(near))
    return f"{text} {hint}"
