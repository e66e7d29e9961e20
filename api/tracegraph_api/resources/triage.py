"""Triage of contracts under an incident: read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.errors import UnknownNode
from tracegraph.exchange.answers import lens_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import canonical_json
from tracegraph.render.triage_bodies import standing_body, untriaged_body, version_body
from tracegraph.services import triage
from tracegraph.vocabulary import Label, TriageState
from tracegraph_api import heavy, media
from tracegraph_api.context import context, principal, store
from tracegraph_api.incident_seen import incident_asked
from tracegraph_api.inputs import LensQuery, PageQuery
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import page_of, respond
from tracegraph_api.triage_inputs import TriageQuery, WhoseQuery

resource = Resource(
    "triage",
    __name__,
    url_prefix="/incidents",
    description=N_("Where contracts stand towards an incident, as those who followed it up found out."),
)
COLUMNS: Final = (
    *("incident_id", "contract_id", "visibility", "state", "counts_as", "status", "expired", "stale", "why", "reason"),
    *("owner", "due_on", "expires_on", "recorded_at", "by", "version", "operation_id"),
)


@resource.get("/<id>/triage")
@operation(
    Permission.READ,
    says=(
        N_("What is found out about an incident's contracts"),
        N_(
            "The triage that you see: your region's own, that of all regions together, and what is public. It counts "
            "as potential again when it has expired, when the incident was widened since, or when the contract's "
            "status is another; why says so. Contracts of which nothing is said are not listed."
        ),
    ),
    answers={200: Answered(N_("Triage by contract, a region's own first."), "triage_page", (media.CSV,))},
    query=(LensQuery, TriageQuery, PageQuery),
    errors=(404,),
)
@heavy.question
def triages(given: Mapping[str, Any], id: str) -> Response:
    """List the triage of an incident."""
    view, lens = incident_asked(id, given)
    said = triage.triages(store(), id, lens, given.get("visibility", ()))
    present = triage.situation(view, lens, store(), context().portfolios)
    chosen = _chosen([triage.standing(one, present) for one in said], given)
    rows = [standing_body(found, principal()) for found in chosen]
    counts = {state.value: sum(row["counts_as"] == state for row in rows) for state in TriageState}
    if media.wanted() == media.CSV:
        return media.as_file(media.table_of_bodies(COLUMNS, rows), "triage")
    meta = {"lens": lens_body(lens), "graph_version": present.graph_version, "counts": counts}
    return respond(page_of(rows, given, meta=meta))


def _chosen(found: Sequence[triage.Standing], given: Mapping[str, Any]) -> Iterator[triage.Standing]:
    """Yield those that are asked for."""
    for one in found:
        said = one.triage.said
        if (
            one.counts_as in (given.get("state") or (one.counts_as,))
            and said.owner == given.get("owner", said.owner)
            and ("due_by" not in given or (said.due_on is not None and said.due_on <= given["due_by"]))
            and bool(one.why) == given.get("stale", bool(one.why))
        ):
            yield one


@resource.get("/<id>/triage/<contract>")
@operation(
    Permission.READ,
    says=(
        N_("What is found out about one contract"),
        N_(
            "One triage, as it counts. Where nothing is said, its version is 0 and it counts as potential. Its ETag "
            "begins with its version, which the next one names in If-Match."
        ),
    ),
    answers={200: Answered(N_("The triage."), "triage")},
    query=(LensQuery, WhoseQuery),
    errors=(404,),
)
@heavy.question
def one_triage(given: Mapping[str, Any], id: str, contract: str) -> Response:
    """Show the triage of one contract."""
    view, lens = incident_asked(id, given)
    contract_seen(contract, lens)
    visibility = whose(given, lens)
    present = triage.situation(view, lens, store(), context().portfolios)
    found = triage.find_triage(store(), id, contract, visibility, lens)
    if found is None:
        status = present.statuses.get(contract)
        body = untriaged_body(id, contract, visibility, status.value if status else None)
    else:
        body = standing_body(triage.standing(found, present), principal())
    return respond(body, etag=triage_tag(body))


@resource.get("/<id>/triage/<contract>/history")
@operation(
    Permission.READ,
    says=(
        N_("What was found out about one contract"),
        N_("All versions of a triage that were known, the oldest first; a state of null took back what was said."),
    ),
    answers={200: Answered(N_("Versions, page by page."), "triage_history_page")},
    query=(LensQuery, WhoseQuery, PageQuery),
    errors=(404,),
)
def triage_history(given: Mapping[str, Any], id: str, contract: str) -> Response:
    """List the versions of the triage of one contract."""
    _, lens = incident_asked(id, given)
    contract_seen(contract, lens)
    versions = triage.history(store(), id, contract, whose(given, lens), lens)
    return respond(page_of([version_body(one, principal()) for one in versions], given, meta={"lens": lens_body(lens)}))


def contract_seen(id: str, lens: Lens) -> None:
    """Check that the caller sees a contract.

    Raises
    ------
    UnknownNode
        They see none of this id, whether there is one or not.
    """
    if not store().descriptions(Label.CONTRACT, [id], lens):
        raise UnknownNode(N_("there is no contract {id} that you see as of then"), id=id)


def whose(given: Mapping[str, Any], lens: Lens) -> str:
    """Return whose triage is meant: as asked, else the caller's own, as far as they see it as who they read as."""
    own = principal().home
    visible = [own, *sorted(lens.visible_to)]
    return str(given.get("visibility") or next(one for one in visible if one in lens.visible_to))


def triage_tag(body: Mapping[str, Any]) -> str:
    """Return the ETag of a triage: its version, and a mark that changes with how it counts and why."""
    mark = hashlib.sha256(canonical_json(body).encode()).hexdigest()[:8]
    return f"{body['version']}.{mark}"
