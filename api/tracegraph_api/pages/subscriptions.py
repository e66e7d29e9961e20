"""Subscriptions: what one watches, where news of it goes, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.delivery.words import news_said, reason_said
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.messages import N_
from tracegraph.services.delivering import resent
from tracegraph.services.endpoints import endpoint_of, endpoint_records
from tracegraph.services.newest import OfTenant
from tracegraph.services.subscriptions import (
    SUBSCRIPTION,
    ChannelKind,
    Digest,
    Subscription,
    Watch,
    WatchKind,
    ended,
    find_subscription,
    subscriptions_of,
)
from tracegraph.store.rows import Record, RecordWrite
from tracegraph_api.changes import change
from tracegraph_api.context import context, now, principal, store, translator
from tracegraph_api.inputs import ID_PATTERN, Given, PageQuery
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import has_page, link
from tracegraph_api.pages.paging import paged
from tracegraph_api.pages.watched import KINDS, watched
from tracegraph_api.pages.words import message, say
from tracegraph_api.resources.messages import STATES, find_message, messages_seen
from tracegraph_api.resources.subscriptions import channel_of, check_goods, check_seen, recorded

pages = Pages("subscriptions")

_PAGES: Final[Mapping[WatchKind, str]] = {
    WatchKind.FACTORY: "factories.one",
    WatchKind.SUPPLIER: "suppliers.one",
    WatchKind.GROUP: "suppliers.one",
    WatchKind.COUNTRY: "countries.one",
    WatchKind.CATEGORY: "categories.one",
    WatchKind.CONTRACT: "contracts.one",
    WatchKind.INCIDENT: "incidents.one",
}
DIGESTS: Final[Mapping[Digest, str]] = {
    Digest.IMMEDIATE: N_("at once"),
    Digest.DAILY: N_("once a day"),
    Digest.WEEKLY: N_("once a week"),
}
MESSAGE_STATES: Final[Mapping[str, str]] = {
    "waiting": N_("waits to be sent"),
    "sent": N_("sent"),
    "dead": N_("could not be sent"),
}


#: So much of what a message tells is shown.
NEWS_SHOWN: Final = 5


class _WatchQuery(PageQuery):
    """What the form begins with: other pages lead here with what is to be watched."""

    kind = fields.String(validate=validate.OneOf(list(WatchKind)), load_default="")
    id = fields.String(validate=validate.Regexp(ID_PATTERN), load_default="")


class _WatchForm(Schema):
    """What is watched, and where news goes."""

    kind = fields.String(required=True, validate=validate.OneOf(list(WatchKind)))
    id = fields.String(required=True, validate=validate.Regexp(ID_PATTERN))
    products = fields.String(load_default="", validate=validate.Length(max=2_000))
    channel = fields.String(required=True, validate=validate.OneOf(list(ChannelKind)))
    address = fields.String(load_default="", validate=validate.Length(max=254))
    endpoint = fields.String(load_default="", validate=validate.Length(max=64))
    digest = fields.String(load_default=Digest.DAILY.value, validate=validate.OneOf(list(Digest)))


@pages.shows("/subscriptions", Permission.WATCH, (_WatchQuery,))
def all(given: Given) -> Response:
    """List what is watched, and offer to watch more."""
    return _listed(given, Form())


def _listed(given: Given, form: Form, status: int = 200) -> Response:
    found = subscriptions_of(store(), principal())
    listed, about = paged(found, given)
    endpoints = [endpoint_of(record) for record in endpoint_records(store(), principal().tenant)]
    return render(
        "pages/subscriptions.html",
        say(N_("Subscriptions")),
        status=status,
        form=form,
        rows=[_row(one, what) for one, what in zip(listed, watched(listed), strict=True)],
        **about,
        kinds=[(kind.value, say(text)) for kind, text in KINDS.items()],
        digests=[(digest.value, say(text)) for digest, text in DIGESTS.items()],
        endpoints=[(one.id, one.url.split("?")[0]) for one in endpoints],
        has_mail=context().settings.has_mail,
        kind=given.get("kind", ""),
        node_id=given.get("id", ""),
        may_add_endpoint=principal().may(Permission.KEYS),
    )


def _row(one: Subscription, what: str) -> dict[str, Any]:
    watch, channel = one.watch, one.channel
    is_mail = channel.kind is ChannelKind.EMAIL
    page = _PAGES[watch.kind]
    return {
        "id": one.id,
        "version": one.version,
        "what": what,
        "href": link(page, id=watch.id) if has_page(page) else None,
        "products": ", ".join(watch.products),
        "to": channel.to if is_mail else say(N_("a program: {id}"), id=channel.to),
        "how": say(DIGESTS[channel.digest]),
        "since": one.created_at,
        "messages": link("subscriptions.messages", subscription_id=one.id),
    }


@pages.takes("/subscriptions", Permission.WATCH)
def watch() -> Response | AnyResponse:
    """Begin to watch something."""
    form = sent(_WatchForm)
    made = _recorded(form) if form.is_right else None
    if made is None:
        return _listed({"page": 1, "limit": 20}, form, status=422)
    write, known, facts = made
    reply = done(link("subscriptions.all"))
    beside = change().beside(
        "subscription.create", f"subscription:{write.id}", reply, records=[write, known], facts=facts
    )
    store().commit(beside, now())
    return change().answered()


def _recorded(form: Form) -> tuple[RecordWrite, RecordWrite, dict[str, Any]] | None:
    """Return the records of what is to be watched, and what the log says of it; None: the form says what is wrong."""
    given, at = form.given, "id"
    kind = WatchKind(given["kind"])
    is_mail = given["channel"] == ChannelKind.EMAIL
    products = tuple(part for part in given["products"].replace(",", " ").split() if part)
    to = {"kind": given["channel"], "to": given["address" if is_mail else "endpoint"], "digest": given["digest"]}
    try:
        check_seen(kind, given["id"])
        at = "products"
        check_goods(products)
        at = "address" if is_mail else "endpoint"
        channel = channel_of({**to, "lang": translator().lang})
        write, known = recorded(Watch(kind, given["id"], products), channel)
    except (InvalidInput, UnknownNode) as error:
        form.errors.append({"field": at, "text": message(error.message)})
        return None
    what = {"kind": kind.value, "id": given["id"], "products": list(products)}
    return write, known, {"watch": what, "channel": given["channel"]}


@pages.takes("/subscriptions/<id>/end", Permission.WATCH)
def end(id: str) -> Response | AnyResponse:
    """Stop watching something."""
    found = find_subscription(store(), id, principal())
    version = change().expected_version()
    ends = [replace(write, expected_version=version) if write.kind == SUBSCRIPTION else write for write in ended(found)]
    reply = done(link("subscriptions.all"))
    store().commit(change().beside("subscription.end", f"subscription:{id}", reply, records=ends), now())
    return change().answered()


# --- what was sent ---------------------------------------------------------------------------------------------------


class _MessagesQuery(PageQuery):
    """Which messages."""

    subscription_id = fields.String(validate=validate.Regexp(ID_PATTERN))
    state = fields.String(validate=validate.OneOf(STATES))


@pages.shows("/subscriptions/messages", Permission.WATCH, (_MessagesQuery,))
def messages(given: Given) -> Response:
    """List what was told, with every try to tell it."""
    return _messages(given)


def _messages(given: Given, error: str = "", status: int = 200) -> Response:
    found = [record for record in messages_seen() if _is_asked(record, given)]
    listed, about = paged(found, given)
    known = subscriptions_of(store(), principal())
    what = {one.id: said for one, said in zip(known, watched(known), strict=True)}
    return render(
        "pages/messages.html",
        say(N_("Messages to subscribers")),
        status=status,
        crumbs=[(say(N_("Subscriptions")), link("subscriptions.all"))],
        error=error,
        rows=[_message(record, what) for record in listed],
        **about,
        states_known=[(state, say(text)) for state, text in MESSAGE_STATES.items()],
        chosen=given.get("state", ""),
        subscription_id=given.get("subscription_id", ""),
    )


def _is_asked(record: Record, given: Given) -> bool:
    asked = {name: given[name] for name in ("subscription_id", "state") if name in given}
    return asked == {name: record.body[name] for name in asked}


def _message(record: Record, what: Mapping[str, str]) -> dict[str, Any]:
    body = record.body
    data = body["payload"]["data"]
    return {
        "id": OfTenant(record).id,
        "at": body["payload"]["timestamp"],
        "about": what.get(body["subscription_id"], ""),
        "news": [news_said(one, translator()) for one in data["news"][:NEWS_SHOWN]],
        "more": data["news_total"] - len(data["news"][:NEWS_SHOWN]),
        "state": say(MESSAGE_STATES[body["state"]]),
        "is_waiting": body["state"] == "waiting",
        "next": record.due_at if body["state"] == "waiting" else None,
        "log": [(entry["at"], reason_said(entry["reason"], translator())) for entry in body["log"]],
    }


@pages.takes("/subscriptions/messages/<id>/resend", Permission.WATCH)
def resend(id: str) -> Response | AnyResponse:
    """Let a message be sent once more."""
    found = find_message(id)
    if found.body["state"] == "waiting":
        return _messages(
            {"page": 1, "limit": 20}, str(say(N_("the message {id} waits to be sent already"), id=id)), 409
        )
    reply = done(link("subscriptions.messages"))
    store().commit(change().beside("message.resend", f"message:{id}", reply, records=[resent(found, now())]), now())
    return change().answered()
