"""What to ask next: as JSON, and open ends as CSV for spreadsheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tracegraph.answer_ask import AskNext, Behind, OpenEnd, ToAsk
from tracegraph.exchange.answers import lens_body, money
from tracegraph.exchange.chain import facts_body
from tracegraph.exchange.csv_export import write_table
from tracegraph.exchange.files import replacing
from tracegraph.incidents import selector_body
from tracegraph.model import holder_of, product_of

ASK_COLUMNS: Final = (
    *("id", "holder_id", "product", "ask", "contracts", "settles", "takes_part", "narrows"),
    *("value_sek", "without_value", "regions", "categories"),
)


def ask_body(found: AskNext) -> dict[str, Any]:
    """Return what to ask next as JSON."""
    asked = found.question
    return {
        "query": {
            "scope": [selector_body(selector) for selector in asked.scope],
            "lens": lens_body(asked.lens),
            "regions": list(asked.regions),
            "categories": list(asked.categories),
            "direct_suppliers": list(asked.direct_suppliers),
        },
        "summary": {
            "unclear": found.unclear,
            "value_sek": money(found.unclear_value_sek),
            "without_value": found.unclear_without_value,
            "open_ends": found.open_ends_total,
            "direct_suppliers": found.suppliers_total,
            "in_order": found.in_order,
            "graph_version": found.graph_version,
        },
        "unmatched": [selector_body(selector) for selector in found.unmatched],
        "open_ends": [_open_end(end) for end in found.open_ends],
        "direct_suppliers": [_to_ask(to_ask) for to_ask in found.suppliers],
        "order": [{"ids": list(step.ids), "settles": step.settles, "settled": step.settled} for step in found.order],
    }


def _open_end(end: OpenEnd) -> dict[str, Any]:
    return {**_place(end.id), "ask": list(end.ask), **_behind(end.behind)}


def _place(end: str) -> dict[str, Any]:
    item = "/" in end
    return {"id": end, "holder_id": holder_of(end) if item else None, "product": product_of(end) if item else None}


def _behind(behind: Behind) -> dict[str, Any]:
    return {
        "contracts": behind.contracts,
        "settles": behind.settles,
        "takes_part": behind.takes_part,
        "narrows": behind.narrows,
        "value_sek": money(behind.value_sek),
        "without_value": behind.without_value,
        "regions": list(behind.regions),
        "categories": list(behind.categories),
    }


def _to_ask(to_ask: ToAsk) -> dict[str, Any]:
    return {
        "supplier_id": to_ask.supplier_id,
        **_behind(to_ask.behind),
        "questions": [
            {**_place(asked.id), "settles": asked.settles, "contracts": list(asked.contracts)}
            for asked in to_ask.questions
        ],
        "questions_total": to_ask.total,
        "contract_facts": [facts_body(facts) for facts in to_ask.contracts],
    }


def write_open_ends(found: AskNext, path: Path) -> int:
    """Write the listed open ends to a file, one a row; the number of rows.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    rows = open_end_rows(found)
    with replacing(path) as file:
        write_table(file, ASK_COLUMNS, rows)
    return len(rows)


def open_end_rows(found: AskNext) -> list[list[Any]]:
    """Return the listed open ends as rows of `ASK_COLUMNS`."""
    bodies = [_open_end(end) for end in found.open_ends]
    return [[_cell(body[column]) for column in ASK_COLUMNS] for body in bodies]


def _cell(value: Any) -> Any:
    return "|".join(value) if isinstance(value, list) else value
