"""Closure in the SQLite store: the goods claims of everything that is reached from a set of items.

The reached items are found by one recursive statement that runs in the covering indexes `goods_down` and `goods_up`
alone. ``UNION`` lets every item in once, so the cost is that of the claims met, never that of the paths. The starts go
in as one JSON array, and ``CROSS JOIN`` keeps the planner from turning the join round.

When there are more items than allowed, that statement stops early, and the way is walked again level by level, each
level in the order of its ids: the items kept are those nearest to the start, and of equally near ones those with the
smallest ids. They depend on nothing that the reader does not see.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tracegraph.store.rows import Closure, GoodsClaim
from tracegraph.store.sqlite_codes import (
    CONTRACT_SPACE,
    DELIVERED_UNDER,
    ITEM_SPACE,
    TYPES,
    day_text,
    second_text,
)
from tracegraph.store.sqlite_lens import LensSql
from tracegraph.vocabulary import Direction

_TYPE_TEXTS = tuple(kind.value for kind in TYPES)


@dataclass(frozen=True, slots=True)
class _Way:
    """One direction: the index to walk in, the end of a claim that is reached, and the one that it leads to."""

    index: str
    near: str
    far: str


_WAYS = {"downstream": _Way("goods_down", "start_pk", "end_pk"), "upstream": _Way("goods_up", "end_pk", "start_pk")}


def closure(
    connection: sqlite3.Connection, starts: Collection[str], direction: Direction, lens: LensSql, max_items: int
) -> Closure:
    """Return the goods claims of all that is reached; see `GraphReader.closure`."""
    way = _WAYS[direction]
    asked = sorted(set(starts))
    items = [start for start in asked if "/" in start]
    contracts = [start for start in asked if "/" not in start] if direction == "upstream" else []
    truncated = len(items) > max_items
    known = _node_pks(connection, ITEM_SPACE, items[:max_items])
    first = [*_node_pks(connection, CONTRACT_SPACE, contracts), *known]
    # Starts that the store does not know count as reached, so that the limit tells nothing about what is hidden.
    room = len(first) + max_items - len(items[:max_items])
    reached = _reached(connection, first, way, lens, room + 1)
    if len(reached) > room:
        truncated = True
        reached = _nearest(connection, first, way, lens, room)
    return Closure(_claims(connection, reached, way, lens), truncated)


def _node_pks(connection: sqlite3.Connection, space: int, ids: Iterable[str]) -> list[int]:
    rows = connection.execute(
        "SELECT n.pk FROM json_each(?) j CROSS JOIN node n ON n.space = ? AND n.id = j.value",
        (json.dumps(list(ids)), space),
    )
    return [pk for (pk,) in rows]


def _reached(connection: sqlite3.Connection, first: list[int], way: _Way, lens: LensSql, limit: int) -> list[int]:
    rows = connection.execute(
        reached_sql(way.index, way.near, way.far, lens), lens.values | {"first": json.dumps(first), "limit": limit}
    )
    return [pk for (pk,) in rows]


def reached_sql(index: str, near: str, far: str, lens: LensSql) -> str:
    """Return the statement that finds all reached nodes; nothing leaves a contract, so none is let in on the way."""
    return f"""
        WITH RECURSIVE reached (pk) AS (
            SELECT j.value FROM json_each(:first) j
            UNION
            SELECT c.{far} FROM reached r CROSS JOIN claim c INDEXED BY {index}
            WHERE c.{near} = r.pk AND c.type < 3 AND c.type <> {DELIVERED_UNDER if far == "end_pk" else -1}
                AND {lens.sees}
            LIMIT :limit
        )
        SELECT pk FROM reached"""


def _nearest(connection: sqlite3.Connection, first: list[int], way: _Way, lens: LensSql, room: int) -> list[int]:
    reached = dict.fromkeys(first)
    level = first
    while level and len(reached) < room:
        rows = connection.execute(
            f"""
            SELECT DISTINCT n.pk, n.id
            FROM json_each(:level) j CROSS JOIN claim c INDEXED BY {way.index} CROSS JOIN node n ON n.pk = c.{way.far}
            WHERE c.{way.near} = j.value AND c.type < 3 AND n.space = {ITEM_SPACE} AND {lens.sees}
            ORDER BY n.id""",
            lens.values | {"level": json.dumps(level)},
        )
        level = [pk for pk, _ in rows if pk not in reached][: room - len(reached)]
        reached |= dict.fromkeys(level)
    return list(reached)


def _claims(connection: sqlite3.Connection, reached: list[int], way: _Way, lens: LensSql) -> list[GoodsClaim]:
    rows = connection.execute(
        claims_sql(way.index, way.near, lens), lens.values | {"reached": json.dumps(sorted(reached))}
    )
    return [
        GoodsClaim(
            start,
            end,
            _TYPE_TEXTS[kind],
            grade,
            0.0 if low is None else low,
            1.0 if high is None else high,
            confidence,
            day_text(valid_from),
            day_text(valid_to),
            second_text(recorded_at),
            f"clm-{claim_id.hex()}",  # `id_text`, without a call for each of many claims
            source,
        )
        for start, end, kind, grade, low, high, confidence, valid_from, valid_to, recorded_at, claim_id, source in rows
    ]


def claims_sql(index: str, near: str, lens: LensSql) -> str:
    """Return the statement that fetches the goods claims at reached nodes."""
    return f"""
        SELECT s.id, e.id, c.type, c.grade, c.share_low, c.share_high, c.confidence, c.valid_from, c.valid_to,
               c.recorded_at, c.claim_id, o.id
        FROM json_each(:reached) j CROSS JOIN claim c INDEXED BY {index}
        CROSS JOIN node s ON s.pk = c.start_pk CROSS JOIN node e ON e.pk = c.end_pk
        CROSS JOIN node o ON o.pk = c.source_pk
        WHERE c.{near} = j.value AND c.type < 3 AND {lens.sees}"""
