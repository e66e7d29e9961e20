"""Which contracts a report is narrowed to, by region and category; a value that nobody knows is an error."""

from __future__ import annotations

from collections.abc import Collection

from tracegraph.answer import ContractFacts
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services.portfolios import PortfolioView
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label


def narrowed(
    view: PortfolioView, reader: GraphReader, regions: Collection[str], categories: Collection[str]
) -> dict[str, ContractFacts]:
    """Return the contracts that one of the regions uses and that are of one of the categories, by id.

    Raises
    ------
    InvalidInput
        No contract of the regions is seen, or there is no such category.
    """
    ids = sorted(view.portfolio.contract_ids)
    facts = view.facts
    in_use = {region for contract in ids for region in facts[contract].regions}
    for region in regions:
        if region not in in_use:
            raise InvalidInput(
                N_("--region is {value!r}, and no contract of it is seen under this view; there are those of {known}"),
                value=region,
                known=", ".join(sorted(in_use)) or "-",
            )
    known = {facts[contract].category for contract in ids} - {None}
    known |= {str(getattr(record, "category_id", "")) for record in reader.references(Label.CATEGORY)}
    for category in categories:
        if category not in known:
            raise InvalidInput(
                N_("--category is {value!r}, and there is no such category: use one of {known}"),
                value=category,
                known=", ".join(sorted(filter(None, known))) or "-",
            )
    return {
        contract: facts[contract]
        for contract in ids
        if (not regions or not set(regions).isdisjoint(facts[contract].regions))
        and (not categories or facts[contract].category in categories)
    }
