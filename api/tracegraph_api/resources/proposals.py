"""Proposals: what suppliers submitted about themselves, until a second person decides."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.errors import StaleWrite
from tracegraph.messages import N_
from tracegraph.services.claim_writing import record_claims, records_beside
from tracegraph.services.operations import Reply
from tracegraph.services.proposal_claims import plan_proposal
from tracegraph.services.proposals import (
    Proposal,
    ProposalState,
    Submission,
    check_content,
    check_may_decide,
    decided,
    edited,
    find_proposal,
    new_proposal,
    proposals_seen,
)
from tracegraph.store.rows import ApplyReport, Beside, Record, RecordWrite
from tracegraph_api.changes import change, in_request, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import PageQuery, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.proposal_inputs import (
    AcceptanceBody,
    ProposalBody,
    ProposalQuery,
    RefusalBody,
    submission_of,
)
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "proposals",
    __name__,
    url_prefix="/proposals",
    description=N_("What suppliers submitted about themselves, until a second person decides."),
)
ROOT: Final = "/tracegraph/v1/proposals"
_SHOWN: Final = (
    *("state", "submitted_by_supplier", "visibility", "table", "rows", "documents", "content_hash", "note", "authors"),
    *("submitted_at", "changed_at", "decided_by", "decided_at", "reason", "result"),
)


def shown(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as JSON."""
    self = f"{ROOT}/{proposal.id}"
    links = {"self": {"href": self}}
    if proposal.state is ProposalState.OPEN:
        links |= {name: {"href": f"{self}/{name}"} for name in ("acceptance", "refusal")}
    said = {name: proposal.body[name] for name in _SHOWN}
    return {"proposal_id": proposal.id, "version": proposal.version, **said, "_links": links}


def written(write: RecordWrite, status: int = HTTPStatus.OK) -> Reply:
    """Return the reply to a change of a proposal: the proposal as it is then."""
    version = (write.expected_version or 0) + 1
    record = Record(write.kind, write.id, version, write.body or {}, now(), write.visibility)
    location = {"Location": f"{ROOT}/{write.id}"} if status == HTTPStatus.CREATED else {}
    return Reply(status, shown(Proposal(record)), {**location, "ETag": f'"{version}"'})


def facts_of(write: RecordWrite) -> dict[str, Any]:
    """Return what the audit trail says of a change of a proposal."""
    body = write.body or {}
    return {name: body[name] for name in ("content_hash", "submitted_by_supplier", "visibility", "table")}


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Proposals"),
        N_("Those that you see, the newest first. What they say is in no answer before somebody accepted it."),
    ),
    answers={200: Answered(N_("Proposals, page by page."), "proposal_page")},
    query=(ProposalQuery, PageQuery),
)
def proposals(given: Mapping[str, Any]) -> Response:
    """List proposals."""
    found = [
        shown(one)
        for one in proposals_seen(store(), principal())
        if one.state in (given.get("state") or (one.state,))
        and one.submission.supplier == given.get("supplier", one.submission.supplier)
    ]
    return respond(page_of(found, given))


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(N_("A proposal"), N_("What is proposed, by which supplier, and where it stands. Its ETag is its version.")),
    answers={200: Answered(N_("The proposal."), "proposal")},
    errors=(404,),
)
def proposal(id: str) -> Response:
    """Show one proposal."""
    found = find_proposal(store(), id, principal())
    return respond(shown(found), etag=str(found.version))


@resource.post("")
@operation(
    Permission.WRITE,
    says=(
        N_("Propose claims of a supplier about itself"),
        N_(
            "What a supplier submits about itself is a declaration of its own interest: it is no claim before a second "
            "person accepts it. The rows are those of claims; every one names the supplier, and is checked now and "
            "when it is accepted. Claims that come of it are declared, at best."
        ),
    ),
    answers={201: Answered(N_("The proposal."), "proposal")},
    body=ProposalBody,
)
@once
def propose(body: Mapping[str, Any]) -> Response:
    """Record a proposal."""
    write = new_proposal(_checked(body), principal(), now())
    beside = change().beside(
        "proposal.create",
        f"proposal:{write.id}",
        written(write, HTTPStatus.CREATED),
        records=[write],
        facts=facts_of(write),
    )
    store().commit(beside, now())
    return change().answered()


