"""How deep contracts are mapped, and where their value ends, as one table for spreadsheets.

A row is a contract, or all of them, a region, a category, or a region's contracts of one category together: `level`
says which. Split by grade, each comes once for each grade, and `at_least` says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tracegraph.answer import Interval
from tracegraph.answer_depth import Comparison, ContractDepth, DepthReport, Ending, RollUp, Split
from tracegraph.exchange.answers import money, plain
from tracegraph.exchange.csv_export import write_table
from tracegraph.exchange.files import replacing
from tracegraph.vocabulary import Grade

_PARTS: Final = (*(ending.value for ending in Ending), "known_end")
_BOUNDS: Final = tuple(f"{part}_{bound}" for part in _PARTS for bound in ("low", "high"))

DEPTH_COLUMNS: Final = (
    *("level", "region", "category", "contract_id", "title", "regions", "end", "value_sek"),
    *("contracts", "without_value", "without_delivery", "with_open_end"),
    *("deliveries", "tiers", "factory_tier", "tiers_without_gap", "open_ends", "inferred"),
    *("at_least", *_BOUNDS, "others", *(f"others_{bound}" for bound in _BOUNDS)),
    *("claims", "newest", "median", "oldest_published", "undated"),
)

Row = dict[str, Any]


def write_depth(report: DepthReport, path: Path) -> dict[str, int]:
    """Write a report to a file; the number of ``rows``.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    rows = depth_rows(report)
    with replacing(path) as file:
        write_table(file, DEPTH_COLUMNS, rows)
    return {"rows": len(rows)}


def depth_rows(report: DepthReport) -> list[list[Any]]:
    """Return a report as rows of `DEPTH_COLUMNS`."""
    return [[row.get(column) for column in DEPTH_COLUMNS] for row in _rows(report)]


def _rows(report: DepthReport) -> Iterator[Row]:
    compared = {(found.region, found.category): found for found in report.comparisons}
    yield from _by_grade({"level": "total", **_rolled(report.total)}, report.total.split, report.total.by_grade)
    for region, total in report.by_region.items():
        row = {"level": "region", "region": region, **_rolled(total), **_others(compared.get((region, None)))}
        yield from _by_grade(row, total.split, total.by_grade)
    for category, total in report.by_category.items():
        row = {"level": "category", "category": category, **_rolled(total)}
        yield from _by_grade(row, total.split, total.by_grade)
    for found in report.comparisons:
        if found.category is not None:
            named = {"level": "region_category", "region": found.region, "category": found.category}
            sums = {"contracts": found.contracts, "value_sek": money(found.value_sek)}
            yield from _by_grade({**named, **sums, **_others(found)}, found.own, {})
    for contract in report.contracts:
        yield from _by_grade(_contract(contract), contract.split, contract.by_grade)


def _by_grade(row: Row, split: Split | None, by_grade: Mapping[Grade, Split]) -> Iterator[Row]:
    """Yield the row once for each grade; medians of other regions and all else are those of everything."""
    for grade, part in by_grade.items() if by_grade else [(Grade.INFERRED, split)]:
        yield {**row, "at_least": grade.value, **_bounds(part)}


def _rolled(total: RollUp) -> Row:
    return {
        "contracts": total.contracts,
        "value_sek": money(total.value_sek),
        "without_value": total.without_value,
        "without_delivery": total.without_delivery,
        "with_open_end": total.with_open_end,
        "inferred": total.inferred,
    }


def _contract(contract: ContractDepth) -> Row:
    facts, evidence = contract.facts, contract.evidence
    row = {
        "level": "contract",
        "category": facts.category,
        "contract_id": facts.contract_id,
        "title": facts.title,
        "regions": "|".join(facts.regions),
        "end": facts.end,
        "value_sek": money(facts.value_sek),
        "deliveries": contract.deliveries,
        "tiers": contract.tiers,
        "factory_tier": contract.factory_tier,
        "tiers_without_gap": contract.tiers_without_gap,
        "open_ends": contract.open_ends,
        "inferred": int(contract.inferred),
    }
    if evidence is not None:
        row |= {"claims": evidence.claims, "newest": evidence.newest, "median": evidence.median}
        row |= {"oldest_published": evidence.oldest_published, "undated": evidence.undated}
    return row


def _others(comparison: Comparison | None) -> Row:
    if comparison is None:
        return {}
    return {"others": comparison.others, **_bounds(comparison.median, "others_")}


def _bounds(split: Split | None, prefix: str = "") -> Row:
    if split is None:
        return {}
    parts: dict[str, Interval] = {ending.value: interval for ending, interval in split.ends.items()}
    parts["known_end"] = split.known_end
    return {
        f"{prefix}{part}_{bound}": plain(getattr(interval, bound))
        for part, interval in parts.items()
        for bound in ("low", "high")
    }
