"""From events to messages: what is new to each subscriber, and one message for it, exactly once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tracegraph.access import Principal
from tracegraph.errors import StaleWrite, TracegraphError
from tracegraph.lens import Lens
from tracegraph.services.events import EVENT
from tracegraph.services.newest import newest_record
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.situations import News, news, situation
from tracegraph.services.subscriptions import (
    SITUATION,
    ChannelKind,
    Digest,
    Subscription,
    subscriptions_of,
)
from tracegraph.store.rows import Beside, Record, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Kind of the records of messages (`OfTenant`): due when they are to be sent.
MESSAGE: Final = "message"
NEWS_LISTED: Final = 200  # in one message; it says how many there are
_LOG: Final = logging.getLogger(__name__)

#: Who the owner of a subscription is now; None: nobody any more (a key that was revoked).
Rights = Callable[[Subscription], Principal | None]


@dataclass(frozen=True, slots=True)
class Notified:
    """What one pass over the events did."""

    events: int
    messages: int


def notify(store: Store, events: Sequence[Record], now: str, portfolios: Portfolios, rights: Rights) -> Notified:
    """Tell subscribers what is new to them since they were told last, and let go of the events.

    Parameters
    ----------
    store, portfolios
        The store, and its portfolio views.
    events : sequence of Record
        Taken from the store (`RecordStore.take`), each at least once; a message is written exactly once, in one
        transaction with what its subscriber then knows.
    now : str
        The present moment.
    rights : callable
        Who an owner is now.
    """
    touched = {record.visibility for record in events}
    messages = 0
    for subscription in subscriptions_of(store):
        seen = visible_now(subscription, rights)
        if subscription.is_active and seen and touched & set(seen):
            messages += _tell(store, subscription, seen, now, portfolios)
    done = [RecordWrite(EVENT, record.id, None, expected_version=record.version) for record in events]
    try:
        store.commit(Beside(done), now)
    except StaleWrite:  # somebody else took an event that we held for too long, and tells again: to nobody
        _LOG.info("events were taken by another worker")
    return Notified(len(events), messages)


def visible_now(subscription: Subscription, rights: Rights) -> tuple[str, ...]:
    """Return what a subscriber may see: what they saw when they subscribed, less what they may not see any more."""
    owner = rights(subscription)
    if owner is None:
        return ()
    return tuple(sorted(set(subscription.visible_to) & set(owner.visible_to)))


def baseline(subscription: Subscription, store: Store, now: str, portfolios: Portfolios) -> RecordWrite:
    """Return the record of what a new subscriber knows from the start: nothing of it is ever news."""
    seen = subscription.visible_to
    facts = situation(subscription.watch, _lens(seen, now), store, portfolios, {})
    return _situation_write(subscription, facts, seen, 0)


def _tell(store: Store, subscription: Subscription, seen: tuple[str, ...], now: str, portfolios: Portfolios) -> int:
    """Write a message with what is new; return how many."""
    held = newest_record(store, SITUATION, subscription.id)
    told = dict(held.body["facts"]) if held else {}
    try:
        present = dict(situation(subscription.watch, _lens(seen, now), store, portfolios, told))
    except TracegraphError as error:  # what is watched may be gone; the next pass looks again
        _LOG.warning("subscription not evaluated", extra={"subscription": subscription.id, "code": error.code})
        return 0
    found = news(told, present)
    sees_the_same = held is not None and tuple(held.body["seen"]) == seen
    if not found and sees_the_same:
        return 0
    writes = [_situation_write(subscription, present, seen, held.version if held else 0)]
    if sees_the_same:  # what vanished because somebody sees less is not told as gone
        writes.append(_message_write(subscription, seen, found, now))
    try:
        store.commit(Beside(writes), now)
    except StaleWrite:  # another worker told them
        return 0
    return len(writes) - 1


def _lens(seen: tuple[str, ...], now: str) -> Lens:
    return Lens(valid_at=now[:10], known_at=now, visible_to=seen)


def _situation_write(
    subscription: Subscription, facts: Mapping[str, str], seen: tuple[str, ...], version: int
) -> RecordWrite:
    body = {"facts": dict(facts), "seen": list(seen)}
    return RecordWrite(SITUATION, subscription.id, body, expected_version=version)


def _message_write(subscription: Subscription, seen: tuple[str, ...], found: Sequence[News], now: str) -> RecordWrite:
    """Return the record of a message: ids and words of the model, nothing that a person wrote."""
    kind = "incident.retracted" if any(one.is_retraction for one in found) else "watch.changed"
    body: dict[str, Any] = {
        "subscription_id": subscription.id,
        "tenant": subscription.tenant,
        "visible_to": list(seen),
        "payload": {
            "type": kind,
            "timestamp": now,
            "data": {
                "subscription_id": subscription.id,
                "watch": dict(subscription.raw["watch"]),
                "news": [one.to_json() for one in found[:NEWS_LISTED]],
                "news_total": len(found),
            },
        },
        "state": "waiting",
        "attempts": 0,
        "log": [],
    }
    due = next_digest(subscription.channel.digest, now)
    visibility = f"region:{subscription.region}" if subscription.region else "network"
    name = f"{subscription.tenant}/msg_{secrets.token_hex(12)}"  # so that one's own are found without those of others
    return RecordWrite(MESSAGE, name, body, expected_version=0, visibility=visibility, due_at=due)


def next_digest(digest: Digest, now: str) -> str:
    """Return when gathered news is sent: at once, at the next 06:00 UTC, or at that of the next Monday."""
    if digest is Digest.IMMEDIATE:
        return now
    moment = datetime.fromisoformat(now)
    next_morning = moment.replace(hour=6, minute=0, second=0)
    if next_morning <= moment:
        next_morning += timedelta(days=1)
    if digest is Digest.WEEKLY:
        next_morning += timedelta(days=-next_morning.weekday() % 7)
    return next_morning.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_by_mail(subscription: Subscription) -> bool:
    """Return whether news goes by e-mail."""
    return subscription.channel.kind is ChannelKind.EMAIL
