"""Which contracts depend on a scope: asked once for every resource that has the question, answered page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.exchange.answers import answer_body
from tracegraph.services import asking
from tracegraph.services.dependents import dependents
from tracegraph_api.context import context, store
from tracegraph_api.inputs import lens_of
from tracegraph_api.respond import page_of, respond


def dependent_contracts(given: Mapping[str, Any], **named: Sequence[str]) -> Response:
    """Answer which contracts depend on what is named; see `tracegraph.services.asking.Asked` for the names."""
    lens = lens_of(given)
    asked = asking.Asked(
        **named,
        products=given.get("product", ()),
        countries=given.get("countries", ()),
        exclude=given.get("excluded", ()),
        services=given["services"],
    )
    scope = asking.scope_of(asked, store(), lens)
    question = Question(scope, lens, given.get("max_tier"), given.get("max_items") or DEFAULT_MAX_ITEMS)
    body = answer_body(dependents(question, store(), context().portfolios))
    rows = body.pop("contracts")
    return respond(page_of(rows, given, meta=body))
