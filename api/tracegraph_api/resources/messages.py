"""Messages: what subscriptions sent or will send, every try of it, and once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.messages import N_
from tracegraph.services.delivering import resent
from tracegraph.services.newest import OfTenant, newest_record, newest_records
from tracegraph.services.notifying import MESSAGE
from tracegraph.services.operations import Reply
from tracegraph.services.subscriptions import is_seen_by
from tracegraph.store.rows import Record
from tracegraph_api.changes import change, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import ID_PATTERN, PageQuery, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "messages", __name__, url_prefix="/messages", description=N_("What was told to you, and every try to tell it.")
)
STATES = ("waiting", "sent", "dead")


class MessageQuery(PageQuery):
    """Which messages."""

    subscription_id = fields.String(
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("Only those of this subscription."), example="0123456789abcdef"),
    )
    state = fields.String(
        validate=validate.OneOf(STATES), metadata=described(N_("Only those in this state."), example="dead")
    )


def message_body(record: Record) -> dict[str, Any]:
    """Return a message as JSON."""
    body, id = record.body, OfTenant(record).id
    return {
        "message_id": id,
        "subscription_id": body["subscription_id"],
        "state": body["state"],
        "attempts": body["attempts"],
        "next_try_at": record.due_at if body["state"] == "waiting" else None,
        "log": [dict(entry) for entry in body["log"]],
        "payload": dict(body["payload"]),
        "version": record.version,
        "_links": {"self": {"href": f"/tracegraph/v1/messages/{id}"}},
    }


def messages_seen() -> list[Record]:
    """Return the messages that the caller may see, the newest first."""
    own = newest_records(store(), MESSAGE, prefix=f"{principal().tenant}/")
    found = (record for record in own if _is_seen(record))
    return sorted(found, key=lambda record: (str(record.body["payload"]["timestamp"]), record.id), reverse=True)


def find_message(id: str) -> Record:
    """Return one of the caller's messages.

    Raises
    ------
    UnknownNode
        There is none, or it is another's.
    """
    record = newest_record(store(), MESSAGE, f"{principal().tenant}/{id}")
    if record is not None and _is_seen(record):
        return record
    raise UnknownNode(N_("you have no message {id!r}"), id=id)


def _is_seen(record: Record) -> bool:
    return is_seen_by(record.body["tenant"], record.body["visible_to"], principal())


@resource.get("")
@operation(
    Permission.WATCH,
    says=(N_("Your messages"), N_("The newest first, with every try to send them.")),
    answers={200: Answered(N_("Messages, the newest first."), "message_page")},
    query=(MessageQuery,),
)
def messages(given: Mapping[str, Any]) -> Response:
    """List the caller's messages."""
    found = [message_body(record) for record in messages_seen()]
    for name in ("subscription_id", "state"):
        if name in given:
            found = [body for body in found if body[name] == given[name]]
    return respond(page_of(found, given))


@resource.get("/<id>")
@operation(
    Permission.WATCH,
    says=(N_("A message"), N_("What was told, and every try to tell it.")),
    answers={200: Answered(N_("The message."), "message")},
    errors=(404,),
)
def message(id: str) -> Response:
    """Show one of the caller's messages."""
    found = find_message(id)
    return respond(message_body(found), etag=str(found.version))


@resource.post("/<id>/resending")
@operation(
    Permission.WATCH,
    says=(N_("Send a message once more"), N_("Under the same id; a receiver that has it already can tell.")),
    answers={202: Answered(N_("The message, waiting to be sent."), "message")},
    errors=(404,),
)
@once
def resend(id: str) -> Response:
    """Let a message be sent once more."""
    found = find_message(id)
    if found.body["state"] == "waiting":
        raise InvalidInput(N_("the message {id} waits to be sent already"), id=id)
    write = resent(found, now())
    body, version = write.body or {}, found.version + 1
    record = Record(write.kind, write.id, version, body, now(), write.visibility, due_at=write.due_at)
    reply = Reply(202, message_body(record), {"Location": f"/tracegraph/v1/messages/{id}"})
    store().commit(change().beside("message.resend", f"message:{id}", reply, records=[write]), now())
    return change().answered()
