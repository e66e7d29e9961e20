"""Jobs: what takes longer than a reader waits, and what becomes of files that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import NotNow
from tracegraph.messages import N_
from tracegraph.services.jobs import OPEN, Job, JobState, cancelled, find_job, jobs_of, message_from
from tracegraph_api.changes import change
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import Given, PageQuery
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import done
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.paging import paged
from tracegraph_api.pages.words import message, say
from tracegraph_api.policy import API

pages = Pages("jobs")

STATES: Final[Mapping[JobState, str]] = {
    JobState.QUEUED: N_("waiting"),
    JobState.RUNNING: N_("being worked on"),
    JobState.SUCCEEDED: N_("done"),
    JobState.FAILED: N_("could not be done"),
    JobState.CANCELLED: N_("cancelled"),
    JobState.DEAD: N_("given up after several tries"),
}
KINDS: Final[Mapping[str, str]] = {
    "question": N_("Question"),
    "check": N_("Check of an import"),
    "commit": N_("Writing of an import"),
    "discard": N_("Letting go of an import"),
    "undo": N_("Undoing of an import"),
}


class _JobsQuery(PageQuery):
    """Which jobs are listed."""

    state = fields.List(fields.String(validate=validate.OneOf(list(JobState))), load_default=list)


@pages.shows("/jobs", Permission.WATCH, (_JobsQuery,))
def all(given: Given) -> Response:
    """List jobs, the newest first."""
    return _listed(given)


def _listed(given: Given, error: str = "", status: int = 200) -> Response:
    wanted = set(given["state"] or JobState)
    found = [job for job in jobs_of(store(), principal()) if job.state in wanted]
    listed, about = paged(found, given)
    return render(
        "pages/jobs.html",
        say(N_("Jobs")),
        status=status,
        error=error,
        rows=[_row(job) for job in listed],
        states_known=[(state.value, say(text)) for state, text in STATES.items()],
        chosen=given["state"],
        **about,
    )


def _row(job: Job) -> dict[str, Any]:
    body = job.record.body
    return {
        "id": job.id,
        "kind": say(KINDS[job.kind]) if job.kind in KINDS else job.kind,
        "asked": job.given.get("path", ""),
        "href": _result(job),
        "state": say(STATES[job.state]),
        "progress": body["progress"] if job.state in OPEN else None,
        "began": body["created_at"],
        "ended": body["finished_at"],
        "error": message(message_from(body["error"])) if body["error"] else "",
        "can_end": job.state in OPEN,
    }


def _result(job: Job) -> str | None:
    """Return where one sees what a job is about; a question of a program's has no page."""
    if "import_id" in job.given:
        return link("imports.one", id=job.given["import_id"]) if principal().may(Permission.WRITE) else None
    is_page = not str(job.given.get("path", API)).startswith(API)
    return link("waiting.progress", id=job.id) if is_page else None


@pages.takes("/jobs/<id>/cancel", Permission.WATCH)
def cancel(id: str) -> Response | AnyResponse:
    """End a job before its time."""
    made = change()
    found = find_job(store(), principal(), id)
    try:
        write = cancelled(found, now())
    except NotNow as error:
        return _listed({"page": 1, "limit": 20, "state": []}, message(error.message), 409)
    beside = made.beside("job.cancel", f"job:{found.id}", done(link("jobs.all")), records=[write])
    store().commit(beside, now())
    return made.answered()