@resource.put("/<id>")
@operation(
    Permission.WRITE,
    says=(
        N_("Change a proposal"),
        N_(
            "All of it, by the region that passed it on, unless it was accepted. It is open again; nobody has decided "
            "on what it says now, and who changed it does not decide either. If-Match names the version that you read."
        ),
    ),
    answers={200: Answered(N_("The proposal as it is now."), "proposal")},
    body=ProposalBody,
    errors=(403, 404, 409, 412, 428),
)
@once
def change_proposal(body: Mapping[str, Any], id: str) -> Response:
    """Record the next version of a proposal."""
    found = _expected(id)
    write = edited(found, _checked(body), principal(), now())
    beside = change().beside(
        "proposal.change", f"proposal:{id}", written(write), records=[write], facts=facts_of(write)
    )
    store().commit(beside, now())
    return change().answered()


@resource.post("/<id>/acceptance")
@operation(
    Permission.REVIEW,
    says=(
        N_("Accept a proposal"),
        N_(
            "Its rows become claims, in the same moment. Whoever wrote any of it, or made the key that wrote it, does "
            "not accept it. content_hash and If-Match name what you read: if it was changed since, nothing happens."
        ),
    ),
    answers={200: Answered(N_("The proposal, and what became of its rows."), "proposal")},
    body=AcceptanceBody,
    errors=(403, 404, 409, 412, 428),
)
@once
def accept(body: Mapping[str, Any], id: str) -> Response:
    """Make claims of a proposal."""
    who, changed = principal(), change()
    found = _decidable(id, body["content_hash"])
    plan = plan_proposal(store(), lens_of({}), who, found.submission)

    def beside(report: ApplyReport) -> Beside:
        counts = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged}
        result = {**counts, "rows": [{"claim_ids": ids} for ids in plan.ids_by_row(report)]}
        write = decided(found, ProposalState.ACCEPTED, who, now(), result=result)
        facts = {**facts_of(write), **counts, "change_set": report.change_set}
        records = [write, *records_beside(plan, report, found.tenant, now())]
        return changed.beside("proposal.accept", f"proposal:{id}", written(write), records=records, facts=facts)

    record_claims(store(), plan, now(), in_request(beside))
    return changed.answered()


@resource.post("/<id>/refusal")
@operation(
    Permission.REVIEW,
    says=(
        N_("Refuse a proposal"),
        N_("It stays as it is, with the reason; who passed it on may change it. As for an acceptance, by another."),
    ),
    answers={200: Answered(N_("The proposal."), "proposal")},
    body=RefusalBody,
    errors=(403, 404, 409, 412, 428),
)
@once
def refuse(body: Mapping[str, Any], id: str) -> Response:
    """Refuse a proposal."""
    found = _decidable(id, body["content_hash"])
    write = decided(found, ProposalState.REFUSED, principal(), now(), reason=body["reason"])
    beside = change().beside(
        "proposal.refuse", f"proposal:{id}", written(write), records=[write], facts=facts_of(write)
    )
    store().commit(beside, now())
    return change().answered()


def _checked(body: Mapping[str, Any]) -> Submission:
    """Return what is proposed, whose rows could be recorded now."""
    who = principal()
    submission = submission_of(body, who.tenant, who.home)
    plan_proposal(store(), lens_of({}), who, submission)
    return submission


def _expected(id: str) -> Proposal:
    """Return a proposal in the version that the caller read."""
    found = find_proposal(store(), id, principal())
    expected = change().expected_version()
    if expected != found.version:
        raise StaleWrite(
            N_("the proposal is in version {present}, not {version}: read it again, then decide"),
            present=found.version,
            version=expected,
        )
    return found


def _decidable(id: str, content_hash: str) -> Proposal:
    """Return a proposal on which the caller may decide, as they read it."""
    found = _expected(id)
    check_may_decide(store(), found, principal())
    check_content(found, content_hash)
    return found
