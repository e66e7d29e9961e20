"""Lists of the SQLite store: which nodes exist, and what changed."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any, Final

from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef
from tracegraph.store.port_lists import ClaimChange, Part, Place
from tracegraph.store.sqlite_codes import (
    CLAIM_COLUMNS,
    CLAIM_JOINS,
    CONTRACT_SPACE,
    DESCRIBES,
    HOLDER_SPACE,
    ITEM_SPACE,
    LABEL_CODES,
    SPACES,
    TYPE_CODES,
    claim_of,
    claims_of,
    second,
    second_text,
)
from tracegraph.store.sqlite_lens import LensSql, lens_sql
from tracegraph.vocabulary import NOT_RETRACTED, Label, RelationshipType

_USES: Final = TYPE_CODES[RelationshipType.USES]
_IN_CATEGORY: Final = TYPE_CODES[RelationshipType.IN_CATEGORY]
_IN_COUNTRIES: Final = f"{TYPE_CODES[RelationshipType.LOCATED_IN]}, {TYPE_CODES[RelationshipType.REGISTERED_IN]}"
_OTHERS: Final = ", ".join(str(code) for code in TYPE_CODES.values() if code > 2)
#: How all claims at one node are found.
_WAYS: Final = (
    "goods_down ON c.start_pk = {pk} AND c.type < 3",
    "goods_up ON c.end_pk = {pk} AND c.type < 3",
    "link_down ON c.start_pk = {pk} AND c.type > 2",
    f"link_up ON c.type IN ({_OTHERS}) AND c.type > 2 AND c.end_pk = {{pk}}",
)
_LISTED: Final = "EXISTS (SELECT 1 FROM reference r WHERE r.node_pk = n.pk)"


def ids(connection: sqlite3.Connection, label: Label, lens: Lens, part: Part) -> list[str]:
    """Return ids of the nodes of a label that exist; see `ListReader.ids`."""
    seen = lens_sql(connection, lens)
    values = seen.values | {"label": LABEL_CODES[label], "after": part.after, "skip": part.skip, "limit": part.limit}
    sql = f"SELECT id FROM ({ids_sql(label, seen)}) WHERE id > :after ORDER BY id LIMIT :limit OFFSET :skip"
    return [found for (found,) in connection.execute(sql, values)]


def count(connection: sqlite3.Connection, label: Label, lens: Lens) -> int:
    """Return how many nodes of a label exist."""
    seen = lens_sql(connection, lens)
    values = seen.values | {"label": LABEL_CODES[label]}
    return int(connection.execute(f"SELECT count(*) FROM ({ids_sql(label, seen)})", values).fetchone()[0])


def ids_sql(label: Label, lens: LensSql) -> str:
    """Return the statement that finds the ids of a label, each once."""
    if label is Label.ITEM:
        return f"SELECT i.id FROM node i INDEXED BY node_id WHERE i.space = {ITEM_SPACE} AND {lens.item_exists}"
    if label is Label.PRODUCT:
        return f"""
            SELECT n.id FROM node n INDEXED BY node_id WHERE n.space = {SPACES[label]} AND {_LISTED}
            UNION SELECT substr(i.id, instr(i.id, '/') + 1) FROM node i INDEXED BY node_id
            WHERE i.space = {ITEM_SPACE} AND {lens.item_exists}"""
    return f"""
        SELECT n.id FROM node n INDEXED BY node_id
        WHERE n.space = {SPACES[label]} AND n.label = :label AND {_exists(label, lens)}"""


def _exists(label: Label, lens: LensSql) -> str:
    if SPACES[label] == HOLDER_SPACE:
        return lens.holder_exists
    if SPACES[label] == CONTRACT_SPACE:
        return lens.contract_exists
    if label is Label.COUNTRY:
        return _entered(_IN_COUNTRIES, lens)
    if label is Label.REGION:
        return f"""({_LISTED} OR EXISTS (
            SELECT 1 FROM claim c INDEXED BY link_down
            WHERE c.start_pk = n.pk AND c.type = {_USES} AND c.type > 2 AND {lens.sees}))"""
    if label is Label.CATEGORY:
        return f"({_LISTED} OR {_entered(str(_IN_CATEGORY), lens)})"
    assert label is Label.SOURCE, f"there is no list of {label}"
    return f"{_LISTED} AND n.pk IN (SELECT c.source_pk FROM claim c WHERE {_of_its_grade(lens)})"


def _entered(types: str, lens: LensSql) -> str:
    return f"""EXISTS (
        SELECT 1 FROM claim c INDEXED BY link_up
        WHERE c.type IN ({types}) AND c.type > 2 AND c.end_pk = n.pk AND {lens.sees})"""


def _of_its_grade(lens: LensSql) -> str:
    return f"CASE c.type WHEN {DESCRIBES} THEN {lens.sees_any_grade} ELSE {lens.sees} END"


# --- what changed --------------------------------------------------------------------------------------------------


def changes(
    connection: sqlite3.Connection, lens: Lens, after: Place, limit: int, *, any_day: bool
) -> list[ClaimChange]:
    """Return claims that came to be known or ended; see `ListReader.changes`."""
    entries, values = _entries(connection, lens, any_day=any_day)
    sql = f"""
        SELECT g.at, g.gone, {CLAIM_COLUMNS}
        FROM (SELECT * FROM ({entries}) WHERE at > :at OR at = :at AND id > :id ORDER BY at, id LIMIT :limit) g
        CROSS JOIN claim c ON c.pk = g.pk {CLAIM_JOINS} ORDER BY g.at, g.id"""
    rows = connection.execute(sql, values | {"at": second(after[0]), "id": after[1], "limit": limit})
    return [ClaimChange(second_text(at), claim_of(claim), bool(gone)) for at, gone, *claim in rows]


def count_changes(connection: sqlite3.Connection, lens: Lens, until: Place, *, any_day: bool) -> int:
    """Return how many changes there are until a place."""
    entries, values = _entries(connection, lens, any_day=any_day)
    sql = f"SELECT count(*) FROM ({entries}) WHERE at < :at OR at = :at AND id <= :id"
    return int(connection.execute(sql, values | {"at": second(until[0]), "id": until[1]}).fetchone()[0])


def _entries(connection: sqlite3.Connection, lens: Lens, *, any_day: bool) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds all changes that a reader sees, and its values.

    What an open change set ends stands in `replaced` until it is finished.
    """
    common, values = _ever_seen(connection, lens)
    if not any_day:
        common.append("c.valid_from <= :valid_at AND c.valid_to > :valid_at")
    told = "SELECT c.{moment} AS at, {gone} AS gone, c.pk AS pk, 'clm-' || lower(hex(c.claim_id)) AS id FROM claim c"
    parts = [
        f"{told.format(moment=moment, gone=gone)} WHERE c.{moment} <= :known_at AND {' AND '.join(common)}"
        for gone, moment in enumerate(("recorded_at", "retracted_at"))
    ]
    return " UNION ALL ".join(parts), values


