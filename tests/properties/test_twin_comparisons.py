"""Twin worlds for exposure, preview, compare and what-if: a claim private to another region changes no byte."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.build import change_set, incident
from tests.oracle.dataset import Tables
from tests.properties.test_twin_worlds import READERS, SECRET, parted, quiet, secret_worlds, secrets_about, worlds
from tests.strategies import Query, random_query, random_tables
from tracegraph.answer import Question
from tracegraph.answer_compare import Widening
from tracegraph.exchange.compare import comparison_body, preview_body, whatif_body
from tracegraph.exchange.exposure import exposure_body
from tracegraph.incidents import IncidentRevision, selector_from_body
from tracegraph.lens import Lens, visible_to
from tracegraph.services.comparing import Pair, compare
from tracegraph.services.exposure import exposure
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import sources_of
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.previewing import preview
from tracegraph.services.whatif import Suppositions, assume, what_if
from tracegraph.store.port import Store

NOW = "2030-01-01T00:00:00Z"


def everything(store: Store, query: Query, lens: Lens, incidents: list[IncidentRevision]) -> dict[str, Any]:
    """Return all that these commands tell a reader."""
    store.apply(change_set(incidents=incidents), NOW)
    view = find_incident(store, "inc-1", lens)
    question = Question(incidents[0].scope, lens, query["max_tier"])
    earlier = replace(question, lens=replace(lens, known_at="2019-03-01T00:00:00Z"))
    found = {"exposure": exposure_body(exposure([view], question, store, Portfolios(store)), with_no_link=True)}
    for widening in Widening:
        found[f"preview {widening}"] = preview_body(preview(view, question, widening, store))
    for name, pair in (("compare", Pair(earlier, question)), ("backwards", Pair(question, earlier))):
        compared = compare(pair, store, max_documents=40)
        cited = {source for causes in compared.causes.by_contract.values() for c in causes for source in c.source_ids}
        found[name] = comparison_body(compared, sources_of(cited, store))
    plants = sorted(h.holder_id for h in store.items_of(["f1", "f2", "f3"], lens))
    assumed, overlay = assume(Suppositions(closed=tuple(plants)), store, lens) if plants else (None, store)
    if assumed is not None:
        found["whatif"] = whatif_body(what_if(question, assumed, store, overlay))
    for body in found.values():
        forget_versions(body)
    return found


def forget_versions(body: Any) -> None:
    """Leave out the graph version: the incidents of this test are change sets of their own."""
    if isinstance(body, dict):
        body.pop("graph_version", None)
        for value in body.values():
            forget_versions(value)
    elif isinstance(body, list):
        for value in body:
            forget_versions(value)


def same_bytes(tables: Tables, query: Query, reader: str, number: int) -> None:
    """Build both worlds, look at each, and hold the views against each other."""
    rest, hidden = parted(tables)
    known_at = "2024-01-01T00:00:00Z"
    lens = Lens(query["lens"]["valid_at"], known_at, visible_to(reader))
    scope = tuple(selector_from_body(selector) for selector in query["scope"])
    seen = replace(incident("inc-1"), scope=scope, recorded_at="2018-01-01T00:00:00Z", visibility="public")
    private = replace(seen, visibility=SECRET, status="withdrawn", recorded_at="2018-06-01T00:00:00Z")
    views = []
    for parts, incidents in (((rest,), [seen]), ((rest, hidden, secrets_about(rest, number)), [seen, private])):
        with worlds(lambda folder: f"sqlite:///{folder}/store.db", *parts) as store:
            views.append(everything(store, query, lens, incidents))
    without, beside = views
    for name, view in without.items():
        assert json.dumps(beside[name], sort_keys=True) == json.dumps(view, sort_keys=True), name


@settings(quiet, max_examples=20)
@given(secret_worlds(), st.sampled_from(READERS), st.integers(0, 20))
def test_a_reader_learns_nothing_of_what_it_may_not_see(drawn: tuple[Tables, Query], reader: str, number: int) -> None:
    same_bytes(*drawn, reader, number)


def test_the_same_in_larger_worlds() -> None:
    for seed in range(4):
        chance = random.Random(seed)
        tables = random_tables(chance, "medium")
        same_bytes(tables, random_query(chance, tables), READERS[seed % len(READERS)], seed)
