"""The audit trail: who read or changed what, of one's own region; and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, json, stream_with_context
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission, Role
from tracegraph.messages import N_
from tracegraph.services.asking import moment
from tracegraph.services.audit import (
    Place,
    Wanted,
    examined,
    examined_body,
    own_rows_page,
    row_body,
    rows_page,
    rows_wanted,
)
from tracegraph.store.rows import Record
from tracegraph_api.context import principal, store
from tracegraph_api.cursors import MAX_LENGTH, CursorField, Key, cursor_at, key_of
from tracegraph_api.heavy import question
from tracegraph_api.inputs import DEFAULT_LIMIT, MAX_LIMIT, Checked, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import Counted, envelope, finish, respond

resource = Resource("audit", __name__, url_prefix="/audit", description=N_("Who read or changed what."))
NDJSON: Final = "application/x-ndjson"
_TEXT: Final = validate.Length(min=1, max=200)
_LIKE: Final[Key] = ("",)  # the cursor of who sees all holds the id of a row
_OWN_LIKE: Final[Key] = ("", 0)  # that of others a moment, and a number among their own rows of it


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
    cursor = CursorField(
        validate=lambda cursor: len(cursor.text()) <= MAX_LENGTH,
        metadata=described(N_("Where the page before ended, as its link next has it.")),
    )


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """Return which rows are wanted: of the caller's own tenant, unless they are the system."""
    tenant, visible_to = (None, None) if sees_all() else (principal().tenant, principal().visible_to)
    names = ("actor", "action", "subject", "since", "until")
    return Wanted(tenant=tenant, visible_to=visible_to, **{name: given.get(name) for name in names})


@resource.get("")
@operation(
    Permission.AUDIT,
    says=(
        N_("Rows of the audit trail"),
        N_(
            "In their order, those of your region alone; the system sees all, and a page of its rows may have fewer "
            "than asked for, or none, where there are more: read on with the link next. since and until are quick. "
            "Where somebody of your region reads by a grant that you do not have, you see that they did, and not what."
        ),
    ),
    answers={200: Answered(N_("Rows, the oldest first."), "audit_page")},
    query=(AuditPageQuery,),
)
@question
def audit(given: Mapping[str, Any]) -> Response:
    """List rows of the trail."""
    found, cursor = rows_asked(given)
    shown = [row_body(row, in_chain=sees_all()) for row in found]
    counted = Counted(len(found), cursor is not None, is_exact=cursor is None and "cursor" not in given, cursor=cursor)
    return respond(envelope(shown, {**given, "page": 1}, counted))


def rows_asked(given: Mapping[str, Any]) -> tuple[list[Record], str | None]:
    """Return the rows of one page, and the cursor of the next; None: there is none."""
    found, last = _page_of_all(given) if sees_all() else _page_of_own(given)
    return found, cursor_at(last, None) if last else None


def _page_of_all(given: Mapping[str, Any]) -> tuple[list[Record], Key | None]:
    (after,) = key_of(given, _LIKE) or _LIKE
    found, last = rows_page(store(), wanted_of(given), str(after), given["limit"])
    return found, (last,) if last else None


def _page_of_own(given: Mapping[str, Any]) -> tuple[list[Record], Key | None]:
    moment, nth = key_of(given, _OWN_LIKE) or _OWN_LIKE
    found, last = own_rows_page(store(), wanted_of(given), Place(str(moment), int(nth)), given["limit"])
    return found, (last.moment, last.nth) if last else None


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
    in_chain, rows = sees_all(), rows_wanted(store(), wanted_of(given))
    lines = (f"{json.dumps(row_body(row, in_chain=in_chain))}\n" for row in rows)
    response = Response(stream_with_context(lines), mimetype=NDJSON)
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
@question
def verification() -> Response:
    """Say whether the trail is intact."""
    return respond(examined_body(examined(store())))
