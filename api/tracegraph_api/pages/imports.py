"""Imports: files are sent, checked, looked at, written or let go of, and undone as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, current_app, g, request
from marshmallow import Schema, fields
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import ContentTooLarge, Forbidden, InvalidInput, NotNow, Problem, StaleWrite
from tracegraph.intake.documentation import columns
from tracegraph.intake.sent import Form as SentForm
from tracegraph.intake.sent import Part, form_of
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_
from tracegraph.services.import_reading import problems_from, said
from tracegraph.services.imports import (
    COMMIT,
    DISCARD,
    UNDO,
    Sent,
    asked_for,
    check_fits,
    find_import,
    imports_of,
    received,
)
from tracegraph.services.jobs import JOB, OPEN, Job, message_from
from tracegraph.services.pieces import UPLOAD, whole
from tracegraph.services.working import worker_age
from tracegraph_api.changes import change
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import Given, PageQuery
from tracegraph_api.media import table, table_of_bodies
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.imports_shown import (
    STATES,
    choosing,
    column_problems,
    kept_rows,
    preview_rows,
    problem_row,
    tables_read,
)
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message, say
from tracegraph_api.problems import problem_entry
from tracegraph_api.resources.imports import ERROR_COLUMNS

pages = Pages("imports")

FILES: Final = "files"
#: So many problems are shown; the file has all that are kept.
SHOWN: Final = 50
#: A worker that gave no sign for so long is not counted on.
SILENT_S: Final = 60.0


class _SendForm(Schema):
    """How what is sent is taken."""

    skip_bad_rows = fields.Boolean(load_default=False)


@pages.shows("/imports", Permission.WRITE, (PageQuery,))
def all(given: Given) -> Response:
    """List imports, and take files."""
    return _listed(given, Form())


def _listed(given: Given, form: Form, status: int = 200) -> Response:
    found = imports_of(store(), principal())
    first = (given["page"] - 1) * given["limit"]
    return render(
        "pages/imports.html",
        say(N_("Import")),
        status=status,
        form=form,
        rows=[_line(one) for one in found[first : first + given["limit"]]],
        total=len(found),
        page=given["page"],
        limit=given["limit"],
        most_mb=current_app.config["MAX_CONTENT_LENGTH"] // 1024 // 1024,
    )


def _line(one: Sent) -> dict[str, Any]:
    return {
        "href": link("imports.one", id=one.id),
        "files": ", ".join(file["name"] for file in one.body["files"]),
        "state": say(STATES[one.state]),
        "sent_at": one.body["created_at"],
    }


@pages.takes("/imports", Permission.WRITE)
def send() -> Response | AnyResponse:
    """Take files."""
    form = sent(_SendForm)
    parts = [(file.filename, file.stream.read()) for file in request.files.getlist(FILES) if file.filename]
    for file in request.files.getlist(FILES):
        file.stream.seek(0)  # for the hash of what was sent
    kind = _kind(parts, form)
    if kind is None:
        return _listed({"page": 1, "limit": 20}, form, status=422)
    made = change()
    write, job = received(store(), made.who, kind, parts, now(), skip_bad_rows=form.given["skip_bad_rows"])
    name = write.id.rpartition("/")[2]
    facts = {"files": len(parts), "bytes": sum(len(data) for _, data in parts)}
    reply = done(link("imports.one", id=name))
    store().commit(made.beside("dataset.send", f"import:{name}", reply, records=[write, job], facts=facts), now())
    return made.answered()


def _kind(parts: Sequence[Part], form: Form) -> SentForm | None:
    """Return in which form files were sent; None: they cannot be taken, and the form says why."""
    if not parts:
        form.refuse(InvalidInput(N_("choose one file or more")), FILES)
    if form.is_right:
        try:
            return form_of(parts)
        except InvalidInput as error:
            form.refuse(error, FILES)
        except ContentTooLarge as error:
            form.errors.append({"field": FILES, "text": message(error.message)})
    return None


@pages.shows("/imports/<id>", Permission.WRITE)
def one(_: Given, id: str) -> Response:
    """Show one import: what is wrong with it, what it would change, and what can be done with it."""
    return shown(find_import(store(), principal(), id))


def shown(found: Sent, error: str = "", status: int = 200) -> Response:
    """Return the page of an import, with what could not be done."""
    body, job = found.body, _last_job(found)
    is_busy = job is not None and job.state in OPEN
    if "HX-Request" in request.headers and not is_busy:  # the page that waits is to be read anew, once
        return Response(status=204, headers={"HX-Redirect": link("imports.one", id=found.id)})
    problems, total = _problems(found)
    failed = job.record.body["error"] if job is not None and not is_busy else None
    age = worker_age(store(), now()) if is_busy else 0.0
    return render(
        "pages/import.html",
        say(N_("Import of {moment}"), moment=f"{body['created_at'][:10]} {body['created_at'][11:16]}"),
        status=status,
        crumbs=[(say(N_("Import")), link("imports.all"))],
        id=found.id,
        version=found.record.version,
        state=found.state,
        state_text=say(STATES[found.state]),
        body=body,
        is_busy=is_busy,
        nobody_works=age is None or age > SILENT_S,
        progress=job.record.body["progress"] if job is not None else None,
        error=error or (message(message_from(failed)) if failed else ""),
        columns=column_problems(problems),
        problems=[problem_row(one) for one in problems[:SHOWN]],
        found=total,
        kept=len(problems),
        tables_read=tables_read(body["rows"]),
        notes=[message(note) for note in said(body["notes"])],
        examples=preview_rows(body["preview"]),
        may_do=found.may_be_done_by(principal()),
        choosing=choosing(found, problems),
        has_region=principal().region is not None,
    )


def _last_job(found: Sent) -> Job | None:
    records = store().records(JOB, found.job_record_id)
    return Job(records[-1]) if records else None


def _problems(found: Sent) -> tuple[list[Problem], int]:
    """Return what is wrong with an import, as far as it is kept, and how much there was."""
    kept = found.body["problems"]
    data = whole(store(), UPLOAD, kept["key"], kept["pieces"]) if kept else None
    return (problems_from(data) if data else []), (kept["errors"] + kept["warnings"] if kept else 0)


@pages.shows("/imports/<id>/errors.csv", Permission.WRITE)
def errors(_: Given, id: str) -> Response:
    """Give all that is wrong with an import, to be worked through."""
    problems, total = _problems(find_import(store(), principal(), id))
    rows = [problem_entry(problem) for problem in problems]
    return as_download(table_of_bodies(ERROR_COLUMNS, rows), "csv", "import-errors", truncated=len(rows) < total)


# --- what is done with it --------------------------------------------------------------------------------------------


@pages.takes("/imports/<id>/commit", Permission.WRITE)
def commit(id: str) -> Response | AnyResponse:
    """Write an import."""
    return _do(COMMIT, id)


@pages.takes("/imports/<id>/discard", Permission.WRITE)
def discard(id: str) -> Response | AnyResponse:
    """Let go of an import."""
    return _do(DISCARD, id)


@pages.takes("/imports/<id>/undo", Permission.WRITE)
def undo(id: str) -> Response | AnyResponse:
    """End what an import recorded."""
    return _do(UNDO, id)


def to_be_done(id: str) -> Sent:
    """Return an import that whoever asks may do something with."""
    found = find_import(store(), principal(), id)
    if not found.may_be_done_by(principal()):
        raise Forbidden(N_("this import was sent by somebody who may more than you: ask them, or send it yourself"))
    return found


def _do(kind: str, id: str) -> Response | AnyResponse:
    """Ask for a job that does something with an import; where that cannot be, show the import as it is by now."""
    made = change()
    found = to_be_done(id)
    try:
        check_fits(store(), found, kind, made.expected_version())
    except (NotNow, StaleWrite) as error:
        return shown(found, message(error.message), 409)
    job, write = asked_for(found, kind, made.who, str(g.get("request_id", "")), now())
    reply = done(link("imports.one", id=id))
    store().commit(made.beside(f"dataset.{kind}.ask", f"import:{found.id}", reply, records=[job, write]), now())
    return made.answered()


# --- what files may hold ---------------------------------------------------------------------------------------------


@pages.shows("/imports/columns", Permission.WRITE)
def known_columns(_: Given) -> Response:
    """Show the files that are read, and their columns."""
    return render(
        "pages/import_columns.html",
        say(N_("Files and columns")),
        crumbs=[(say(N_("Import")), link("imports.all"))],
        tables_known=[(one, columns(one.name)) for one in TABLES.values()],
        kept=kept_rows(),
    )


@pages.shows("/imports/columns/<name>.csv", Permission.WRITE)
def template(_: Given, name: str) -> Response:
    """Give an empty file with the columns of a table."""
    if name not in TABLES:
        raise InvalidInput(N_("there is no file {name}"), name=f"{name}.csv")
    return as_download(table([column.name for column in columns(name)], []), "csv", name)
