"""Imports as answers."""

from __future__ import annotations

from typing import Any

from tracegraph.access import Permission
from tracegraph.services.import_reading import said
from tracegraph.services.imports import ImportState, Sent
from tracegraph_api.context import principal, translator
from tracegraph_api.job_bodies import IMPORTS, JOBS

_NEXT = {
    ImportState.RECEIVED: ("discard",),
    ImportState.CHECKED: ("commit", "discard"),
    ImportState.REJECTED: ("discard",),
    ImportState.COMMITTED: ("undo",),
}


def import_line(sent: Sent) -> dict[str, Any]:
    """Return what a list says of an import."""
    body = sent.body
    at = f"{IMPORTS}/{sent.id}"
    return {
        "import_id": sent.id,
        "state": sent.state,
        "form": body["form"],
        "files": [{"name": file["name"], "bytes": file["bytes"]} for file in body["files"]],
        "created_at": body["created_at"],
        "checked_at": body["checked_at"],
        "committed_at": body["committed_at"],
        "ended_at": body["ended_at"],
        "_links": {"self": {"href": at}},
    }


def import_body(sent: Sent) -> dict[str, Any]:
    """Return an import as JSON; the store's own number is for who keeps the store."""
    body, problems = sent.body, sent.body["problems"]
    at = f"{IMPORTS}/{sent.id}"
    links = {"self": at, "job": f"{JOBS}/{sent.job_record_id.rpartition('/')[2]}"}
    links |= {"errors": f"{at}/errors"} if problems else {}
    links |= {name: f"{at}/{name}" for name in _NEXT.get(sent.state, ())}
    return {
        **import_line(sent),
        "skip_bad_rows": body["skip_bad_rows"],
        "expires_at": body["expires_at"],
        "digest": body["digest"],
        "rows": body["rows"],
        "errors": problems["errors"] if problems else None,
        "warnings": problems["warnings"] if problems else None,
        "notes": [translator().say(note) for note in said(body["notes"])],
        "visibilities": body["visibilities"],
        "preview": body["preview"],
        "committed": body["committed"],
        "change_set": body["change_set"] if principal().may(Permission.SYSTEM) else None,
        "_links": {name: {"href": href} for name, href in links.items()},
    }
