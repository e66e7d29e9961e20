"""How deep each contract is mapped, and where it stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from tracegraph.answer import ContractFacts
from tracegraph.answer_depth import STOPS_LISTED, ContractDepth, DepthReport, RollUp, Stop
from tracegraph.decide import decide_attribute
from tracegraph.graph.depth import DepthSweep, Flags, Measured
from tracegraph.lens import Lens
from tracegraph.services.portfolios import Portfolios, claims_by_node
from tracegraph.services.show import unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label
from tracegraph.walk.portfolio import Portfolio


def depth(
    lens: Lens,
    reader: GraphReader,
    portfolios: Portfolios,
    regions: Collection[str] = (),
    contracts: Collection[str] = (),
) -> DepthReport:
    """Return how deep contracts are mapped, and where knowledge stops.

    Parameters
    ----------
    lens, reader
        Who asks as of when, and the store.
    portfolios : Portfolios
        The store's portfolio views, kept between questions.
    regions : collection of str
        Only contracts that one of these regions uses; empty: of all regions.
    contracts : collection of str
        Only these; empty: all.

    Raises
    ------
    UnknownNode
        The reader does not see one of the contracts asked for.
    """
    version = reader.version(lens)
    view = portfolios.under(lens, version)
    portfolio = view.portfolio
    for contract in contracts:
        if contract not in portfolio.contract_index:
            raise unknown_node(contract, lens, reader)
    chosen = sorted(set(contracts) or portfolio.contract_ids)
    facts = view.facts(chosen)
    wanted = set(regions)
    chosen = [c for c in chosen if not wanted or not wanted.isdisjoint(facts[c].regions)]
    found = _measured(chosen, facts, portfolio, _identified(portfolio, reader, lens))
    return DepthReport(
        lens=lens,
        regions=tuple(sorted(wanted)),
        asked=tuple(sorted(set(contracts))),
        contracts=found,
        total=_roll_up(found),
        by_region=_rolled_up(
            (region, c) for c in found for region in c.facts.regions if not wanted or region in wanted
        ),
        by_category=_rolled_up((c.facts.category, c) for c in found if c.facts.category is not None),
        graph_version=version,
    )


def _identified(portfolio: Portfolio, reader: GraphReader, lens: Lens) -> Flags:
    """Return, by item, whether it is at a factory that nobody says is unidentified."""
    described = claims_by_node(reader.descriptions(Label.FACTORY, None, lens))
    unidentified = {f for f, claims in described.items() if decide_attribute(claims, "identified") is False}
    items = portfolio.items
    return np.array(
        [made and holder not in unidentified for made, holder in zip(items.at_factory, items.holders, strict=True)],
        dtype=bool,
    )


def _measured(
    contracts: Sequence[str], facts: Mapping[str, ContractFacts], portfolio: Portfolio, identified: Flags
) -> tuple[ContractDepth, ...]:
    delivered: list[list[int]] = [[] for _ in portfolio.contract_ids]
    ends = (portfolio.deliveries.end - portfolio.n).tolist()
    for item, end in zip(portfolio.deliveries.start.tolist(), ends, strict=True):
        delivered[end].append(item)
    positions = [portfolio.contract_index[contract] for contract in contracts]
    items = [tuple(sorted(delivered[position])) for position in positions]
    measured = DepthSweep(portfolio, identified).measure(items)
    return tuple(
        _depth_of(facts[contract], len(items[n]), measured[n], portfolio, bool(portfolio.open_contracts[positions[n]]))
        for n, contract in enumerate(contracts)
    )


def _depth_of(
    facts: ContractFacts, deliveries: int, measured: Measured, portfolio: Portfolio, is_open: bool
) -> ContractDepth:
    ids, holders = portfolio.items.ids, portfolio.items.holders
    stops = [Stop(facts.contract_id, None, 0)] if is_open else []
    stops += [Stop(ids[item], holders[item], tier) for item, tier in measured.stops]
    first_open = 0 if is_open else measured.first_open
    return ContractDepth(
        facts=facts,
        deliveries=deliveries,
        tiers=measured.tiers,
        factory_tier=measured.factory_tier or None,
        tiers_without_gap=max(0, first_open - 1) if is_open or first_open else measured.tiers,
        open_ends=measured.open_ends + is_open,
        stops=tuple(stops[:STOPS_LISTED]),
        inferred=measured.inferred,
    )


def _rolled_up(pairs: Iterable[tuple[str, ContractDepth]]) -> dict[str, RollUp]:
    grouped: dict[str, list[ContractDepth]] = {}
    for key, found in pairs:
        grouped.setdefault(key, []).append(found)
    return {key: _roll_up(grouped[key]) for key in sorted(grouped)}


def _roll_up(found: Sequence[ContractDepth]) -> RollUp:
    tiers = Counter(contract.factory_tier for contract in found)
    known = sorted(tier for tier in tiers if tier is not None)
    return RollUp(
        contracts=len(found),
        by_factory_tier={tier: tiers[tier] for tier in (*known, *([None] if None in tiers else []))},
        without_delivery=sum(contract.deliveries == 0 for contract in found),
        with_open_end=sum(contract.open_ends > 0 for contract in found),
        inferred=sum(contract.inferred for contract in found),
    )
