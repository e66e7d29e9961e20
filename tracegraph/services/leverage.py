"""Which plants reach most regions, contracts and value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tracegraph.answer import ContractFacts, Interval, Question
from tracegraph.answer_leverage import CONTRACTS_LISTED, Leverage, LeverageReport, Plant, Reached, ReachedContract
from tracegraph.graph.factory_reach import FactoryReach
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.exposed import exposed_of
from tracegraph.services.factories_read import Factories
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.services.show import unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import SelectorKind, Status
from tracegraph.walk.portfolio import Flags


class PlantTable:
    """Which contracts plants reach, counted plant by plant.

    Parameters
    ----------
    reach : FactoryReach
        What plants reach.
    contracts : mapping of int to ContractFacts
        Contracts that count, by position in the portfolio.
    size : int
        Number of plants.
    """

    def __init__(self, reach: FactoryReach, contracts: Mapping[int, ContractFacts], size: int) -> None:
        self._reach, self._contracts = reach, contracts
        self._regions = sorted({region for facts in contracts.values() for region in facts.regions})
        self.established, self.possible = (_Counts(size, len(self._regions)) for _ in range(2))
        for table in reach.tables(list(contracts)):
            facts = [contracts[position] for position in table.contracts]
            used = np.array([[region in f.regions for region in self._regions] for f in facts], dtype=bool)
            self.established.add(table.established, facts, used)
            self.possible.add(table.anyhow & ~table.established, facts, used)

    def reaching(self) -> list[int]:
        """Return the plants that reach some contract, those that reach most regions first."""
        known, leads = self.established, self.possible
        regions = (known.regions | leads.regions).sum(axis=1)
        own = known.regions.sum(axis=1)
        found = np.flatnonzero((known.contracts + leads.contracts) > 0)
        keys = (-known.value, -known.contracts, -regions, -own)
        order = np.lexsort([found, *(key[found] for key in keys)])
        return [int(plant) for plant in found[order]]

    def reached(self, plant: int) -> tuple[Reached, Reached, tuple[str, ...]]:
        """Return what a plant reaches: established, possible, and the regions of both."""
        known, leads = self.established, self.possible
        together = self._names(known.regions[plant] | leads.regions[plant])
        return self._one(known, plant), self._one(leads, plant), together

    def _one(self, counts: _Counts, plant: int) -> Reached:
        contracts, without = int(counts.contracts[plant]), int(counts.without_value[plant])
        value = float(counts.value[plant]) if contracts > without else None
        return Reached(contracts, self._names(counts.regions[plant]), value, without)

    def _names(self, used: Flags) -> tuple[str, ...]:
        return tuple(region for region, has in zip(self._regions, used, strict=True) if has)


class _Counts:
    """Contracts, value and regions by plant."""

    def __init__(self, size: int, regions: int) -> None:
        self.contracts, self.without_value = np.zeros((2, size), dtype=np.int64)
        self.value: npt.NDArray[np.float64] = np.zeros(size)
        self.regions: Flags = np.zeros((size, regions), dtype=bool)

    def add(self, table: Flags, facts: Sequence[ContractFacts], used: Flags) -> None:
        """Add a block of contracts."""
        plants, columns = np.nonzero(table)
        value = np.array([f.value_sek or 0 for f in facts], dtype=np.float64)
        without = np.array([f.value_sek is None for f in facts], dtype=bool)
        size = len(self.contracts)
        self.contracts += np.bincount(plants, minlength=size)
        self.without_value += np.bincount(plants[without[columns]], minlength=size)
        self.value += np.bincount(plants, weights=value[columns], minlength=size)
        reached = csr_array(table.astype(np.int32))
        self.regions |= (reached @ used.astype(np.int32)) > 0


def leverage(
    lens: Lens, reader: GraphReader, portfolios: Portfolios, asked: Sequence[str] = (), rows: int | None = 20
) -> LeverageReport:
    """Return which plants reach most.

    Parameters
    ----------
    lens, reader, portfolios
        Who asks as of when, the store, and its portfolio views.
    asked : sequence of str
        Factories; empty: all that the lens shows.
    rows : int or None
        Plants that are listed; None: all.

    Raises
    ------
    UnknownNode
        The reader does not see one of the factories asked for.

    Notes
    -----
    What a plant reaches is what `dependents --factory` says of it. Value at exposure costs a walk for each plant, and
    is given for those that are asked for.
    """
    version = reader.version(lens)
    view = portfolios.under(lens)
    read = Factories(reader, lens, factories_of(view))
    for factory in asked:
        if factory not in read.ids:
            raise unknown_node(factory, lens, reader)
    ids = list(dict.fromkeys(asked)) or read.ids
    touched = [read.touched(factory, view.portfolio.catalogue) for factory in ids]
    reach = FactoryReach(view.portfolio, touched)
    place = view.portfolio.contract_index
    facts = {place[contract]: found for contract, found in view.facts.items()}
    table = PlantTable(reach, facts, len(ids))
    ranked = table.reaching()
    silent = [plant for plant in range(len(ids)) if plant not in set(ranked)]
    total = [*ranked, *(silent if asked else ())]
    listed = total[:rows]
    contracts = listed_contracts(FactoryReach(view.portfolio, [touched[plant] for plant in listed]), facts)
    found = [
        Leverage(plant_of(ids[plant], read), *table.reached(plant), None, reached[:CONTRACTS_LISTED])
        for plant, reached in zip(listed, contracts, strict=True)
    ]
    if asked:
        found = [replace(one, exposed_sek=_exposed(one.plant, lens, reader, portfolios)) for one in found]
    return LeverageReport(lens, tuple(asked), tuple(found), len(total), len(silent), version)


def factories_of(view: PortfolioView) -> set[str]:
    """Return the factories that carry goods in a portfolio."""
    items = view.portfolio.items
    return {holder for holder, made in zip(items.holders, items.at_factory, strict=True) if made}


def plant_of(factory: str, read: Factories) -> Plant:
    """Return a factory as it is listed."""
    return Plant(factory, factory not in read.unidentified, read.countries(factory))


def listed_contracts(reach: FactoryReach, facts: Mapping[int, ContractFacts]) -> list[tuple[ReachedContract, ...]]:
    """Return the contracts that each plant reaches, established ones first, then by id."""
    found: list[list[ReachedContract]] = [[] for _ in range(reach.plants)]
    for table in reach.tables(list(facts)):
        for plant, column in zip(*np.nonzero(table.anyhow), strict=True):
            status = Status.ESTABLISHED if table.established[plant, column] else Status.POSSIBLE
            found[int(plant)].append(ReachedContract(facts[table.contracts[int(column)]], status))
    return [tuple(sorted(of, key=lambda c: (c.status is not Status.ESTABLISHED, c.facts.contract_id))) for of in found]


def _exposed(plant: Plant, lens: Lens, reader: GraphReader, portfolios: Portfolios) -> Interval | None:
    question = Question((Selector(SelectorKind.FACTORY, plant.factory_id),), lens)
    return exposed_of(dependents(question, reader, portfolios)).total
