"""Everything that an answer was computed from, collected so that somebody else can compute it again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tracegraph.answer import LISTED_STATUSES, Answer
from tracegraph.answer_bundle import Bundle, BundleNode, BundleStep
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import Source, product_of
from tracegraph.products import Catalogue
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Label, RelationshipType, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import resolve_scope

MAX_ITEMS = 50_000  # a bundle of more is nothing that somebody reads


def bundle_of(answer: Answer, reader: GraphReader, portfolios: Portfolios) -> Bundle:
    """Return what an answer was computed from.

    Parameters
    ----------
    answer : Answer
        From `tracegraph.services.dependents.dependents`, whole: without a limit on tiers, and not cut.
    reader, portfolios
        The store, and its portfolio views.

    Raises
    ------
    InvalidInput
        The answer is limited, so that it cannot be computed again from its evidence alone; or what lies upstream of the
        established and possible contracts is too much.

    Notes
    -----
    Costs one walk upstream of the contracts. The unmapped ones are left out where they would make it too large.
    """
    if answer.question.max_tier is not None or answer.summary.items_cut:
        raise InvalidInput(N_("a bundle is of a whole answer: leave --max-tier out, or raise --max-items"))
    lens = answer.question.lens
    portfolio = portfolios.under(lens).portfolio
    routed = [d.facts.contract_id for d in answer.dependents if d.route]
    listed = [d.facts.contract_id for d in answer.dependents if d.status in LISTED_STATUSES]
    cone = _upstream(listed, answer, reader, portfolio.catalogue)
    if cone.truncated:
        listed = routed
        cone = _upstream(listed, answer, reader, portfolio.catalogue)
    if cone.truncated:
        raise InvalidInput(
            N_("more than {n} items lie upstream of the contracts: ask about fewer with --product or --countries"),
            n=MAX_ITEMS,
        )
    scope = resolve_scope(answer.question.scope, reader, lens, portfolio.catalogue)
    state = _State(answer, portfolio, Outlooks(portfolio, scope.at_stake))
    ends = {end for pair in (*cone.claims, *cone.inferred) for end in pair}
    source_ids = {claim.source_id for claims in cone.claims.values() for claim in claims}
    return Bundle(
        answer=answer,
        items=[state.item(item) for item in sorted(end for end in ends if "/" in end)],
        contracts=[state.contract(contract) for contract in sorted(listed)],
        claims={
            pair: (
                sorted(claims, key=_id_of),
                claims[0].type == RelationshipType.BECOMES and _ingredient(*pair, portfolio.catalogue),
            )
            for pair, claims in sorted(cone.claims.items())
        },
        inferred=[
            BundleStep(start, end, rule, _ingredient(start, end, portfolio.catalogue))
            for (start, end), rule in sorted(cone.inferred.items())
        ],
        sources=_sources(source_ids, reader),
        left_out=sum(d.status is Status.UNMAPPED for d in answer.dependents) if listed is routed else 0,
    )


def _upstream(contracts: Collection[str], answer: Answer, reader: GraphReader, catalogue: Catalogue) -> Cone:
    starts = dict.fromkeys(contracts, Certainty.CERTAIN)
    return reach(starts, reader, answer.question.lens, catalogue, direction="upstream", max_items=MAX_ITEMS)


def _id_of(claim: GoodsClaim) -> str:
    return claim.claim_id


def _ingredient(start: str, end: str, catalogue: Catalogue) -> bool:
    """Return whether a step brings an ingredient; else it brings the same goods, named more or less precisely."""
    p, q = product_of(start), product_of(end)
    return not catalogue.same_goods(p, q)


def _sources(ids: Iterable[str], reader: GraphReader) -> list[Source]:
    wanted = sorted(ids)
    found = reader.references(Label.SOURCE, wanted) if wanted else []
    return [source for source in found if isinstance(source, Source)]


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of items and contracts under the lens, for the goods at stake."""

    answer: Answer
    portfolio: Portfolio
    outlooks: Outlooks

    def item(self, item: str) -> BundleNode:
        """Return an item as it stands."""
        position = self.portfolio.item_index[item]
        complete = bool(self.portfolio.complete_items[position])
        relevant = bool(self.outlooks.relevant_flags[position])
        return BundleNode(item, self.answer.affected.get(item), complete, relevant)

    def contract(self, contract: str) -> BundleNode:
        """Return a contract as it stands."""
        position = self.portfolio.contract_index[contract]
        complete = bool(self.portfolio.complete_contracts[position])
        return BundleNode(contract, None, complete, bool(self.portfolio.open_contracts[position]))
