"""Subscriptions: hear of what is new in what one watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services.asking import country_code
from tracegraph.services.endpoints import find_endpoint
from tracegraph.services.incidents import find_incident
from tracegraph.services.notifying import baseline
from tracegraph.services.operations import Reply
from tracegraph.services.show import unknown_node
from tracegraph.services.subscriptions import (
    SUBSCRIPTION,
    Channel,
    ChannelKind,
    Digest,
    Subscription,
    Watch,
    WatchKind,
    ended,
    find_subscription,
    new_subscription,
    subscription_of,
    subscriptions_of,
)
from tracegraph.settings_delivery import SMTP_HOST
from tracegraph.store.rows import Record, RecordWrite
from tracegraph.vocabulary import Label
from tracegraph_api.changes import change, once
from tracegraph_api.context import context, now, principal, store, translator
from tracegraph_api.inputs import ID_PATTERN, PageQuery, described, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.places import at
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "subscriptions", __name__, url_prefix="/subscriptions", description=N_("What you watch, and where news of it goes.")
)


_LABELS: Final = {
    WatchKind.FACTORY: (Label.FACTORY,),
    WatchKind.SUPPLIER: (Label.SUPPLIER,),
    WatchKind.GROUP: (Label.SUPPLIER,),
    WatchKind.CONTRACT: (Label.CONTRACT,),
}


class WatchBody(Schema):
    """What is watched."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(WatchKind)),
        metadata=described(N_("What is watched."), example="factory"),
    )
    id = fields.String(
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("Its id, or the code of the country."), example="demo-plant-klang"),
    )
    products = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata=described(N_("Only these goods, of a factory, supplier, group or country."), example=["gloves"]),
    )


class ChannelBody(Schema):
    """Where news goes."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(ChannelKind)),
        metadata=described(N_("How news is sent."), example="email"),
    )
    to = fields.String(
        required=True,
        validate=validate.Length(min=1, max=254),
        metadata=described(N_("An e-mail address, or the id of one of your endpoints."), example="name@region.example"),
    )
    digest = fields.String(
        load_default=Digest.DAILY.value,
        validate=validate.OneOf(list(Digest)),
        metadata=described(N_("How e-mail is gathered; webhooks are sent at once."), example="daily"),
    )
    lang = fields.String(
        validate=validate.OneOf(["sv", "en"]),
        metadata=described(
            N_("Language of e-mail; not given: that of Accept-Language, else of the service."), example="sv"
        ),
    )


class SubscriptionBody(Schema):
    """A new subscription."""

    watch = fields.Nested(WatchBody, required=True, metadata=described(N_("What is watched.")))
    channel = fields.Nested(ChannelBody, required=True, metadata=described(N_("Where news goes.")))


def subscription_body(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as JSON."""
    return {
        "subscription_id": subscription.id,
        "watch": dict(subscription.raw["watch"]),
        "channel": dict(subscription.raw["channel"]),
        "is_active": subscription.is_active,
        "created_at": subscription.created_at,
        "version": subscription.version,
        "_links": {
            "self": {"href": f"/tracegraph/v1/subscriptions/{subscription.id}"},
            "messages": {"href": f"/tracegraph/v1/messages?subscription_id={subscription.id}"},
        },
    }


def check_seen(kind: WatchKind, id: str) -> None:
    """Check that the caller sees what they would watch.

    Raises
    ------
    UnknownNode
        They do not; the message names near ids.
    InvalidInput
        There is no such country.
    """
    lens = lens_of({})
    if kind is WatchKind.COUNTRY:
        with at("/watch/id"):
            country_code(id)
    elif kind is WatchKind.INCIDENT:
        find_incident(store(), id, lens)
    elif kind is WatchKind.CATEGORY:
        if not store().references(Label.CATEGORY, [id]):
            raise unknown_node(id, lens, store())
    elif not any(store().descriptions(label, [id], lens) for label in _LABELS[kind]):
        raise unknown_node(id, lens, store())


def check_goods(products: Sequence[str]) -> None:
    """Check that there are the goods to which a watch is narrowed.

    Raises
    ------
    InvalidInput
        Nobody knows one of them.
    """
    known = store().catalogue().products if products else {}
    for number, product in enumerate(products):
        if product not in known:
            text = N_("there are no goods {value!r}: look for their id among the products")
            raise InvalidInput(text, value=product).at(f"/watch/products/{number}")


