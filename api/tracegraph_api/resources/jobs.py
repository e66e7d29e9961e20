"""Jobs: what takes longer than a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.errors import NotNow, UnknownJob
from tracegraph.messages import N_
from tracegraph.services.jobs import JobState, cancelled, find_job, job_of, jobs_of
from tracegraph.services.operations import Reply
from tracegraph.services.pieces import RESULT, whole
from tracegraph_api.changes import change, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import PageQuery, described
from tracegraph_api.job_bodies import job_body, job_response
from tracegraph_api.media import CSV, GEOJSON, GRAPHML, ZIP
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import finish, page_of, respond

resource = Resource(
    "jobs",
    __name__,
    url_prefix="/jobs",
    description=N_("Questions that take longer than callers wait, and what becomes of files that were sent."),
)


class JobsQuery(Schema):
    """Which jobs are listed."""

    state = fields.List(
        fields.String(validate=validate.OneOf(list(JobState))),
        metadata=described(N_("Only jobs in this state; may be repeated."), example=["running"]),
    )


@resource.get("")
@operation(
    Permission.WATCH,
    says=(N_("Jobs"), N_("Those of your region that you may see, the newest first; they are kept for some days.")),
    answers={200: Answered(N_("Jobs, page by page."), "job_page")},
    query=(JobsQuery, PageQuery),
)
def jobs(given: Mapping[str, Any]) -> Response:
    """List jobs."""
    wanted = set(given.get("state", JobState))
    rows = [job_body(job) for job in jobs_of(store(), principal()) if job.state in wanted]
    return respond(page_of(rows, given))


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(N_("One job"), N_("Where it is, how much is done, and where its result is. Look again after Retry-After.")),
    answers={200: Answered(N_("The job."), "job")},
    errors=(404,),
)
def job(id: str) -> Response:
    """Show one job."""
    return job_response(find_job(store(), principal(), id))


@resource.get("/<id>/result")
@operation(
    Permission.READ,
    says=(
        N_("The result of a job"),
        N_(
            "The same status, media type and body as the question would have been answered with at once, as of the "
            "moment at which it was asked."
        ),
    ),
    answers={
        200: Answered(N_("The answer, as the question describes it."), "job_result", media=(CSV, GRAPHML, GEOJSON, ZIP))
    },
    errors=(404, 409),
)
def result(id: str) -> Response:
    """Answer what a job found."""
    found = find_job(store(), principal(), id)
    kept = found.record.body["result"] or {}
    if "pieces" not in kept:
        raise NotNow(
            N_("the job {id} has no result: it is {state}; see its _links"), id=found.id, state=str(found.state)
        )
    data = whole(store(), RESULT, kept["key"], kept["pieces"])
    if data is None:
        raise UnknownJob(N_("the result of the job {id} is kept no longer: ask again"), id=found.id)
    response = Response(data, status=kept["status"])
    response.headers.update(kept["headers"])
    lang = response.headers.get("Content-Language")
    response = finish(response)
    if lang:
        response.headers["Content-Language"] = lang
    return response


@resource.post("/<id>/cancellation")
@operation(
    Permission.WATCH,
    says=(N_("Cancel a job"), N_("It ends without a result. A job that changes the store already is not cancelled.")),
    answers={200: Answered(N_("The job, cancelled."), "job")},
    errors=(404, 409),
)
@once
def cancellation(id: str) -> Response:
    """End a job before its time."""
    found = find_job(store(), principal(), id)
    write = cancelled(found, now())
    made = change()
    beside = made.beside(
        "job.cancel", f"job:{found.id}", Reply(200, job_body(job_of(write, now())), {}), records=[write]
    )
    store().commit(beside, now())
    return made.answered()
