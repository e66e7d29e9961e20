"""Write docs/queries.md from the headers of the files under cypher/; with --check, only say whether it is fresh.

python tools/make_queries_doc.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tracegraph.store.queries import MODES, Field, Query, load_migrations, load_queries  # noqa: E402

TARGET = ROOT / "docs" / "queries.md"
INTRODUCTION = """\
# Queries

Every statement that tracegraph sends to Neo4j stands in a file of its own under `cypher/`, and this page is made of
their headers (`python tools/make_queries_doc.py`); change the files, not the page. They can be run by hand, in Neo4j
Browser or `cypher-shell`, with `:param` for what they take.

Rules that tests hold: a header declares exactly what its statement uses and returns; parameters only, never text put
together; files under `read/` do not write; lists of starts are unwound (`UNWIND $ids AS id`) and never stand in a
`WHERE` before a pattern of variable length, where Neo4j 5.26 gives wrong answers; each file is explained on a real
server without a notification.

A **lens** is the parameters `valid_at`, `known_at`, `held_at`, `visible_to`, `grades` and `finished`. `held_at` is
`known_at`, except while an import is being written in batches: then it is at most a second before that import's time,
so that what the import has already ended still counts. `finished` keeps its claims unseen until it is done.
"""


def page() -> str:
    """Return the page."""
    queries = load_queries()
    parts = [INTRODUCTION]
    for mode in MODES:
        parts.append(f"## {mode}\n")
        parts += [section(query) for query in queries.values() if query.mode == mode]
    parts.append("## schema\n")
    for migration in load_migrations():
        parts.append(f"### {migration.name}\n\n```cypher\n" + "\n".join(migration.statements) + "\n```\n")
    return "\n".join(parts)


def section(query: Query) -> str:
    """Return what there is to say of one query."""
    lines = [f"### {query.name}", "", query.doc, ""]
    lines += table("Takes", query.params)
    lines += table("Returns", query.columns)
    path = f"cypher/{query.mode}/{query.name}.cypher"
    return "\n".join([*lines, f"[`{path}`](../{path})\n"])


def table(title: str, fields: Sequence[Field]) -> Iterator[str]:
    """Yield the lines of a table of parameters or columns; lens parameters are named together."""
    rows = list(rows_of(fields))
    if rows:
        yield from (f"| {title} | Type | Meaning |", "|---|---|---|", *rows, "")


def rows_of(fields: Iterable[Field]) -> Iterator[str]:
    """Yield the rows of a table."""
    plain = [field for field in fields if not field.meaning.startswith("lens:")]
    for field in plain:
        yield f"| `{field.name}` | `{field.type}` | {field.meaning} |"
    if len(plain) < len(list(fields)):
        yield "| the lens | | see above |"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or check it; returns the exit code."""
    fresh = page()
    if "--check" in arguments:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == fresh:
            return 0
        sys.stderr.write(f"{TARGET.relative_to(ROOT)} is stale: run python tools/make_queries_doc.py\n")
        return 1
    TARGET.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
