"""Claims: shown, recorded as rows, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.errors import StaleWrite
from tracegraph.exchange.answers import lens_body
from tracegraph.exchange.changes_feed import claim_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Claim
from tracegraph.services.claim_ending import check_may_end, end_claim, ended_event, find_claim
from tracegraph.services.claim_writing import PlannedClaims, plan_claims, record_claims, records_beside
from tracegraph.services.operations import Reply
from tracegraph.store.rows import ApplyReport, Beside
from tracegraph_api.changes import change, in_request, once
from tracegraph_api.claim_inputs import DayQuery, IdsQuery, RowsBody, rows_sent
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import LensQuery, PageQuery, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problems import problem_entry
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "claims", __name__, url_prefix="/claims", description=N_("What sources say: shown, recorded, ended.")
)
ROOT: Final = "/tracegraph/v1/claims"


def shown(claim: Claim, lens: Lens) -> dict[str, Any]:
    """Return a claim as JSON; that it ended is told as far as it was known."""
    ended = claim.retracted_at if claim.retracted_at <= lens.known_at else None
    return {**claim_body(claim), "retracted_at": ended, "_links": {"self": {"href": f"{ROOT}/{claim.claim_id}"}}}


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Claims by their ids"),
        N_("What answers name as evidence, in full. Ids of which you see no claim are left out."),
    ),
    answers={200: Answered(N_("Claims by id."), "claim_page")},
    query=(LensQuery, IdsQuery, PageQuery),
)
def claims(given: Mapping[str, Any]) -> Response:
    """List claims by their ids."""
    lens = lens_of(given)
    found = store().claims(given["ids"], lens)
    return respond(page_of([shown(claim, lens) for claim in found], given, meta={"lens": lens_body(lens)}))


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("A claim"),
        N_("What one source says, since when, for whom. Its ETag is its version; a new version has another id."),
    ),
    answers={200: Answered(N_("The claim."), "claim")},
    query=(LensQuery,),
    errors=(404,),
)
def claim(given: Mapping[str, Any], id: str) -> Response:
    """Show one claim."""
    lens = lens_of(given)
    found = find_claim(store(), id, lens)
    return respond(shown(found, lens), etag=str(found.version))


@resource.post("")
@operation(
    Permission.WRITE,
    says=(
        N_("Record claims"),
        N_(
            "Rows of one table: companies, plants and contracts are described, and linked, by rows as in a dataset's "
            "files. Every row is checked, also against what you see; all are recorded, or none. A row that says the "
            "same as before changes nothing; one that says otherwise of the same, by the same source, replaces it. "
            "Your region alone sees them (all regions, if you belong to none), unless the rows say otherwise. What a "
            "supplier submits about itself goes to proposals instead."
        ),
    ),
    answers={
        201: Answered(N_("What became of the rows."), "claims_recorded"),
        200: Answered(N_("All of it was there already."), "claims_recorded"),
    },
    body=RowsBody,
    errors=(412,),
)
@once
def record_rows(body: Mapping[str, Any]) -> Response:
    """Record rows as claims."""
    who, changed = principal(), change()
    plan = plan_claims(store(), lens_of({}), who, rows_sent(body, who.tenant))

    def beside(report: ApplyReport) -> Beside:
        facts = {"table": body["table"], "change_set": report.change_set, "visibilities": plan.visibilities}
        facts |= {"new": report.new, "changed": report.changed, "unchanged": report.unchanged}
        records = records_beside(plan, report, who.tenant, now())
        return changed.beside(
            "claim.create", f"table:{body['table']}", _reply(body, plan, report), records=records, facts=facts
        )

    record_claims(store(), plan, now(), in_request(beside))
    return changed.answered()


def _reply(body: Mapping[str, Any], plan: PlannedClaims, report: ApplyReport) -> Reply:
    counts = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged}
    ids = plan.ids_by_row(report)
    told = {
        "table": body["table"],
        **counts,
        "nothing_changed": report.is_nothing,
        "rows": [{"claim_ids": row} for row in ids],
        "warnings": [problem_entry(one) for one in plan.warnings],
        "_links": {"self": {"href": ROOT}},
    }
    return Reply(200 if report.is_nothing else 201, told, {"Location": f"{ROOT}/{ids[0][0]}"})


@resource.delete("/<id>")
@operation(
    Permission.WRITE,
    says=(
        N_("End a claim"),
        N_(
            "It is not held any more; nothing is deleted, and as known before it is still seen. A claim of a region is "
            "ended by who may write for the region; one that all regions or everybody sees by the region that "
            "recorded it, or by who has the permission review. If-Match names its version."
        ),
    ),
    answers={200: Answered(N_("The claim has ended."), "claim_retracted")},
    query=(DayQuery,),
    errors=(403, 404, 412, 428),
)
@once
def retract_claim(given: Mapping[str, Any], id: str) -> Response:
    """End one claim."""
    who, changed = principal(), change()
    found = find_claim(store(), id, lens_of(given))
    expected = changed.expected_version()
    check_may_end(store(), found, who)
    if expected != found.version:
        raise StaleWrite(
            N_("the claim is in version {present}, not {version}: read it again, then decide"),
            present=found.version,
            version=expected,
        )

    def beside(report: ApplyReport) -> Beside:
        body = {"claim_id": id, "retracted": True, "_links": {"self": {"href": f"{ROOT}/{id}"}}}
        facts = {"change_set": report.change_set, "visibility": found.visibility}
        records = [ended_event(found, report, now())]
        return changed.beside("claim.retract", f"claim:{id}", Reply(200, body, {}), records=records, facts=facts)

    end_claim(store(), found, now(), in_request(beside))
    return changed.answered()
