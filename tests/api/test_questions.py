"""The questions over HTTP: each answers what the service behind it answers, page by page, and cuts are said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tracegraph.answer import Question
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.stops import closure_body
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.services.chain import chain
from tracegraph.services.dependents import dependents
from tracegraph.services.depth import depth
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

KLANG = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
WHEN = {"valid_at": "2019-02-19", "known_at": "2025-01-01T00:00:00Z"}
LENS = Lens(WHEN["valid_at"], WHEN["known_at"])
ALL = ("established", "possible", "unmapped", "no_link")


def page(client: FlaskClient, url: str, **query: Any) -> dict[str, Any]:
    response = client.get(url, query_string=query or None)
    assert response.status_code == 200, response.data
    return dict(response.get_json())


def walked(client: FlaskClient, url: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Yield all pages, following the links."""
    found = page(client, url, **query)
    while True:
        yield found
        following = found["_links"].get("next")
        if following is None:
            return
        found = page(client, following["href"])


# --- which contracts depend ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "named"),
    [
        ("factories", SelectorKind.FACTORY, "demo-plant-klang"),
        ("suppliers", SelectorKind.SUPPLIER, "demo-gloves-klang"),
        ("groups", SelectorKind.GROUP, "demo-gloves"),
        ("countries", SelectorKind.COUNTRY, "MY"),
    ],
)
def test_all_pages_are_what_the_library_answers(
    reading: FlaskClient, read_store: Store, path: str, kind: SelectorKind, named: str
) -> None:
    question = Question((Selector(kind, named),), LENS)
    expected = answer_body(dependents(question, read_store, Portfolios(read_store)), with_no_link=True)
    url = f"{ROOT}/{path}/{named}/dependent-contracts"
    pages = list(walked(reading, url, limit=3, status=ALL, **{**WHEN, "as": "network"}))
    rows = [row for found in pages for row in found["items"]]
    assert rows == expected.pop("contracts")
    for found in pages:
        meta = {name: value for name, value in found["meta"].items() if name in expected}
        assert meta == expected
        assert (found["meta"]["total"], found["meta"]["total_is_exact"]) == (len(rows), True)
        assert not found["meta"]["truncated"]


def test_pages_are_of_the_moment_of_the_first(writing: FlaskClient, store: Store) -> None:
    first = page(writing, KLANG, limit=2)
    lens = first["meta"]["query"]["lens"]
    following = page(writing, first["_links"]["next"]["href"])
    assert following["meta"]["query"]["lens"] == lens
    again = writing.get(KLANG, query_string={"limit": 2})
    assert writing.get(KLANG, query_string={"limit": 2}).headers["ETag"] == again.headers["ETag"]


def test_a_contract_that_is_new_between_two_pages_moves_none(reading: FlaskClient) -> None:
    whole = page(reading, KLANG, limit=200, **WHEN)["items"]
    cursor = page(reading, KLANG, limit=2, **WHEN)["_links"]["next"]["href"]
    narrowed = page(reading, cursor.replace("limit=2", "limit=200"))["items"]
    assert narrowed == whole[2:]


def test_results_are_filtered_and_the_counts_are_of_all(reading: FlaskClient) -> None:
    whole = page(reading, KLANG, limit=200, status=ALL, **WHEN)
    for name, value, holds in (
        ("status", "established", lambda row: row["status"] == "established"),
        ("status", "no_link", lambda row: row["status"] == "no_link"),
        ("region", "SE-M", lambda row: "SE-M" in row["regions"]),
        ("category", "gloves", lambda row: row["category"] == "gloves"),
        (
            "direct_supplier",
            "demo-wholesale-02",
            lambda row: "demo-wholesale-02" in (*row["direct_suppliers"], *row.get("ask", ())),
        ),
    ):
        query = {"status": ALL, name: value}
        found = page(reading, KLANG, limit=200, **query, **WHEN)
        assert found["items"] == [row for row in whole["items"] if holds(row)]
        assert found["meta"]["summary"] == whole["meta"]["summary"]
        assert 0 < found["meta"]["total"] < whole["meta"]["total"]
    without = page(reading, KLANG, limit=200, status=ALL, routes="false", **WHEN)["items"]
    assert without == [{name: value for name, value in row.items() if name != "route"} for row in whole["items"]]


def test_what_a_limit_cut_is_said(reading: FlaskClient) -> None:
    cut = page(reading, KLANG, max_items=1, **WHEN)["meta"]
    assert (cut["truncated"], cut["items_cut"]) == (True, True)
    assert reading.get(KLANG, query_string={**WHEN, "max_items": 1}, headers={"Accept": "text/csv"}).headers[
        "X-Truncated"
    ]
    assert page(reading, f"{ROOT}/contracts/demo-c-0001/chain", max_items=1, **WHEN)["meta"]["truncated"]


# --- reports -------------------------------------------------------------------------------------------------------


def test_a_chain_has_each_item_and_each_step_once(reading: FlaskClient, read_store: Store) -> None:
    expected = chain_body(chain("demo-c-0007", LENS, read_store))
    pages = list(walked(reading, f"{ROOT}/contracts/demo-c-0007/chain", limit=2, **WHEN))
    nodes = [node for found in pages for node in found["items"]]
    steps = [step for node in nodes for step in node.pop("steps")]
    assert nodes == expected["nodes"]
    assert sorted(steps, key=json.dumps) == sorted(expected["steps"], key=json.dumps)
    assert pages[0]["meta"]["summary"] == expected["summary"]


