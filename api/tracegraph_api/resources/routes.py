"""How a contract depends on what a report names, and how goods get from one place to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.answer_node_routes import DEFAULT_BETWEEN
from tracegraph.answer_routes import DEFAULT_K, DEFAULT_SAMPLES, DEFAULT_SEED, Effort
from tracegraph.exchange.node_routes import node_routes_body
from tracegraph.exchange.routes import routes_body
from tracegraph.graph.kbest import MAX_ROUTES
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.node_routes import node_routes
from tracegraph.services.routes import MAX_SAMPLES, routes
from tracegraph_api.context import context, store
from tracegraph_api.heavy import question
from tracegraph_api.inputs import LensQuery, PageQuery, ScopeQuery, described, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import MaxItemsQuery, ScopeNamesQuery, asked_from
from tracegraph_api.respond import page_of, respond

resource = Resource("routes", __name__, url_prefix="", description=N_("How goods get from one place to another."))


class EffortQuery(Schema):
    """How much is computed."""

    k = fields.Integer(
        load_default=DEFAULT_K,
        validate=validate.Range(min=1, max=MAX_ROUTES),
        metadata=described(N_("So many of the best routes, 1 to 10."), example=3),
    )
    seed = fields.Integer(
        load_default=DEFAULT_SEED,
        validate=validate.Range(min=0, max=2**32 - 1),
        metadata=described(N_("Seed of the random draws where the probability cannot be exact."), example=1),
    )
    samples = fields.Integer(
        load_default=DEFAULT_SAMPLES,
        validate=validate.Range(min=1, max=MAX_SAMPLES),
        metadata=described(N_("Random draws, if any."), example=10048),
    )


_NODE: Final = validate.Regexp(r"^[A-Za-z0-9._:-]{1,100}(/[A-Za-z0-9._:-]{1,100})?$")


class EndsQuery(MaxItemsQuery):
    """From where, to where."""

    start = fields.String(
        data_key="from",
        required=True,
        validate=_NODE,
        metadata=described(
            N_("Where goods come from: a company, a plant, or an item (holder/product)."), example="demo-plant-klang"
        ),
    )
    end = fields.String(
        data_key="to",
        required=True,
        validate=_NODE,
        metadata=described(N_("Where they get to: a company, a plant, an item, or a contract."), example="demo-c-0001"),
    )
    k = fields.Integer(
        load_default=DEFAULT_BETWEEN,
        validate=validate.Range(min=1, max=MAX_ROUTES),
        metadata=described(N_("So many of the best routes, 1 to 10."), example=3),
    )


@resource.get("/contracts/<id>/routes")
@operation(
    Permission.READ,
    says=(
        N_("How a contract depends on what a report names"),
        N_(
            "The best routes and how many there are, how sure it is that one of them exists, and which link to verify "
            "next. Without any recorded route there is no probability: that is unknown, not 0."
        ),
    ),
    answers={200: Answered(N_("The best routes, best first."), "contract_routes_page")},
    query=(LensQuery, ScopeNamesQuery, ScopeQuery, MaxItemsQuery, EffortQuery, PageQuery),
    errors=(404, 409),
)
@question
def routes_to_contract(given: Mapping[str, Any], id: str) -> Response:
    """Answer how one contract depends on a scope."""
    lens = lens_of(given)
    scope = asking.scope_of(asked_from(given), store(), lens)
    question = Question(scope, lens, max_items=given.get("max_items") or DEFAULT_MAX_ITEMS)
    effort = Effort(given["k"], given["seed"], given["samples"])
    body = routes_body(routes(question, id, effort, store(), context().portfolios))
    return respond(page_of(body.pop("routes"), given, meta=body))


@resource.get("/routes")
@operation(
    Permission.READ,
    says=(
        N_("How goods get from one node to another"),
        N_(
            "The best recorded routes, with the goods, and how many there are. Where none is recorded, that does not "
            "say that there is none."
        ),
    ),
    answers={200: Answered(N_("The best routes, best first."), "node_routes_page")},
    query=(LensQuery, EndsQuery, PageQuery),
    errors=(404,),
)
@question
def routes_between_nodes(given: Mapping[str, Any]) -> Response:
    """Answer how goods get from one node to another."""
    ends = given["start"], given["end"]
    max_items = given.get("max_items") or DEFAULT_MAX_ITEMS
    body = node_routes_body(node_routes(ends, lens_of(given), store(), given["k"], max_items))
    return respond(page_of(body.pop("routes"), given, meta=body))
