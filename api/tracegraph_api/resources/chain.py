"""Everything upstream of a contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.geojson import features_of
from tracegraph.exchange.graphml_answer import graphml_bytes
from tracegraph.exchange.graphml_chain import chain_graph
from tracegraph.messages import N_
from tracegraph.services.chain import chain
from tracegraph_api.context import store
from tracegraph_api.cursors import page_by_key
from tracegraph_api.heavy import question
from tracegraph_api.inputs import CursorQuery, LensQuery, lens_of
from tracegraph_api.media import CSV, GEOJSON, GRAPHML, as_file, features, table_of_bodies, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import MaxItemsQuery
from tracegraph_api.respond import envelope, respond

resource = Resource(
    "chain", __name__, url_prefix="/contracts", description=N_("Everything upstream of a contract, tier by tier.")
)

STEP_COLUMNS: Final = ("tier", "from", "to", "type", "grade", "rule", "share", "claim_ids", "source_ids")


@resource.get("/<id>/chain")
@operation(
    Permission.READ,
    says=(
        N_("Everything upstream of a contract"),
        N_(
            "Who makes what, who says so, and where knowledge stops. Each item has the steps that leave it, so that "
            "all pages together have each step once. As CSV all steps, as GraphML the chain as a graph, as GeoJSON all "
            "factories."
        ),
    ),
    answers={200: Answered(N_("Items by tier, then by id."), "chain_page", media=(CSV, GRAPHML, GEOJSON))},
    query=(LensQuery, MaxItemsQuery, CursorQuery),
    errors=(404,),
)
@question
def chain_of_contract(given: Mapping[str, Any], id: str) -> Response:
    """Answer what lies upstream of a contract."""
    lens = lens_of(given)
    found = chain(id, lens, store(), given.get("max_items") or DEFAULT_MAX_ITEMS)
    if wanted() == GRAPHML:
        return as_file(graphml_bytes(chain_graph(found)), "chain", truncated=found.truncated)
    body = chain_body(found)
    nodes, steps = body.pop("nodes"), body.pop("steps")
    if wanted() == CSV:
        return as_file(table_of_bodies(STEP_COLUMNS, steps), "chain", truncated=found.truncated)
    if wanted() == GEOJSON:
        holders = sorted({node.holder_id for node in found.nodes})
        return as_file(features(features_of(holders, store(), lens)), "chain", truncated=found.truncated)
    shown, counted = page_by_key(nodes, _key, given, lens)
    leaving: dict[str, list[dict[str, Any]]] = {node["item_id"]: [] for node in shown}
    for step in steps:
        if step["from"] in leaving:
            leaving[step["from"]].append(step)
    rows = [{**node, "steps": leaving[node["item_id"]]} for node in shown]
    return respond(envelope(rows, given, counted, meta={**body, "truncated": found.truncated}))


def _key(node: Mapping[str, Any]) -> tuple[int, str]:
    return node["tier"], node["item_id"]
