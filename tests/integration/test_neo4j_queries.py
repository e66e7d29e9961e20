"""Every file under cypher/, explained by the real server: nothing unknown in it, and the plans that speed rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from tests.contract.build import (
    LATER,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    link,
    located,
    offers,
    operated,
    owned,
    serves,
    supplies,
    uses,
)
from tests.neo4j_server import Neo4jServer, wipe
from tracegraph.model import Category, NodeRef, Product, ProductId, Region, Source, SourceId
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.queries import Query, load_queries
from tracegraph.vocabulary import Label, RelationshipType

QUERIES = load_queries()
CONES = ("cone_downstream", "cone_upstream")
#: A value of each type, so that the planner sees what it will see.
VALUES: dict[str, Any] = {
    "STRING": "x",
    "INTEGER": 1,
    "BOOLEAN": True,
    "LIST<STRING>": ["x", "y"],
    "LIST<MAP>": [{"id": "x"}],
}
EVERYTHING = change_set(
    supplies("f1/g", "s1/g", share_low=0.2, share_high=0.4, confidence=0.5),
    link("supplies", RelationshipType.BECOMES, NodeRef(Label.ITEM, "s1/g"), NodeRef(Label.ITEM, "s1/h")),
    delivered("s1/h", "c1"),
    offers("s1/h", attributes={"sourcing": "complete", "source_count": 1}),
    operated("f1", "s1"),
    owned("s1", "s2", attributes={"owned_share": 0.5}),
    located("f1", "MY"),
    link("suppliers", RelationshipType.REGISTERED_IN, holder("s1"), NodeRef(Label.COUNTRY, "SE")),
    serves("s3", "f1", "recruits"),
    uses("SE-AB", "c1"),
    link("contracts", RelationshipType.IN_CATEGORY, contract("c1"), NodeRef(Label.CATEGORY, "gloves")),
    describes(holder("f1"), says={"name": "Plant"}),
    describes(contract("c1"), says={"title": "Gloves", "sourcing": "complete", "source_count": 1}),
    references=[
        Product(ProductId("g"), "Gloves"),
        Region("SE-AB", "Stockholm"),
        Category("gloves", "Gloves"),
        Source(SourceId("src-1"), "Report"),
    ],
    incidents=[incident("i1")],
)


@pytest.fixture(scope="module")
def session(neo4j_server: Neo4jServer) -> Iterator[neo4j.Session]:
    """A session on a database that holds something of everything."""
    wipe(neo4j_server)
    store = Neo4jStore(neo4j_server.url)
    store.init()
    store.apply(EVERYTHING, NOW)
    store.apply(change_set(supplies("f1/g", "s1/g", confidence=0.6)), LATER)
    store.close()
    neo4j_server.query("CREATE (:Replaced {claim_id: 'x', retracted_at: $at})", at=NOW)
    with neo4j_server.driver() as driver, driver.session() as session:
        # Plans follow samples of the indexes, and those of earlier tests' data may still stand.
        session.run("CALL db.prepareForReplanning()").consume()
        yield session
    wipe(neo4j_server)


def explained(session: neo4j.Session, text: str, parameters: dict[str, Any]) -> neo4j.ResultSummary:
    return session.run(f"EXPLAIN {text}", parameters).consume()


def operators(plan: Any) -> list[str]:
    """Names of the operators of a plan, from the last to the first."""
    name = plan["operatorType"].split("@")[0]
    return [name, *(below for child in plan.get("children", ()) for below in operators(child))]


def is_scan(operator: str) -> bool:
    """Whether an operator reads all there is; an index of texts is asked by one that is called a scan too."""
    return operator.endswith("Scan") and not operator.endswith("IndexContainsScan")


def plan_of(session: neo4j.Session, query: Query) -> list[str]:
    summary = explained(session, query.text, {field.name: VALUES[field.type] for field in query.params})
    return operators(summary.plan)


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in QUERIES.items()])
def test_explained_without_a_notification(session: neo4j.Session, query: Query) -> None:
    summary = explained(session, query.text, {field.name: VALUES[field.type] for field in query.params})
    assert [note.status_description for note in summary.gql_status_objects if note.is_notification] == []
    assert (summary.query_type in ("rw", "w")) == (query.mode == "write")


@pytest.mark.parametrize("name", CONES)
def test_a_cone_is_a_pruned_search_from_the_starts_and_its_items_are_made_distinct(
    session: neo4j.Session, name: str
) -> None:
    plan = plan_of(session, QUERIES[name])
    search = plan.index("VarLengthExpand(Pruning,BFS,All)")
    assert "Distinct" in plan[:search], plan
    assert "NodeUniqueIndexSeek" in plan[search:], plan
    assert not {"NodeByLabelScan", "AllNodesScan", "CartesianProduct", "NodeHashJoin"} & set(plan), plan


@pytest.mark.parametrize(
    "name",
    [
        *("goods_from_items", "goods_into_items", "goods_into_contracts", "holdings", "links_downstream"),
        *("links_upstream", "claims_by_key", "claims_by_id", "standing_claims", "known_nodes", "known_holders"),
        *("end_claims", "find_ids", "find_descriptions", "sources", "change_set", "history"),
        *("records", "records_of_kind", "records_of_change_set", "records_page", "record_versions_page"),
        *("newest_records", "last_record", "due_records", "pass_records", "delete_records", "put_records"),
        "end_records",
    ],
)
def test_look_ups_start_at_an_index(session: neo4j.Session, name: str) -> None:
    plan = plan_of(session, QUERIES[name])
    assert not [operator for operator in plan if is_scan(operator)], plan


@pytest.mark.parametrize("kind", list(RelationshipType))
def test_pages_of_claims_come_in_the_order_of_an_index(session: neo4j.Session, kind: RelationshipType) -> None:
    plan = plan_of(session, QUERIES[f"{kind.value.lower()}_page"])
    assert "PartialTop" in plan, plan
    assert "DirectedRelationshipIndexSeekByRange" in plan, plan


@pytest.mark.parametrize("name", [name for name in QUERIES if name.startswith("put_") and "rows" in QUERIES[name].text])
def test_writes_find_what_they_merge_by_an_index(session: neo4j.Session, name: str) -> None:
    plan = plan_of(session, QUERIES[name])
    assert not [operator for operator in plan if is_scan(operator)], plan


def test_the_wrong_form_of_a_start_is_still_wrong(session: neo4j.Session) -> None:
    """Why starts are unwound: should this fail, the server was mended, and the rule may go."""
    text = """
        MATCH (start:Item) WHERE start.item_id IN $ids
        MATCH (start)-[r:SUPPLIES|BECOMES WHERE r.visibility IN $visible_to]->*(i:Item)
        RETURN DISTINCT i.item_id AS item_id"""
    plan = operators(explained(session, text, {"ids": ["a", "b"], "visible_to": ["public"]}).plan)
    assert "VarLengthExpand(Pruning,BFS,All)" in plan
    assert "Distinct" not in plan


@pytest.mark.parametrize("name", ["records_page", "record_versions_page", "last_record", "due_records"])
def test_pages_of_records_come_in_the_order_of_an_index(session: neo4j.Session, name: str) -> None:
    plan = plan_of(session, QUERIES[name])
    assert not {"Top", "Sort"} & set(plan), plan
