"""Values at exposure of an answer's contracts together, without making their rows."""

from __future__ import annotations

from collections.abc import Iterable

from tracegraph.answer import Answer, Interval
from tracegraph.answer_exposure import ExposedSum
from tracegraph.services.contract_table import CODE_OF
from tracegraph.services.dependent_rows import standing_of
from tracegraph.services.shares import at_exposure, shares_of
from tracegraph.services.standing import Standing
from tracegraph.vocabulary import Status
from tracegraph.walk.open_ends import Outlooks


class ExposedValues:
    """The values at exposure of the established and possible contracts of an answer.

    Parameters
    ----------
    standing : Standing
        Where all contracts stand.

    Attributes
    ----------
    by_position : dict
        Value at exposure by position, by status, then by contract id; None where it is not known.
    """

    def __init__(self, standing: Standing) -> None:
        view, order = standing.view, standing.in_order()
        positions = order[standing.status[order] < CODE_OF[Status.UNMAPPED]].tolist()
        ids = [view.portfolio.contract_ids[position] for position in positions]
        outlooks = Outlooks(view.portfolio, standing.scope.at_stake)
        shares = shares_of(view, standing.scope.affected, outlooks, standing.limited, ids)
        values = [view.table.facts[position].value_sek for position in positions]
        self.by_position: dict[int, Interval | None] = {
            position: at_exposure(value, shares[contract])
            for position, contract, value in zip(positions, ids, values, strict=True)
        }

    @property
    def total(self) -> ExposedSum:
        """Of all of them together."""
        return sum_of(self.by_position.values())


def exposed_of(answer: Answer) -> ExposedSum:
    """Return the value at exposure of all contracts of an answer."""
    standing = standing_of(answer)
    return sum_of(()) if standing is None else ExposedValues(standing).total


def sum_of(values: Iterable[Interval | None]) -> ExposedSum:
    """Return the sum of values at exposure: sums of bounds, which enclose but need not be sharp."""
    every = list(values)
    stated = [value for value in every if value is not None]
    total = Interval(sum(v.low for v in stated), sum(v.high for v in stated)) if stated else None
    return ExposedSum(total, len(every) - len(stated))