def test_depth_is_that_of_the_library(reading: FlaskClient, read_store: Store) -> None:
    expected = depth_body(depth(LENS, read_store, Portfolios(read_store)))
    rows = [row for found in walked(reading, f"{ROOT}/depth", limit=5, **WHEN) for row in found["items"]]
    assert [row["contract_id"] for row in rows] == sorted(row["contract_id"] for row in expected["contracts"])
    assert rows == expected["contracts"]
    one = page(reading, f"{ROOT}/contracts/demo-c-0001/depth", **WHEN)
    assert [row["contract_id"] for row in one["items"]] == ["demo-c-0001"]
    region = page(reading, f"{ROOT}/regions/SE-M/depth", **WHEN)
    assert all("SE-M" in row["regions"] for row in region["items"])
    assert region["meta"]["comparisons"]
    for path in ("contracts/nobody/depth", "regions/SE-QQ/depth"):
        assert reading.get(f"{ROOT}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        ("open-ends", {}, lambda row: row["id"]),
        ("open-ends", {"incident": "demo-inc-order"}, lambda row: row["id"]),
        ("concentration", {}, lambda row: row["factory_id"]),
        ("leverage", {}, lambda row: row["factory_id"]),
        ("exposures", {}, lambda row: (row["contract_id"], row["incident_id"])),
        ("exposures/changes", {"since": "2019-02-10"}, lambda row: str(row)),
        ("stops/single-points", {"pairs": "true"}, lambda row: row["contract_id"]),
        ("stops/if-closed", {"holder": "demo-plant-klang"}, lambda row: row["contract_id"]),
    ],
)
def test_pages_of_reports_give_each_row_once(reading: FlaskClient, path: str, query: dict[str, str], key: Any) -> None:
    url = f"{ROOT}/{path}"
    whole = page(reading, url, limit=200, **query, **WHEN)
    limit = max(2, whole["meta"]["total"] // 3)
    rows = [row for found in walked(reading, url, limit=limit, **query, **WHEN) for row in found["items"]]
    assert rows[:200] == whole["items"]
    assert len({key(row) for row in rows}) == len(rows) == whole["meta"]["total"] > 2


def test_a_closure_is_that_of_the_library(reading: FlaskClient, read_store: Store) -> None:
    closing = Closing("demo-plant-klang", LENS, 0.25)
    expected = closure_body(if_closed(closing, read_store, Portfolios(read_store)), with_untouched=True)
    outcomes = ["stops", "may_stop", "loses_part", "holds", "cannot_tell", "not_touched"]
    query = {"holder": "demo-plant-klang", "at_most": 25, "outcome": outcomes, "limit": 200, **WHEN}
    found = page(reading, f"{ROOT}/stops/if-closed", **query)
    assert found["items"] == expected["contracts"]
    assert found["meta"]["summary"] == expected["summary"]


def test_independent_routes_have_a_row_for_each_reading(reading: FlaskClient) -> None:
    ends = {"from": "demo-plant-klang", "to": "demo-c-0001"}
    found = page(reading, f"{ROOT}/stops/routes", **ends, **WHEN)
    assert [row["reading"] for row in found["items"]] == ["documented", "all"]


# --- routes --------------------------------------------------------------------------------------------------------


def test_routes_of_a_contract_begin_with_its_best(reading: FlaskClient) -> None:
    best = page(reading, KLANG, status="established", **WHEN)["items"][0]
    url = f"{ROOT}/contracts/{best['contract_id']}/routes"
    found = page(reading, url, factory="demo-plant-klang", **WHEN)
    assert found["items"][0]["steps"] == best["route"]
    assert found["meta"]["status"] == "established"
    refused = reading.get(url, query_string=WHEN)
    assert refused.status_code == 422
    assert "--" not in refused.get_json()["detail"]


def test_routes_between_two_nodes(reading: FlaskClient) -> None:
    best = page(reading, KLANG, status="established", **WHEN)["items"][0]
    found = page(reading, f"{ROOT}/routes", **{"from": "demo-plant-klang", "to": best["contract_id"]}, **WHEN)
    assert found["items"][0]["steps"] == best["route"]
    buyer = best["route"][0]["to"]
    for end in (buyer, buyer.partition("/")[0]):
        part = page(reading, f"{ROOT}/routes", **{"from": "demo-plant-klang", "to": end}, **WHEN)
        steps = part["items"][0]["steps"]
        assert len(part["items"]) == min(3, part["meta"]["route_count"]["number"])
        assert all(row["steps"][-1]["to"].startswith(end) for row in part["items"])
        assert steps[0]["tier"] == 1
        assert [(step["from"], step["to"], step["claim_ids"]) for step in steps] == [
            (best["route"][0]["from"], buyer, best["route"][0]["claim_ids"])
        ]
    back = page(reading, f"{ROOT}/routes", **{"from": buyer, "to": "demo-plant-klang"}, **WHEN)
    assert (back["items"], back["meta"]["route_count"]["number"]) == ([], 0)
    for ends, status in (
        ({"from": best["contract_id"], "to": "demo-plant-klang"}, 422),
        ({"from": buyer, "to": buyer}, 422),
        ({"from": "nobody", "to": buyer}, 404),
        ({"from": "demo-plant-klang", "to": "demo-plant-klang/paper"}, 404),
    ):
        assert reading.get(f"{ROOT}/routes", query_string={**ends, **WHEN}).status_code == status
