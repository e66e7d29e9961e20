"""A contract's page: what is said of it, how deep its chain is known, and where knowledge stops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_chain import Chain
from tracegraph.lens import Lens
from tracegraph.model import NodeRef, holder_of
from tracegraph.render.phrases import open_end_words, sourcing_words
from tracegraph.services.chain import chain as ask_chain
from tracegraph.services.legend import items_legend
from tracegraph.vocabulary import Label
from tracegraph_api.context import store, translator
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.nodes import SinceQuery
from tracegraph_api.pages.links import link, node_link
from tracegraph_api.pages.node_lists import contracts
from tracegraph_api.pages.nodes import RowsQuery, page_of, shown
from tracegraph_api.pages.words import country

pages: Final = contracts  # the list and the page are of one blueprint
_ENDS: Final = 20  # open ends that are listed; the page of the chain has more


@pages.shows("/contracts/<id>", Permission.READ, (LensQuery, SinceQuery, RowsQuery), is_heavy=True)
def one(given: Given, id: str) -> Response:
    """Show a contract."""
    lens = lens_of(given)
    page = page_of(NodeRef(Label.CONTRACT, id), given, lens)
    depth = _depth(ask_chain(id, lens, store(), DEFAULT_MAX_ITEMS), lens) if page.portrait.exists else None
    return shown(page, lens, "pages/contract.html", depth=depth, chain_href=link("chain.one", id=id))


def _depth(chain: Chain, lens: Lens) -> dict[str, Any]:
    """Return how deep a chain is known, tier by tier, and where it stops."""
    said = translator()
    ends = chain.open_ends[:_ENDS]
    legend = items_legend([end for end in ends if "/" in end], (), (), store(), lens, lang=said.lang)
    stops: list[dict[str, Any]] = []
    for end in ends:
        label = Label.FACTORY if holder_of(end) in legend.factories else Label.SUPPLIER
        href = node_link(NodeRef(label, holder_of(end))) if "/" in end else None
        stops.append({"text": open_end_words(end, legend, said), "href": href})
    return {
        "tiers": _tiers(chain),
        "deepest": max(chain.tiers, default=0),
        "plants": len(chain.factories),
        "unnamed": len(chain.unidentified),
        "countries": [(country(code), node_link(NodeRef(Label.COUNTRY, code))) for code in chain.by_country],
        "deliveries": sourcing_words(chain.sourcing, said),
        "stops": stops,
        "stop_count": len(chain.open_ends),
        "is_cut": chain.truncated,
    }


def _tiers(chain: Chain) -> list[dict[str, Any]]:
    """Return the counts of each tier."""
    by_tier: dict[int, list[Any]] = {}
    for node in chain.nodes:
        by_tier.setdefault(node.tier, []).append(node)
    return [{"tier": str(tier), **_counts(nodes)} for tier, nodes in sorted(by_tier.items())]


def _counts(nodes: Sequence[Any]) -> dict[str, int]:
    plants = {node.holder_id for node in nodes if node.holder_label is Label.FACTORY and node.identified}
    unnamed = {node.holder_id for node in nodes if node.holder_label is Label.FACTORY and node.identified is False}
    return {
        "items": len(nodes),
        "companies": len({node.holder_id for node in nodes} - plants - unnamed),
        "plants": len(plants),
        "unnamed": len(unnamed),
        "open": sum(node.sourcing.is_open_end for node in nodes),
    }
