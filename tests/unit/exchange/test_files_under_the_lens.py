"""GraphML, GeoJSON and CSV: what a reader sees, and nothing else, in forms that other programs read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pytest

from tests.contract.build import contract, delivered, describes, holder, located, supplies
from tests.unit.demo_world import LENS, demo_store, filled, lens
from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.errors import InvalidInput
from tracegraph.exchange.csv_export import safe_cell, write_answer, write_claims
from tracegraph.exchange.geojson import write_geojson
from tracegraph.exchange.graphml import build_export_graph, read_graphml, write_graphml
from tracegraph.model import Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import Grade, SelectorKind
from tracegraph.walk.visible import visible_claims


def same(one: nx.MultiDiGraph[str], other: nx.MultiDiGraph[str]) -> bool:
    edges = [sorted(graph.edges(keys=True, data=True), key=str) for graph in (one, other)]
    return dict(one.nodes.items()) == dict(other.nodes.items()) and edges[0] == edges[1]


def test_graphml_there_and_back(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    assert write_graphml(store, LENS, tmp_path / "a.graphml") == {"nodes": 17, "edges": 14}
    graph = read_graphml(tmp_path / "a.graphml")
    assert same(graph, build_export_graph(visible_claims(store, LENS)))
    assert graph.nodes["Supplier:t1"]["aliases"] == "Trader|DT3"
    assert graph.nodes["Factory:f2"]["identified"] is False
    assert "name" not in graph.nodes["Factory:f2"]
    (edge,) = graph["Item:t1/gloves"]["Item:s1/gloves"].values()
    assert (edge["type"], edge["share_low"], edge["grade"]) == ("SUPPLIES", 0.6, "declared")


@pytest.mark.parametrize("seed", range(6))
def test_graphml_of_random_worlds_there_and_back(seed: int, tmp_path: Path) -> None:
    with random_world(seed, lenses=1) as (store, lenses):
        write_graphml(store, lenses[0], tmp_path / "a.graphml")
        assert same(read_graphml(tmp_path / "a.graphml"), build_export_graph(visible_claims(store, lenses[0])))


def test_graphml_without_parallel_edges_and_with_odd_characters(tmp_path: Path) -> None:
    odd = 'A "quoted" <tag> & \x00\x0b snowman ☃'
    store = filled(tmp_path / "store.db", describes(holder("s1"), says={"name": odd}), supplies("s1/x", "s2/x"))
    write_graphml(store, LENS, tmp_path / "a.graphml")
    graph = read_graphml(tmp_path / "a.graphml")
    assert graph.is_multigraph()
    assert graph.nodes["Supplier:s1"]["name"] == odd.replace("\x00", "\ufffd").replace("\x0b", "\ufffd")


def test_an_export_obeys_the_lens(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    for write, name in ((write_graphml, "a.graphml"), (write_claims, "a.csv"), (write_geojson, "a.geojson")):
        write(store, LENS, tmp_path / name)
        public = (tmp_path / name).read_text(encoding="utf-8")
        assert "p1" not in public
        assert "src-3" not in public
        assert "f3/gloves" not in public
    write_claims(store, lens("SE-AB"), tmp_path / "b.csv")
    assert "p1/gloves" in (tmp_path / "b.csv").read_text(encoding="utf-8")


def test_geojson_puts_longitude_first_and_invents_no_place(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    assert write_geojson(store, LENS, tmp_path / "a.geojson") == {"factories": 2, "located": 1, "unlocated": 1}
    body = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    one, other = body["features"]
    assert body["type"] == "FeatureCollection"
    assert (one["id"], one["geometry"]) == ("f1", {"type": "Point", "coordinates": [101.45, 3.04]})
    assert one["properties"]["countries"] == ["MY"]
    assert (other["id"], other["geometry"], other["properties"]["identified"]) == ("f2", None, False)


def test_a_place_is_one_sources_place(tmp_path: Path) -> None:
    """The latitude of one source never meets the longitude of another."""
    store = filled(
        tmp_path / "store.db",
        describes(holder("f1"), "src-1", {"lat": 1.0, "lng": 2.0}, grade=Grade.REPORTED),
        describes(holder("f1"), "src-2", {"lat": 50.0}),
        located("f1", "MY"),
    )
    write_geojson(store, LENS, tmp_path / "a.geojson")
    (feature,) = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert feature["geometry"]["coordinates"] == [2.0, 1.0]


def test_no_factory_at_all_is_a_file_too(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", describes(contract("c1")))
    assert write_geojson(store, LENS, tmp_path / "a.geojson")["factories"] == 0
    assert json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"] == []


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_claims_as_a_table(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    assert write_claims(store, LENS, tmp_path / "a.csv") == {"claims": 23}
    found = rows(tmp_path / "a.csv")
    assert [row["claim_id"] for row in found] == sorted(row["claim_id"] for row in found)
    sold = next(row for row in found if row["start"] == "t1/gloves" and row["type"] == "SUPPLIES")
    assert (sold["end"], sold["share_low"], sold["source_id"], sold["confidence"]) == ("s1/gloves", "0.6", "src-2", "")
    named = next(row for row in found if row["end"] == "f2" and row["type"] == "DESCRIBES")
    assert json.loads(named["attributes"]) == {"identified": False}


@pytest.mark.parametrize("cell", ["=1+1", "+46", "-2", "@cmd", "\tx", "\rx", "\nx"])
def test_no_cell_is_run_as_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [-2.5, 0, "a=b", "", True])
def test_numbers_and_plain_texts_stay(cell: object) -> None:
    assert safe_cell(cell) == cell
    assert safe_cell(None) == ""


def test_an_answer_as_a_table(tmp_path: Path) -> None:
    said = (describes(contract("c1"), says={"title": "=HYPERLINK(1)", "value_sek": 10.0}), delivered("s1/x", "c1"))
    store = filled(tmp_path / "store.db", *said, supplies("f1/x", "s1/x"), located("f1", "MY"))
    question = Question((Selector(SelectorKind.FACTORY, "f1"),), LENS)
    write_answer(dependents(question, store, Portfolios(store)), tmp_path / "a.csv")
    (row,) = rows(tmp_path / "a.csv")
    assert row["title"] == "'=HYPERLINK(1)"
    assert (row["status"], row["tier"], row["value_sek"]) == ("established", "2", "10")
    assert row["route"] == "f1/x > s1/x > c1"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    for write in (write_graphml, write_claims, write_geojson):
        with pytest.raises(InvalidInput, match="cannot be written"):
            write(store, LENS, tmp_path / "nowhere" / "file")
