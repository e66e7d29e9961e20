"""Jobs as answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from tracegraph.services.imports import ImportState
from tracegraph.services.jobs import OPEN, Job, JobState, message_from
from tracegraph.services.operations import Reply
from tracegraph_api.context import translator
from tracegraph_api.respond import respond

JOBS: Final = "/tracegraph/v1/jobs"
IMPORTS: Final = "/tracegraph/v1/imports"
#: Seconds until a caller should look again.
LOOK_AGAIN_S: Final = 2
#: What becomes of an import that a job checked: there is a list of what is wrong with it.
_LOOKED_AT: Final = (ImportState.CHECKED, ImportState.REJECTED)


def job_body(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    body, given = job.record.body, job.given
    at = f"{JOBS}/{job.id}"
    outcome = (body["result"] or {}).get("state")
    links = {"self": at}
    if job.state in OPEN:
        links["cancellation"] = f"{at}/cancellation"
    if job.state is JobState.SUCCEEDED and body["result"] and "pieces" in body["result"]:
        links["result"] = f"{at}/result"
    if "import_id" in given:
        links["import"] = f"{IMPORTS}/{given['import_id']}"
        if outcome in _LOOKED_AT:
            links["errors"] = f"{IMPORTS}/{given['import_id']}/errors"
    return {
        "job_id": job.id,
        "kind": job.kind,
        "state": job.state,
        "question": {name: given[name] for name in ("method", "path", "query")} if "path" in given else None,
        "import_id": given.get("import_id"),
        "outcome": outcome,
        "progress": body["progress"],
        "attempts": body["attempts"],
        "error": _error(body["error"]),
        "created_at": body["created_at"],
        "started_at": body["started_at"],
        "finished_at": body["finished_at"],
        "expires_at": body["expires_at"],
        "_links": {name: {"href": href} for name, href in links.items()},
    }


def _error(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"code": error["code"], "detail": translator().say(message_from(error))} if error else None


def job_headers(job: Job) -> dict[str, str]:
    """Return the headers of an answer about a job: when to look again, while it is open."""
    return {"Retry-After": str(LOOK_AGAIN_S)} if job.state in OPEN else {}


def job_response(job: Job) -> Response:
    """Return a job as an answer."""
    return respond(job_body(job), headers=job_headers(job))


def accepted(job: Job, headers: Mapping[str, str] | None = None) -> Reply:
    """Return the reply that tells where a job is to be found."""
    return Reply(202, job_body(job), {"Location": f"{JOBS}/{job.id}", **job_headers(job), **(headers or {})})
