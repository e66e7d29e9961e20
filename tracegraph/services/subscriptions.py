"""Subscriptions: what somebody wants to hear of, and where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tracegraph.access import Principal
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.messages import N_
from tracegraph.services.newest import newest_record, newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Record, RecordWrite

SUBSCRIPTION: Final = "subscription"
#: What a subscriber was told last; unversioned, under the subscription's id.
SITUATION: Final = "situation"

_ADDRESS: Final = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")


class WatchKind(StrEnum):
    """What can be watched."""

    FACTORY = "factory"
    SUPPLIER = "supplier"
    GROUP = "group"
    COUNTRY = "country"
    CATEGORY = "category"
    CONTRACT = "contract"
    INCIDENT = "incident"


class ChannelKind(StrEnum):
    """Where news goes."""

    WEBHOOK = "webhook"
    EMAIL = "email"


class Digest(StrEnum):
    """How news by e-mail is gathered."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched.

    Attributes
    ----------
    kind, id : WatchKind, str
        The node, or the country's code.
    products : tuple of str
        Only these goods, for a factory, supplier, group or country; empty: all.
    """

    kind: WatchKind
    id: str
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where news goes.

    Attributes
    ----------
    kind : ChannelKind
        By webhook or by e-mail.
    to : str
        Id of an endpoint, or an address.
    digest : Digest
        How e-mail is gathered; webhooks are sent at once.
    lang : str
        ``en`` or ``sv``, of e-mail.
    """

    kind: ChannelKind
    to: str
    digest: Digest = Digest.IMMEDIATE
    lang: str = "sv"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription in its newest version.

    Attributes
    ----------
    id, version : str, int
        Identity.
    owner, tenant : str
        Who made it, and whose it is.
    visible_to : tuple of str
        What its owner sees; checked again before anything is sent.
    watch, channel : Watch, Channel
        What, and where to.
    is_active : bool
        Whether it fires.
    created_at : str
        When.
    """

    id: str
    version: int
    owner: str
    tenant: str
    visible_to: tuple[str, ...]
    watch: Watch
    channel: Channel
    is_active: bool
    created_at: str
    region: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


def new_subscription(who: Principal, watch: Watch, channel: Channel, now: str) -> RecordWrite:
    """Return the record of a new subscription.

    Raises
    ------
    InvalidInput
        An address is none, or goods are named where they cannot narrow anything.
    """
    if channel.kind is ChannelKind.EMAIL and not _ADDRESS.fullmatch(channel.to):
        raise InvalidInput(N_("this is no e-mail address: write one like name@region.example")).at("/channel/to")
    if watch.products and watch.kind in (WatchKind.CATEGORY, WatchKind.CONTRACT, WatchKind.INCIDENT):
        text = N_("goods narrow a factory, supplier, group or country, not a {kind}")
        raise InvalidInput(text, kind=watch.kind).at("/watch/products")
    body = {
        "owner": who.id,
        "tenant": who.tenant,
        "region": who.region,
        "visible_to": list(who.visible_to),
        "watch": {"kind": watch.kind.value, "id": watch.id, "products": list(watch.products)},
        "channel": {
            "kind": channel.kind.value,
            "to": channel.to,
            "digest": channel.digest.value,
            "lang": channel.lang,
        },
        "is_active": True,
        "created_at": now,
    }
    return RecordWrite(SUBSCRIPTION, secrets.token_hex(8), body, expected_version=0, visibility=who.home)


def subscription_of(record: Record) -> Subscription:
    """Return the subscription that a record describes."""
    body = record.body
    watch, channel = body["watch"], body["channel"]
    return Subscription(
        id=record.id,
        version=record.version,
        owner=body["owner"],
        tenant=body["tenant"],
        region=body["region"],
        visible_to=tuple(body["visible_to"]),
        watch=Watch(WatchKind(watch["kind"]), watch["id"], tuple(watch["products"])),
        channel=Channel(ChannelKind(channel["kind"]), channel["to"], Digest(channel["digest"]), channel["lang"]),
        is_active=body["is_active"],
        created_at=body["created_at"],
        raw=body,
    )


def is_seen_by(tenant: str, visible_to: Iterable[str], who: Principal) -> bool:
    """Return whether somebody may see what was made for a tenant by one who saw so much."""
    return tenant == who.tenant and set(visible_to) <= set(who.visible_to)


def subscriptions_of(store: RecordStore, who: Principal | None = None) -> list[Subscription]:
    """Return the subscriptions that somebody may see, or all, by id."""
    found = map(subscription_of, newest_records(store, SUBSCRIPTION))
    return [one for one in found if who is None or is_seen_by(one.tenant, one.visible_to, who)]


def find_subscription(store: RecordStore, subscription_id: str, who: Principal) -> Subscription:
    """Return a subscription of the caller's tenant.

    Raises
    ------
    UnknownNode
        There is none, or it is another's.
    """
    record = newest_record(store, SUBSCRIPTION, subscription_id)
    found = subscription_of(record) if record else None
    if found is not None and is_seen_by(found.tenant, found.visible_to, who):
        return found
    raise UnknownNode(N_("you have no subscription {id!r}"), id=subscription_id)


def ended(subscription: Subscription) -> tuple[RecordWrite, ...]:
    """Return what ends a subscription, and forgets what it was told."""
    return (
        RecordWrite(SUBSCRIPTION, subscription.id, None, expected_version=subscription.version),
        RecordWrite(SITUATION, subscription.id, None),
    )
