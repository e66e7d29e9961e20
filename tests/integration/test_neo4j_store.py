"""What is particular to the Neo4j store: set-up, the graph to browse, deep chains, both forms of a closure."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    interrupt,
    large,
    offers,
    operated,
    owned,
    supplies,
)
from tests.neo4j_server import Neo4jServer, wipe
from tracegraph.change_set import ChangeSet
from tracegraph.errors import InvalidInput, SettingsInvalid, StoreNotReady
from tracegraph.model import AttributeValue, NodeRef, Product, ProductId, SourceId, Statement, claim_id_of
from tracegraph.store import neo4j_closure
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j_address import parse_url
from tracegraph.store.queries import load_migrations
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import Direction, Label, RelationshipType


@pytest.fixture
def bare(neo4j_url: str) -> Iterator[Neo4jStore]:
    """A store on which `init` was not called."""
    store = Neo4jStore(neo4j_url)
    yield store
    store.close()


@pytest.fixture
def store(bare: Neo4jStore) -> Neo4jStore:
    """An empty store."""
    bare.init()
    return bare


# --- the address -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "uri", "user", "password", "database"),
    [
        ("neo4j://ann:s3cret@db.example:7688/trace", "neo4j://db.example:7688", "ann", "s3cret", "trace"),
        ("bolt+s://db.example", "bolt+s://db.example:7687", "neo4j", "", None),
        ("bolt://ann:p%40ss%2Fword@[::1]:7687", "bolt://[::1]:7687", "ann", "p@ss/word", None),
    ],
)
def test_a_url_is_taken_apart(url: str, uri: str, user: str, password: str, database: str | None) -> None:
    address = parse_url(url)
    assert (address.uri, address.user, address.password, address.database) == (uri, user, password, database)
    assert "s3cret" not in f"{address!r} {address.shown}"


def test_arguments_stand_above_the_url() -> None:
    address = parse_url("neo4j://ann:old@host/one", user="bo", password="new", database="two")
    assert (address.user, address.password, address.database) == ("bo", "new", "two")


@pytest.mark.parametrize("url", ["http://a:s3cret@b", "neo4j://", "neo4j://a:s3cret@h:port", "neo4j://h/a/b", "x"])
def test_another_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        parse_url(url)
    assert "s3cret" not in str(caught.value)


def test_info_shows_no_password(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    assert neo4j_server.password not in repr(store.info())


# --- setting up ------------------------------------------------------------------------------------------------------


def test_init_is_needed_and_may_be_repeated(bare: Neo4jStore) -> None:
    assert bare.info().schema_version == 0
    with pytest.raises(StoreNotReady, match="store init"):
        bare.version(LENS)
    assert bare.init() == [migration.name for migration in load_migrations()]
    assert bare.init() == []
    assert bare.version(LENS) == 0


def test_a_set_up_that_was_cut_short_is_taken_up(bare: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    bare.init()
    last = load_migrations()[-1]
    neo4j_server.query("MATCH (m:Migration {number: $number}) DELETE m", number=last.number)
    neo4j_server.query("MATCH (s:Store) SET s.schema_version = $number - 1", number=last.number)
    with pytest.raises(StoreNotReady, match="older"):
        bare.version(LENS)
    assert bare.init() == [last.name]
    assert bare.version(LENS) == 0


def test_an_older_store_is_brought_up_to_date(bare: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    bare.init()
    stated = "2030-01-01T00:00:00Z"
    bare.apply(change_set(supplies("f1/g", "s1/g", recorded_at=stated), incidents=[incident("i1")]), NOW)
    lines = list(bare.stream())
    for statement in ("DROP INDEX record_id", "DROP INDEX record_due", "DROP INDEX record_change_set"):
        neo4j_server.query(statement)
    neo4j_server.query("MATCH (m:Migration {number: 3}) DELETE m")
    neo4j_server.query("MATCH (s:Store) SET s.schema_version = 2, s.settled_at = null")
    neo4j_server.query("MATCH (c:ChangeSet) SET c.settled_at = null")
    with pytest.raises(StoreNotReady, match="tracegraph store init"):
        bare.settled_at()
    assert bare.init() == ["0003_records"]
    assert bare.settled_at() == stated
    assert list(bare.stream()) == lines
    assert bare.retract(LATER, change_set=1).incidents_changed == 1


def test_a_changed_migration_is_refused(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    neo4j_server.query("MATCH (m:Migration {number: 1}) SET m.checksum = 'other'")
    with pytest.raises(StoreNotReady, match="0001_identity"):
        store.init()


def test_a_newer_schema_is_refused(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    neo4j_server.query("CREATE (:Migration {number: 99, name: '0099_later', checksum: 'x'})")
    neo4j_server.query("MATCH (s:Store) SET s.schema_version = 99")
    for question in (store.init, lambda: store.version(LENS)):
        with pytest.raises(StoreNotReady, match="newer tracegraph"):
            question()


def test_an_older_server_is_refused(bare: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracegraph.store.neo4j_schema.OLDEST_SERVER", (2999, 1))
    with pytest.raises(StoreNotReady, match=r"needs 2999\.1 or newer"):
        bare.init()


# --- the graph that a person browses ---------------------------------------------------------------------------------


def test_the_graph_is_that_of_the_model(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    said: dict[str, AttributeValue] = {"name": "Plant", "aliases": ["P1", "P2"], "lat": 1.5, "identified": False}
    statements = [
        offers("f1/g", attributes={"sourcing": "complete", "source_count": 0}),
        supplies("f1/g", "s1/g", share_low=0.5),
        operated("f1", "s1"),
        owned("s1", "s2", attributes={"owned_share": 0.4}),
        describes(holder("f1"), "src-1", said),
    ]
    store.apply(change_set(*statements, references=[Product(ProductId("g"), "Gloves", "Handskar")]), NOW)
    look = neo4j_server.query
    assert look(
        "MATCH (f:Factory:Holder {factory_id: 'f1', holder_id: 'f1'})-[o:OFFERS]->(i:Item) RETURN i, o.sourcing AS s"
    ) == [{"i": {"item_id": "f1/g", "holder_id": "f1", "product_id": "g", "at_factory": True}, "s": "complete"}]
    claim = look("MATCH (:Item {item_id: 'f1/g'})-[r:SUPPLIES]->(:Item {item_id: 's1/g'}) RETURN r{.*} AS r")[0]["r"]
    assert claim == {
        "claim_id": claim_id_of(statements[1].claim_key, 1),
        "claim_key": statements[1].claim_key,
        "version": 1,
        "table": "supplies",
        "source_id": "unsourced",
        "grade": "declared",
        "visibility": "network",
        "qualifier": "",
        "valid_from": "0001-01-01",
        "valid_to": "9999-12-31",
        "share_low": 0.5,
        "share_high": 1.0,
        "recorded_at": NOW,
        "retracted_at": "9999-12-31T00:00:00Z",
        "change_set": 1,
    }
    described = look("MATCH (:Source {source_id: 'src-1'})-[r:DESCRIBES]->(:Factory) RETURN r{.*} AS r")[0]["r"]
    assert isinstance(described, dict)
    assert said.items() <= described.items()
    assert look("MATCH ()-[r:OWNED_BY]->() RETURN r.owned_share AS s") == [{"s": 0.4}]
    assert look("MATCH (p:Product) RETURN p.product_id AS p, p.name_sv AS sv") == [{"p": "g", "sv": "Handskar"}]


def test_an_attribute_never_hides_a_property_of_the_claim(store: Neo4jStore) -> None:
    says = {"grade": "secret", "claim_id": "other", "retracted_at": "x", "search": "y", "attributes": "z", "name": "N"}
    store.apply(change_set(describes(holder("s1"), says=says)), NOW)
    (claim,) = store.descriptions(Label.SUPPLIER, ["s1"], LENS)
    assert claim.attributes == says
    assert claim.claim_id.startswith("clm-")


def test_any_node_may_be_described(store: Neo4jStore) -> None:
    nodes = [NodeRef(Label.ITEM, "s1/g"), NodeRef(Label.PRODUCT, "g"), NodeRef(Label.COUNTRY, "MY")]
    source = NodeRef(Label.SOURCE, "src-1")
    statements = [
        Statement(
            table="notes",
            type=RelationshipType.DESCRIBES,
            start=source,
            end=node,
            source_id=SourceId("src-1"),
            attributes={"note": node.id},
        )
        for node in nodes
    ]
    store.apply(change_set(*statements), NOW)
    for node in nodes:
        for asked in (None, [node.id]):
            (claim,) = store.descriptions(node.label, asked, LENS)
            assert (claim.end, claim.attributes) == (node, {"note": node.id})


def test_a_second_import_writes_nothing_at_all(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    statements = change_set(supplies("f1/g", "s1/g"), delivered("s1/g", "c1"), describes(contract("c1"), says={"x": 1}))
    store.apply(statements, NOW)
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS claims"
    before = neo4j_server.query(count)
    assert store.apply(statements, LATER).is_nothing
    assert neo4j_server.query(count) == before


def test_one_id_cannot_be_a_supplier_and_a_factory(store: Neo4jStore) -> None:
    store.apply(change_set(offers("f1/g")), NOW)
    as_supplier = ChangeSet(
        "wrong", [supplies("s1/g", "f1/g"), owned("s1", "s2")], {"f1": Label.SUPPLIER, "s1": Label.SUPPLIER}
    )
    with pytest.raises(InvalidInput, match="f1 is known as a Factory"):
        store.apply(as_supplier, LATER)
    assert store.version(LENS) == 1


# --- chains and cones ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", [40, 200])
@pytest.mark.parametrize("max_items", [1_000, 100_000])  # level by level, and the whole cone
def test_a_deep_chain_is_followed_to_its_end(store: Neo4jStore, levels: int, max_items: int) -> None:
    chain = [f"s{n}/g" for n in range(levels + 1)]
    links = [supplies(seller, buyer) for seller, buyer in pairwise(chain)]
    store.apply(change_set(*links, delivered(chain[-1], "c1")), NOW)
    down = store.closure([chain[0]], "downstream", LENS, max_items)
    up = store.closure(["c1"], "upstream", LENS, max_items)
    assert len(down.claims) == len(up.claims) == levels + 1
    assert {claim.claim_id for claim in down.claims} == {claim.claim_id for claim in up.claims}
    assert not down.truncated
    assert not up.truncated


def random_goods(seed: int, items: int = 300, claims: int = 700) -> ChangeSet:
    """Return a graph with circles, hubs, parallel claims and rows that a reader does not see."""
    chance = random.Random(seed)
    names = [f"{'f' if n % 3 else 's'}{n}/g{n % 4}" for n in range(items)]
    made: dict[str, Statement] = {}
    for n in range(claims):
        a, b = chance.choice(names), names[min(items - 1, int(chance.expovariate(4 / items)))]
        more = {
            "source_id": SourceId(f"src-{n % 3}"),
            "visibility": chance.choice(["network", "network", "region:SE-M"]),
        }
        made_by = supplies(a, b, **more) if chance.random() < 0.9 else delivered(a, f"c{n % 20}", **more)
        made[made_by.claim_key] = made_by
    return change_set(*made.values())


@pytest.mark.parametrize("direction", ["downstream", "upstream"])
def test_both_forms_and_the_other_store_agree(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direction: Direction
) -> None:
    graph = random_goods(7)
    other = SqliteStore(tmp_path / "other.db")
    other.init()
    for each in (store, other):
        each.apply(graph, NOW)
    items = sorted({ref.id for s in graph.statements for ref in (s.start, s.end) if ref.label is Label.ITEM})
    chance = random.Random(11)
    monkeypatch.setattr(neo4j_closure, "SMALL_LIMIT", 0)
    for count in (1, 1, 2, 5, 30):
        starts = [*chance.sample(items, count), "unknown/g", *(("c1", "c2") if direction == "upstream" else ())]
        for max_items in (1, 7, 60, 100_000):
            expected = other.closure(starts, direction, LENS, max_items)
            for few in (0, 1_000):
                monkeypatch.setattr(neo4j_closure, "FEW_STARTS", few)
                found = store.closure(starts, direction, LENS, max_items)
                assert sorted(found.claims) == sorted(expected.claims), (count, max_items, few)
                assert found.truncated == expected.truncated
    other.close()


# --- restoring -------------------------------------------------------------------------------------------------------


def test_an_interrupted_restore_is_never_read(store: Neo4jStore, neo4j_server: Neo4jServer) -> None:
    store.apply(random_goods(3), NOW)
    lines = list(store.stream())
    wipe(neo4j_server)
    store.init()

    class Lost(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise Lost

    with pytest.raises(Lost):
        store.restore(lines, progress=stop)
    for question in (lambda: store.version(LENS), store.init, store.info, lambda: store.restore(lines)):
        with pytest.raises(StoreNotReady, match="empty the database and repeat"):
            question()
    wipe(neo4j_server)
    store.init()
    store.restore(lines)
    assert list(store.stream()) == lines


def test_a_restore_that_is_refused_leaves_an_empty_store(store: Neo4jStore) -> None:
    store.apply(random_goods(4), NOW)
    lines = list(store.stream())
    with pytest.raises(InvalidInput, match="not empty"):
        store.restore(lines)


@pytest.mark.parametrize("wrong", [{"line": "claim"}, {"line": "other"}, "twice"])
def test_a_line_that_is_none_is_taken_back(store: Neo4jStore, neo4j_server: Neo4jServer, wrong: object) -> None:
    store.apply(change_set(*(supplies(f"f{n}/g", "s1/g") for n in range(2_100))), NOW)
    store.apply(change_set(*(supplies(f"f{n}/h", "s1/h") for n in range(2_100))), LATER)
    lines = list(store.stream())
    wipe(neo4j_server)
    store.init()
    bad = lines[-1] if wrong == "twice" else wrong
    with pytest.raises(InvalidInput):
        store.restore([*lines, bad])  # type: ignore[list-item]
    assert store.info().counts == {}
    assert store.restore(lines)["claim"] == 4_200
    assert store.version(LENS) == 2


def test_an_export_beside_an_unfinished_import_is_that_of_before(store: Neo4jStore) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5), supplies("f2/g", "s1/g")), NOW)
    claims = [line for line in store.stream() if line["line"] not in ("holder",)]
    interrupt(store, large(supplies("f1/g", "s1/g", share_low=0.75)), LATER)
    assert [line for line in store.stream() if line["line"] not in ("holder",)] == claims


# --- processes -------------------------------------------------------------------------------------------------------


def test_a_store_works_on_in_a_process_that_was_forked_off(store: Neo4jStore) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if store.version(LENS) == 1 else 3)
        finally:
            os._exit(4)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert store.version(LENS) == 1
