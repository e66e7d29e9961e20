"""The files under cypher/, without a server: headers, parameters, rules, and that the store uses each of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tracegraph.errors import QueryFileError, ResourceMissing
from tracegraph.resources import resource_folder
from tracegraph.store.queries import Query, load_migrations, load_queries, parse_query, returned_columns
from tracegraph.vocabulary import Label, RelationshipType

ROOT = Path(__file__).resolve().parents[3]
QUERIES = load_queries()
#: A pattern of variable length, in either spelling: ``-[...*1..3]-`` or ``-[...]->*``, ``->+``, ``->{1,3}``.
VARIABLE_LENGTH = re.compile(r"\[[^\]]*\*[^\]]*\]|\]-(?:>)?(?:[*+]|\{\d*,?\d*\})|\)(?:[*+]|\{\d*,?\d*\})")
LIST_START = re.compile(r"\bIN\s+\$", re.IGNORECASE)
LENS = ("valid_at", "known_at", "held_at", "visible_to", "grades", "finished")
#: Reads of claims that know no lens: the writer's, and the administrator's.
WITHOUT_LENS = {
    "standing_claims",
    "claims_by_key",
    "claims_by_id",
    "claims_of_change_set",
    "claim_counts",
    *(f"{kind.value.lower()}_page" for kind in RelationshipType),
}

#: Reads of claims that the reader saw once, or of any day.
WHAT_CHANGED = {"claim_changes", "claim_changes_until"}

#: What was ever said: of any day, and also what we hold no longer; all the rest of the lens holds.
OF_ANY_DAY = {"history"}


def each() -> list[object]:
    return [pytest.param(query, id=name) for name, query in QUERIES.items()]


@pytest.mark.parametrize("name", sorted(WHAT_CHANGED))
def test_what_changed_is_read_under_the_lens_too(name: str) -> None:
    for condition in (
        "WHERE r.recorded_at <= $known_at AND",
        "AND r.visibility IN $visible_to AND (r.grade IN $grades OR type(r) = 'DESCRIBES') AND",
        "AND r.change_set <= $finished\n",
        "WHERE at <= CASE WHEN retracted THEN $held_at ELSE $known_at END\n",
    ):
        assert condition in QUERIES[name].text


# --- all files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", each())
def test_no_list_start_stands_beside_a_pattern_of_variable_length(query: Query) -> None:
    if VARIABLE_LENGTH.search(query.text):
        before = query.text[: query.text.index("WITH DISTINCT")]
        assert before.startswith("UNWIND $ids AS id\nMATCH (start:Item {item_id: id})\nMATCH (start)")
        inline = before[before.index("[") : before.rindex("]")]
        assert not LIST_START.search(before.replace(inline, ""))


@pytest.mark.parametrize("query", each())
def test_nothing_is_ordered_or_put_together_above_a_walk(query: Query) -> None:
    if VARIABLE_LENGTH.search(query.text):
        assert "ORDER BY" not in query.text
        assert "WITH DISTINCT" in query.text


@pytest.mark.parametrize("name", sorted(OF_ANY_DAY))
def test_what_was_ever_said_is_read_under_the_rest_of_the_lens(name: str) -> None:
    assert (
        "WHERE r.recorded_at <= $known_at AND r.retracted_at > r.recorded_at\n"
        "  AND r.visibility IN $visible_to AND (r.grade IN $grades OR type(r) = 'DESCRIBES') "
        "AND r.change_set <= $finished\n"
    ) in QUERIES[name].text
    assert "CASE WHEN r.retracted_at > $held_at THEN $not_retracted ELSE r.retracted_at END" in QUERIES[name].text


@pytest.mark.parametrize("query", each())
def test_every_read_of_claims_has_the_whole_lens_or_none(query: Query) -> None:
    bound = {match[1] for match in re.finditer(r"\[(\w+):(?:\w+\|?)+", query.text)}
    declared = {field.name for field in query.params}
    lens = set(LENS) - ({"valid_at"} if query.name in OF_ANY_DAY else set())
    assert declared >= lens or not declared & {"valid_at", "known_at", "held_at"}
    if query.mode == "read" and bound and query.name not in WITHOUT_LENS | WHAT_CHANGED | OF_ANY_DAY:
        for variable in bound:
            conditions = (
                rf"{variable}\.valid_from <= \$valid_at AND {variable}\.valid_to > \$valid_at\s+"
                rf"AND {variable}\.recorded_at <= \$known_at AND {variable}\.retracted_at > \$held_at\s+"
                rf"AND {variable}\.visibility IN \$visible_to AND {variable}\.grade IN \$grades "
                rf"AND {variable}\.change_set <= \$finished"
            )
            assert re.search(conditions, query.text), f"{query.name}: {variable} is read without the lens"


@pytest.mark.parametrize("query", each())
def test_every_query_is_used_by_the_store(query: Query) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tracegraph" / "store").glob("neo4j*.py")]
    made = {
        *(f"{kind.value.lower()}_page" for kind in RelationshipType),
        *(f"put_{kind.value.lower()}" for kind in RelationshipType),
        *("links_downstream", "links_upstream", "cone_downstream", "cone_upstream"),
        *(f"describe_{name}" for name in ("products", "regions", "categories", "sources")),
    }
    assert query.name in made or any(f'"{query.name}"' in source for source in sources)


def test_every_query_that_the_store_names_is_there() -> None:
    for path in (ROOT / "tracegraph" / "store").glob("neo4j*.py"):
        named = re.findall(r"tx\.(?:rows|run|stream)\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
        assert set(named) <= set(QUERIES), path.name


def test_cypher_stands_nowhere_else() -> None:
    words = re.compile(r"\b(MATCH|MERGE|UNWIND)\s+[(\[$]")
    for path in (ROOT / "tracegraph").rglob("*.py"):
        assert not words.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("kind", list(RelationshipType))
def test_every_type_of_claim_can_be_written_and_read(kind: RelationshipType) -> None:
    writers = [query for query in QUERIES.values() if query.mode == "write" and f"[r:{kind} {{claim_id" in query.text]
    assert writers
    assert all("ON CREATE SET" in query.text and "MERGE" in query.text for query in writers)
    assert f"{kind.value.lower()}_page" in QUERIES
    for name in ("claims_by_key", "claims_by_id", "links_downstream", "links_upstream", "end_claims", "claim_counts"):
        assert re.search(rf"\b{kind}\b", QUERIES[name].text), name
    assert any(f"[r:{kind}]-() REQUIRE r.claim_id IS UNIQUE" in s for m in load_migrations() for s in m.statements)


@pytest.mark.parametrize("label", [label for label in Label if label is not Label.INCIDENT])
def test_every_label_has_a_unique_id(label: Label) -> None:
    statements = [s for m in load_migrations() for s in m.statements]
    assert any(f"(n:{label}) REQUIRE n.{label.value.lower()}_id IS UNIQUE" in s for s in statements)


def test_the_page_of_queries_is_fresh() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_queries_doc.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- what the loader refuses -----------------------------------------------------------------------------------------

GOOD = """\
// Items by id.
//
// Params:
//   ids: LIST<STRING>   what is asked for,
//                       over two lines
// Returns:
//   item_id: STRING

