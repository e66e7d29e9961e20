"""Which plants reach most, and which contracts share one: as JSON, and as CSV for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tracegraph.answer import Interval
from tracegraph.answer_leverage import (
    Concentration,
    Herfindahl,
    Leverage,
    LeverageReport,
    Plant,
    Reached,
    ReachedContract,
    SharedPlant,
    Spread,
)
from tracegraph.exchange.answers import lens_body, money
from tracegraph.exchange.chain import facts_body
from tracegraph.exchange.csv_export import write_table
from tracegraph.exchange.files import replacing

_PLANT: Final = ("factory_id", "identified", "countries", "regions")
_COUNTS: Final = tuple(
    f"{status}_{column}"
    for status in ("established", "possible")
    for column in ("contracts", "regions", "value_sek", "without_value")
)
LEVERAGE_COLUMNS: Final = (*_PLANT, *_COUNTS, "exposed_sek_low", "exposed_sek_high")
CONCENTRATION_COLUMNS: Final = (*_PLANT, *_COUNTS, "direct_suppliers", "contracts")


def leverage_body(report: LeverageReport) -> dict[str, Any]:
    """Return which plants reach most as JSON."""
    return {
        "query": {"lens": lens_body(report.lens), "factories": list(report.asked)},
        "summary": {"factories": report.total, "without_contract": report.none, "graph_version": report.graph_version},
        "factories": [
            {
                **_plant(plant.plant),
                **_reach(plant.established, plant.possible, plant.regions),
                "exposed_sek": _money_interval(plant.exposed_sek),
                "contracts": _contracts(plant.contracts),
            }
            for plant in report.plants
        ],
    }


def concentration_body(found: Concentration) -> dict[str, Any]:
    """Return which contracts share a plant, and how concentrated value is, as JSON."""
    return {
        "query": {
            "lens": lens_body(found.lens),
            "regions": list(found.regions),
            "categories": list(found.categories),
        },
        "summary": {
            "shared_factories": found.groups_total,
            "overlaps": found.overlaps_total,
            "factories_weighed": found.factories_weighed,
            "factories_identified": found.factories_identified,
            "graph_version": found.graph_version,
        },
        "spreads": [_spread(spread) for spread in found.spreads],
        "shared_factories": [
            {
                **_plant(group.plant),
                **_reach(group.established, group.possible, group.regions),
                "direct_suppliers": list(group.direct_suppliers),
                "contracts": _contracts(group.contracts),
            }
            for group in found.groups
        ],
        "overlaps": [
            {
                "contract_ids": [overlap.first, overlap.second],
                "shared": overlap.shared,
                "together": overlap.together,
                "jaccard": round(overlap.jaccard, 6),
            }
            for overlap in found.overlaps
        ],
    }


def _plant(plant: Plant) -> dict[str, Any]:
    return {"factory_id": plant.factory_id, "identified": plant.identified, "countries": list(plant.countries)}


def _reach(established: Reached, possible: Reached, regions: Sequence[str]) -> dict[str, Any]:
    return {"regions": list(regions), "established": _reached(established), "possible": _reached(possible)}


def _reached(reached: Reached) -> dict[str, Any]:
    return {
        "contracts": reached.contracts,
        "regions": list(reached.regions),
        "value_sek": money(reached.value_sek),
        "without_value": reached.without_value,
    }


def _contracts(contracts: Sequence[ReachedContract]) -> list[dict[str, Any]]:
    return [{**facts_body(contract.facts), "status": contract.status.value} for contract in contracts]


def _money_interval(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else {"low": money(interval.low), "high": money(interval.high)}


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "category": spread.category,
        "contracts": spread.contracts,
        "without_value": spread.without_value,
        "value_sek": money(spread.value_sek),
        "by_factory": _herfindahl(spread.by_factory),
        "by_country": _herfindahl(spread.by_country),
    }


def _herfindahl(found: Herfindahl | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "index": _part(found.index),
        "known": _part(found.known),
        "overlapping": found.overlapping,
        "parts": [{"id": part.id, "share": _part(part.share)} for part in found.parts],
    }


def _part(interval: Interval) -> dict[str, float]:
    """Return bounds to 6 places."""
    return {"low": round(interval.low, 6), "high": round(min(1.0, interval.high), 6)}


# --- CSV -----------------------------------------------------------------------------------------------------------


def write_leverage(report: LeverageReport, path: Path) -> int:
    """Write the listed plants to a file, one a row; the number of rows. Raises as `replacing`."""
    return _write(path, LEVERAGE_COLUMNS, leverage_rows(report))


def leverage_rows(report: LeverageReport) -> list[tuple[Any, ...]]:
    """Return the listed plants as rows of `LEVERAGE_COLUMNS`."""
    return [
        (*_row(plant), *(_money_interval(plant.exposed_sek) or {"low": None, "high": None}).values())
        for plant in report.plants
    ]


def write_shared(found: Concentration, path: Path) -> int:
    """Write the listed shared plants to a file, one a row; the number of rows. Raises as `replacing`."""
    return _write(path, CONCENTRATION_COLUMNS, shared_rows(found))


def shared_rows(found: Concentration) -> list[tuple[Any, ...]]:
    """Return the listed shared plants as rows of `CONCENTRATION_COLUMNS`."""
    return [
        (*_row(group), "|".join(group.direct_suppliers), "|".join(c.facts.contract_id for c in group.contracts))
        for group in found.groups
    ]


def _row(found: Leverage | SharedPlant) -> tuple[Any, ...]:
    plant = found.plant
    counts: list[Any] = []
    for reached in (found.established, found.possible):
        counts += [reached.contracts, "|".join(reached.regions), money(reached.value_sek), reached.without_value]
    identified = "true" if plant.identified else "false"
    return (plant.factory_id, identified, "|".join(plant.countries), "|".join(found.regions), *counts)


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    with replacing(path) as file:
        write_table(file, columns, rows)
    return len(rows)
