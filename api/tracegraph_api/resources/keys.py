"""API keys of one's region; and who one is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission, Role
from tracegraph.messages import N_
from tracegraph.services.key_makers import behind
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import (
    DEFAULT_DAYS,
    MAX_DAYS,
    find_key,
    key_of,
    key_records,
    new_key,
    revoked,
    rotated,
    serves,
)
from tracegraph.services.operations import Reply
from tracegraph.store.rows import Record, RecordWrite
from tracegraph_api.changes import change, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import PageQuery, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import page_of, respond

resource = Resource("keys", __name__, url_prefix="/keys", description=N_("API keys of your region."))
me = Resource("me", __name__, url_prefix="/me", description=N_("Who you are to this service."))
ROOT = "/tracegraph/v1/keys"


class KeyBody(Schema):
    """A new key."""

    label = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40),
        metadata=described(N_("What it is for; not a person's name."), example="nightly-sync"),
    )
    roles = fields.List(
        fields.String(validate=validate.OneOf(list(Role))),
        required=True,
        validate=validate.Length(min=1, max=len(Role)),
        metadata=described(N_("What it is to the service; at most what you are."), example=["reader"]),
    )
    region = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=8),
        metadata=described(N_("The region whose member it is; null: of none."), example="SE-AB"),
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(Permission))),
        allow_none=True,
        load_default=None,
        metadata=described(N_("What it is narrowed to; null: all that its roles may."), example=["read"]),
    )
    grants = fields.List(
        fields.String(validate=validate.Length(min=1, max=40)),
        load_default=list,
        validate=validate.Length(max=21),
        metadata=described(N_("Visibilities of regions that it sees besides."), example=[]),
    )
    days = fields.Integer(
        load_default=DEFAULT_DAYS,
        validate=validate.Range(min=1, max=MAX_DAYS),
        metadata=described(N_("For how many days it lasts."), example=365),
    )


def key_body(record: Record) -> dict[str, Any]:
    """Return a key as JSON, without its secret."""
    key = key_of(record)
    rights = key.rights
    return {
        "key_id": key.id,
        "prefix": f"tg_{key.id}_",
        "label": key.label,
        "roles": sorted(rights.roles),
        "region": rights.region,
        "scopes": None if rights.scopes is None else sorted(rights.scopes),
        "grants": sorted(rights.grants),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "serves": serves(store(), record, now()),
        "last_used_at": key.last_used_at,
        "version": key.version,
        "_links": {"self": {"href": f"{ROOT}/{key.id}"}},
    }


@resource.get("")
@operation(
    Permission.KEYS,
    says=(N_("Keys"), N_("Those of your region, revoked ones too; without their secrets, which nobody can see again.")),
    answers={200: Answered(N_("Keys by id."), "key_page")},
    query=(PageQuery,),
)
def keys(given: Mapping[str, Any]) -> Response:
    """List the keys that the caller manages."""
    found = [key_body(record) for record in key_records(store(), principal())]
    return respond(page_of(found, given))


@resource.get("/<id>")
@operation(
    Permission.KEYS,
    says=(N_("A key"), N_("What it may, until when, and when it was used last (to the hour).")),
    answers={200: Answered(N_("The key."), "key")},
    errors=(404,),
)
def key(id: str) -> Response:
    """Show a key that the caller manages."""
    found = find_key(store(), id, principal())
    return respond(key_body(found), etag=str(found.version))


@resource.post("")
@operation(
    Permission.KEYS,
    says=(
        N_("Make a key"),
        N_(
            "Its token is in this answer and never shown again. It may at most what you may, and only in your region. "
            "If you make it with a key, it lasts no longer than that one: it ends when that is revoked or expires."
        ),
    ),
    answers={201: Answered(N_("The key, with its token."), "key_with_token")},
    body=KeyBody,
)
@once
def make(body: Mapping[str, Any]) -> Response:
    """Record a new key."""
    scopes = body["scopes"]
    rights = Rights(
        frozenset(Role(role) for role in body["roles"]),
        body["region"],
        None if scopes is None else frozenset(Permission(scope) for scope in scopes),
        frozenset(body["grants"]),
    )
    under = behind(store(), principal().id, now())
    made = new_key(principal(), body["label"], rights, now(), body["days"], under=under)
    return _with_token(made.write, made.token, "key.create", 201)


@resource.post("/<id>/rotation")
@operation(
    Permission.KEYS,
    says=(
        N_("Change the secret of a key"),
        N_(
            "The old token serves for a day longer, so that you can change over. The new one ends when the key is "
            "revoked or expires with which you asked for it."
        ),
    ),
    answers={200: Answered(N_("The key, with its new token."), "key_with_token")},
    errors=(404, 409, 412, 428),
)
@once
def rotate(id: str) -> Response:
    """Give a key a new secret."""
    under = behind(store(), principal().id, now())
    made = rotated(find_key(store(), id, principal()), principal(), now(), under=under)
    return _with_token(change().of_version_seen(made.write), made.token, "key.rotate", 200)


@resource.post("/<id>/revocation")
@operation(
    Permission.KEYS,
    says=(
        N_("Revoke a key"),
        N_(
            "It serves nowhere after a few seconds, and nothing that waits is sent for it. Nor do the keys serve any "
            "more that were made with it, nor secrets that it gave to others."
        ),
    ),
    answers={200: Answered(N_("The key, revoked."), "key")},
    errors=(404, 412, 428),
)
@once
def revoke(id: str) -> Response:
    """Let a key serve no longer."""
    write = change().of_version_seen(revoked(find_key(store(), id, principal()), now()))
    reply = Reply(200, _shown(write), {"ETag": f'"{_version(write)}"'})
    store().commit(change().beside("key.revoke", f"key:{id}", reply, records=[write]), now())
    return change().answered()


@me.get("")
@operation(
    Permission.OPEN,
    says=(N_("Who you are"), N_("What this service takes you for, what you may do, and which claims you see.")),
    answers={200: Answered(N_("You."), "me")},
)
def who() -> Response:
    """Show who the caller is."""
    asks = principal()
    body = {
        "id": asks.id,
        "roles": sorted(asks.roles),
        "region": asks.region,
        "may": sorted(permission for permission in Permission if asks.may(permission)),
        "visible_to": list(asks.visible_to) if asks.may(Permission.READ) else [],
    }
    return respond(body)


def _version(write: RecordWrite) -> int:
    return (write.expected_version or 0) + 1


def _shown(write: RecordWrite) -> dict[str, Any]:
    return key_body(Record(write.kind, write.id, _version(write), write.body or {}, now(), write.visibility))


def _with_token(write: RecordWrite, token: str, action: str, status: int) -> Response:
    """Commit a key, and answer with its token, which the kept reply does not hold."""
    headers = {"ETag": f'"{_version(write)}"', **({"Location": f"{ROOT}/{write.id}"} if status == 201 else {})}
    reply = Reply(status, _shown(write), headers)
    said = write.body or {}
    facts = {name: said[name] for name in ("roles", "region", "scopes", "grants", "expires_at")}
    store().commit(change().beside(action, f"key:{write.id}", reply, records=[write], facts=facts), now())
    return respond({**reply.body, "token": token}, status=status, headers=headers)
