"""Incidents: recorded, revised, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Response

from tracegraph.access import Permission
from tracegraph.errors import Forbidden, Problem, StaleWrite
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.incident_bodies import differences_body, revision_body
from tracegraph.services.authorship import incident_authorship_write, may_revise
from tracegraph.services.events import event_write
from tracegraph.services.incident_bodies import plan_new, plan_revision, refuse_moved, wrong_besides
from tracegraph.services.incident_ids import check_own_id, known_already, taken
from tracegraph.services.incident_writing import Planned
from tracegraph.services.incidents import KIND as INCIDENT
from tracegraph.services.incidents import revisions_ever
from tracegraph.services.operations import Reply
from tracegraph.store.rows import ApplyReport, Beside, RecordWrite
from tracegraph.vocabulary import IncidentStatus
from tracegraph_api.changes import Change, change, in_request, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.incident_inputs import IncidentBody, RevisionBody
from tracegraph_api.incident_seen import incident_seen
from tracegraph_api.inputs import lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problems import problem_entry

resource = Resource("incident-recording", __name__, url_prefix="/incidents", description=N_("Incidents, recorded."))
ROOT = "/tracegraph/v1/incidents"


@dataclass(frozen=True, slots=True)
class Recording:
    """A revision on its way into the store.

    Attributes
    ----------
    action : str
        What it is in the audit trail.
    status : int
        HTTP status of the reply.
    lens : Lens
        Of who writes.
    plan : Planned
        What is to be recorded.
    before : sequence of IncidentRevision
        All revisions that they see of the incident, also those not yet known.
    number : int
        How many they see now.
    leads : callable or None
        Returns the reply for the incident's id where it is not the API's own: a page leads on to another.
    """

    action: str
    status: int
    lens: Lens
    plan: Planned
    before: Sequence[IncidentRevision]
    number: int
    leads: Callable[[str], Reply] | None = None

    def made(self, changed: Change, report: ApplyReport | None) -> Beside:
        """Return what commits with it."""
        revision = self.plan.steps[-1][1]
        id = str(revision.incident_id)
        records: list[RecordWrite] = []
        if report is not None:
            if report.is_nothing:
                raise StaleWrite(N_("the same was recorded in this very second: read the incident again"))
            refuse_moved(store(), self.lens, self.before, revision)
            facts = {"incident_id": id, "change_set": report.change_set}
            records = [event_write(self._event(), f"incident:{id}", revision.visibility, now(), facts)]
            if not self.before:
                records.append(incident_authorship_write(id, principal().tenant))
        reply = self._reply(report)
        facts = {"change_set": report.change_set if report else None, "visibility": revision.visibility}
        return changed.beside(self.action, f"incident:{id}", reply, records=records, facts=facts)

    def _event(self) -> str:
        before, revision = self.plan.steps[-1]
        gone = revision.status == IncidentStatus.WITHDRAWN and (before is None or before.status != revision.status)
        return "incident.withdrawn" if gone else "incident.revised"

    def _reply(self, report: ApplyReport | None) -> Reply:
        before, revision = self.plan.steps[-1]
        id = str(revision.incident_id)
        if self.leads:
            return self.leads(id)
        number = self.number + (report is not None)
        body = {
            "incident_id": id,
            "revision": number,
            "nothing_changed": report is None,
            "recorded": {**revision_body(revision, before), "differences": differences_body(before, revision)},
            "warnings": [problem_entry(one) for one in self.plan.warnings],
            "_links": {"self": {"href": f"{ROOT}/{id}"}},
        }
        return Reply(self.status if report else 200, body, {"Location": f"{ROOT}/{id}", "ETag": f'"{number}"'})


def _besides(read: Mapping[str, Any], refused: frozenset[str]) -> Iterable[Problem]:
    """Return what else is wrong with a body of which some keys cannot be read."""
    naming = {"sources", "replies", "actions"} if "documents" in refused else set()  # they may name what is brought
    said = {key: value for key, value in read.items() if key not in naming and key != "incident_id"}
    return wrong_besides(store(), lens_of({}), principal(), said)


@resource.post("")
@operation(
    Permission.REPORT,
    says=(
        N_("Record a new incident"),
        N_(
            "What incidents.toml says, as JSON; the same rules. Its status is alleged, and your region alone sees it "
            "(all regions, if you belong to none), unless you say otherwise. Name documents that you see, or bring "
            "your own along. What is doubtful is recorded and told in warnings."
        ),
    ),
    answers={201: Answered(N_("What was recorded."), "incident_recorded")},
    body=IncidentBody,
    errors=(403, 409),
    besides=_besides,
)
@once
def record(body: Mapping[str, Any]) -> Response:
    """Record a new incident."""
    lens = lens_of({})
    if chosen := body.get("incident_id"):
        check_own_id(store(), chosen, principal())
    id = str(chosen or f"inc-{uuid4().hex[:16]}")
    if revisions_ever(store(), id, lens):
        raise known_already(id)
    if store().records(INCIDENT, id):  # of others, who would see their report replaced; so named at a command line
        raise taken(id)
    said = {key: value for key, value in body.items() if key != "incident_id"}
    plan = plan_new(store(), lens, principal(), id, said)
    return recorded(Recording("incident.create", 201, lens, plan, (), 0))


@resource.post("/<id>/revisions")
@operation(
    Permission.REPORT,
    says=(
        N_("Record the next revision of an incident"),
        N_(
            "Each key replaces what the incident has, null takes it away, the rest is kept; earlier revisions stay. A "
            "withdrawal is a revision with the status withdrawn. If-Match names the newest revision that you read. "
            "Where more people would see it than before, you need the permission review, or to belong to no region."
        ),
    ),
    answers={
        201: Answered(N_("What was recorded."), "incident_recorded"),
        200: Answered(N_("Nothing is new: nothing was recorded."), "incident_recorded"),
    },
    body=RevisionBody,
    errors=(403, 404, 409, 412, 428),
    besides=_besides,
)
@once
def revise(body: Mapping[str, Any], id: str) -> Response:
    """Record the next revision of an incident."""
    return recorded(next_of(id, body))


def next_of(id: str, body: Mapping[str, Any]) -> Recording:
    """Return the next revision of an incident, on its way.

    Raises
    ------
    StaleWrite, Forbidden
        The caller knows an older one, or may not revise it; and what `plan_revision` raises.
    """
    lens = lens_of({})
    before = revisions_ever(store(), id, lens)
    view = incident_seen(id, lens)
    number = len(view.revisions)
    expected = change().expected_version()
    if expected != number:
        raise StaleWrite(
            N_("the incident is at revision {number}, not {expected}: read it again, then decide"),
            number=number,
            expected=expected,
        )
    told_to = str(body.get("visibility") or view.current.visibility)  # a region may say for itself what it thinks
    if not may_revise(store(), id, told_to, principal()):
        raise Forbidden(
            N_("this incident was recorded by others: only they, and who has the permission {permission}, revise it"),
            permission=Permission.REVIEW.value,
        )
    plan = plan_revision(store(), lens, principal(), view.current, body)
    return Recording("incident.revise", 201, lens, plan, before, number)


def recorded(recording: Recording) -> Response:
    """Record a revision; return the reply of the request."""
    changed = change()
    if recording.plan.change_set is None:
        store().commit(recording.made(changed, None), now())
    else:
        made = in_request(lambda report: recording.made(changed, report))
        store().apply(recording.plan.change_set, now(), beside=made)
    return changed.answered()
