"""How concentrated the value of contracts is over the plants and the countries that the goods come from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from tracegraph.answer import ContractFacts, Interval, settled
from tracegraph.answer_leverage import FACTORIES_WEIGHED, Herfindahl, PlantShare, Spread
from tracegraph.graph.concentration import PlantValues, herfindahl, of_the_sum
from tracegraph.services.factories_read import Factories
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.portfolio_columns import Floats

Bounds = tuple[Floats, Floats]  # by contract of the portfolio


class Spreads:
    """From which plants and countries the value of some contracts comes.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    values : PlantValues
        Which part of each contract's value comes from which plants.
    facts : mapping of int to ContractFacts
        The contracts, by position.
    read : Factories
        The factories.
    ranked : sequence of str
        Factories in the order in which they are weighed, as far as the limit goes.

    Attributes
    ----------
    factories : list of str
        Those weighed: identified ones.
    identified : int
        Identified ones of which goods reach a contract.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        values: PlantValues,
        facts: Mapping[int, ContractFacts],
        read: Factories,
        ranked: Sequence[str],
    ) -> None:
        self._values, self._facts = values, facts
        at: dict[str, set[int]] = {factory: set() for factory in ranked}
        for position, holder in enumerate(portfolio.items.holders):
            if holder in at:
                at[holder].add(position)
        named = [factory for factory in ranked if factory not in read.unidentified]
        self.factories, self.identified = named[:FACTORIES_WEIGHED], len(named)
        self._by_factory = self._bounds({factory: at[factory] for factory in self.factories})
        countries: dict[str, set[int]] = {}
        for factory, items in at.items():
            places = read.countries(factory)
            if len(places) == 1:  # a plant in no country, or in two, is in the rest
                countries.setdefault(places[0], set()).update(items)
        self._by_country = self._bounds(countries)
        self._mixed = values.mixed

    def _bounds(self, groups: Mapping[str, Collection[int]]) -> tuple[dict[str, Bounds], Bounds]:
        """Return the bounds of each group of items, and of all of them together."""
        together = {item for items in groups.values() for item in items}
        return {key: self._values.at(items) for key, items in sorted(groups.items())}, self._values.at(together)

    def all(self) -> Iterator[Spread]:
        """Yield all contracts together, then each category."""
        yield self._spread(None, list(self._facts))
        categories = {facts.category for facts in self._facts.values() if facts.category}
        for category in sorted(categories) if len(categories) > 1 else ():
            yield self._spread(category, [at for at, facts in self._facts.items() if facts.category == category])

    def _spread(self, category: str | None, contracts: Sequence[int]) -> Spread:
        stated = [at for at in contracts if self._facts[at].value_sek]
        weights = np.array([self._facts[at].value_sek for at in stated], dtype=np.float64)
        known = [self._facts[at].value_sek for at in contracts if self._facts[at].value_sek is not None]
        overlapping = bool(self._mixed[stated].any()) if stated else False
        return Spread(
            category=category,
            contracts=len(contracts),
            without_value=len(contracts) - len(known),
            value_sek=float(sum(value for value in known if value)) if known else None,
            by_factory=_weighed(self._by_factory, stated, weights, overlapping=overlapping),
            by_country=_weighed(self._by_country, stated, weights, overlapping=overlapping),
        )


def _weighed(
    bounds: tuple[dict[str, Bounds], Bounds], contracts: Sequence[int], weights: Floats, *, overlapping: bool
) -> Herfindahl | None:
    if not contracts:
        return None
    groups, together = bounds
    known = _mean(together, contracts, weights)
    found = {key: _mean(one, contracts, weights) for key, one in groups.items()}
    found = {key: share for key, share in found.items() if share.high > 0}
    low, high = (np.array([getattr(share, side) for share in found.values()]) for side in ("low", "high"))
    rest = max(0.0, 1.0 - known.low)
    if overlapping:
        low, high, rest = of_the_sum(low, high, rest)
    parts = [PlantShare(key, share) for key, share in found.items()]
    ranked = sorted(parts, key=lambda part: (-part.share.low, -part.share.high, part.id))
    return Herfindahl(herfindahl(low, high, rest), tuple(ranked), known, overlapping)


def _mean(bounds: Bounds, contracts: Sequence[int], weights: Floats) -> Interval:
    low, high = (settled(side[contracts] @ weights / weights.sum()) for side in bounds)
    return Interval(low, high)
