"""How the engine answers every hot statement: by an index, from the asked nodes on, never by reading a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.build import (
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    interrupt,
    large,
    lens,
    offers,
    operated,
    supplies,
)
from tracegraph.model import NodeRef
from tracegraph.store import (
    sqlite_closure,
    sqlite_find,
    sqlite_lists,
    sqlite_portfolio,
    sqlite_read,
    sqlite_records,
    sqlite_write,
)
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite_codes import TYPE_CODES
from tracegraph.store.sqlite_lens import LensSql, lens_sql
from tracegraph.vocabulary import Direction, Grade, Label, RelationshipType

R = RelationshipType


@pytest.fixture(params=["finished", "unfinished"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    """A store without and with an unfinished import, so that both forms of the lens are planned."""
    store = SqliteStore(tmp_path / "plans.db")
    store.init()
    store.apply(
        change_set(
            supplies("f1/g", "s1/g"), delivered("s1/g", "c1"), offers("s1/g"), operated("f1", "s1"),
            describes(contract("c1"), says={"title": "x"}), describes(holder("s1"), says={"name": "x"}),
        ),
        NOW,
    )  # fmt: skip
    if request.param == "unfinished":
        interrupt(store, large(), NOW)
    yield store
    store.close()


def plan(store: SqliteStore, sql: str, **values: object) -> list[str]:
    """Return the lines of a statement's plan."""
    with store._connections.reading() as connection:
        by = lens_sql(connection, lens("SE-AB", min_grade=Grade.REPORTED))
        known = by.values | {"ids": "[]", "holders": "[]", "first": "[]", "reached": "[]", "level": "[]", "limit": 1}
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", known | {"label": 0, "text": "", "after": ""} | values)
        return [detail for *_, detail in rows]


def conditions(store: SqliteStore) -> LensSql:
    """Return a lens of the store."""
    with store._connections.reading() as connection:
        return lens_sql(connection, lens("SE-AB", min_grade=Grade.REPORTED))


def assert_looked_up(lines: list[str]) -> None:
    """Only what comes in, or was just found, is read from end to end."""
    scans = [line for line in lines if line.startswith("SCAN")]
    allowed = ("SCAN j VIRTUAL TABLE", "SCAN r", "SCAN reached", "SCAN CONSTANT ROW")
    assert all(line.startswith(allowed) for line in scans), scans
    assert not any("AUTOMATIC" in line for line in lines), lines


@pytest.mark.parametrize(
    ("index", "near", "far"), [("goods_down", "start_pk", "end_pk"), ("goods_up", "end_pk", "start_pk")]
)
def test_closure_reaches_in_the_index_alone(store: SqliteStore, index: str, near: str, far: str) -> None:
    reach = plan(store, sqlite_closure.reached_sql(index, near, far, conditions(store)))
    assert_looked_up(reach)
    assert f"SEARCH c USING COVERING INDEX {index} ({near}=?)" in reach
    claims = plan(store, sqlite_closure.claims_sql(index, near, conditions(store)))
    assert_looked_up(claims)
    assert claims[0].startswith("SCAN j")
    assert f"SEARCH c USING INDEX {index} ({near}=?)" in claims


@pytest.mark.parametrize("direction", ["downstream", "upstream"])
@pytest.mark.parametrize(
    "kinds", [(R.OPERATED_BY, R.OWNED_BY), (R.SUPPLIES, R.BECOMES), (R.USES, R.IN_CATEGORY), tuple(R)]
)
def test_links(store: SqliteStore, direction: Direction, kinds: tuple[RelationshipType, ...]) -> None:
    for is_goods in (True, False):
        codes = [TYPE_CODES[kind] for kind in kinds if (TYPE_CODES[kind] < 3) is is_goods]
        if codes:
            assert_looked_up(plan(store, sqlite_read.links_sql(codes, direction, conditions(store).sees)))


