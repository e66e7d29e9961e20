"""How far incidents reach, as JSON: the shape of `dependents`, with the incidents and roll-ups beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from tracegraph.answer_exposure import ExposedSum, Exposure, IncidentExposure, KnownRevision, RollUp, RollUps
from tracegraph.exchange.answers import answer_body, interval_body, summary_body


def exposure_body(exposure: Exposure, *, with_no_link: bool = False, with_routes: bool = True) -> dict[str, Any]:
    """Return how far incidents reach as JSON.

    Parameters
    ----------
    exposure : Exposure
        From `tracegraph.services.exposure.exposure`.
    with_no_link, with_routes : bool
        As for `tracegraph.exchange.answers.answer_body`.
    """
    body = answer_body(exposure.answer, with_no_link=with_no_link, with_routes=with_routes)
    for contract in body["contracts"]:
        reached = exposure.reached_by.get(contract["contract_id"], {})
        contract["incidents"] = [
            {"incident_id": incident, "status": status.value} for incident, status in sorted(reached.items())
        ]
    parts = [_part_body(part) for part in exposure.incidents]
    return {
        "incident": {k: v for k, v in parts[0].items() if k != "summary"} if len(parts) == 1 else None,
        "incidents": parts,
        **body,
        "rollups": rollups_body(exposure.rollups),
    }


def _part_body(part: IncidentExposure) -> dict[str, Any]:
    return {
        **revision_ref(part.known),
        "stopped": part.stopped
        and {
            "since": part.stopped.since,
            "revision": part.stopped.revision,
            "known_before": part.stopped.known_before,
        },
        "summary": part.summary and summary_body(part.summary),
        **exposed_body(part.exposed),
    }


def revision_ref(known: KnownRevision) -> dict[str, Any]:
    """Return which revision of which incident is meant, as JSON."""
    return {
        "incident_id": str(known.revision.incident_id),
        "title": known.revision.title,
        "status": known.revision.status,
        "change": known.change,
        "revision": known.number,
        "recorded_at": known.revision.recorded_at,
    }


def rollups_body(rollups: RollUps) -> dict[str, Any]:
    """Return roll-ups as JSON; a row without an id holds the contracts of which it is not known."""
    return {part.name: _rows(getattr(rollups, part.name)) for part in fields(RollUps)}


def _rows(rows: Sequence[RollUp]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.key,
            **{status.value: count for status, count in row.counts.items()},
            **exposed_body(row.exposed),
        }
        for row in rows
    ]


def exposed_body(exposed: ExposedSum) -> dict[str, Any]:
    """Return a sum of values at exposure as JSON."""
    return {"exposed_sek": interval_body(exposed.total), "without_exposed_sek": exposed.left_out}
