"""While a question is being worked on: how far it is, and then its page."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import NotNow, UnknownJob
from tracegraph.messages import N_
from tracegraph.services.jobs import OPEN, find_job, message_from
from tracegraph.services.pieces import RESULT, whole
from tracegraph_api.context import principal, store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message, say

pages = Pages("waiting")


@pages.shows("/waiting/<id>", Permission.READ)
def progress(_: Given, id: str) -> Response | AnyResponse:
    """Show how far a question is; lead to its page once that is there."""
    job = find_job(store(), principal(), id)
    body = job.record.body
    if "pieces" in (body["result"] or {}):
        answer = redirect(link("waiting.result", id=id), 303)
        if "HX-Request" in request.headers:  # the page that waits replaces no part of itself by an answer
            answer = Response(status=204, headers={"HX-Redirect": link("waiting.result", id=id)})
        return answer
    return render(
        "pages/waiting.html",
        say(N_("Working on your question")),
        id=id,
        is_open=job.state in OPEN,
        progress=body["progress"],
        error=message(message_from(body["error"])) if body["error"] else "",
        began=body["created_at"],
    )


@pages.shows("/waiting/<id>/result", Permission.READ)
def result(_: Given, id: str) -> Response:
    """Show the page that a question became."""
    kept = find_job(store(), principal(), id).record.body["result"] or {}
    if "pieces" not in kept:
        raise NotNow(N_("there is no answer to this question yet: ask it again"))
    data = whole(store(), RESULT, kept["key"], kept["pieces"])
    if data is None:
        raise UnknownJob(N_("the result of the job {id} is kept no longer: ask again"), id=id)
    response = Response(data, status=kept["status"])
    response.headers.update(kept["headers"])
    response.headers.pop("ETag", None)
    return response
