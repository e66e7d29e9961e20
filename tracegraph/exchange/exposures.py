"""Every contract against every current incident: as JSON, and as CSV for spreadsheets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from tracegraph.answer import ContractFacts
from tracegraph.answer_exposure import KnownRevision
from tracegraph.answer_exposures import Cause, CauseKind, Change, Exposed, Exposures, Reading
from tracegraph.exchange.answers import lens_body, money
from tracegraph.exchange.chain import facts_body
from tracegraph.exchange.csv_export import write_table
from tracegraph.exchange.files import replacing
from tracegraph.incidents import selector_body
from tracegraph.vocabulary import Status

_FACTS: Final = ("contract_id", "title", "regions", "category", "value_sek", "end")
_INCIDENT: Final = ("incident_id", "incident_title", "incident_status", "revision", "revision_recorded_at")
EXPOSURE_COLUMNS: Final[tuple[str, ...]] = (*_FACTS, *_INCIDENT, "status", "basis")
CHANGE_COLUMNS: Final[tuple[str, ...]] = (
    *(*_FACTS, *_INCIDENT, "status_before", "basis_before", "status_after", "basis_after"),
    *("causes", "claims_new", "claims_gone", "claim_ids", "source_ids"),
)


def exposures_body(report: Exposures, *, with_no_link: bool = False) -> dict[str, Any]:
    """Return the report as JSON.

    Parameters
    ----------
    report : Exposures
        From `tracegraph.services.exposures.exposures`.
    with_no_link : bool
        Whether pairs without a link are listed; they are counted all the same.
    """
    counts = Counter(reading.status for column in report.incidents for reading in column.readings)
    return {
        "query": {
            "lens": lens_body(report.lens),
            "since": lens_body(report.since) if report.since else None,
            "incidents": list(report.asked),
            "regions": list(report.regions),
        },
        "summary": {
            "contracts": len(report.contracts),
            "incidents": len(report.incidents),
            "pairs": {status.value: counts[status] for status in Status},
            "graph_version": report.graph_version,
        },
        "incidents": [
            {
                **_incident(column.incident),
                "counts": {status.value: count for status, count in column.counts.items()},
                "unmatched": [selector_body(selector) for selector in column.unmatched],
            }
            for column in report.incidents
        ],
        "contracts": [facts_body(facts) for facts in report.contracts],
        "exposures": [pair_body(row) for row in report.rows(with_no_link=with_no_link)],
        "changes": None if report.changes is None else [change_body(change) for change in report.changes],
    }


def pair_body(row: Exposed) -> dict[str, Any]:
    """Return where a contract stands towards an incident as JSON."""
    return {
        "contract_id": row.facts.contract_id,
        "incident_id": str(row.incident.revision.incident_id),
        **_reading(row.reading),
    }


def _incident(known: KnownRevision) -> dict[str, Any]:
    revision = known.revision
    return {
        "incident_id": str(revision.incident_id),
        "title": revision.title,
        "kind": revision.kind,
        "status": revision.status,
        "revision": known.number,
        "recorded_at": revision.recorded_at,
        "change": known.change,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"status": reading.status.value, "basis": reading.basis.value if reading.basis else None}


def change_body(change: Change) -> dict[str, Any]:
    """Return where a contract stands otherwise than it did as JSON."""
    return {
        "contract": facts_body(change.facts),
        "incident": _incident(change.incident),
        "before": change.before and _reading(change.before),
        "after": change.after and _reading(change.after),
        "causes": [_cause(cause) for cause in change.causes],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "kind": cause.kind.value,
        "claims": cause.count,
        "claim_ids": list(cause.claim_ids),
        "source_ids": list(cause.source_ids),
    }


# --- CSV -----------------------------------------------------------------------------------------------------------


def write_exposures(report: Exposures, path: Path, *, with_no_link: bool = False) -> int:
    """Write the report to a file, one contract and incident a row: the changes where they were asked for.

    Returns
    -------
    int
        Rows.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    if report.changes is None:
        columns, rows = EXPOSURE_COLUMNS, [exposure_row(row) for row in report.rows(with_no_link=with_no_link)]
    else:
        columns, rows = CHANGE_COLUMNS, [change_row(change) for change in report.changes]
    with replacing(path) as file:
        write_table(file, columns, rows)
    return len(rows)


def exposure_row(row: Exposed) -> tuple[Any, ...]:
    """Return a contract and an incident as the cells of `EXPOSURE_COLUMNS`."""
    return (*_facts_cells(row.facts), *_incident_cells(row.incident), *_reading(row.reading).values())


def change_row(change: Change) -> tuple[Any, ...]:
    """Return a change as the cells of `CHANGE_COLUMNS`."""
    nothing = (None, None)
    count = {cause.kind: cause.count for cause in change.causes}
    return (
        *_facts_cells(change.facts),
        *_incident_cells(change.incident),
        *(_reading(change.before).values() if change.before else nothing),
        *(_reading(change.after).values() if change.after else nothing),
        "|".join(cause.kind.value for cause in change.causes),
        count.get(CauseKind.CLAIMS_NEW, 0),
        count.get(CauseKind.CLAIMS_GONE, 0),
        "|".join(claim for cause in change.causes for claim in cause.claim_ids),
        "|".join(dict.fromkeys(source for cause in change.causes for source in cause.source_ids)),
    )


def _facts_cells(facts: ContractFacts) -> tuple[Any, ...]:
    regions = "|".join(facts.regions)
    return facts.contract_id, facts.title, regions, facts.category, money(facts.value_sek), facts.end


def _incident_cells(known: KnownRevision) -> tuple[Any, ...]:
    revision = known.revision
    return str(revision.incident_id), revision.title, revision.status, known.number, revision.recorded_at
