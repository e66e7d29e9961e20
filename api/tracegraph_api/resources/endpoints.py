"""Endpoints: addresses that webhooks go to, and their secrets, which are shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.services.endpoints import (
    Endpoint,
    endpoint_of,
    endpoint_records,
    find_endpoint,
    new_endpoint,
    rotated,
)
from tracegraph.services.operations import Reply
from tracegraph.store.rows import Record, RecordWrite
from tracegraph_api.changes import change, once
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import PageQuery, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "endpoints", __name__, url_prefix="/endpoints", description=N_("Addresses of yours that webhooks are sent to.")
)
ROOT = "/tracegraph/v1/endpoints"


class EndpointBody(Schema):
    """A new endpoint."""

    url = fields.String(
        required=True,
        validate=validate.Length(min=9, max=2_000),
        metadata=described(
            N_("An https address on the public internet, without user, password and fragment."),
            example="https://hooks.region.example/tracegraph",
        ),
    )


def endpoint_body(endpoint: Endpoint, secret: str | None = None) -> dict[str, Any]:
    """Return an endpoint as JSON; with its secret when that is new."""
    body: dict[str, Any] = {
        "endpoint_id": endpoint.id,
        "url": endpoint.url if principal().may(Permission.KEYS) else endpoint.url.split("?")[0],
        "created_at": endpoint.created_at,
        "secrets": len(endpoint.live_secrets(now())),
        "version": endpoint.version,
        "_links": {"self": {"href": f"{ROOT}/{endpoint.id}"}},
    }
    return {**body, "secret": secret} if secret else body


@resource.get("")
@operation(
    Permission.WATCH,
    says=(N_("Your endpoints"), N_("Those of your region, or your own where you belong to none.")),
    answers={200: Answered(N_("Endpoints by id."), "endpoint_page")},
    query=(PageQuery,),
)
def endpoints(given: Mapping[str, Any]) -> Response:
    """List the caller's endpoints."""
    found = endpoint_records(store(), principal().tenant)
    return respond(page_of([endpoint_body(endpoint_of(record)) for record in found], given))


@resource.get("/<id>")
@operation(
    Permission.WATCH,
    says=(N_("An endpoint"), N_("Where webhooks go. Secrets are shown when they are made, and never again.")),
    answers={200: Answered(N_("The endpoint."), "endpoint")},
    errors=(404,),
)
def endpoint(id: str) -> Response:
    """Show one of the caller's endpoints."""
    found = endpoint_of(find_endpoint(store(), id, principal().tenant))
    return respond(endpoint_body(found), etag=str(found.version))


@resource.post("")
@operation(
    Permission.KEYS,
    says=(
        N_("Add an endpoint"),
        N_(
            "Messages are signed as Standard Webhooks says; verify them with the secret, which is shown once. "
            "Addresses that lead into a private network are refused when something is sent."
        ),
    ),
    answers={201: Answered(N_("The endpoint, with its secret."), "endpoint_with_secret")},
    body=EndpointBody,
)
@once
def add_endpoint(body: Mapping[str, Any]) -> Response:
    """Record an endpoint."""
    write, secret = new_endpoint(principal(), body["url"], now())
    shown = endpoint_body(endpoint_of(_record(write, 1)))
    location = {"Location": f"{ROOT}/{write.id}", "ETag": '"1"'}
    return _committed(write, secret, "endpoint.create", Reply(201, shown, location))


@resource.post("/<id>/rotation")
@operation(
    Permission.KEYS,
    says=(
        N_("Change the secret of an endpoint"),
        N_("For a day messages carry the signatures of both secrets, so that none is lost while you change over."),
    ),
    answers={200: Answered(N_("The endpoint, with its new secret."), "endpoint_with_secret")},
    errors=(404, 412, 428),
)
@once
def rotate(id: str) -> Response:
    """Give an endpoint a new secret."""
    record = find_endpoint(store(), id, principal().tenant)
    write, secret = rotated(endpoint_of(record), record, now())
    write = change().of_version_seen(write)
    version = (write.expected_version or 0) + 1
    shown = endpoint_body(endpoint_of(_record(write, version)))
    return _committed(write, secret, "endpoint.rotate", Reply(200, shown, {"ETag": f'"{version}"'}))


@resource.delete("/<id>")
@operation(
    Permission.KEYS,
    says=(N_("Remove an endpoint"), N_("Nothing more is sent there, not even what waits.")),
    answers={200: Answered(N_("The endpoint as it was."), "endpoint")},
    errors=(404, 412, 428),
)
@once
def remove(id: str) -> Response:
    """Remove an endpoint."""
    found = endpoint_of(find_endpoint(store(), id, principal().tenant))
    write = RecordWrite("endpoint", id, None, change().expected_version())
    reply = Reply(200, endpoint_body(found), {})
    store().commit(change().beside("endpoint.remove", f"endpoint:{id}", reply, records=[write]), now())
    return change().answered()


def _record(write: RecordWrite, version: int) -> Record:
    return Record(write.kind, write.id, version, write.body or {}, now(), write.visibility)


def _committed(write: RecordWrite, secret: str, action: str, reply: Reply) -> Response:
    """Commit a change of an endpoint, and answer with the secret, which the kept reply does not hold."""
    store().commit(change().beside(action, f"endpoint:{write.id}", reply, records=[write]), now())
    return respond({**reply.body, "secret": secret}, status=reply.status, headers=reply.headers)
