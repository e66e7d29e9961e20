"""Answers as files, by Accept: the whole filtered result, whatever the page."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import networkx as nx
import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tests.contract.build import change_set, describes, holder
from tracegraph.store.port import Store

KLANG = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
WHEN = {"valid_at": "2019-02-19"}


def got(client: FlaskClient, url: str, accept: str, **query: Any) -> Any:
    response = client.get(url, query_string=query or None, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, accept), response.data
    assert response.headers["Content-Disposition"].startswith('attachment; filename="tracegraph-')
    return response


def table(client: FlaskClient, url: str, **query: Any) -> list[dict[str, str]]:
    text = got(client, url, "text/csv", **query).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_has_all_pages_of_what_is_filtered(reading: FlaskClient) -> None:
    for query in ({}, {"status": "no_link"}, {"region": "SE-M"}):
        rows = table(reading, KLANG, limit=1, **query, **WHEN)
        whole = reading.get(KLANG, query_string={"limit": 200, **query, **WHEN}).get_json()
        assert [row["contract_id"] for row in rows] == [row["contract_id"] for row in whole["items"]]
        assert len(rows) == whole["meta"]["total"]


def test_a_graph_has_the_routes(reading: FlaskClient) -> None:
    response = got(reading, KLANG, "application/graphml+xml", status="established", **WHEN)
    graph = nx.read_graphml(io.BytesIO(response.data), force_multigraph=True)
    items = reading.get(KLANG, query_string={"status": "established", "limit": 200, **WHEN}).get_json()["items"]
    edges = {key for keys in (graph[a][b] for a, b in set(graph.edges())) for key in keys}
    assert {claim for row in items for step in row["route"] for claim in step["claim_ids"]} <= edges
    assert {graph.nodes[f"Contract:{row['contract_id']}"]["status"] for row in items} == {"established"}
    assert graph.nodes["Item:demo-plant-klang/gloves-nitrile"]["affected"] == "certain"


def test_a_map_has_the_factories_of_an_answer(reading: FlaskClient) -> None:
    url = f"{ROOT}/countries/MY/dependent-contracts"
    found = json.loads(got(reading, url, "application/geo+json", **WHEN).data)
    properties = {feature["id"]: feature["properties"] for feature in found["features"]}
    assert properties["demo-plant-klang"]["affected"] == "certain"
    items = reading.get(url, query_string={"limit": 200, **WHEN}).get_json()["items"]
    passed = {row["contract_id"] for row in items for step in row["route"] or () if "demo-plant-klang/" in step["from"]}
    assert set(properties["demo-plant-klang"]["contract_ids"]) == passed


def test_a_chain_as_a_graph_has_all_its_items_and_steps(reading: FlaskClient) -> None:
    url = f"{ROOT}/contracts/demo-c-0003/chain"
    text = io.BytesIO(got(reading, url, "application/graphml+xml", **WHEN).data)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(nx.read_graphml(text, force_multigraph=True))
    whole = reading.get(url, query_string={"limit": 200, **WHEN}).get_json()
    items, steps = whole["items"], [step for item in whole["items"] for step in item["steps"]]
    assert set(graph) == {"Contract:demo-c-0003", *(f"Item:{item['item_id']}" for item in items)}
    stops = {graph.nodes[f"Item:{item['item_id']}"]["open_end"]: item["sourcing"]["open_end"] for item in items}
    assert stops == {True: True, False: False}
    rules = [data["rule"] for _, _, data in graph.edges(data=True) if "rule" in data]
    assert sorted(rules) == sorted(step["rule"] for step in steps if step["rule"]) != []
    claims = {key for _, _, key in graph.edges(keys=True) if not key.startswith("inferred:")}
    assert claims == {claim for step in steps for claim in step["claim_ids"]}


def test_what_an_incident_reaches_as_a_graph_and_as_a_map(reading: FlaskClient) -> None:
    url, query = f"{ROOT}/incidents/demo-inc-gloves-and-debts/exposures", {"status": "established", **WHEN}
    rows = reading.get(url, query_string={"limit": 200, **query}).get_json()["items"]
    graph = nx.read_graphml(io.BytesIO(got(reading, url, "application/graphml+xml", **query).data))
    reached = {name.removeprefix("Contract:") for name in graph if name.startswith("Contract:")}
    assert reached == {row["contract_id"] for row in rows} != set()
    found = json.loads(got(reading, url, "application/geo+json", **query).data)["features"]
    of_klang = next(one["properties"] for one in found if one["id"] == "demo-plant-klang")
    assert (of_klang["affected"], set(of_klang["contract_ids"])) == ("certain", reached)


def test_a_list_as_a_table_and_as_a_map(reading: FlaskClient) -> None:
    rows = table(reading, f"{ROOT}/factories", limit=1, country="MY")
    whole = reading.get(f"{ROOT}/factories", query_string={"limit": 200, "country": "MY"}).get_json()
    assert [row["factory_id"] for row in rows] == [row["factory_id"] for row in whole["items"]]
    found = json.loads(got(reading, f"{ROOT}/factories", "application/geo+json", country="MY").data)
    assert [feature["id"] for feature in found["features"]] == [row["factory_id"] for row in rows]


@pytest.mark.parametrize(
    "path",
    [
        *("suppliers", "items", "products", "contracts", "countries", "regions", "categories", "sources"),
        *("depth", "open-ends", "concentration", "leverage", "exposures", "exposures/changes?since=2019-02-10"),
        *("contracts/demo-c-0007/chain", "changes", "search?q=glove"),
    ],
)
def test_every_table_has_rows(reading: FlaskClient, path: str) -> None:
    assert len(table(reading, f"{ROOT}/{path}")) > 2


def test_a_form_that_there_is_not_is_refused(reading: FlaskClient) -> None:
    for url, accept in (
        (KLANG, "application/xml"),
        (f"{ROOT}/products", "application/geo+json"),
        (KLANG, "application/zip"),
    ):
        response = reading.get(url, headers={"Accept": accept})
        assert (response.status_code, response.get_json()["code"]) == (406, "not-acceptable")
    for accept in ("*/*", "application/*", "text/html, */*;q=0.1", "application/json;q=0.5, application/xml"):
        assert reading.get(KLANG, headers={"Accept": accept}).mimetype == "application/json"
    assert reading.get(KLANG, headers={"Accept": "text/csv, application/json;q=0.5"}).mimetype == "text/csv"


def test_no_cell_is_run_as_a_formula(writing: FlaskClient, store: Store) -> None:
    says = {"name": '=HYPERLINK("http://example.invalid")'}
    store.apply(change_set(describes(holder("s-formula"), says=says)), "2024-06-01T00:00:00Z")
    rows = table(writing, f"{ROOT}/suppliers", name="formula")
    assert [row["name"] for row in rows] == ['\'=HYPERLINK("http://example.invalid")']


def test_the_name_of_a_file_is_ours(reading: FlaskClient) -> None:
    response = got(reading, f"{ROOT}/search", "text/csv", q='x"; filename=evil.exe')
    assert response.headers["Content-Disposition"] == 'attachment; filename="tracegraph-search.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
