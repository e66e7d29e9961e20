"""What stops: closures, weak points, independent routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_stops import Closed, Outcome
from tracegraph.exchange.stops import closed_body, closure_frame, routes_body, weaknesses_body
from tracegraph.messages import N_
from tracegraph.services.stopping import ORDER, Closing, if_closed
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.services.stopping_routes import routes_between
from tracegraph_api.context import context, store
from tracegraph_api.cursors import Key, page_by_key
from tracegraph_api.heavy import question
from tracegraph_api.inputs import ID_PATTERN, CursorQuery, LensQuery, PageQuery, described, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import MaxItemsQuery, NarrowQuery, narrowed, several
from tracegraph_api.respond import Counted, envelope, page_of, respond

resource = Resource(
    "stops",
    __name__,
    url_prefix="/stops",
    description=N_("What stops if a company or a plant closes, and what alone stops a contract."),
)

_TOUCHED: Final = [outcome.value for outcome in Outcome if outcome is not Outcome.NOT_TOUCHED]


class ClosingQuery(MaxItemsQuery):
    """What closes."""

    holder = fields.String(
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("What closes: a plant, or a company with its plants."), example="demo-plant-klang"),
    )
    at_most = fields.Float(
        load_default=50.0,
        validate=validate.Range(min=0, max=100),
        metadata=described(
            N_("Mark contracts that go on and lose at most so many per cent of their value."), example=50
        ),
    )
    outcome = fields.List(
        fields.String(validate=validate.OneOf(list(Outcome))),
        load_default=_TOUCHED,
        metadata=described(N_("Only contracts with this outcome; may be repeated."), example=["stops"]),
    )


class PointsQuery(MaxItemsQuery, NarrowQuery):
    """Which contracts, and what of them."""

    contract = several(N_("Only this contract; may be repeated."), "demo-c-0001")
    pairs = fields.Boolean(
        load_default=False, metadata=described(N_("Also pairs of companies and plants."), example=True)
    )
    links_hold = fields.Float(
        validate=validate.Range(min=0, max=100),
        metadata=described(
            N_(
                "With contract: also how likely supply is to hold if each link holds with this probability, in per "
                "cent."
            ),
            example=95,
        ),
    )


class EndsQuery(MaxItemsQuery):
    """From where, to where."""

    start = fields.String(
        data_key="from",
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("A plant or a company."), example="demo-plant-klang"),
    )
    end = fields.String(
        data_key="to",
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("A contract."), example="demo-c-0001"),
    )


@resource.get("/if-closed")
@operation(
    Permission.READ,
    says=(
        N_("What stops if a plant or a company closes"),
        N_(
            "Which contracts stop, which lose a part, which have another source, and of which it cannot be told. What "
            "it says of the rest assumes that any one source has enough."
        ),
    ),
    answers={200: Answered(N_("Contracts by outcome, then by id; the counts are of all."), "closure_page")},
    query=(LensQuery, ClosingQuery, CursorQuery),
    errors=(404,),
)
@question
def closure(given: Mapping[str, Any]) -> Response:
    """Answer what a closure does to every contract."""
    lens = lens_of(given)
    max_items = given.get("max_items") or DEFAULT_MAX_ITEMS
    asked = Closing(given["holder"], lens, given["at_most"] / 100, max_items)
    found = if_closed(asked, store(), context().portfolios)
    outcomes = set(given["outcome"])
    rows = [contract for contract in found.contracts if contract.outcome.value in outcomes]
    shown, counted = page_by_key(rows, _key, given, lens)
    items = [closed_body(contract, found) for contract in shown]
    return respond(envelope(items, given, counted, meta={**closure_frame(found), "truncated": found.truncated}))


def _key(contract: Closed) -> Key:
    return ORDER[contract.outcome], contract.facts.contract_id


@resource.get("/single-points")
@operation(
    Permission.READ,
    says=(
        N_("What alone stops a contract"),
        N_(
            "Companies, plants and countries each of which alone stops a contract: for certain, or as far as sources "
            "are documented. The points are of all contracts asked about, those that stop most first."
        ),
    ),
    answers={200: Answered(N_("Contracts, with what alone stops them."), "single_points_page")},
    query=(LensQuery, PointsQuery, PageQuery),
    errors=(404,),
)
@question
def points(given: Mapping[str, Any]) -> Response:
    """Answer what alone stops a contract."""
    regions, categories = narrowed(given)
    holds = given.get("links_hold")
    asked = Weak(
        lens=lens_of(given),
        contracts=tuple(sorted(set(given["contract"]))),
        categories=categories,
        regions=regions,
        pairs=given["pairs"],
        links_hold=None if holds is None else holds / 100,
        max_items=given.get("max_items") or DEFAULT_MAX_ITEMS,
    )
    found = single_points(asked, store(), context().portfolios)
    total, first = len(found.contracts), (given["page"] - 1) * given["limit"]
    shown = replace(found, contracts=found.contracts[first : first + given["limit"]])
    body = weaknesses_body(shown)
    rows = body.pop("contracts")
    body["summary"] |= {
        "contracts": total,
        "ungrounded": [weakness.facts.contract_id for weakness in found.contracts if weakness.ungrounded],
    }
    counted = Counted(total, first + given["limit"] < total)
    cut = found.truncated or found.pairs_cut
    return respond(envelope(rows, given, counted, meta={**body, "truncated": cut}))


@resource.get("/routes")
@operation(
    Permission.READ,
    says=(
        N_("How many independent routes lead to a contract"),
        N_(
            "From a plant, or a company's own items: routes that share no item, or no holder, and what all routes "
            "pass; as far as links are documented, and with those that are inferred."
        ),
    ),
    answers={
        200: Answered(N_("One row for each reading: documented, and all; none where there is no route."), "ways_page")
    },
    query=(LensQuery, EndsQuery, PageQuery),
    errors=(404,),
)
@question
def independent(given: Mapping[str, Any]) -> Response:
    """Answer how many independent routes there are."""
    max_items = given.get("max_items") or DEFAULT_MAX_ITEMS
    body = routes_body(routes_between(given["start"], given["end"], lens_of(given), store(), max_items))
    rows = [{"reading": name, **ways} for name in ("documented", "all") if (ways := body.pop(name))]
    return respond(page_of(rows, given, meta=body))
