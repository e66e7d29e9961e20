"""Incidents as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tracegraph.incidents import IncidentRevision, RegulatoryAction, Reply, incident_body, selector_body
from tracegraph.incidents_history import Difference, change_of, differences
from tracegraph.model import Selector
from tracegraph.services.incident_writing import Recorded
from tracegraph.services.incidents import IncidentView, exposing


def incident_line_body(view: IncidentView, valid_at: str) -> dict[str, Any]:
    """Return an incident's current state as JSON."""
    return {**_current(view, valid_at), "revisions": len(view.revisions)}


def incident_view_body(view: IncidentView, valid_at: str) -> dict[str, Any]:
    """Return an incident with all its revisions as JSON, the oldest first, each with what it changes."""
    revisions = [
        {**revision_body(revision, before), "differences": differences_body(before, revision)}
        for before, revision in view.steps()
    ]
    return {**_current(view, valid_at), "revisions": revisions}


def _current(view: IncidentView, valid_at: str) -> dict[str, Any]:
    return {**revision_body(view.current, view.before, valid_at), "exposing": exposing(view)}


def revision_body(
    revision: IncidentRevision, before: IncidentRevision | None, valid_at: str | None = None
) -> dict[str, Any]:
    """Return one revision as JSON; what is not stated is absent.

    Parameters
    ----------
    revision : IncidentRevision
        What is said.
    before : IncidentRevision or None
        The revision that it follows.
    valid_at : str, optional
        The day for which the state of actions is told; a state of the past has none.
    """
    body: dict[str, Any] = {
        "incident_id": str(revision.incident_id),
        **incident_body(revision),
        "recorded_at": revision.recorded_at,
        "change": change_of(revision, before),
        "change_stated": revision.change is not None,
    }
    if revision.indicators:
        body["indicators_edition"] = revision.indicators_edition
    if revision.replies:
        body["replies"] = [_reply(reply) for reply in revision.replies]
    if revision.actions:
        body["actions"] = [
            _action(one) | ({"state": one.state_at(valid_at).value} if valid_at else {}) for one in revision.actions
        ]
    return body


def differences_body(before: IncidentRevision | None, after: IncidentRevision) -> list[dict[str, Any]]:
    """Return what a revision changes in the one before it as JSON; nothing where there is none."""
    return [_difference(one) for one in (differences(before, after) if before else ())]


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "what": difference.what,
        "before": _value(difference.before),
        "after": _value(difference.after),
    }


def _value(value: Any) -> Any:
    if isinstance(value, Selector):
        return selector_body(value)
    if isinstance(value, Reply):
        return _reply(value)
    if isinstance(value, RegulatoryAction):
        return _action(value)
    return dict(value) if isinstance(value, Mapping) else value


def _reply(reply: Reply) -> dict[str, Any]:
    return {name: value for name, value in asdict(reply).items() if value is not None}


def _action(action: RegulatoryAction) -> dict[str, Any]:
    said = {name: value for name, value in asdict(action).items() if value is not None}
    return said | {"countries": list(action.countries)}


# --- what was recorded ---------------------------------------------------------------------------------------------


def added_body(done: Recorded, valid_at: str) -> dict[str, Any]:
    """Return what recording new incidents did as JSON: every revision, with what it changes."""
    revisions = [
        {**revision_body(revision, before, valid_at), "differences": differences_body(before, revision)}
        for before, revision in done.steps
    ]
    return {"dry_run": done.dry_run, "change_set": done.report.change_set, "revisions": revisions}


def revised_body(done: Recorded, valid_at: str) -> dict[str, Any]:
    """Return what recording the next revision of an incident did as JSON: what it follows, says and changes."""
    before, after = done.steps[-1]
    return {
        "dry_run": done.dry_run,
        "change_set": done.report.change_set,
        "nothing_changed": done.report.is_nothing,
        "follows": before.recorded_at if before else None,
        "revision": revision_body(after, before, valid_at),
        "differences": differences_body(before, after),
    }
