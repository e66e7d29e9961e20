"""The audit trail: who read or changed what, of one's own region; and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response, json
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission, Role
from tracegraph.messages import N_
from tracegraph.services.asking import moment
from tracegraph.services.audit import Wanted, row_body, rows_wanted, trail, verdict_body
from tracegraph.store.audit_chain import verify
from tracegraph_api.context import principal, store
from tracegraph_api.inputs import DEFAULT_LIMIT, MAX_LIMIT, Checked, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import Counted, envelope, finish, respond

resource = Resource("audit", __name__, url_prefix="/audit", description=N_("Who read or changed what."))
NDJSON: Final = "application/x-ndjson"
_TEXT: Final = validate.Length(min=1, max=200)


class AuditQuery(Schema):
    """Which rows."""

    actor = fields.String(
        validate=_TEXT, metadata=described(N_("Only what this one did."), example="key:0123456789abcdef")
    )
    action = fields.String(
        validate=_TEXT,
        metadata=described(N_("Only this; with * at the end whatever begins so."), example="incident.*"),
    )
    subject = fields.String(
        validate=_TEXT,
        metadata=described(N_("Only of this; with * at the end whatever begins so."), example="incident:*"),
    )
    since = Checked(
        lambda text: moment(text, "since"),
        metadata=described(N_("Recorded from this moment on."), example="2026-01-01T00:00:00Z"),
    )
    until = Checked(
        lambda text: moment(text, "until"),
        metadata=described(N_("Recorded before this moment."), example="2026-02-01T00:00:00Z"),
    )


class AuditPageQuery(AuditQuery):
    """Which rows, and how many."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(min=1, max=MAX_LIMIT),
        metadata=described(N_("Rows on a page, at most 200."), example=20),
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=1_000_000),
        metadata=described(N_("Which page, from 1."), example=1),
    )


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """Return which rows are wanted: of the caller's own tenant, unless they are the system."""
    tenant = None if sees_all() else principal().tenant
    names = ("actor", "action", "subject", "since", "until")
    return Wanted(tenant=tenant, **{name: given.get(name) for name in names})


@resource.get("")
@operation(
    Permission.AUDIT,
    says=(
        N_("Rows of the audit trail"),
        N_("In their order, those of your region alone; the system sees all. Read on with the link next."),
    ),
    answers={200: Answered(N_("Rows, the oldest first."), "audit_page")},
    query=(AuditPageQuery,),
)
def audit(given: Mapping[str, Any]) -> Response:
    """List rows of the trail."""
    limit, page = given["limit"], given["page"]
    found = rows_wanted(store(), wanted_of(given), (page - 1) * limit, limit + 1)
    shown = [row_body(row, in_chain=sees_all()) for row in found[:limit]]
    counted = Counted((page - 1) * limit + len(found), len(found) > limit, is_exact=len(found) <= limit)
    return respond(envelope(shown, given, counted))


def sees_all() -> bool:
    """Return whether the caller sees the rows of everybody."""
    return Role.SYSTEM in principal().roles


@resource.get("/export")
@operation(
    Permission.AUDIT,
    says=(N_("The audit trail as a file"), N_("One JSON object a line; only rows that you see.")),
    answers={200: Answered(N_("Lines."), None, (NDJSON,))},
    query=(AuditQuery,),
)
def export(given: Mapping[str, Any]) -> Response:
    """Send the rows as lines."""
    wanted, rows = wanted_of(given), trail(store())

    def lines() -> Iterator[str]:
        for row in rows:
            if wanted.fits(row):
                yield json.dumps(row_body(row, in_chain=sees_all())) + "\n"

    response = Response(list(lines()), mimetype=NDJSON)
    response.headers["Content-Disposition"] = 'attachment; filename="audit.ndjson"'
    return finish(response)


@resource.get("/verification")
@operation(
    Permission.SYSTEM,
    says=(
        N_("Whether the trail is as it was written"),
        N_(
            "Every row carries the hash of the one before, so that what was edited, moved, taken out or put in shows. "
            "That its end was cut off shows only against an end that you kept: compare count and head."
        ),
    ),
    answers={
        200: Answered(N_("The verdict on the whole trail; it tells nothing of what others did."), "audit_verdict")
    },
)
def verification() -> Response:
    """Say whether the trail is intact."""
    return respond(verdict_body(verify(trail(store()))))
