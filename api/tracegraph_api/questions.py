"""Which contracts depend on a scope: asked once for every resource that has the question, answered page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from tracegraph.answer import DEFAULT_MAX_ITEMS, LISTED_STATUSES, Answer, Dependent, Question
from tracegraph.answer_open_ends import look_up_open_ends
from tracegraph.exchange.answers import dependent_body, frame_body
from tracegraph.exchange.csv_export import ANSWER_COLUMNS, answer_row
from tracegraph.exchange.geojson_answer import answer_features
from tracegraph.exchange.graphml_answer import answer_graph, graphml_bytes
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services import asking
from tracegraph.services.contract_table import most_of
from tracegraph.services.dependent_rows import Narrowing, narrowed
from tracegraph.services.dependents import STATUS_ORDER, dependents
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Status
from tracegraph_api.context import context, store
from tracegraph_api.cursors import Key, page_by_key
from tracegraph_api.inputs import ContractFilter, CursorQuery, LensQuery, LimitsQuery, ScopeQuery, described
from tracegraph_api.media import CSV, GEOJSON, GRAPHML, as_file, features, table, wanted
from tracegraph_api.respond import envelope, respond

#: In which forms such an answer goes out, besides JSON.
FORMS: Final = (CSV, GRAPHML, GEOJSON)


class ResultQuery(ContractFilter):
    """Which contracts of an answer are listed; the counts are of all."""

    status = fields.List(
        fields.String(validate=validate.OneOf(list(Status))),
        load_default=[status.value for status in LISTED_STATUSES],
        metadata=described(
            N_("Only contracts of this status; may be repeated. Those without a link are listed when asked for."),
            example=["established", "possible"],
        ),
    )
    direct_supplier = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        metadata=described(
            N_("Only contracts where routes go through this direct supplier, or where it is to be asked."),
            example=["demo-wholesale-01"],
        ),
    )
    suppliers = fields.Integer(
        load_default=100,
        validate=validate.Range(0, 100_000),
        metadata=described(
            N_("How many direct suppliers the summary gives at most, those of most contracts first; 0 for none."),
            example=100,
        ),
    )
    routes = fields.Boolean(
        load_default=True, metadata=described(N_("Whether the best route of each contract is given."), example=True)
    )


#: What every question about dependent contracts takes.
DEPENDENTS_QUERY: Final = (LensQuery, ScopeQuery, LimitsQuery, ResultQuery, CursorQuery)


def dependent_contracts(given: Mapping[str, Any], lens: Lens, **named: Sequence[str]) -> Response:
    """Answer which contracts depend on what is named; see `tracegraph.services.asking.Asked` for the names."""
    asked = asking.Asked(
        **named,
        products=given.get("product", ()),
        countries=given.get("countries", ()),
        exclude=given.get("excluded", ()),
        services=given["services"],
    )
    scope = asking.scope_of(asked, store(), lens)
    return answered(dependents(question_of(scope, lens, given), store(), context().portfolios), given)


def question_of(scope: Scope, lens: Lens, given: Mapping[str, Any]) -> Question:
    """Return a question with the limits that are asked for."""
    return Question(scope, lens, given.get("max_tier"), given.get("max_items") or DEFAULT_MAX_ITEMS)


def answered(answer: Answer, given: Mapping[str, Any], reader: GraphReader | None = None, **more: Any) -> Response:
    """Return an answer in the form that is wanted: a page in JSON, else the whole of what is asked for as a file.

    Parameters
    ----------
    answer : Answer
        The answer.
    given : mapping
        `ResultQuery` and paging.
    reader : GraphReader, optional
        What was asked; by default the store.
    **more
        What else is said of the whole.
    """
    rows = chosen(answer, given)
    form, lens = wanted(), answer.question.lens
    if form == CSV:
        content: bytes | str = table(ANSWER_COLUMNS, map(answer_row, rows))
    elif form in (GRAPHML, GEOJSON):
        content = drawn(answer, rows, form, reader)
    else:
        shown, counted = page_by_key(rows, key_of, given, lens)
        look_up_open_ends(dependent.open_ends for dependent in shown)
        items = [dependent_body(dependent, with_route=given["routes"]) for dependent in shown]
        return respond(envelope(items, given, counted, meta={**meta_of(answer, given["suppliers"]), **more}))
    return as_file(content, "dependent-contracts", truncated=answer.summary.truncated)


def drawn(answer: Answer, rows: Sequence[Dependent], form: str, reader: GraphReader | None = None) -> bytes | str:
    """Return contracts of an answer as a graph, or as places for a map."""
    if form == GRAPHML:
        return graphml_bytes(answer_graph(answer, rows))
    return features(answer_features(answer, rows, reader or store()))


def meta_of(answer: Answer, suppliers: int) -> dict[str, Any]:
    """Return what is said of a whole answer; `truncated` and `items_cut` say which limits cut it."""
    summary = answer.summary
    cut = {"truncated": summary.truncated, "items_cut": summary.items_cut}
    return {**frame_body(of_suppliers(answer, suppliers)), **cut, "direct_suppliers_total": suppliers_of(answer)}


def suppliers_of(answer: Answer) -> int:
    """Return how many direct suppliers there are to call or to ask."""
    return len(answer.summary.by_direct_supplier)


def of_suppliers(answer: Answer, number: int) -> Answer:
    """Return an answer whose summary gives so many direct suppliers at most, those of most contracts first."""
    most = most_of(answer.summary.by_direct_supplier, number)
    return replace(answer, summary=replace(answer.summary, by_direct_supplier=most))


def chosen(answer: Answer, given: Mapping[str, Any]) -> Sequence[Dependent]:
    """Return the contracts of an answer that are asked for, in its order."""
    regions, categories, suppliers = (frozenset(given[name]) for name in ("region", "category", "direct_supplier"))
    statuses = frozenset(map(Status, given["status"]))
    return narrowed(answer, Narrowing(statuses, regions, categories, suppliers))


def key_of(dependent: Dependent) -> Key:
    """Return where a contract stands in an answer."""
    return STATUS_ORDER[dependent.status], dependent.facts.contract_id
