"""Which contracts look separate and share a plant, and how concentrated value is over plants and countries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tracegraph.answer import ContractFacts
from tracegraph.answer_leverage import (
    CONTRACTS_LISTED,
    PAIRS_LISTED,
    Concentration,
    Overlap,
    ReachedContract,
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
from tracegraph.walk.lines import Lines
from tracegraph.walk.portfolio import Flags

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
    view = portfolios.under(lens)
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
        SharedPlant(
            plant_of(read.ids[plant], read),
            *table.reached(plant),
            direct_suppliers=_suppliers(found, reach.lines, portfolio.contract_index),
            contracts=found[:CONTRACTS_LISTED],
        )
        for plant, found in zip(listed, reached, strict=True)
    )
    overlaps, pairs = _overlaps(reach, facts, {c.facts.contract_id for group in groups for c in group.contracts})
    spreads = Spreads(portfolio, PlantValues(view.shares), facts, read, [read.ids[plant] for plant in _by_value(table)])
    return Concentration(
        lens=lens,
        regions=tuple(regions),
        categories=tuple(categories),
        groups=groups,
        groups_total=len(ranked),
        overlaps=tuple(overlaps),
        overlaps_total=pairs,
        spreads=tuple(spreads.all()),
        factories_weighed=len(spreads.factories),
        factories_identified=spreads.identified,
        graph_version=version,
    )


def _suppliers(found: Iterable[ReachedContract], lines: Lines, place: Mapping[str, int]) -> tuple[str, ...]:
    """Return the direct suppliers of contracts, sorted."""
    return tuple(sorted({name for one in found for name in lines.holders(place[one.facts.contract_id])}))


def _by_value(table: PlantTable) -> list[int]:
    """Return the plants that reach some contract, those that reach most value first."""
    plants = table.reaching()
    value = table.established.value + table.possible.value
    return sorted(plants, key=lambda plant: (-value[plant], plant))


def _sharing(reach: FactoryReach, facts: Facts) -> set[int]:
    """Return the plants that two contracts without a common direct supplier share."""
    numbers: dict[frozenset[str], int] = {}
    found: set[int] = set()
    met: list[set[frozenset[str]]] = [set() for _ in range(reach.plants)]
    for table in reach.tables(list(facts)):
        of: Counts = np.array(
            [numbers.setdefault(frozenset(reach.lines.holders(c)), len(numbers)) for c in table.contracts]
        )
        sets = list(numbers)
        for plant in range(reach.plants):
            if plant not in found and _parted((sets[n] for n in np.unique(of[table.anyhow[plant]])), met[plant]):
                found.add(plant)
    return found


def _parted(sets: Iterable[frozenset[str]], met: set[frozenset[str]]) -> bool:
    """Return whether one of the sets has nothing in common with another, or with one met before; they are put there."""
    for one in sets:
        if any(one.isdisjoint(other) for other in met):
            return True
        met.add(one)
    return False


def _overlaps(reach: FactoryReach, facts: Facts, contracts: Collection[str]) -> tuple[list[Overlap], int]:
    """Return the pairs of some contracts that look separate and share plants, and how many there are.

    The greatest Jaccard index first, the first `PAIRS_LISTED`.
    """
    kept = [position for position, found in facts.items() if found.contract_id in contracts]
    if not kept:
        return [], 0
    above = csr_array(np.concatenate([table.anyhow for table in reach.tables(kept)], axis=1).astype(np.int32))
    shared: Counts = np.triu((above.T @ above).toarray(), 1)
    size: Counts = np.asarray(above.sum(axis=0), dtype=np.int64)
    first, second = np.nonzero(shared * ~_together([set(reach.lines.holders(contract)) for contract in kept]))
    common = shared[first, second]
    together = size[first] + size[second] - common
    order = np.lexsort((second, first, -common, -common / together))[:PAIRS_LISTED]
    ids = [facts[position].contract_id for position in kept]
    pairs = [Overlap(ids[first[at]], ids[second[at]], int(common[at]), int(together[at])) for at in order.tolist()]
    return pairs, len(first)


def _together(suppliers: Sequence[Collection[str]]) -> Flags:
    """Return, for each two contracts, whether they have a direct supplier in common."""
    place = {name: column for column, name in enumerate(sorted({name for of in suppliers for name in of}))}
    delivers = np.zeros((len(suppliers), len(place)), dtype=np.int32)
    for row, of in enumerate(suppliers):
        delivers[row, [place[name] for name in of]] = 1
    by = csr_array(delivers)
    common: Flags = (by @ by.T).toarray() > 0
    return common
