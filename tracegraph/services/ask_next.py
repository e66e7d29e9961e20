"""Whom to ask what next: open ends by what an answer would settle, and a list for each direct supplier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tracegraph.answer import ContractFacts
from tracegraph.answer_ask import ORDER_STEPS, QUESTIONS_LISTED, Asked, AskNext, AskQuestion, OpenEnd, Step, ToAsk
from tracegraph.errors import InvalidInput
from tracegraph.graph.ask_order import in_order
from tracegraph.graph.asking import InQuestion, OpenEndSweep, Tally
from tracegraph.messages import N_
from tracegraph.model import Selector, holder_of
from tracegraph.services.narrowing import narrowed
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import UNSPECIFIED, Status
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.scope import resolve_scope

#: With goods that may be anything at stake, every open end is relevant.
ANYTHING = frozenset({UNSPECIFIED})


def ask_next(asked: AskQuestion, reader: GraphReader, portfolios: Portfolios) -> AskNext:
    """Return what to ask next.

    Parameters
    ----------
    asked : AskQuestion
        Scope, lens, and what it is narrowed to.
    reader, portfolios
        The store, and its portfolio views.

    Raises
    ------
    InvalidInput
        No contract of a region is seen, there is no such category, or nobody of this id delivers anything.

    Notes
    -----
    An answer is taken to be whole: it names all sources of the goods asked about, back to plants that make them. An
    answer that names another trader moves the question one tier up.
    """
    version = reader.version(asked.lens)
    view = portfolios.under(asked.lens)
    outlooks, contracts, unmatched = _in_question(asked, reader, portfolios, view)
    sweep = OpenEndSweep(outlooks, contracts)
    _refuse_strangers(asked, sweep)
    unclear = [c.facts for c, total in zip(contracts, sweep.total.tolist(), strict=True) if c.unclear and total]
    values = [facts.value_sek for facts in unclear if facts.value_sek is not None]
    suppliers = list(_suppliers(asked, sweep))
    ends, total = _open_ends(asked, sweep)
    return AskNext(
        question=asked,
        unmatched=unmatched,
        unclear=len(unclear),
        unclear_value_sek=sum(values) if values else None,
        unclear_without_value=len(unclear) - len(values),
        open_ends=ends,
        open_ends_total=total,
        suppliers=tuple(suppliers[: asked.rows]),
        suppliers_total=len(suppliers),
        order=tuple(_order(sweep)),
        in_order=len(sweep.needs),
        graph_version=version,
    )


def _in_question(
    asked: AskQuestion, reader: GraphReader, portfolios: Portfolios, view: PortfolioView
) -> tuple[Outlooks, list[InQuestion], tuple[Selector, ...]]:
    """Return the open ends that count, the contracts in question, and the selectors that touch nothing."""
    portfolio = view.portfolio
    chosen = narrowed(view, reader, asked.regions, asked.categories)
    place = portfolio.contract_index
    if not asked.scope:
        contracts = [InQuestion(place[contract], facts, unclear=True) for contract, facts in chosen.items()]
        return Outlooks(portfolio, ANYTHING), contracts, ()
    scope = resolve_scope(asked.scope, reader, asked.lens, portfolio.catalogue)
    readings = PortfolioSweep(asked.lens, reader, portfolios).by_contract(asked.scope)
    statuses = {contract: readings[contract].status for contract in chosen}
    contracts = [
        InQuestion(place[contract], facts, unclear=statuses[contract] is Status.UNMAPPED)
        for contract, facts in chosen.items()
        if statuses[contract] is not Status.NO_LINK
    ]
    return Outlooks(portfolio, scope.at_stake), contracts, scope.unmatched


def _refuse_strangers(asked: AskQuestion, sweep: OpenEndSweep) -> None:
    for supplier in asked.direct_suppliers:
        if supplier not in sweep.holders:
            raise InvalidInput(
                N_(
                    "--direct-supplier is {value!r}, and nobody of this id is seen to deliver under these contracts; "
                    "these deliver: {known}"
                ),
                value=supplier,
                known=_some(sweep.holders),
            )


def _some(names: Sequence[str], most: int = 20) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "") or "-"


def _open_ends(asked: AskQuestion, sweep: OpenEndSweep) -> tuple[tuple[OpenEnd, ...], int]:
    tally = sweep.ends
    rows = np.flatnonzero((tally.contracts > 0) | (tally.narrows > 0))
    if asked.direct_suppliers:
        rows = np.array(sorted({end for s in asked.direct_suppliers for end in sweep.questions(s)}), dtype=np.int64)
    ranked = tally.ranked(rows, sweep.ids)
    listed = ranked[: asked.rows]
    pairs = zip(listed, sweep.to_ask(listed), strict=True)
    return tuple(OpenEnd(sweep.ids[end], tally.behind(end), ask) for end, ask in pairs), len(ranked)


def _suppliers(asked: AskQuestion, sweep: OpenEndSweep) -> Iterator[ToAsk]:
    """Yield direct suppliers, those that can settle most first, then what is to be looked up in one's own files.

    Questions are looked up for the rows that are listed; the others are only counted.
    """
    tally = sweep.suppliers
    rows = np.flatnonzero((tally.contracts > 0) | (tally.narrows > 0))
    if asked.direct_suppliers:
        rows = np.array([r for r in rows.tolist() if sweep.holders[r] in asked.direct_suppliers], dtype=np.int64)
    for number, row in enumerate(tally.ranked(rows, sweep.holders)):
        listed = asked.rows is None or number < asked.rows
        found = sweep.questions(sweep.holders[row]) if listed else {}
        yield _to_ask(sweep, sweep.holders[row], found, tally, row)
    own = [] if asked.direct_suppliers else sweep.undelivered()
    if own:
        found = {end: [sweep.number_of(end)] for end in own}
        together = Tally(1, sweep.facts)
        numbers = np.array([number for behind in found.values() for number in behind], dtype=np.int64)
        together.add(np.zeros_like(numbers), numbers, np.ones(len(numbers), dtype=bool))
        yield _to_ask(sweep, None, found, together, 0)


def _to_ask(
    sweep: OpenEndSweep, supplier: str | None, found: Mapping[int, Sequence[int]], tally: Tally, row: int
) -> ToAsk:
    questions = [
        Asked(
            sweep.ids[end],
            sweep.settled_alone(numbers),
            tuple(sorted(sweep.contracts[n].facts.contract_id for n in numbers)),
        )
        for end, numbers in found.items()
    ]
    ranked = sorted(questions, key=lambda q: (-q.settles, -len(q.contracts), _is_of_another(q, supplier), q.id))
    ranked = ranked[:QUESTIONS_LISTED]
    facts: dict[str, ContractFacts] = {
        sweep.contracts[n].facts.contract_id: sweep.contracts[n].facts for numbers in found.values() for n in numbers
    }
    named = sorted({contract for asked in ranked for contract in asked.contracts})
    return ToAsk(supplier, tally.behind(row), tuple(ranked), len(questions), tuple(facts[name] for name in named))


def _is_of_another(asked: Asked, supplier: str | None) -> bool:
    """Return whether a question is about another's goods: what a supplier knows itself comes first."""
    return "/" in asked.id and holder_of(asked.id) != supplier


def _order(sweep: OpenEndSweep) -> Iterator[Step]:
    settled = 0
    for bundle in in_order(sweep.needs, ORDER_STEPS):
        settled += bundle.settles
        yield Step(tuple(sweep.ids[end] for end in bundle.ends), bundle.settles, settled)
