"""SQLite's recursive CTE: one statement over the file of tracegraph's own store.

It starts from the factory's items, follows visible goods claims with ``UNION`` (each node once), and gives every
visible goods claim that leaves a reached item, with title and value of the contract where there is one. The planner is
told which index to use, as tracegraph's own statements do. No inferred steps, no limits, no status: one plain query.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Final

from bench.system import Found, Setting
from tracegraph.lens import Lens
from tracegraph.store.sqlite_codes import CONTRACT_SPACE, DESCRIBES, HOLDER_SPACE, day, second

VISIBLE: Final = """c.visibility_pk IN (SELECT w.pk FROM json_each(:visible_to) v JOIN word w ON w.text = v.value)
        AND c.valid_from <= :valid_at AND c.valid_to > :valid_at AND c.recorded_at <= :known_at
        AND (c.retracted_at IS NULL OR c.retracted_at > :known_at)"""

CONE: Final = f"""
WITH RECURSIVE reached (pk) AS (
    SELECT i.pk FROM node h CROSS JOIN node i INDEXED BY node_holder ON i.holder_pk = h.pk
    WHERE h.space = {HOLDER_SPACE} AND h.id = :factory
    UNION
    SELECT c.end_pk FROM reached r CROSS JOIN claim c INDEXED BY goods_down
    WHERE c.start_pk = r.pk AND c.type < 3 AND c.grade >= :min_grade AND {VISIBLE}
)
SELECT s.id, e.id, e.space, c.type, c.claim_id, c.grade, c.share_low, c.share_high, c.valid_from, c.valid_to,
       c.recorded_at, o.id, (
           SELECT d.attributes FROM claim d INDEXED BY link_up
           WHERE d.type = {DESCRIBES} AND d.type > 2 AND d.end_pk = e.pk AND e.space = {CONTRACT_SPACE}
               AND {VISIBLE.replace("c.", "d.")}
           ORDER BY d.grade DESC, d.recorded_at DESC LIMIT 1)
FROM reached r CROSS JOIN claim c INDEXED BY goods_down
CROSS JOIN node s ON s.pk = c.start_pk CROSS JOIN node e ON e.pk = c.end_pk CROSS JOIN node o ON o.pk = c.source_pk
WHERE c.start_pk = r.pk AND c.type < 3 AND c.grade >= :min_grade AND {VISIBLE}
"""


class SqliteCte:
    """One connection, one statement."""

    def __init__(self, path: str, lens: Lens) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA cache_size = -65536")
        self._values = {
            "visible_to": json.dumps(lens.visible_to),
            "valid_at": day(lens.valid_at),
            "known_at": second(lens.known_at),
            "min_grade": lens.min_grade.rank,
        }

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route, and the number of claims of the cone."""
        with closing(self._connection.execute(CONE, self._values | {"factory": factory})) as cursor:
            rows = cursor.fetchall()
        described = {row[1]: row[12] for row in rows if row[2] == CONTRACT_SPACE}
        stated = {contract: json.loads(attributes) for contract, attributes in described.items() if attributes}
        return Found({c: (said.get("title"), said.get("value_sek")) for c, said in stated.items()}, len(rows))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def make(setting: Setting) -> SqliteCte:
    """Return the peer for a setting."""
    return SqliteCte(setting.sqlite, setting.lens)
