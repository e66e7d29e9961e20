"""The lens as a condition on claims, in SQL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tracegraph.lens import Lens
from tracegraph.store.sqlite_codes import CONTRACT_SPACE, DESCRIBES, INTO_HOLDERS, OFFERS, day, second


@dataclass(frozen=True, slots=True)
class LensSql:
    """Conditions that a claim ``c`` passes when it is seen, and the values for their places.

    Attributes
    ----------
    sees : str
        The whole lens. An unfinished change set is never seen; while there is none, that costs nothing.
    sees_any_grade : str
        The lens without its grade filter, for attributes.
    values : mapping
        Values of the named places.
    """

    sees: str
    sees_any_grade: str
    values: dict[str, Any]

    @property
    def item_exists(self) -> str:
        """Condition that an item ``i`` exists: a visible claim that carries goods, or an offer, touches it."""
        return f"""(
            EXISTS (SELECT 1 FROM claim c INDEXED BY goods_down
                    WHERE c.start_pk = i.pk AND c.type < 3 AND {self.sees})
            OR EXISTS (SELECT 1 FROM claim c INDEXED BY goods_up
                       WHERE c.end_pk = i.pk AND c.type < 3 AND {self.sees})
            OR EXISTS (SELECT 1 FROM claim c INDEXED BY link_up
                       WHERE c.type = {OFFERS} AND c.type > 2 AND c.end_pk = i.pk AND {self.sees}))"""

    @property
    def holder_exists(self) -> str:
        """Condition that a holder ``n`` exists: a visible claim touches it or one of its items."""
        into = ", ".join(map(str, INTO_HOLDERS))
        return f"""(
            EXISTS (SELECT 1 FROM claim c INDEXED BY link_down
                    WHERE c.start_pk = n.pk AND c.type > 2 AND {self.sees})
            OR EXISTS (SELECT 1 FROM claim c INDEXED BY link_up
                       WHERE c.type IN ({into}) AND c.type > 2 AND c.end_pk = n.pk AND {self.sees})
            OR EXISTS (SELECT 1 FROM node i INDEXED BY node_holder WHERE i.holder_pk = n.pk AND {self.item_exists}))"""

    @property
    def contract_exists(self) -> str:
        """Condition that a contract ``n`` exists: a visible row of ``contracts.csv`` names it, whatever its grade."""
        return f"""(n.space = {CONTRACT_SPACE} AND EXISTS (
            SELECT 1 FROM claim c INDEXED BY link_up
            WHERE c.type = {DESCRIBES} AND c.type > 2 AND c.end_pk = n.pk AND {self.sees_any_grade}))"""


def lens_sql(connection: sqlite3.Connection, lens: Lens) -> LensSql:
    """Return a lens as conditions; what is asked of the store for it is of the connection's current state."""
    values: dict[str, Any] = {"valid_at": day(lens.valid_at), "known_at": second(lens.known_at)}
    visibilities = word_pks(connection, lens.visible_to)
    seen = " OR ".join(f"c.visibility_pk = {pk}" for pk in visibilities or [-1])
    any_grade = (
        f"({seen}) AND c.valid_from <= :valid_at AND c.valid_to > :valid_at AND c.recorded_at <= :known_at"
        " AND (c.retracted_at IS NULL OR c.retracted_at > :known_at)"
    )
    unfinished = connection.execute("SELECT number FROM change_set WHERE state = 'open'").fetchone()
    if unfinished is not None:
        any_grade += " AND c.change_set <> :unfinished"
        values["unfinished"] = unfinished[0]
    sees = any_grade if lens.infers else f"{any_grade} AND c.grade >= {lens.min_grade.rank}"
    return LensSql(sees, any_grade, values)


def word_pks(connection: sqlite3.Connection, words: Collection[str]) -> list[int]:
    """Return the keys of those words that the store knows, ascending."""
    rows = connection.execute(
        "SELECT w.pk FROM json_each(?) j CROSS JOIN word w ON w.text = j.value", (json.dumps(list(words)),)
    )
    return sorted(pk for (pk,) in rows)
