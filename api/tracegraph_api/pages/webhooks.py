"""Addresses of programs that news is sent to, and the secrets by which they know that it is from here."""

from __future__ import annotations

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services.endpoints import (
    ENDPOINT,
    endpoint_of,
    endpoint_records,
    find_endpoint,
    new_endpoint,
    rotated,
)
from tracegraph.store.rows import RecordWrite
from tracegraph_api.changes import change
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.shown_once import above, show_once
from tracegraph_api.pages.words import say

pages = Pages("webhooks")


class _AddressForm(Schema):
    """A new address."""

    url = fields.String(required=True, validate=validate.Length(min=9, max=2_000))


@pages.shows("/administration/webhooks", Permission.KEYS)
def all(_: Given) -> Response:
    """List addresses, and offer to add one."""
    return _listed(Form())


def _listed(form: Form, status: int = 200) -> Response:
    found = [endpoint_of(record) for record in endpoint_records(store(), principal().tenant)]
    return render(
        "pages/webhooks.html",
        say(N_("Addresses of programs (webhooks)")),
        status=status,
        crumbs=above(),
        form=form,
        rows=[
            {
                "id": one.id,
                "url": one.url,
                "version": one.version,
                "since": one.created_at,
                "secrets": len(one.live_secrets(now())),
            }
            for one in found
        ],
    )


@pages.takes("/administration/webhooks", Permission.KEYS)
def add() -> Response | AnyResponse:
    """Add an address, and show its secret this once."""
    form = sent(_AddressForm)
    if form.is_right:
        try:
            write, secret = new_endpoint(principal(), form.given["url"], now())
            return _with_secret(write, secret, "endpoint.create")
        except InvalidInput as error:
            form.refuse(error, "url")
    return _listed(form, status=422)


@pages.takes("/administration/webhooks/<id>/rotate", Permission.KEYS)
def rotate(id: str) -> Response | AnyResponse:
    """Give an address a new secret."""
    record = find_endpoint(store(), id, principal().tenant)
    write, secret = rotated(endpoint_of(record), record, now())
    return _with_secret(change().of_version_seen(write), secret, "endpoint.rotate")


@pages.takes("/administration/webhooks/<id>/remove", Permission.KEYS)
def remove(id: str) -> Response | AnyResponse:
    """Remove an address: nothing more is sent there."""
    find_endpoint(store(), id, principal().tenant)
    write = RecordWrite(ENDPOINT, id, None, change().expected_version())
    reply = done(link("webhooks.all"))
    store().commit(change().beside("endpoint.remove", f"endpoint:{id}", reply, records=[write]), now())
    return change().answered()


def _with_secret(write: RecordWrite, secret: str, action: str) -> Response:
    reply = done(link("webhooks.all"))
    store().commit(change().beside(action, f"endpoint:{write.id}", reply, records=[write]), now())
    return show_once(
        say(N_("Secret of an address")),
        secret,
        say(
            N_(
                "With this secret the program checks that a message is from here (Standard Webhooks). Copy it now: it "
                "is never shown again."
            )
        ),
        (say(N_("Addresses of programs (webhooks)")), link("webhooks.all")),
    )
