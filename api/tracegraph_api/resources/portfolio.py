"""Questions about the whole portfolio: what to ask next, where it is concentrated, which plants reach most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer_ask import AskQuestion
from tracegraph.exchange.ask_next import ASK_COLUMNS, ask_body, open_end_rows
from tracegraph.exchange.leverage import (
    CONCENTRATION_COLUMNS,
    LEVERAGE_COLUMNS,
    concentration_body,
    leverage_body,
    leverage_rows,
    shared_rows,
)
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.ask_next import ask_next
from tracegraph.services.concentration import concentration
from tracegraph.services.leverage import leverage
from tracegraph_api.context import context, store
from tracegraph_api.heavy import question
from tracegraph_api.inputs import LensQuery, PageQuery, ScopeQuery, lens_of
from tracegraph_api.media import CSV, as_file, table, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import (
    NarrowQuery,
    ScopeNamesQuery,
    asked_from,
    names_something,
    narrowed,
    ranked_page,
    refuse_narrowing_of_nothing,
    rows_until,
    several,
)
from tracegraph_api.respond import envelope, respond

resource = Resource(
    "portfolio", __name__, url_prefix="", description=N_("Questions about all contracts that you see together.")
)


class AskedOfQuery(ScopeNamesQuery, ScopeQuery, NarrowQuery):
    """What is asked next, of whom."""

    direct_supplier = several(N_("Only what this supplier can tell; may be repeated."), "demo-wholesale-01")


class PlantsQuery(PageQuery):
    """Which plants."""

    factory = several(N_("Only this factory, with its value at exposure; may be repeated."), "demo-plant-klang")


@resource.get("/open-ends")
@operation(
    Permission.READ,
    says=(
        N_("What to ask next, and whom"),
        N_(
            "Where knowledge stops: open ends, those first whose answer would settle most, and what each direct "
            "supplier could tell. With a factory, company, group, country or incident: what keeps contracts unmapped "
            "towards it; without: every open end. Of direct suppliers the same number of rows is given beside."
        ),
    ),
    answers={200: Answered(N_("Open ends, those that settle most first."), "open_ends_page", media=(CSV,))},
    query=(LensQuery, AskedOfQuery, PageQuery),
    errors=(404, 409),
)
@question
def open_ends(given: Mapping[str, Any]) -> Response:
    """Answer what to ask next."""
    lens = lens_of(given)
    regions, categories = narrowed(given)
    refuse_narrowing_of_nothing(given)
    asked = AskQuestion(
        lens=lens,
        scope=asking.scope_of(asked_from(given), store(), lens) if names_something(given) else (),
        regions=regions,
        categories=categories,
        direct_suppliers=tuple(sorted(set(given["direct_supplier"]))),
        rows=None if wanted() == CSV else rows_until(given),
    )
    found = ask_next(asked, store(), context().portfolios)
    if wanted() == CSV:
        return as_file(table(ASK_COLUMNS, open_end_rows(found)), "open-ends")
    shown, counted = ranked_page(found.open_ends, found.open_ends_total, given)
    suppliers, _ = ranked_page(found.suppliers, found.suppliers_total, given)
    body = ask_body(replace(found, open_ends=tuple(shown), suppliers=tuple(suppliers)))
    rows = body.pop("open_ends")
    return respond(envelope(rows, given, counted, meta={**body, "truncated": False}))


@resource.get("/concentration")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that share a plant"),
        N_(
            "Contracts that look separate, with different direct suppliers, and share a plant; and how concentrated "
            "value is on plants and countries, as an index between 0 and 1. Overlaps are of the groups on this page "
            "and those before it, the greatest first."
        ),
    ),
    answers={200: Answered(N_("Plants that contracts share, by what they reach."), "concentration_page", media=(CSV,))},
    query=(LensQuery, NarrowQuery, PageQuery),
)
@question
def concentrated(given: Mapping[str, Any]) -> Response:
    """Answer which contracts share a plant."""
    regions, categories = narrowed(given)
    rows = None if wanted() == CSV else rows_until(given)
    found = concentration(
        lens_of(given), store(), context().portfolios, regions=regions, categories=categories, rows=rows
    )
    if wanted() == CSV:
        return as_file(table(CONCENTRATION_COLUMNS, shared_rows(found)), "concentration")
    shown, counted = ranked_page(found.groups, found.groups_total, given)
    body = concentration_body(replace(found, groups=tuple(shown)))
    listed = body.pop("shared_factories")
    return respond(envelope(listed, given, counted, meta={**body, "truncated": False}))


@resource.get("/leverage")
@operation(
    Permission.READ,
    says=(
        N_("Plants that reach most"),
        N_(
            "Which plants reach most regions, contracts and value: where regions that act together weigh most. For "
            "plants that are named also the value at exposure."
        ),
    ),
    answers={200: Answered(N_("Plants, those that reach most regions first."), "leverage_page", media=(CSV,))},
    query=(LensQuery, PlantsQuery),
    errors=(404,),
)
@question
def leverages(given: Mapping[str, Any]) -> Response:
    """Answer which plants reach most."""
    asked = tuple(dict.fromkeys(given["factory"]))
    rows = None if wanted() == CSV else rows_until(given)
    report = leverage(lens_of(given), store(), context().portfolios, asked, rows)
    if wanted() == CSV:
        return as_file(table(LEVERAGE_COLUMNS, leverage_rows(report)), "leverage")
    shown, counted = ranked_page(report.plants, report.total, given)
    body = leverage_body(replace(report, plants=tuple(shown)))
    listed = body.pop("factories")
    return respond(envelope(listed, given, counted, meta={**body, "truncated": False}))
