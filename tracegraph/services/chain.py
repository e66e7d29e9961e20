"""Everything upstream of a contract, by tier: who makes what, who says so, and where knowledge stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.answer_show import SourcingState
from tracegraph.decide import NOT_STATED_SHARE, decide_attribute, decide_share
from tracegraph.graph.chain import INFERRED, Tiers, build_chain_graph, circles_without_inflow, tiers_upstream
from tracegraph.lens import Lens
from tracegraph.model import Claim, holder_of, product_of
from tracegraph.services.portfolios import claims_by_node, contract_facts
from tracegraph.services.show import unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Grade, Label, RelationshipType, Sourcing
from tracegraph.walk.cone import Cone
from tracegraph.walk.reach import reach
from tracegraph.walk.sourcing import ShareRow, share_row, sourcing_rows, sourcing_state

T = RelationshipType

#: Shares by buyer's item (or contract), then by seller's item.
Inflows = dict[str, dict[str, list[ShareRow]]]


def chain(contract_id: str, lens: Lens, reader: GraphReader, max_items: int = DEFAULT_MAX_ITEMS) -> Chain:
    """Return everything upstream of a contract.

    Parameters
    ----------
    contract_id : str
        A contract that the reader sees.
    lens, reader
        Who asks as of when, and the store.
    max_items : int
        Items at most; when there are more the chain is cut, nearest to the contract kept, and says `truncated`.

    Raises
    ------
    UnknownNode
        The reader sees no contract with this id.

    Notes
    -----
    Costs the claims of the chain; nothing of the rest of the portfolio is read. An item counts as an open end as in
    `docs/model.md` section 7, relevant to some question or not.
    """
    described = reader.descriptions(Label.CONTRACT, [contract_id], lens)
    if not described:
        raise unknown_node(contract_id, lens, reader)
    version = reader.version(lens)
    cone = reach(
        {contract_id: Certainty.CERTAIN},
        reader,
        lens,
        reader.catalogue(),
        direction="upstream",
        max_items=max_items,
    )
    tiers = tiers_upstream(build_chain_graph(cone), contract_id)
    nodes = _Nodes(cone, tiers, lens, reader).nodes()
    delivered = _inflows(cone).get(contract_id, {})
    sourcing = sourcing_state(sourcing_rows(described), delivered.values(), contract=True)
    open_ends = [node.item_id for node in nodes if node.sourcing.is_open_end]
    plants = {node.holder_id: node.identified for node in nodes if node.identified is not None}
    return Chain(
        facts=contract_facts(contract_id, described),
        lens=lens,
        max_items=max_items,
        nodes=nodes,
        steps=_steps(cone, tiers, contract_id),
        sourcing=sourcing,
        open_ends=tuple([contract_id] * sourcing.is_open_end + open_ends),
        origins=tuple(node.item_id for node in nodes if node.sourcing.in_force is Sourcing.ORIGIN),
        factories=tuple(sorted(plant for plant, identified in plants.items() if identified)),
        unidentified=tuple(sorted(plant for plant, identified in plants.items() if not identified)),
        by_country=_by_country(nodes),
        circles=_circles(cone, nodes),
        truncated=cone.truncated,
        graph_version=version,
    )


class _Nodes:
    """Makes the nodes of a chain from a cone."""

    def __init__(self, cone: Cone, tiers: Tiers, lens: Lens, reader: GraphReader) -> None:
        self.tiers, self.lens, self.reader = tiers, lens, reader
        self.items = sorted(tiers.smallest, key=lambda item: (tiers.smallest[item], item))
        self.holders = sorted({holder_of(item) for item in self.items})
        self.inflows = _inflows_read(reader, lens, self.items) if cone.truncated else _inflows(cone)
        self.made = {end for (_, end), claims in cone.claims.items() if claims[0].type == T.BECOMES}

    def nodes(self) -> tuple[ChainNode, ...]:
        if not self.items:
            return ()
        offers: dict[str, list[Claim]] = {}
        for claim in self.reader.links_of(self.items, (T.OFFERS,), "upstream", self.lens):
            offers.setdefault(claim.end.id, []).append(claim)
        labels = {holding.holder_id: holding.label for holding in self.reader.items_of(self.holders, self.lens)}
        identified = self._identified([holder for holder, label in labels.items() if label is Label.FACTORY])
        countries = self._countries()
        return tuple(
            ChainNode(
                item_id=item,
                holder_id=holder_of(item),
                product=product_of(item),
                holder_label=labels.get(holder_of(item)),
                tier=self.tiers.smallest[item],
                identified=identified.get(holder_of(item)),
                countries=countries.get(holder_of(item), ()),
                sourcing=self._sourcing(item, offers.get(item, ())),
                inferred_only=item not in self.tiers.by_claim,
            )
            for item in self.items
        )

    def _sourcing(self, item: str, offers: Sequence[Claim]) -> SourcingState:
        sold = self.inflows.get(item, {}).values()
        return sourcing_state(sourcing_rows(offers), sold, made=item in self.made)

    def _identified(self, factories: Sequence[str]) -> dict[str, bool]:
        claims = claims_by_node(self.reader.descriptions(Label.FACTORY, factories, self.lens)) if factories else {}
        return {f: decide_attribute(claims.get(f, ()), "identified") is not False for f in factories}

    def _countries(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        types = (T.LOCATED_IN, T.REGISTERED_IN)
        for claim in self.reader.links_of(self.holders, types, "downstream", self.lens):
            found.setdefault(claim.start.id, set()).add(claim.end.id)
        return {holder: tuple(sorted(codes)) for holder, codes in found.items()}


def _inflows(cone: Cone) -> Inflows:
    """Return the shares of purchases and deliveries."""
    inflows: Inflows = {}
    for (start, end), claims in cone.claims.items():
        if claims[0].type != T.BECOMES:
            rows = [(claim.grade, claim.recorded_at, claim.share_low, claim.share_high) for claim in claims]
            inflows.setdefault(end, {})[start] = rows
    return inflows


def _inflows_read(reader: GraphReader, lens: Lens, items: Sequence[str]) -> Inflows:
    """Return the shares of purchases as the store has them: a chain that was cut does not hold them all."""
    inflows: Inflows = {}
    for claim in reader.links_of(items, (T.SUPPLIES,), "upstream", lens):
        inflows.setdefault(claim.end.id, {}).setdefault(claim.start.id, []).append(share_row(claim))
    return inflows


def _steps(cone: Cone, tiers: Tiers, contract: str) -> tuple[ChainStep, ...]:
    smallest = {**tiers.smallest, contract: 0}
    steps = [_step(pair, claims, smallest) for pair, claims in cone.claims.items()]
    steps += [
        ChainStep(start, end, INFERRED, tiers.by_claim[end], Grade.INFERRED, rule=rule)
        for (start, end), rule in cone.inferred.items()
        if all(claim.type != T.BECOMES for claim in cone.claims.get((start, end), ()))  # a claim says it already
    ]
    return tuple(sorted(steps, key=lambda step: (step.tier, step.end, step.start, step.type)))


def _step(pair: tuple[str, str], claims: Sequence[GoodsClaim], tiers: Mapping[str, int]) -> ChainStep:
    share = decide_share((claim.grade, claim.recorded_at, claim.share_low, claim.share_high) for claim in claims)
    return ChainStep(
        start=pair[0],
        end=pair[1],
        type=claims[0].type,
        tier=tiers[pair[1]] + (claims[0].type != T.BECOMES),
        grade=Grade.of_rank(max(claim.grade for claim in claims)),
        share=None if share == NOT_STATED_SHARE else share,
        claims=tuple(sorted(claims, key=lambda claim: claim.claim_id)),
    )


def _by_country(nodes: Sequence[ChainNode]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for node in nodes:
        for country in node.countries:
            found.setdefault(country, set()).add(node.holder_id)
    return {country: tuple(sorted(found[country])) for country in sorted(found)}


def _circles(cone: Cone, nodes: Sequence[ChainNode]) -> tuple[tuple[str, ...], ...]:
    fed = {n.item_id for n in nodes if n.sourcing.is_open_end or n.sourcing.in_force is Sourcing.ORIGIN}
    goods = (pair for pair, claims in cone.claims.items() if claims[0].type != T.DELIVERED_UNDER)
    return circles_without_inflow(goods, cone.inferred, fed)
