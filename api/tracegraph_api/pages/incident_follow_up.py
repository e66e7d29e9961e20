"""Contracts of an incident, followed up: what was found out about many of them at once, by whom, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.render.triage_bodies import standing_body
from tracegraph.render.triage_words import STATE
from tracegraph.services.events import event_write
from tracegraph.services.names import names_of
from tracegraph.services.triage import history, situation, standing, triages, written_by
from tracegraph.services.triage_bulk import Chosen, Operation, bulk, undo
from tracegraph.services.triage_rules import check_said, writable_visibility
from tracegraph.services.triage_writing import Writer, writer
from tracegraph.store.rows import RecordWrite
from tracegraph.triage import Said, Triage
from tracegraph.vocabulary import Label, TriageState
from tracegraph_api.changes import change
from tracegraph_api.context import context, now, principal, store, translator
from tracegraph_api.incident_seen import incident_asked, incident_seen
from tracegraph_api.inputs import ID_PATTERN, Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import table_of_bodies
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.incident_shown import seen_by
from tracegraph_api.pages.incidents import contracts_shown, exposed
from tracegraph_api.pages.links import link, node_link
from tracegraph_api.pages.words import say
from tracegraph_api.questions import ResultQuery
from tracegraph_api.resources.triage import COLUMNS, contract_seen, whose
from tracegraph_api.resources.triage_writing import EVENT
from tracegraph_api.serving import question_place
from tracegraph_api.triage_inputs import TriageBody, UndoBody

_LIMIT: Final = 50


class _OperationQuery(Schema):
    """What was done just before."""

    operation = fields.String(validate=validate.Regexp(ID_PATTERN))


class _FollowUpForm(TriageBody):
    """What is found out about the contracts that are chosen."""

    contract = fields.List(fields.String(validate=validate.Regexp(ID_PATTERN)), load_default=list)
    replace = fields.Boolean(load_default=False)


# --- the page --------------------------------------------------------------------------------------------------------


@pages.shows(
    "/incidents/<id>/follow-up",
    Permission.TRIAGE,
    (LensQuery, ResultQuery, PageQuery, _OperationQuery),
    is_heavy=True,
)
def follow_up(given: Given, id: str) -> Response:
    """Show the contracts of an incident, with boxes to choose them."""
    return _shown(given, id, Form())


def _shown(given: Given, id: str, form: Form, status: int = 200) -> Response:
    view, lens = incident_asked(id, given)
    found = exposed(view, lens)
    return render(
        "pages/incidents/follow_up.html",
        say(N_("Follow up: {title}"), title=view.current.title),
        status=status,
        crumbs=crumbs_of(view),
        id=id,
        reached=contracts_shown(found, view, lens, {**given, "limit": max(given["limit"], _LIMIT)}),
        form=form,
        states_choices=[(state.value, str(say(text))) for state, text in _states()],
        whose=seen_by(principal().home),
        operation=_done(given.get("operation"), id, given),
    )


def _states() -> Sequence[tuple[TriageState, str]]:
    return [(state, STATE[state]) for state in TriageState]


def _done(operation: str | None, id: str, given: Given) -> dict[str, Any] | None:
    """Return what the operation before did, while it can be taken back as a whole."""
    if operation is None:
        return None
    written = [one for one in triages(store(), id, lens_of(given)) if one.operation_id == operation]
    return {"id": operation, "contracts": len(written)}


# --- what is written down --------------------------------------------------------------------------------------------


@pages.takes("/incidents/<id>/follow-up", Permission.TRIAGE)
def write_down(id: str) -> AnyResponse:
    """Write down the same of all contracts that are chosen."""
    incident_seen(id, lens_of({}))
    form = sent(_FollowUpForm)
    if not form.all("contract"):
        form.errors.insert(0, {"field": "contract", "text": str(say(N_("choose at least one contract")))})
    if form.is_right:
        try:
            return _written(id, form.given)
        except InvalidInput as error:
            form.refuse(error, error.place.strip("/") or "contract")
            for one in form.errors:  # each contract that is not there has a place of its own
                one["field"] = "contract" if one["field"].startswith("/") else one["field"]
    with question_place():
        return _shown({**_everything(), "limit": _LIMIT, "page": 1}, id, form, status=422)


def _written(id: str, given: Given) -> AnyResponse:
    writes = _writer(id)
    rest = {name: given.get(name) for name in ("reason", "owner", "due_on", "expires_on")}
    said = Said(state=TriageState(given["state"]), **rest)
    check_said(said, now()[:10])
    operation = Operation(
        f"op-{uuid4().hex[:20]}", Chosen(contracts=given["contract"]), said, replaces=given["replace"]
    )
    rows = bulk(writes, operation, store(), context().portfolios)
    records = [row.write for row in rows if row.write is not None]
    return _committed("triage.set_many", writes, operation.id, records)


@pages.takes("/incidents/<id>/follow-up/undo", Permission.TRIAGE)
def take_back(id: str) -> AnyResponse:
    """Take back what was written down of many contracts at once."""
    incident_seen(id, lens_of({}))
    form = sent(UndoBody)
    if not form.is_right:
        raise InvalidInput(N_("this cannot be taken back: open the page again"))
    writes, operation = _writer(id), form.given["operation_id"]
    rows = undo(writes, operation, store())
    return _committed(
        "triage.undo", writes, operation, [row.write for row in rows if row.write is not None], told=False
    )


def _writer(id: str) -> Writer:
    visibility = writable_visibility(principal(), None)
    return writer(store(), context().portfolios, lens_of({}), by=principal().id, visibility=visibility, incident_id=id)


def _committed(
    action: str, writes: Writer, operation: str, records: Sequence[RecordWrite], *, told: bool = True
) -> AnyResponse:
    """Write triage with its event, the audit row and the reply, all or nothing."""
    id = writes.incident_id
    events = []
    if records:
        facts = {"incident_id": id, "contracts": len(records)}
        events = [event_write(EVENT, f"incident:{id}", writes.visibility, now(), facts)]
    reply = done(link("incidents.follow_up", id=id, operation=operation if told else None))
    said: Mapping[str, Any] = {
        "operation_id": operation,
        "visibility": writes.visibility,
        "contracts": len(records),
    }
    beside = change().beside(action, f"incident:{id}", reply, records=[*records, *events], facts=said)
    store().commit(beside, now())
    return change().answered()


def _everything() -> dict[str, Any]:
    """Return what a page asks for that nothing narrows."""
    loaded: dict[str, Any] = ResultQuery().load({})
    return loaded


@pages.shows("/incidents/<id>/follow-up.csv", Permission.READ, (LensQuery,), is_heavy=True)
def followed_file(given: Given, id: str) -> Response:
    """Give all that is written down of an incident's contracts as a table."""
    view, lens = incident_asked(id, given)
    present = situation(view, lens, store(), context().portfolios)
    rows = [standing_body(standing(one, present), principal()) for one in triages(store(), id, lens)]
    return as_download(table_of_bodies(COLUMNS, rows), "csv", "follow-up")


# --- what was written down before ------------------------------------------------------------------------------------


@pages.shows("/incidents/<id>/follow-up/<contract>", Permission.READ, (LensQuery,))
def followed(given: Given, id: str, contract: str) -> Response:
    """Show all that was written down of one contract, the newest first."""
    view, lens = incident_asked(id, given)
    contract_seen(contract, lens)
    visibility = whose(given, lens)
    versions = history(store(), id, contract, visibility, lens)
    name = names_of([contract], store(), lens, translator().lang)[contract]
    return render(
        "pages/incidents/followed.html",
        say(N_("What was found out about {contract}"), contract=name),
        crumbs=crumbs_of(view),
        contract={"id": contract, "name": name, "href": node_link(NodeRef(Label.CONTRACT, contract))},
        whose=seen_by(visibility),
        versions=[_version(one) for one in reversed(versions)],
    )


def _version(one: Triage) -> dict[str, Any]:
    said = one.said
    return {
        "recorded": one.recorded_at,
        "by": written_by(one, principal()),
        "state": str(say(STATE[said.state])) if said.state else str(say(N_("taken back: nothing is said"))),
        "reason": said.reason,
        "owner": said.owner,
        "due": said.due_on,
        "expires": said.expires_on,
    }
