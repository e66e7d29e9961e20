"""How deep each contract is mapped, where it stops, and where its value ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from tracegraph.answer import ContractFacts
from tracegraph.answer_depth import (
    EVIDENCE_CONTRACTS,
    STOPS_LISTED,
    ContractDepth,
    DepthQuestion,
    DepthReport,
    RollUp,
    Stop,
)
from tracegraph.decide import decide_attribute
from tracegraph.errors import InvalidInput
from tracegraph.graph.depth import DepthSweep, Flags, Measured
from tracegraph.graph.endings import Endings
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.depth_evidence import evidence_of
from tracegraph.services.depth_splits import Splits
from tracegraph.services.portfolios import Portfolios, PortfolioView, claims_by_node
from tracegraph.services.show import unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Grade, Label
from tracegraph.walk.portfolio import Portfolio

EVERYTHING: Final = DepthQuestion()


def depth(lens: Lens, reader: GraphReader, portfolios: Portfolios, asked: DepthQuestion = EVERYTHING) -> DepthReport:
    """Return how deep contracts are mapped, where knowledge stops, and where value ends.

    Parameters
    ----------
    lens, reader
        Who asks as of when, and the store.
    portfolios : Portfolios
        The store's portfolio views, kept between questions.
    asked : DepthQuestion
        Which contracts; everything by default.

    Raises
    ------
    UnknownNode
        The reader does not see one of the contracts asked for.
    InvalidInput
        Nobody knows one of the categories.

    Notes
    -----
    Other regions are compared with as far as the lens lets the reader see them. Where value ends is found for the whole
    portfolio in twelve sweeps, and in twelve more for each grade asked for; the age of evidence in a walk of its own.
    """
    version = reader.version(lens)
    view = portfolios.under(lens)
    portfolio = view.portfolio
    for contract in asked.contracts:
        if contract not in portfolio.contract_index:
            raise unknown_node(contract, lens, reader)
    alike = _of_categories(view, asked, reader)
    wanted = set(asked.regions)
    chosen = {
        contract: facts
        for contract, facts in alike.items()
        if (not asked.contracts or contract in asked.contracts) and (not wanted or not wanted.isdisjoint(facts.regions))
    }
    identified = identified_items(portfolio, reader, lens)
    grades = tuple(Grade) if asked.by_grade else (Grade.INFERRED,)
    splits = Splits(Endings(view.shares, identified), portfolio.contract_index, grades)
    evidence = evidence_of(list(islice(chosen, min(asked.evidence, EVIDENCE_CONTRACTS))), lens, reader)
    rolled = _Rolled(splits, grades if asked.by_grade else ())
    found = tuple(
        replace(contract, evidence=evidence.get(contract.facts.contract_id))
        for contract in _measured(chosen, portfolio, identified, rolled)
    )
    return DepthReport(
        lens=lens,
        regions=tuple(sorted(wanted)),
        asked=tuple(sorted(set(asked.contracts))),
        categories=tuple(sorted(set(asked.categories))),
        contracts=found,
        total=rolled.up(found),
        by_region=rolled.by_key(
            (region, c) for c in found for region in c.facts.regions if not wanted or region in wanted
        ),
        by_category=rolled.by_key((c.facts.category, c) for c in found if c.facts.category is not None),
        comparisons=() if asked.contracts else splits.compared(list(alike.values()), wanted),
        evidence_read=len(evidence),
        graph_version=version,
    )


def _of_categories(view: PortfolioView, asked: DepthQuestion, reader: GraphReader) -> dict[str, ContractFacts]:
    """Return the contracts of the categories asked about, of all regions, by id."""
    ids = sorted(view.portfolio.contract_ids)
    facts = view.facts
    if not asked.categories:
        return {contract: facts[contract] for contract in ids}
    known = {facts[contract].category for contract in ids} - {None}
    known |= {str(getattr(record, "category_id", "")) for record in reader.references(Label.CATEGORY)}
    for category in asked.categories:
        if category not in known:
            raise InvalidInput(
                N_("--category is {value!r}, and there is no such category: use one of {known}"),
                value=category,
                known=", ".join(sorted(filter(None, known))),
            )
    return {contract: facts[contract] for contract in ids if facts[contract].category in asked.categories}


def identified_items(portfolio: Portfolio, reader: GraphReader, lens: Lens) -> Flags:
    """Return, by item, whether it is at a factory that nobody says is unidentified."""
    described = claims_by_node(reader.descriptions(Label.FACTORY, None, lens))
    unidentified = {f for f, claims in described.items() if decide_attribute(claims, "identified") is False}
    items = portfolio.items
    return np.array(
        [made and holder not in unidentified for made, holder in zip(items.at_factory, items.holders, strict=True)],
        dtype=bool,
    )


def _measured(
    contracts: Mapping[str, ContractFacts], portfolio: Portfolio, identified: Flags, rolled: _Rolled
) -> Iterable[ContractDepth]:
    delivered: list[list[int]] = [[] for _ in portfolio.contract_ids]
    ends = (portfolio.deliveries.end - portfolio.n).tolist()
    for item, end in zip(portfolio.deliveries.start.tolist(), ends, strict=True):
        delivered[end].append(item)
    positions = [portfolio.contract_index[contract] for contract in contracts]
    items = [tuple(sorted(delivered[position])) for position in positions]
    measured = DepthSweep(portfolio, identified).measure(items)
    for facts, position, deliveries, found in zip(contracts.values(), positions, items, measured, strict=True):
        is_open = bool(portfolio.open_contracts[position])
        first_open = 0 if is_open else found.first_open
        yield ContractDepth(
            facts=facts,
            deliveries=len(deliveries),
            tiers=found.tiers,
            factory_tier=found.factory_tier or None,
            tiers_without_gap=max(0, first_open - 1) if is_open or first_open else found.tiers,
            open_ends=found.open_ends + is_open,
            stops=_stops(facts, found, portfolio, is_open),
            inferred=found.inferred,
            split=rolled.splits.of(facts.contract_id),
            by_grade={grade: rolled.splits.of(facts.contract_id, grade) for grade in rolled.grades},
        )


def _stops(facts: ContractFacts, found: Measured, portfolio: Portfolio, is_open: bool) -> tuple[Stop, ...]:
    ids, holders = portfolio.items.ids, portfolio.items.holders
    stops = [Stop(facts.contract_id, None, 0)] if is_open else []
    stops += [Stop(ids[item], holders[item], tier) for item, tier in found.stops]
    return tuple(stops[:STOPS_LISTED])


class _Rolled:
    """Rolls contracts up."""

    def __init__(self, splits: Splits, grades: Collection[Grade]) -> None:
        self.splits, self.grades = splits, grades

    def by_key(self, pairs: Iterable[tuple[str, ContractDepth]]) -> dict[str, RollUp]:
        """Return the contracts of each key together."""
        grouped: dict[str, list[ContractDepth]] = {}
        for key, found in pairs:
            grouped.setdefault(key, []).append(found)
        return {key: self.up(grouped[key]) for key in sorted(grouped)}

    def up(self, found: Sequence[ContractDepth]) -> RollUp:
        """Return contracts together."""
        tiers = Counter(contract.factory_tier for contract in found)
        known = sorted(tier for tier in tiers if tier is not None)
        facts = [contract.facts for contract in found]
        values = [f.value_sek for f in facts if f.value_sek is not None]
        by_grade = {grade: self.splits.weighed(facts, grade) for grade in self.grades}
        return RollUp(
            contracts=len(found),
            by_factory_tier={tier: tiers[tier] for tier in (*known, *([None] if None in tiers else []))},
            without_delivery=sum(contract.deliveries == 0 for contract in found),
            with_open_end=sum(contract.open_ends > 0 for contract in found),
            inferred=sum(contract.inferred for contract in found),
            value_sek=sum(values) if values else None,
            without_value=len(found) - len(values),
            split=self.splits.weighed(facts),
            by_grade={grade: split for grade, split in by_grade.items() if split is not None},
        )
