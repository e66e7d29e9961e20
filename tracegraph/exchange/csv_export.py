"""CSV for spreadsheets: all claims that a reader sees as one table, and answers with one row a contract.

A cell that a spreadsheet would take for a formula is given with an apostrophe before it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from tracegraph.answer import Answer, Dependent
from tracegraph.decide import NOT_STATED_SHARE
from tracegraph.exchange.answers import money
from tracegraph.exchange.files import replacing
from tracegraph.lens import Lens
from tracegraph.model import Claim, canonical_json
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Status
from tracegraph.walk.visible import visible_claims

CLAIM_COLUMNS: Final = (
    *("claim_id", "type", "start_label", "start", "end_label", "end", "source_id", "grade"),
    *("share_low", "share_high", "confidence", "valid_from", "valid_to", "recorded_at", "visibility"),
    *("service", "attributes"),
)
ANSWER_COLUMNS: Final = (
    *("contract_id", "title", "status", "basis", "regions", "category", "value_sek", "end", "tier"),
    *("direct_suppliers", "weakest_grade", "route", "ask", "open_ends", "open_ends_total", "assumptions"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_claims(reader: GraphReader, lens: Lens, path: Path) -> dict[str, int]:
    """Write every claim that a reader sees to a file, one a row, by claim id.

    Returns
    -------
    dict of int
        ``claims``.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    rows = sorted((claim_row(claim) for claim in visible_claims(reader, lens)), key=lambda row: str(row[0]))
    with replacing(path) as file:
        write_table(file, CLAIM_COLUMNS, rows)
    return {"claims": len(rows)}


def write_answer(answer: Answer, path: Path, *, with_no_link: bool = False) -> dict[str, int]:
    """Write an answer to a file, one contract a row; the number of ``contracts``."""
    rows = [answer_row(d) for d in answer.dependents if with_no_link or d.status is not Status.NO_LINK]
    with replacing(path) as file:
        write_table(file, ANSWER_COLUMNS, rows)
    return {"contracts": len(rows)}


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table (RFC 4180, lines ended by CR LF), every cell safe to open in a spreadsheet."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula: texts that look like one get an apostrophe before them."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def claim_row(claim: Claim) -> tuple[Any, ...]:
    """Return a claim as the cells of `CLAIM_COLUMNS`; what is not stated is empty."""
    shared = (claim.share_low, claim.share_high) != NOT_STATED_SHARE
    return (
        claim.claim_id,
        claim.type.value,
        claim.start.label.value,
        claim.start.id,
        claim.end.label.value,
        claim.end.id,
        claim.source_id,
        claim.grade.value,
        claim.share_low if shared else None,
        claim.share_high if shared else None,
        claim.confidence,
        claim.valid_from,
        claim.valid_to,
        claim.recorded_at,
        claim.visibility,
        claim.qualifier or None,
        canonical_json(dict(claim.attributes)) if claim.attributes else None,
    )


def answer_row(dependent: Dependent) -> tuple[Any, ...]:
    """Return the answer for one contract as the cells of `ANSWER_COLUMNS`; lists are separated by ``|``."""
    facts, route = dependent.facts, dependent.route
    stops = [route[0].start, *(step.end for step in route)] if route else []
    return (
        facts.contract_id,
        facts.title,
        dependent.status.value,
        dependent.basis.value if dependent.basis else None,
        "|".join(facts.regions),
        facts.category,
        money(facts.value_sek),
        facts.end,
        dependent.tier,
        "|".join(dependent.direct_suppliers),
        dependent.weakest_grade.value if dependent.weakest_grade else None,
        " > ".join(stops),
        "|".join(dependent.ask),
        "|".join(dependent.open_ends.ids),
        dependent.open_ends.total,
        "|".join(sorted(assumption.value for assumption in dependent.assumptions)),
    )
