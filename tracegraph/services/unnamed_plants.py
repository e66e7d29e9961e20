"""Plants that nobody names and that may belong to a company asked about: what their goods reach reads no link.

The scope of a plant has such plants as candidates, that of a company or a group has not (`docs/model.md`, section 6).
So a No about a company rests on their not being its own; whoever relies on it is told so.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.answer import Answer
from tracegraph.graph.portfolio_reach import reach_in
from tracegraph.model import holder_of
from tracegraph.services.dependent_rows import DependentRows, Narrowing
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Status
from tracegraph.walk.scope import unnamed_lookalikes


@dataclass(frozen=True, slots=True)
class UnnamedPlants:
    """Plants that nobody names, and what depends on them.

    Attributes
    ----------
    plants : tuple of str
        Their ids, sorted: in a country where a company of the scope has a plant, with goods like that one's.
    contracts : int
        How many contracts of the answer have no link, and have goods from one of them.
    """

    plants: tuple[str, ...]
    contracts: int


def unnamed_plants(answer: Answer, reader: GraphReader, portfolios: Portfolios) -> UnnamedPlants | None:
    """Return what a No of an answer takes for granted about plants that nobody names; None: no contract is concerned.

    Parameters
    ----------
    answer : Answer
        The answer.
    reader, portfolios
        The store, and its portfolio views.
    """
    lens, rows = answer.question.lens, answer.dependents
    if not lens.infers or not isinstance(rows, DependentRows):
        return None
    view = portfolios.under(lens)
    items = unnamed_lookalikes(answer.question.scope, reader, lens, view.portfolio.catalogue) - answer.affected.keys()
    index = view.portfolio.item_index
    starts = {index[item]: Certainty.CANDIDATE for item in items if item in index}
    if not starts:
        return None
    without = rows.narrowed(Narrowing(statuses=frozenset({Status.NO_LINK})))
    concerned = without.among(reach_in(view.snapshot, starts).anyhow)
    plants: set[str] = {holder_of(item) for item in items}
    return UnnamedPlants(tuple(sorted(plants)), concerned) if concerned else None