def channel_of(given: Mapping[str, Any]) -> Channel:
    """Return where news goes; a webhook goes to one of the caller's own endpoints, and at once."""
    kind, lang = ChannelKind(given["kind"]), given.get("lang") or translator().lang
    if kind is ChannelKind.WEBHOOK:
        find_endpoint(store(), given["to"], principal().tenant)
        return Channel(kind, given["to"], Digest.IMMEDIATE, lang)
    if not context().settings.has_mail:
        text = N_("no e-mail is sent from here: take a webhook, or have {variable} set by whoever runs the service")
        raise InvalidInput(text, variable=SMTP_HOST).at("/channel/kind")
    return Channel(kind, given["to"], Digest(given["digest"]), lang)


def recorded(watch: Watch, channel: Channel) -> tuple[RecordWrite, RecordWrite]:
    """Return the records of a new subscription, and of what its owner knows already."""
    write = new_subscription(principal(), watch, channel, now())
    assert write.body is not None
    record = Record(write.kind, write.id, 1, write.body, now(), write.visibility)
    return write, baseline(subscription_of(record), store(), now(), context().portfolios)


@resource.get("")
@operation(
    Permission.WATCH,
    says=(N_("Your subscriptions"), N_("Those of your region, or your own where you belong to none.")),
    answers={200: Answered(N_("Subscriptions by id."), "subscription_page")},
    query=(PageQuery,),
)
def subscriptions(given: Mapping[str, Any]) -> Response:
    """List the caller's subscriptions."""
    found = subscriptions_of(store(), principal())
    return respond(page_of([subscription_body(one) for one in found], given))


@resource.get("/<id>")
@operation(
    Permission.WATCH,
    says=(N_("A subscription"), N_("What is watched, and where news of it goes.")),
    answers={200: Answered(N_("The subscription."), "subscription")},
    errors=(404,),
)
def subscription(id: str) -> Response:
    """Show one of the caller's subscriptions."""
    found = find_subscription(store(), id, principal())
    return respond(subscription_body(found), etag=str(found.version))


@resource.post("")
@operation(
    Permission.WATCH,
    says=(
        N_("Watch something"),
        N_(
            "From now on you hear of what is new to you: contracts that turn out to depend on what you watch, reports "
            "that touch it, and their withdrawal. What you can see already is never news."
        ),
    ),
    answers={201: Answered(N_("The subscription."), "subscription")},
    body=SubscriptionBody,
    errors=(404, 409),
)
@once
def watch(body: Mapping[str, Any]) -> Response:
    """Record a subscription, with what its owner knows already."""
    asked = body["watch"]
    check_seen(WatchKind(asked["kind"]), asked["id"])
    check_goods(asked["products"])
    watched = Watch(WatchKind(asked["kind"]), asked["id"], tuple(asked["products"]))
    write, known = recorded(watched, channel_of(body["channel"]))
    made = subscription_of(Record(write.kind, write.id, 1, write.body or {}, now(), write.visibility))
    reply = Reply(201, subscription_body(made), {"Location": f"/tracegraph/v1/subscriptions/{write.id}", "ETag": '"1"'})
    facts = {"watch": dict(asked), "channel": body["channel"]["kind"]}
    beside = change().beside(
        "subscription.create", f"subscription:{write.id}", reply, records=[write, known], facts=facts
    )
    store().commit(beside, now())
    return change().answered()


@resource.delete("/<id>")
@operation(
    Permission.WATCH,
    says=(N_("Stop watching"), N_("Ends the subscription; messages that wait are not sent.")),
    answers={200: Answered(N_("The subscription as it was."), "subscription")},
    errors=(404, 412, 428),
)
@once
def stop_watching(id: str) -> Response:
    """End a subscription."""
    found = find_subscription(store(), id, principal())
    version = change().expected_version()
    ends = [replace(write, expected_version=version) if write.kind == SUBSCRIPTION else write for write in ended(found)]
    reply = Reply(200, {**subscription_body(found), "is_active": False}, {})
    store().commit(change().beside("subscription.end", f"subscription:{id}", reply, records=ends), now())
    return change().answered()