@pytest.mark.parametrize("label", [Label.SUPPLIER, Label.CONTRACT])
@pytest.mark.parametrize("by_id", [True, False])
def test_descriptions(store: SqliteStore, label: Label, by_id: bool) -> None:
    lines = plan(store, sqlite_read.descriptions_sql(label, by_id, conditions(store)))
    assert_looked_up(lines)
    assert f"SEARCH n USING INDEX node_id (space=?{' AND id=?' if by_id else ''})" in lines


def test_holders_and_items(store: SqliteStore) -> None:
    for sql in (sqlite_read.holders_sql(conditions(store)), sqlite_read.items_sql(conditions(store))):
        lines = plan(store, sql)
        assert_looked_up(lines)
        assert sum("COVERING INDEX goods_" in line for line in lines) >= 2


def test_names_by_their_beginning(store: SqliteStore) -> None:
    lines = plan(store, sqlite_find.matches_sql("m.text >= :text AND m.text < :after", conditions(store)))
    assert_looked_up(lines)
    assert "SEARCH m USING PRIMARY KEY (text>? AND text<?)" in lines


def test_the_import_looks_claims_up(store: SqliteStore) -> None:
    with store._connections.reading() as connection:
        for sql in (sqlite_write.FIRST_VERSION_SQL, sqlite_write.LAST_VERSION_SQL):
            assert_looked_up([line for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (1,))])


def test_the_portfolio_reads_the_covering_index_through(store: SqliteStore) -> None:
    by = conditions(store)
    assert plan(store, sqlite_portfolio.goods_sql(by)) == ["SCAN c USING COVERING INDEX goods_down"]
    assert plan(store, sqlite_portfolio.stated_sql(by)) == ["SCAN c"]
    assert_looked_up(plan(store, sqlite_portfolio.operations_sql(by)))


def test_no_statistics_are_ever_kept(store: SqliteStore) -> None:
    """With statistics the planner reads whole indexes, at a hundred times the cost."""
    with store._connections.reading() as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    assert not any(name.startswith("sqlite_stat") for name in tables)
    folder = Path(sqlite_closure.__file__).parent
    for file in [*folder.glob("sqlite*.py"), *folder.glob("sqlite_migrations/*.sql")]:
        text = file.read_text("utf-8").upper()
        assert "ANALYZE" not in text, file
        assert "PRAGMA OPTIMIZE" not in text, file


def test_settings_of_a_connection(store: SqliteStore) -> None:
    with store._connections.reading() as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_claim_is_looked_up_by_its_id(store: SqliteStore) -> None:
    assert_looked_up(plan(store, sqlite_read.claims_sql(conditions(store)), claim=b""))


@pytest.mark.parametrize("label", [Label.SUPPLIER, Label.CONTRACT])
def test_a_history_starts_at_its_node(store: SqliteStore, label: Label) -> None:
    with store._connections.reading() as connection:
        sql, values = sqlite_lists.history_of(connection, NodeRef(label, "s1"), lens("SE-AB"))
        lines = [line for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values | {"limit": 1})]
    scans = [line for line in lines if line.startswith("SCAN") and not line.startswith(("SCAN g", "SCAN (subquery"))]
    assert scans in ([], ["SCAN CONSTANT ROW"]), lines
    assert not any("AUTOMATIC" in line for line in lines), lines
    assert any("goods_up (end_pk=?" in line for line in lines), lines
    assert any("link_up (type=? AND end_pk=?" in line for line in lines), lines


def test_records_are_looked_up(store: SqliteStore) -> None:
    values = {"kind": "job", "first": "", "beyond": "x", "limit": 1}
    lines = plan(store, sqlite_records.page_sql("", "a"), **values)
    assert_looked_up(lines)
    assert "SEARCH r USING PRIMARY KEY (kind=? AND id>? AND id<?)" in lines
    assert not any("TEMP B-TREE" in line for line in lines), lines
    with store._connections.reading() as connection:
        for sql, given in (
            (sqlite_records.NEWEST_SQL, ("job", "a")),
            (sqlite_records.LAST_SQL, ("audit",)),
            (sqlite_records.DUE_SQL, ("job", 0, 1)),
            (sqlite_read.SETTLED_SQL, ()),
        ):
            (line,) = [line for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {sql}", given)]
            assert line.startswith("SEARCH"), line
