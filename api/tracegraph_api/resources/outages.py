"""What a site or a firm is worth to the whole, computed from a caller's own figures; no data of the store is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer_outage import Model, Setting, Towards
from tracegraph.exchange.outages import cascade_body, recovery_body
from tracegraph.graph.cascade import cascade
from tracegraph.graph.recovery import recovery
from tracegraph.messages import N_
from tracegraph.services.stopping_asking import known_firms
from tracegraph_api.heavy import question
from tracegraph_api.inputs import PageQuery
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.outage_inputs import CascadeBody, RecoveryBody, links_of, plan_in
from tracegraph_api.places import at
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "outages",
    __name__,
    url_prefix="/stops",
    description=N_("How long supply lasts without a site, and how losses spread: computed from your own figures."),
)


@resource.post("/recovery")
@operation(
    Permission.WATCH,
    says=(
        N_("How long supply lasts if a site is lost"),
        N_(
            "And what it costs until the site has recovered, from capacities, stocks, demand and margins of your own. "
            "Nothing is recorded, and no data of the store is read; where it becomes a job, the job keeps your figures "
            "for as long as its result. Send the same body to the link next."
        ),
    ),
    answers={200: Answered(N_("Sites, the most costly first."), "recovery_page")},
    query=(PageQuery,),
    body=RecoveryBody,
)
@question
def recoveries(given: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    """Answer how long supply lasts without each site."""
    told = recovery_body(recovery(plan_in(body)), "")
    rows = told.pop("sites")
    del told["file"]
    return respond(page_of(rows, given, meta={**told, "truncated": False}))


@resource.post("/cascade")
@operation(
    Permission.WATCH,
    says=(
        N_("What closing a firm costs the whole"),
        N_(
            "What part of all sales is lost if one firm closes and the loss spreads, from sales of your own. Nothing "
            "is recorded, and no data of the store is read; where it becomes a job, the job keeps your figures for as "
            "long as its result. Send the same body to the link next."
        ),
    ),
    answers={200: Answered(N_("Firms, the most costly first."), "cascade_page")},
    query=(PageQuery,),
    body=CascadeBody,
)
@question
def cascades(given: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    """Answer what closing each firm costs."""
    links, closed = links_of(body), tuple(sorted(set(body["close"])))
    with at("/close"):
        known_firms(closed, links)
    spread = Model(body["model"]), Towards(body["direction"]), body["replaceable"], body["epsilon"]
    told = cascade_body(cascade(links, Setting(*spread, closed)), "")
    rows = told.pop("closures")
    del told["file"]
    return respond(page_of(rows, given, meta={**told, "truncated": not all(row["converged"] for row in rows)}))
