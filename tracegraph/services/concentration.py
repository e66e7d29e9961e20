"""Which contracts look separate and share a plant, and how concentrated value is over plants and countries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from tracegraph.answer import ContractFacts
from tracegraph.answer_leverage import (
    CONTRACTS_LISTED,
    PAIRS_LISTED,
    Concentration,
    Overlap,
    SharedPlant,
)
from tracegraph.graph.concentration import PlantValues
from tracegraph.graph.factory_reach import FactoryReach
from tracegraph.lens import Lens
from tracegraph.services.factories_read import Factories
from tracegraph.services.leverage import PlantTable, factories_of, listed_contracts, plant_of
from tracegraph.services.narrowing import narrowed
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.spreads import Spreads
from tracegraph.store.port import GraphReader

Facts = Mapping[int, ContractFacts]
Counts = npt.NDArray[np.int64]


def concentration(
    lens: Lens,
    reader: GraphReader,
    portfolios: Portfolios,
    *,
    regions: Sequence[str] = (),
    categories: Sequence[str] = (),
    rows: int | None = 20,
) -> Concentration:
    """Return where contracts that look separate are not, and how concentrated their value is.

    Parameters
    ----------
    lens, reader, portfolios
        Who asks as of when, the store, and its portfolio views.
    regions, categories : sequence of str
        Only contracts that one of these regions uses, and of one of these categories; empty: all.
    rows : int or None
        Groups that are listed; None: all.

    Raises
    ------
    InvalidInput
        No contract of a region is seen, or there is no such category.

    Notes
    -----
    Contracts share a plant when goods from the plant itself reach both, by any route; that an unidentified plant may be
    the same one does not count here. They look separate when no direct supplier delivers under both.
    """
    version = reader.version(lens)
    view = portfolios.under(lens, version)
    portfolio = view.portfolio
    chosen = narrowed(view, reader, regions, categories)
    facts = {portfolio.contract_index[contract]: found for contract, found in chosen.items()}
    read = Factories(reader, lens, factories_of(view))
    reach = FactoryReach(portfolio, [read.own(factory) for factory in read.ids])
    table = PlantTable(reach, facts, len(read.ids))
    sharing = _sharing(reach, facts)
    ranked = [plant for plant in table.reaching() if plant in sharing]
    listed = ranked[:rows]
    reached = listed_contracts(FactoryReach(portfolio, [read.own(read.ids[plant]) for plant in listed]), facts)
    groups = tuple(
        SharedPlant(plant_of(read.ids[plant], read), *table.reached(plant), sharing[plant], found[:CONTRACTS_LISTED])
        for plant, found in zip(listed, reached, strict=True)
    )
    overlaps = _overlaps(reach, facts, {c.facts.contract_id for group in groups for c in group.contracts})
    spreads = Spreads(portfolio, PlantValues(view.shares), facts, read, [read.ids[plant] for plant in _by_value(table)])
    return Concentration(
        lens=lens,
        regions=tuple(regions),
        categories=tuple(categories),
        groups=groups,
        groups_total=len(ranked),
        overlaps=tuple(overlaps[:PAIRS_LISTED]),
        overlaps_total=len(overlaps),
        spreads=tuple(spreads.all()),
        factories_weighed=len(spreads.factories),
        factories_identified=spreads.identified,
        graph_version=version,
    )


def _by_value(table: PlantTable) -> list[int]:
    """Return the plants that reach some contract, those that reach most value first."""
    plants = table.reaching()
    value = table.established.value + table.possible.value
    return sorted(plants, key=lambda plant: (-value[plant], plant))


def _sharing(reach: FactoryReach, facts: Facts) -> dict[int, tuple[str, ...]]:
    """Return the plants that two contracts without a common direct supplier share, with the direct suppliers."""
    suppliers: dict[int, set[frozenset[str]]] = {}
    for table in reach.tables(list(facts)):
        of = [frozenset(reach.lines.holders(contract)) for contract in table.contracts]
        for plant, column in zip(*np.nonzero(table.anyhow), strict=True):
            suppliers.setdefault(int(plant), set()).add(of[int(column)])
    return {plant: tuple(sorted(frozenset().union(*sets))) for plant, sets in suppliers.items() if _apart(sets)}


def _apart(sets: Collection[frozenset[str]]) -> bool:
    """Return whether two of the sets have nothing in common."""
    return any(one.isdisjoint(other) for one, other in combinations(sets, 2))


def _overlaps(reach: FactoryReach, facts: Facts, contracts: Collection[str]) -> list[Overlap]:
    """Return the pairs of some contracts that look separate and share plants, the greatest Jaccard index first."""
    kept = [position for position, found in facts.items() if found.contract_id in contracts]
    if not kept:
        return []
    order = [position for table in reach.tables(kept) for position in table.contracts]
    above = np.concatenate([table.anyhow for table in reach.tables(kept)], axis=1).astype(np.int64)
    shared = above.T @ above
    found = list(_pairs(shared, order, reach, facts))
    return sorted(found, key=lambda pair: (-pair.jaccard, -pair.shared, pair.first, pair.second))


def _pairs(shared: Counts, order: Sequence[int], reach: FactoryReach, facts: Facts) -> Iterator[Overlap]:
    size = np.diag(shared)
    suppliers = [set(reach.lines.holders(contract)) for contract in order]
    for one, other in zip(*np.nonzero(np.triu(shared, 1)), strict=True):
        if suppliers[one].isdisjoint(suppliers[other]):
            first, second = sorted(facts[order[place]].contract_id for place in (one, other))
            common = int(shared[one, other])
            yield Overlap(first, second, common, int(size[one] + size[other]) - common)