UNWIND $ids AS id
MATCH (i:Item {item_id: id})
RETURN i.item_id AS item_id
"""


def parse(tmp_path: Path, text: str, mode: str = "read") -> Query:
    path = tmp_path / "items.cypher"
    path.write_text(text, encoding="utf-8")
    return parse_query(path, mode)


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    query = parse(tmp_path, GOOD)
    assert (query.name, query.doc) == ("items", "Items by id.")
    assert [(f.name, f.type, f.meaning) for f in query.params] == [
        ("ids", "LIST<STRING>", "what is asked for, over two lines")
    ]
    assert query.text.startswith("UNWIND")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("$ids", "$keys", "declares"),
        ("//   ids: LIST<STRING>   what is asked for,\n//                       over two lines\n", "", "declares"),
        ("AS item_id\n", "AS item\n", "returns"),
        ("RETURN i.item_id AS item_id\n", "RETURN i.item_id\n", "returns"),
        ("RETURN i.item_id AS item_id\n", "SET i.x = 1\nRETURN i.item_id AS item_id\n", "writes"),
        ("RETURN i.item_id AS item_id\n", "RETURN i.item_id AS item_id;\n", "one statement"),
        ("Items by id.", "Items by id", "full stop"),
        ("//   item_id: STRING", "//   item_id STRING", "header line"),
        ("//   item_id: STRING", "//   item_id: string", "header line"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(QueryFileError, match=says) as caught:
        parse(tmp_path, GOOD.replace(old, new))
    assert "items.cypher" in str(caught.value)


def test_a_write_that_does_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match="does not write"):
        parse(tmp_path, GOOD, mode="write")


def test_columns_are_those_of_the_last_return_outside_brackets() -> None:
    text = "MATCH (a)\nRETURN COLLECT { MATCH (a) RETURN a.x AS x } AS xs, size([1, 2]) AS n\nORDER BY n\nLIMIT $limit"
    assert returned_columns(text) == ["xs", "n"]


def test_arguments_are_checked_before_the_network() -> None:
    with pytest.raises(QueryFileError, match="cone_downstream takes"):
        QUERIES["cone_downstream"].check_arguments(["ids"])


@pytest.mark.parametrize("name", ["0001_a.txt", "first.cypher", "0002_a.cypher"])
def test_a_migration_out_of_line_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / name).write_text("CREATE INDEX x IF NOT EXISTS FOR (n:N) ON (n.x)\n", encoding="utf-8")
    with pytest.raises(QueryFileError, match="numbered from 0001"):
        load_migrations(tmp_path)


def test_a_migration_that_cannot_be_repeated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "0001_a.cypher").write_text("CREATE INDEX x FOR (n:N) ON (n.x)\n", encoding="utf-8")
    with pytest.raises(QueryFileError, match="IF NOT EXISTS"):
        load_migrations(tmp_path)


# --- where the files are ---------------------------------------------------------------------------------------------


def test_data_are_found_in_a_wheel_before_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "tracegraph"
    (tmp_path / "cypher").mkdir()
    package.mkdir()
    assert resource_folder("cypher", package) == tmp_path / "cypher"
    (package / "_data" / "cypher").mkdir(parents=True)
    assert resource_folder("cypher", package) == package / "_data" / "cypher"


def test_missing_data_name_both_places(tmp_path: Path) -> None:
    package = tmp_path / "tracegraph"
    with pytest.raises(ResourceMissing) as caught:
        resource_folder("seeds", package)
    assert str(package / "_data" / "seeds") in str(caught.value)
    assert str(tmp_path / "seeds") in str(caught.value)
