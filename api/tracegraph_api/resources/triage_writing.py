"""Triage of contracts under an incident: written, in bulk too, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from flask import Response, request

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.render.triage_bodies import operation_body, standing_body
from tracegraph.services.events import event_write
from tracegraph.services.operations import Reply
from tracegraph.services.triage import standing
from tracegraph.services.triage_bulk import Chosen, Operation, Row, bulk, undo
from tracegraph.services.triage_rules import check_said, writable_visibility
from tracegraph.services.triage_writing import Writer, writer, written
from tracegraph.store.rows import RecordWrite
from tracegraph.triage import Said, triage_from_body
from tracegraph.vocabulary import Status, TriageState
from tracegraph_api.changes import change, once
from tracegraph_api.context import context, now, principal, store
from tracegraph_api.incident_seen import incident_seen
from tracegraph_api.inputs import lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.resources.triage import triage_tag
from tracegraph_api.triage_inputs import BulkBody, TriageBody, UndoBody

resource = Resource("triage-writing", __name__, url_prefix="/incidents", description=N_("Triage, written."))
EVENT: Final = "triage.changed"


@resource.put("/<id>/triage/<contract>")
@operation(
    Permission.TRIAGE,
    says=(
        N_("Say what is found out about one contract"),
        N_(
            "The whole of what counts from now on; earlier versions stay in the history. If-Match names the version "
            "that you read; for the first one, If-Match is 0, or If-None-Match is *."
        ),
    ),
    answers={
        200: Answered(N_("The triage, in its next version."), "triage"),
        201: Answered(N_("The triage, in its first version."), "triage"),
    },
    body=TriageBody,
    errors=(403, 404, 412, 428),
)
@once
def put(body: Mapping[str, Any], id: str, contract: str) -> Response:
    """Write the triage of one contract."""
    first = request.headers.get("If-None-Match", "").strip() == "*"
    version = 0 if first else change().expected_version()
    writes, said = _writing(id, body)
    write = written(writes, contract, said, version, store())
    number = (write.expected_version or 0) + 1
    triage = triage_from_body(write.id, number, write.body or {}, now())
    answer = standing_body(standing(triage, writes.known), principal())
    reply = Reply(200 if version else 201, answer, {"ETag": f'"{triage_tag(answer)}"'})
    facts = {"contract_id": contract, "visibility": writes.visibility, "state": body["state"], "version": number}
    return _commit("triage.set", writes, [write], reply, facts)


@resource.post("/<id>/triage")
@operation(
    Permission.TRIAGE,
    says=(
        N_("Say the same of many contracts"),
        N_(
            "Of those that are listed, or of those that match; at most 1,000 at once, all or nothing. Contracts that "
            "are triaged already are kept as they are, unless replace is true. The operation can be taken back by its "
            "id."
        ),
    ),
    answers={200: Answered(N_("What became of each contract."), "triage_operation")},
    body=BulkBody,
    errors=(403, 404, 409, 412),
)
@once
def put_many(body: Mapping[str, Any], id: str) -> Response:
    """Write the triage of many contracts."""
    writes, said = _writing(id, body)
    operation_id = f"op-{uuid4().hex[:20]}"
    asked = Operation(operation_id, _chosen(body), said, body["replace"])
    rows = bulk(writes, asked, store(), context().portfolios)
    return _operated("triage.set_many", writes, operation_id, rows)


@resource.post("/<id>/triage/undo")
@operation(
    Permission.TRIAGE,
    says=(
        N_("Take back an operation on many contracts"),
        N_(
            "What was said before counts again, or nothing does. Contracts that somebody triaged since are kept as "
            "they are. The history keeps all of it."
        ),
    ),
    answers={200: Answered(N_("What became of each contract."), "triage_operation")},
    body=UndoBody,
    errors=(403, 404, 412),
)
@once
def take_back(body: Mapping[str, Any], id: str) -> Response:
    """Take back an operation on many contracts."""
    writes = _writer(id, body)
    return _operated("triage.undo", writes, body["operation_id"], undo(writes, body["operation_id"], store()))


def _writer(id: str, body: Mapping[str, Any]) -> Writer:
    lens = lens_of({})
    incident_seen(id, lens)
    visibility = writable_visibility(principal(), body.get("visibility"))
    return writer(store(), context().portfolios, lens, by=principal().id, visibility=visibility, incident_id=id)


def _writing(id: str, body: Mapping[str, Any]) -> tuple[Writer, Said]:
    writes = _writer(id, body)
    rest = {name: body.get(name) for name in ("reason", "owner", "due_on", "expires_on")}
    said = Said(state=TriageState(body["state"]), **rest)
    check_said(said, now()[:10])
    return writes, said


def _chosen(body: Mapping[str, Any]) -> Chosen:
    if "contracts" in body:
        return Chosen(contracts=body["contracts"])
    wanted = body["matching"]
    return Chosen(
        statuses=tuple(Status(status) for status in wanted["status"]),
        suppliers=wanted.get("direct_supplier", ()),
        regions=tuple(region.upper() for region in wanted.get("region", ())),
        categories=wanted.get("category", ()),
    )


def _operated(action: str, writes: Writer, operation_id: str, rows: Sequence[Row]) -> Response:
    body = operation_body(operation_id, writes.visibility, rows)
    records = [row.write for row in rows if row.write is not None]
    facts = {"operation_id": operation_id, "visibility": writes.visibility, "contracts": len(records)}
    return _commit(action, writes, records, Reply(200, body, {}), facts)


def _commit(
    action: str, writes: Writer, records: Sequence[RecordWrite], reply: Reply, facts: Mapping[str, Any]
) -> Response:
    """Write triage with its event, the audit row and the reply, all or nothing."""
    subject = f"incident:{writes.incident_id}"
    events = []
    if records:
        told = {"incident_id": writes.incident_id, "contracts": len(records)}
        events = [event_write(EVENT, subject, writes.visibility, now(), told)]
    beside = change().beside(action, subject, reply, records=[*records, *events], facts=facts)
    store().commit(beside, now())
    return change().answered()
