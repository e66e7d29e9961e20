"""Imports: files that are checked first, then committed or discarded, and undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.errors import Forbidden
from tracegraph.messages import N_
from tracegraph.services.import_reading import problems_from
from tracegraph.services.imports import (
    COMMIT,
    DISCARD,
    UNDO,
    ImportState,
    asked_for,
    check_fits,
    find_import,
    imports_of,
    received,
)
from tracegraph.services.jobs import job_of
from tracegraph.services.pieces import UPLOAD, whole
from tracegraph_api.changes import change, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.import_bodies import import_body, import_line
from tracegraph_api.inputs import PageQuery, described
from tracegraph_api.job_bodies import accepted
from tracegraph_api.media import CSV, as_file, table_of_bodies, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problems import problem_entry
from tracegraph_api.respond import page_of, respond
from tracegraph_api.uploads import MULTIPART, NDJSON, sending, sent

resource = Resource(
    "imports",
    __name__,
    url_prefix="/imports",
    description=N_("Datasets that are sent, checked, committed and undone as a whole."),
)

ERROR_COLUMNS = ("file", "line", "column", "value", "rule", "severity", "detail", "remedy")
_JOB = {202: Answered(N_("The job that does it."), "job")}


class ImportsQuery(Schema):
    """Which imports are listed."""

    state = fields.List(
        fields.String(validate=validate.OneOf(list(ImportState))),
        metadata=described(N_("Only imports in this state; may be repeated."), example=["checked"]),
    )


class SendQuery(Schema):
    """How what is sent is taken."""

    skip_bad_rows = fields.Boolean(
        load_default=False,
        metadata=described(N_("Whether bad rows are left out; else one of them stops the import."), example=False),
    )


@resource.post("")
@operation(
    Permission.WRITE,
    says=(
        N_("Send a dataset"),
        N_(
            "A form with files (in the field files: tables as CSV, incidents as TOML, or one ZIP of them), or rows as "
            "NDJSON, one JSON object a line with the columns of a table and its name as table. A job checks it and "
            "says what it would change; nothing is written until it is committed, and nothing is ever ended because "
            "it is not in the files. Rows that do not say whom they are for are for your region, else for all "
            "regions. At most 10 MiB, 100 files, 200 MiB unpacked (one file 64 MiB), 100,000 rows, 64 columns, 4 KiB "
            "a cell."
        ),
    ),
    answers={202: Answered(N_("The job that checks it; the import is in its _links."), "job")},
    query=(SendQuery,),
    errors=(413, 415),
    sends={MULTIPART: "import_form", NDJSON: None},
)
@sending
@once
def send(given: Mapping[str, Any]) -> Response:
    """Take a dataset."""
    form, parts = sent()
    made = change()
    write, job = received(store(), made.who, form, parts, now(), skip_bad_rows=given["skip_bad_rows"])
    name = write.id.rpartition("/")[2]
    facts = {"files": len(parts), "bytes": sum(len(data) for _, data in parts)}
    reply = accepted(job_of(job, now()))
    store().commit(made.beside("dataset.send", f"import:{name}", reply, records=[write, job], facts=facts), now())
    return made.answered()


@resource.get("")
@operation(
    Permission.WRITE,
    says=(N_("Imports"), N_("Those of your region that you may see, the newest first.")),
    answers={200: Answered(N_("Imports, page by page."), "import_page")},
    query=(ImportsQuery, PageQuery),
)
def imports(given: Mapping[str, Any]) -> Response:
    """List imports."""
    states = set(given.get("state", ImportState))
    rows = [import_line(one) for one in imports_of(store(), principal()) if one.state in states]
    return respond(page_of(rows, given))


@resource.get("/<id>")
@operation(
    Permission.WRITE,
    says=(
        N_("One import"),
        N_("Its state, its rows, and what it would change or has changed. Its ETag is what the next step names."),
    ),
    answers={200: Answered(N_("The import."), "import")},
    errors=(404,),
)
def one_import(id: str) -> Response:
    """Show one import."""
    found = find_import(store(), principal(), id)
    return respond(import_body(found), etag=str(found.record.version))


@resource.get("/<id>/errors")
@operation(
    Permission.WRITE,
    says=(
        N_("What is wrong with an import"),
        N_("By file and line, errors first: what, and what to do. As CSV, all of it, to be worked through."),
    ),
    answers={200: Answered(N_("Errors and warnings, page by page."), "import_error_page", media=(CSV,))},
    query=(PageQuery,),
    errors=(404,),
)
def errors(given: Mapping[str, Any], id: str) -> Response:
    """List what is wrong with an import."""
    found = find_import(store(), principal(), id)
    kept = found.body["problems"]
    data = whole(store(), UPLOAD, kept["key"], kept["pieces"]) if kept else None
    rows = [problem_entry(problem) for problem in problems_from(data)] if data else []
    total = kept["errors"] + kept["warnings"] if kept else 0
    if wanted() == CSV:
        return as_file(table_of_bodies(ERROR_COLUMNS, rows), "errors", truncated=len(rows) < total)
    return respond(page_of(rows, given, meta={"found": total}))


def _do(kind: str, id: str) -> Response:
    """Ask for a job that does something with an import."""
    made = change()
    found = find_import(store(), principal(), id)
    if not found.may_be_done_by(principal()):
        raise Forbidden(N_("this import was sent by somebody who may more than you: ask them, or send it yourself"))
    check_fits(store(), found, kind, made.expected_version())
    job, write = asked_for(found, kind, made.who, str(g.get("request_id", "")), now())
    reply = accepted(job_of(job, now()))
    store().commit(made.beside(f"dataset.{kind}.ask", f"import:{found.id}", reply, records=[job, write]), now())
    return made.answered()


@resource.post("/<id>/commit")
@operation(
    Permission.WRITE,
    says=(
        N_("Commit an import"),
        N_(
            "Writes exactly what was checked, all of it or nothing. Where the store has changed since so that the "
            "preview is not true any more, nothing is written, and the import has a new preview. If-Match has its ETag."
        ),
    ),
    answers=_JOB,
    errors=(404, 409, 412, 428),
)
@once
def commit(id: str) -> Response:
    """Write an import."""
    return _do(COMMIT, id)


@resource.post("/<id>/discard")
@operation(
    Permission.WRITE,
    says=(N_("Discard an import"), N_("Lets go of files that were not committed. If-Match has the import's ETag.")),
    answers=_JOB,
    errors=(404, 409, 412, 428),
)
@once
def discard(id: str) -> Response:
    """Let go of an import."""
    return _do(DISCARD, id)


@resource.post("/<id>/undo")
@operation(
    Permission.WRITE,
    says=(
        N_("Undo an import"),
        N_(
            "Ends all claims that it recorded; nothing is deleted, what it replaced does not come back, and reference "
            "data stays. If-Match has the import's ETag."
        ),
    ),
    answers=_JOB,
    errors=(404, 409, 412, 428),
)
@once
def undo(id: str) -> Response:
    """End what an import recorded."""
    return _do(UNDO, id)
