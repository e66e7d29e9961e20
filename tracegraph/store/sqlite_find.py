"""Search by text in the SQLite store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Final

from tracegraph.model import Statement
from tracegraph.store.port import FIND_REASONS
from tracegraph.store.rows import Match
from tracegraph.store.sqlite_codes import CONTRACT_SPACE, DESCRIBES, HOLDER_SPACE, LABELS
from tracegraph.store.sqlite_lens import LensSql
from tracegraph.vocabulary import Label

#: Reasons by their code; where a node matches for several, the first wins.
REASONS: Final = ("id", "name", "alias", "identifier")
FOUND_LABELS: Final = (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT)
_LAST: Final = "\U0010ffff"


def names_of(statement: Statement) -> Iterator[tuple[str, int]]:
    """Yield every name, alias and identifier that a description gives, case folded, with the code of its reason."""
    if statement.end.label not in FOUND_LABELS:
        return
    for attribute, reason in FIND_REASONS.items():
        value = statement.attributes.get(attribute, ())
        for text in {value} if isinstance(value, str) else set(value) if isinstance(value, list | tuple) else ():
            yield text.casefold(), REASONS.index(reason)


def find(connection: sqlite3.Connection, text: str, lens: LensSql, limit: int) -> list[Match]:
    """Return nodes by text; see `GraphReader.find`. All names are looked through only when the index gives too few."""
    asked = text.strip().casefold()
    if not asked or limit < 1:
        return []
    values = lens.values | {"text": asked, "after": asked + _LAST, "limit": limit}
    rows = connection.execute(matches_sql("m.text >= :text AND m.text < :after", lens), values).fetchall()
    if len(rows) < limit:
        rows = connection.execute(matches_sql("instr(m.text, :text) > 0", lens), values).fetchall()
    return [
        Match(LABELS[label], node_id, _name(connection, pk, lens), REASONS[best % len(REASONS)])
        for pk, label, node_id, best in rows
    ]


def matches_sql(condition: str, lens: LensSql) -> str:
    """Return the statement that finds nodes by a condition on names ``m``, each with the rank of its best match."""
    return f"""
        SELECT n.pk, n.label, n.id,
               min((CASE instr(m.text, :text) WHEN 1 THEN m.text <> :text ELSE 2 END) * {len(REASONS)} + m.reason)
               AS best
        FROM name m CROSS JOIN node n ON n.pk = m.node_pk
        WHERE {condition}
            AND (m.claim_pk = 0 OR EXISTS (SELECT 1 FROM claim c WHERE c.pk = m.claim_pk AND {lens.sees_any_grade}))
            AND CASE n.space WHEN {HOLDER_SPACE} THEN {lens.holder_exists}
                             WHEN {CONTRACT_SPACE} THEN {lens.contract_exists} END
        GROUP BY n.pk ORDER BY best / {len(REASONS)}, n.id LIMIT :limit"""


def _name(connection: sqlite3.Connection, node_pk: int, lens: LensSql) -> str | None:
    """Return the deciding name of a node: of the best grade, then the newest, then the smallest."""
    row = connection.execute(
        f"""
        SELECT coalesce(c.attributes ->> 'name', c.attributes ->> 'title') AS name
        FROM claim c INDEXED BY link_up
        WHERE c.type = {DESCRIBES} AND c.type > 2 AND c.end_pk = :node_pk AND {lens.sees_any_grade} AND name IS NOT NULL
        ORDER BY c.grade DESC, c.recorded_at DESC, name LIMIT 1""",
        lens.values | {"node_pk": node_pk},
    ).fetchone()
    return row and str(row[0])
