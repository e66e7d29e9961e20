"""Writing a report down: a new one, or what is new of one; who would be touched is shown before it is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.answer import Answer
from tracegraph.answer_compare import Preview, Widening
from tracegraph.errors import Forbidden, InvalidInput, StaleWrite
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import IncidentId, Scope
from tracegraph.services.dependents import dependents
from tracegraph.services.incident_bodies import plan_new, read_scope_body
from tracegraph.services.incidents import IncidentView
from tracegraph.services.previewing import preview
from tracegraph.vocabulary import IncidentStatus, Status
from tracegraph_api.context import context, principal, store
from tracegraph_api.incident_seen import incident_seen, scope_exposed
from tracegraph_api.inputs import Given, lens_of
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.incident_choices import choices, found_by, picked
from tracegraph_api.pages.incident_form import (
    DOCUMENTS,
    IncidentForm,
    body_of,
    choose,
    choose_scope,
    filled,
    refuse,
    selectors_of,
)
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.incident_shown import contract_rows, said_of, telling_of
from tracegraph_api.pages.incident_wider import preview_shown, widenings, wider_scope
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message, say
from tracegraph_api.questions import question_of
from tracegraph_api.resources.incident_recording import Recording, next_of, recorded
from tracegraph_api.serving import question_place

_FIRST: Final = 20


class _EditQuery(Schema):
    """What the form is filled in with beside what is recorded."""

    widen = fields.String(validate=validate.OneOf([one.value for one in Widening]))
    status = fields.String(validate=validate.OneOf([IncidentStatus.WITHDRAWN.value]))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands beside what was typed."""

    view: IncidentView | None
    hits: list[dict[str, Any]] | None = None
    touched: dict[str, Any] | None = None


# --- the form --------------------------------------------------------------------------------------------------------


@pages.shows("/incidents/new", Permission.REPORT)
def new(_: Given) -> Response:
    """Show the form for a new report."""
    form = Form()
    form.values["visibility"] = principal().home
    form.values["status"] = IncidentStatus.ALLEGED.value
    return _show(form, _Shown(None))


@pages.shows("/incidents/<id>/edit", Permission.REPORT, (_EditQuery,), is_heavy=True)
def edit(given: Given, id: str) -> Response:
    """Show the form for what is new of a report."""
    lens = lens_of({})
    view = incident_seen(id, lens)
    form = filled(view.current)
    form.values["version"] = str(len(view.revisions))
    if given.get("status"):
        form.values["status"] = given["status"]
    if given.get("widen"):
        asked = replace(question_of((), lens, {}), scope=scope_exposed(view))
        choose_scope(form, wider_scope(preview(view, asked, Widening(given["widen"]), store())))
    return _show(form, _Shown(view))


def _show(form: Form, shown: _Shown, status: int = 200) -> Response:
    lens = lens_of({})
    now = shown.view.current if shown.view else None
    telling = telling_of(shown.view, lens) if shown.view else None
    said = said_of(shown.view, telling) if shown.view and telling else None
    return render(
        "pages/incidents/form.html",
        say(N_("Write down what is new: {title}"), title=now.title) if now else say(N_("Write down a report")),
        status=status,
        crumbs=crumbs_of(shown.view),
        form=form,
        id=str(now.incident_id) if now else None,
        version=form.value("version") or None,
        said=said,
        **picked(form, lens),
        **choices(form),
        documents=DOCUMENTS,
        hits=shown.hits,
        touched=shown.touched,
        widenings=widenings(),
    )


# --- what was sent ---------------------------------------------------------------------------------------------------


@pages.takes("/incidents/new", Permission.REPORT)
def record() -> AnyResponse:
    """Take the form of a new report."""
    return _taken(None)


@pages.takes("/incidents/<id>/edit", Permission.REPORT)
def revise(id: str) -> AnyResponse:
    """Take the form of what is new of a report."""
    return _taken(incident_seen(id, lens_of({})))


def _taken(view: IncidentView | None) -> AnyResponse:
    form = sent(IncidentForm)
    do, lens = form.value("do", "find"), lens_of({})
    if do == "publish":
        return _published(form, view) or _show(form, _Shown(view), 422)
    hits = touched = None
    if do == "find":
        hits = found_by(form.value("q"), lens)
    elif do == "add":
        choose(form)
    else:
        with question_place():
            touched = _touched(form, lens, takes=do == "widen")
    return _show(form, _Shown(view, hits, touched), 422 if form.errors else 200)


def _published(form: Form, view: IncidentView | None) -> AnyResponse | None:
    """Record what was typed; None where something is wrong with it, which the form then says."""
    body = body_of(form, view.current if view else None)
    if not form.is_right:
        return None
    try:
        return recorded(replace(_recording(body, view), leads=_leads))
    except InvalidInput as error:
        refuse(form, error)
    except Forbidden as error:
        form.errors.append({"field": "visibility", "text": message(error.message)})
    except StaleWrite:
        text = N_("somebody else wrote down something new meanwhile: open the report again, and look at it first")
        form.errors.append({"field": "", "text": str(say(text))})
    return None


def _recording(body: dict[str, Any], view: IncidentView | None) -> Recording:
    if view is not None:
        return next_of(str(view.current.incident_id), body)
    lens = lens_of({})
    plan = plan_new(store(), lens, principal(), f"inc-{uuid4().hex[:16]}", body)
    return Recording("incident.create", 201, lens, plan, (), 0)


def _leads(id: str) -> Any:
    return done(link("incidents.one", id=id))


# --- who would be touched --------------------------------------------------------------------------------------------


def _touched(form: Form, lens: Lens, *, takes: bool) -> dict[str, Any] | None:
    """Return whom a report would touch, and what widening adds; None where it is about nothing yet.

    Parameters
    ----------
    takes : bool
        Whether the wider scope becomes that of the form.
    """
    stated = selectors_of(form)
    if not stated and form.is_right:
        form.errors.append({"field": "q", "text": str(say(N_("choose first what the report is about")))})
    if not form.is_right:
        return None
    try:
        scope, warnings = read_scope_body(store(), lens, stated)
    except InvalidInput as error:
        refuse(form, error)
        return None
    wider = _wider(form, scope, lens)
    if wider is not None and takes:
        choose_scope(form, wider_scope(wider))
        return _answer_shown(wider.comparison.after.answer, lens) | {"warnings": [], "wider": None}
    answer = (
        wider.comparison.before.answer
        if wider
        else dependents(question_of(scope, lens, {}), store(), context().portfolios)
    )
    return _answer_shown(answer, lens) | {
        "warnings": [message(one.message) for one in warnings],
        "wider": preview_shown(wider, lens) if wider else None,
    }


def _wider(form: Form, scope: Scope, lens: Lens) -> Preview | None:
    widen = form.value("widen")
    if widen not in {one.value for one in Widening}:
        return None
    thought = IncidentRevision(
        incident_id=IncidentId("preview"), title="preview", kind="preview", status="alleged", scope=scope
    )
    return preview(IncidentView((thought,)), question_of(scope, lens, {}), Widening(widen), store())


def _answer_shown(answer: Answer, lens: Lens) -> dict[str, Any]:
    counts = {status.value: answer.summary.counts.get(status, 0) for status in Status}
    listed = sum(counts[status] for status in ("established", "possible", "unmapped"))
    return {
        "counts": counts,
        "rows": contract_rows(answer.dependents[: min(_FIRST, listed)], lens),
        "total": listed,
        "suppliers": len(answer.summary.by_direct_supplier),
        "truncated": answer.summary.truncated or answer.summary.items_cut,
    }
