"""How deep contracts are mapped, where knowledge stops, and where value ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from tracegraph.access import Permission
from tracegraph.answer_depth import EVIDENCE_CONTRACTS, ContractDepth, DepthQuestion
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.depth_csv import DEPTH_COLUMNS, depth_rows
from tracegraph.messages import N_
from tracegraph.services.depth import depth
from tracegraph_api.context import context, store
from tracegraph_api.cursors import page_by_key
from tracegraph_api.heavy import question
from tracegraph_api.inputs import CursorQuery, LensQuery, described, lens_of
from tracegraph_api.media import CSV, as_file, table, wanted
from tracegraph_api.nodes import require_region
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import NarrowQuery, narrowed, rows_until
from tracegraph_api.respond import envelope, respond

resource = Resource(
    "depth",
    __name__,
    url_prefix="",
    description=N_("How deep contracts are mapped, where knowledge stops, and where value ends."),
)


class GradeQuery(Schema):
    """How much is said."""

    by_grade = fields.Boolean(
        load_default=False,
        metadata=described(N_("Also how well the links are documented on the way to where value ends."), example=True),
    )


_SAYS: Final = N_(
    "Tiers, the deepest named plant, where knowledge stops, and which part of the value ends at an origin, a plant, a "
    "company, or at what nobody listed. How old the evidence is, is read for the first contracts alone. As CSV the "
    "whole report."
)
_ANSWERS: Final = {200: Answered(N_("Contracts by id; totals beside them are of all."), "depth_page", media=(CSV,))}
_QUERY: Final = (LensQuery, GradeQuery, CursorQuery)


@resource.get("/depth")
@operation(
    Permission.READ,
    says=(N_("How deep contracts are mapped"), _SAYS),
    answers=_ANSWERS,
    query=(*_QUERY, NarrowQuery),
)
@question
def depth_of_all(given: Mapping[str, Any]) -> Response:
    """Answer how deep contracts are mapped."""
    regions, categories = narrowed(given)
    return _answered(given, DepthQuestion(regions, (), categories, by_grade=given["by_grade"]))


@resource.get("/contracts/<id>/depth")
@operation(
    Permission.READ,
    says=(N_("How deep a contract is mapped"), _SAYS),
    answers=_ANSWERS,
    query=_QUERY,
    errors=(404,),
)
@question
def depth_of_contract(given: Mapping[str, Any], id: str) -> Response:
    """Answer how deep one contract is mapped."""
    return _answered(given, DepthQuestion((), (id,), (), by_grade=given["by_grade"]))


@resource.get("/regions/<id>/depth")
@operation(
    Permission.READ,
    says=(N_("How deep a region's contracts are mapped"), _SAYS),
    answers=_ANSWERS,
    query=_QUERY,
    errors=(404,),
)
@question
def depth_of_region(given: Mapping[str, Any], id: str) -> Response:
    """Answer how deep a region's contracts are mapped, compared with others."""
    require_region(id, lens_of(given))
    return _answered(given, DepthQuestion((id,), (), (), by_grade=given["by_grade"]))


def _answered(given: Mapping[str, Any], asked: DepthQuestion) -> Response:
    lens = lens_of(given)
    every = wanted() == CSV or given.get("cursor") is not None
    evidence = EVIDENCE_CONTRACTS if every else rows_until(given)
    report = depth(lens, store(), context().portfolios, replace(asked, evidence=evidence))
    if wanted() == CSV:
        return as_file(table(DEPTH_COLUMNS, depth_rows(report)), "depth")
    ordered = sorted(report.contracts, key=_key)
    shown, counted = page_by_key(ordered, _key, given, lens)
    body = depth_body(replace(report, contracts=tuple(shown)))
    rows = body.pop("contracts")
    return respond(envelope(rows, given, counted, meta={**body, "truncated": False}))


def _key(contract: ContractDepth) -> tuple[str]:
    return (contract.facts.contract_id,)