def _ever_seen(connection: sqlite3.Connection, lens: Lens) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions that a reader sees a claim ``c`` at some time and of some day, and their values."""
    visible = " OR ".join(f"v.text = :visible_{number}" for number in range(len(lens.visible_to)))
    values: dict[str, Any] = {f"visible_{number}": text for number, text in enumerate(lens.visible_to)}
    values.update(lens_sql(connection, lens).values)
    common = [
        f"c.visibility_pk IN (SELECT v.pk FROM word v WHERE {visible})",
        f"(c.type = {DESCRIBES} OR c.grade >= {lens.min_grade.rank})",
        "(c.retracted_at IS NULL OR c.retracted_at > c.recorded_at)",
    ]
    if "unfinished" in values:
        common.append("c.change_set <> :unfinished")
    return common, values


# --- all that was ever said of a node --------------------------------------------------------------------------------


def history(connection: sqlite3.Connection, node: NodeRef, lens: Lens, limit: int) -> list[Claim]:
    """Return claims that touch a node, of any day; see `ListReader.history`."""
    sql, values = history_of(connection, node, lens)
    found = claims_of(connection.execute(sql, values | {"limit": limit}))
    return [c if c.retracted_at <= lens.known_at else replace(c, retracted_at=NOT_RETRACTED) for c in found]


def history_of(connection: sqlite3.Connection, node: NodeRef, lens: Lens) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds all claims that touch a node or one of its items, each once, and its values."""
    common, values = _ever_seen(connection, lens)
    values |= {"space": SPACES[node.label], "label": LABEL_CODES[node.label], "id": node.id}
    told = "SELECT c.pk AS pk, c.recorded_at AS at, c.claim_id AS id FROM node h INDEXED BY node_id"
    known = " AND ".join(["h.space = :space", "h.id = :id", "h.label = :label", "c.recorded_at <= :known_at", *common])
    parts = [f"{told} CROSS JOIN claim c INDEXED BY {way.format(pk='h.pk')} WHERE {known}" for way in _WAYS]
    if values["space"] == HOLDER_SPACE:
        held = "CROSS JOIN node n INDEXED BY node_holder ON n.holder_pk = h.pk"
        parts += [f"{told} {held} CROSS JOIN claim c INDEXED BY {way.format(pk='n.pk')} WHERE {known}" for way in _WAYS]
    return (
        f"""
        SELECT {CLAIM_COLUMNS}
        FROM (SELECT * FROM ({" UNION ".join(parts)}) ORDER BY at DESC, id DESC LIMIT :limit) g
        CROSS JOIN claim c ON c.pk = g.pk {CLAIM_JOINS} ORDER BY g.at DESC, g.id DESC""",
        values,
    )
