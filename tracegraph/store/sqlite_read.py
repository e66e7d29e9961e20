"""Reads of the SQLite store under a lens, other than closure, search and the portfolio."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from typing import Final

from tracegraph.model import Claim, ReferenceRecord
from tracegraph.store.canonical import reference_from_body
from tracegraph.store.chain_state import ChainState
from tracegraph.store.rows import Holding, Standing
from tracegraph.store.sqlite_codes import (
    CLAIM_COLUMNS,
    CLAIM_JOINS,
    CONTRACT_SPACE,
    DESCRIBES,
    ENDS,
    HOLDER_SPACE,
    ITEM_SPACE,
    LABEL_CODES,
    LABELS,
    OFFERS,
    SPACES,
    TYPE_CODES,
    blob_of,
    claims_of,
    second_text,
)
from tracegraph.store.sqlite_lens import LensSql, word_pks
from tracegraph.vocabulary import Direction, Label, RelationshipType

SETTLED_SQL: Final = """
    SELECT settled_at FROM change_set INDEXED BY change_set_settled
    WHERE state = 'finished' AND settled_at IS NOT NULL ORDER BY settled_at DESC LIMIT 1"""


def items_of(connection: sqlite3.Connection, holders: Collection[str], lens: LensSql) -> list[Holding]:
    """Return the holders that exist, with their items; see `GraphReader.items_of`."""
    values = lens.values | {"holders": json.dumps(sorted(set(holders)))}
    exist = connection.execute(holders_sql(lens), values).fetchall()
    values["holders"] = json.dumps([pk for pk, _, _ in exist])
    products: dict[int, list[str]] = {pk: [] for pk, _, _ in exist}
    for holder, item in connection.execute(items_sql(lens), values):
        products[holder].append(item.split("/", 1)[1])
    return [Holding(holder_id, LABELS[label], tuple(sorted(products[pk]))) for pk, label, holder_id in exist]


def holders_sql(lens: LensSql) -> str:
    """Return the statement that finds which holders exist."""
    return f"""
        SELECT n.pk, n.label, n.id
        FROM json_each(:holders) j CROSS JOIN node n ON n.space = {HOLDER_SPACE} AND n.id = j.value
        WHERE {lens.holder_exists} ORDER BY n.id"""


def items_sql(lens: LensSql) -> str:
    """Return the statement that finds which items of holders exist."""
    return f"""
        SELECT i.holder_pk, i.id
        FROM json_each(:holders) j CROSS JOIN node i INDEXED BY node_holder ON i.holder_pk = j.value
        WHERE {lens.item_exists}"""


def links_of(
    connection: sqlite3.Connection,
    ids: Collection[str],
    types: Collection[RelationshipType],
    direction: Direction,
    lens: LensSql,
) -> list[Claim]:
    """Return the visible claims of these types at one end of these nodes; see `GraphReader.links_of`."""
    found: list[Claim] = []
    for carries_goods in (True, False):
        codes = [TYPE_CODES[kind] for kind in set(types) if (TYPE_CODES[kind] < 3) is carries_goods]
        if codes:
            sql = links_sql(codes, direction, lens.sees)
            found += claims_of(connection.execute(sql, lens.values | {"ids": json.dumps(sorted(set(ids)))}))
    return sorted(found, key=lambda claim: claim.claim_id)


def links_sql(codes: Collection[int], direction: Direction, sees: str) -> str:
    """Return the statement that finds claims of some types by the ids of their starts or ends."""
    goods = min(codes) < 3
    downstream = direction == "downstream"
    kinds = [kind for kind, code in TYPE_CODES.items() if code in codes]
    spaces = {SPACES[label] for kind in kinds for label in ENDS[kind][0 if downstream else 1]}
    index = f"{'goods' if goods else 'link'}_{'down' if downstream else 'up'}"
    return f"""
        SELECT {CLAIM_COLUMNS}
        FROM json_each(:ids) j
        CROSS JOIN node n ON n.space IN ({", ".join(map(str, sorted(spaces)))}) AND n.id = j.value
        CROSS JOIN claim c INDEXED BY {index} ON c.{"start_pk" if downstream else "end_pk"} = n.pk
            AND c.type {"< 3" if goods else "> 2"} AND c.type IN ({", ".join(map(str, sorted(codes)))})
        {CLAIM_JOINS}
        WHERE {sees}"""


def claims(connection: sqlite3.Connection, ids: Collection[str], lens: LensSql) -> list[Claim]:
    """Return the visible claims of these ids; see `GraphReader.claims`."""
    blobs = sorted({blob for claim_id in ids if (blob := blob_of(claim_id)) is not None})
    sql = claims_sql(lens)
    return [claim for blob in blobs for claim in claims_of(connection.execute(sql, lens.values | {"claim": blob}))]


def claims_sql(lens: LensSql) -> str:
    """Return the statement that reads a claim by its id."""
    return f"""
        SELECT {CLAIM_COLUMNS}
        FROM claim c {CLAIM_JOINS}
        WHERE c.claim_id = :claim
            AND (c.type = {DESCRIBES} AND {lens.sees_any_grade} OR c.type <> {DESCRIBES} AND {lens.sees})"""


def descriptions(
    connection: sqlite3.Connection, label: Label, ids: Collection[str] | None, lens: LensSql
) -> list[Claim]:
    """Return what sources say of nodes, whatever the grade; see `GraphReader.descriptions`."""
    values = lens.values | {"label": LABEL_CODES[label], "ids": json.dumps(None if ids is None else sorted(set(ids)))}
    return claims_of(connection.execute(descriptions_sql(label, ids is not None, lens), values))


def descriptions_sql(label: Label, by_id: bool, lens: LensSql) -> str:
    """Return the statement that reads the descriptions of nodes of a label."""
    nodes = "json_each(:ids) j CROSS JOIN node n" if by_id else "node n"
    return f"""
        SELECT {CLAIM_COLUMNS}
        FROM {nodes} INDEXED BY node_id
        CROSS JOIN claim c INDEXED BY link_up ON c.type = {DESCRIBES} AND c.type > 2 AND c.end_pk = n.pk
        {CLAIM_JOINS}
        WHERE n.space = {SPACES[label]} {"AND n.id = j.value" if by_id else ""} AND n.label = :label
            AND {lens.sees_any_grade}
        ORDER BY n.id, c.claim_id"""


def references(connection: sqlite3.Connection, label: Label, ids: Collection[str] | None) -> list[ReferenceRecord]:
    """Return reference records of a label, sorted by id; see `GraphReader.references`."""
    start = "node n INDEXED BY node_id" if ids is None else "json_each(:ids) j CROSS JOIN node n INDEXED BY node_id"
    rows = connection.execute(
        f"""
        SELECT r.body FROM {start} CROSS JOIN reference r ON r.node_pk = n.pk
        WHERE n.space = :space {"" if ids is None else "AND n.id = j.value"} ORDER BY n.id""",
        {"space": SPACES[label], "ids": json.dumps(None if ids is None else sorted(set(ids)))},
    )
    return [reference_from_body(label, json.loads(body)) for (body,) in rows]


def version(connection: sqlite3.Connection, visible_to: Collection[str]) -> int:
    """Return the number of finished change sets that touched what a reader may see."""
    pks = ", ".join(map(str, word_pks(connection, visible_to)))
    sql = f"SELECT count(DISTINCT change_set) FROM touched WHERE visibility_pk IN ({pks})"
    return int(connection.execute(sql).fetchone()[0])


def settled_at(connection: sqlite3.Connection) -> str:
    """Return when the last claim becomes known or ends; see `GraphReader.settled_at`."""
    row = connection.execute(SETTLED_SQL).fetchone()
    return second_text(row[0]) if row else ""


def chain_state(connection: sqlite3.Connection, visible_to: Collection[str]) -> ChainState:
    """Return when the chains that a reader may see last changed; see `GraphReader.chain_state`."""
    pks = ", ".join(map(str, word_pks(connection, visible_to)))
    rows = connection.execute(
        "SELECT w.text, s.change_set, s.settled_at FROM chain_state s CROSS JOIN word w ON w.pk = s.visibility_pk"
        f" WHERE s.visibility_pk IN ({pks}) ORDER BY w.text"
    ).fetchall()
    settled_at = max((settled_at for _, _, settled_at in rows), default=0)
    return ChainState(
        tuple((visibility, number) for visibility, number, _ in rows), second_text(settled_at) if settled_at else ""
    )


def standing(
    connection: sqlite3.Connection,
    holders: Iterable[str],
    nodes: Iterable[tuple[Label, str]],
    ends: Iterable[str],
) -> Standing:
    """Return what is known of ids, whatever its visibility; see `GraphWriter.standing`."""
    labels = {(label, node_id) for label, node_id in _known(connection, HOLDER_SPACE, holders)}
    asked: dict[Label, list[str]] = {}
    for label, node_id in nodes:
        asked.setdefault(label, []).append(node_id)
    for label, ids in asked.items():
        labels |= {known for known in _known(connection, SPACES[label], ids) if known[0] is label}
    return Standing(labels, _current_claims_into(connection, ends))


def _known(connection: sqlite3.Connection, space: int, ids: Iterable[str]) -> list[tuple[Label, str]]:
    rows = connection.execute(
        "SELECT n.label, n.id FROM json_each(?) j CROSS JOIN node n ON n.space = ? AND n.id = j.value",
        (json.dumps(sorted(set(ids))), space),
    )
    return [(LABELS[label], node_id) for label, node_id in rows]


def _current_claims_into(connection: sqlite3.Connection, ends: Iterable[str]) -> list[Claim]:
    asked = json.dumps(sorted(set(ends)))
    found: list[Claim] = []
    for index, types in (("goods_up", "c.type < 3"), ("link_up", f"c.type IN ({OFFERS}, {DESCRIBES}) AND c.type > 2")):
        rows = connection.execute(
            f"""
            SELECT {CLAIM_COLUMNS}
            FROM json_each(?) j CROSS JOIN node n ON n.space IN ({ITEM_SPACE}, {CONTRACT_SPACE}) AND n.id = j.value
            CROSS JOIN claim c INDEXED BY {index} ON c.end_pk = n.pk AND {types}
            {CLAIM_JOINS}
            WHERE c.retracted_at IS NULL AND (c.type <> {DESCRIBES} OR n.space = {CONTRACT_SPACE})""",
            (asked,),
        )
        found += claims_of(rows)
    return sorted(found, key=lambda claim: claim.claim_id)
