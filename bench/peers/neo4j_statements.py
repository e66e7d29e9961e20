"""Neo4j by one statement: the best ones that we know, and the naive one that enumerates paths.

Each is a file beside this one, sent through the official driver to the database that tracegraph's own store filled. No
inferred steps, no status. `Contracts` gives contracts alone; `Cone` gives what tracegraph fetches, all claims included;
`Naive` finds every path and hits its time limit where there are many.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import neo4j
from neo4j.exceptions import ClientError, TransientError

from bench.system import Found, Setting, TimeLimit
from tracegraph.lens import Lens

NAIVE_SECONDS: Final = 2.0
BEST_SECONDS: Final = 60.0


class _Statement:
    """One statement and its parameters."""

    def __init__(self, url: str, lens: Lens, name: str, seconds: float) -> None:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._driver = neo4j.GraphDatabase.driver(
            address,
            auth=(unquote(parts.username or ""), unquote(parts.password or "")),
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
        )
        text = Path(__file__).with_name(f"{name}.cypher").read_text(encoding="utf-8")
        self._query = neo4j.Query(text, timeout=seconds)
        self._values: dict[str, Any] = {
            "valid_at": lens.valid_at,
            "known_at": lens.known_at,
            "visible_to": list(lens.visible_to),
            "grades": list(lens.grades),
        }

    def rows(self, factory: str) -> list[neo4j.Record]:
        """Return the statement's rows."""
        try:
            with self._driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
                return list(session.run(self._query, self._values | {"factory": factory}))
        except (ClientError, TransientError) as error:
            if "TimedOut" in (error.code or "") or "MemoryPool" in (error.code or ""):
                raise TimeLimit from error
            raise

    def close(self) -> None:
        """Close the driver."""
        self._driver.close()


class Contracts(_Statement):
    """A pruning breadth-first search, contracts only."""

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route."""
        rows = self.rows(factory)
        return Found({row["contract"]: (row["title"], row["value"]) for row in rows}, None)


class Cone(_Statement):
    """A pruning breadth-first search, and the claims of what it reached."""

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route, and the number of claims of the cone."""
        claims = [claim for row in self.rows(factory) for claim in row["claims"]]
        return Found({claim[1]: (claim[11], claim[12]) for claim in claims if claim[11] is not None}, len(claims))


def contracts(setting: Setting) -> Contracts:
    """Return the best statement for contracts alone."""
    return Contracts(setting.neo4j, setting.lens, "neo4j_contracts", BEST_SECONDS)


def cone(setting: Setting) -> Cone:
    """Return the best statement for the whole cone."""
    return Cone(setting.neo4j, setting.lens, "neo4j_cone", BEST_SECONDS)


def naive(setting: Setting) -> Contracts:
    """Return the statement that enumerates paths."""
    return Contracts(setting.neo4j, setting.lens, "neo4j_naive", NAIVE_SECONDS)
