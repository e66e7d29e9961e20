"""Messages on their way out: sent, tried again, or given up; every try is in the message's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from tracegraph.errors import StaleWrite, UnknownNode
from tracegraph.moments import later
from tracegraph.services.endpoints import Endpoint, endpoint_of, find_endpoint
from tracegraph.services.newest import OfTenant, newest_record
from tracegraph.services.notifying import MESSAGE, Rights, is_by_mail, visible_now
from tracegraph.services.subscriptions import SUBSCRIPTION, Subscription, subscription_of
from tracegraph.store.rows import Beside, Record, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Seconds until the next try after each failure: twelve tries in 24 hours, then the message is dead.
PAUSES_S: Final = (5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 32_400)
#: For so long a worker may take over a message before another one takes it.
LEASE: Final = timedelta(seconds=60)
_LOG_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try.

    Attributes
    ----------
    state : str
        ``sent``; ``failed``, to be tried again; ``refused``, never to be tried again.
    reason : str
        Stable word: ``status-500``, ``timeout``, ``blocked-address``, ``unreachable``, ``sent``.
    """

    state: str
    reason: str


class Senders(Protocol):
    """The way to the outside world."""

    def webhook(self, endpoint: Endpoint, message_id: str, payload: Mapping[str, Any], now: str) -> Outcome:
        """Send one message to an address."""
        ...

    def mail(self, to: str, lang: str, messages: Sequence[tuple[str, Mapping[str, Any]]]) -> Outcome:
        """Send messages (id and payload) in one e-mail."""
        ...


def deliver(store: Store, senders: Senders, rights: Rights, now: str, limit: int = 3) -> int:
    """Send the messages that are due; return how many were taken.

    A message is sent at least once: one that is sent and not marked, because the worker died, is sent again under the
    same id.
    """
    until = later(now, LEASE)
    taken = store.take(MESSAGE, now, until, limit)
    by_mail: dict[tuple[str, str], list[Record]] = {}
    for record in taken:
        subscription = _subscription(store, record)
        if subscription is None or not subscription.is_active or not _still_seen(record, subscription, rights):
            _mark(store, record, Outcome("refused", "subscription-ended"), now)
        elif is_by_mail(subscription):
            by_mail.setdefault((subscription.channel.to, subscription.channel.lang), []).append(record)
        else:
            _mark(store, record, _by_webhook(store, senders, subscription, record, now), now)
    for (to, lang), records in by_mail.items():
        outcome = senders.mail(to, lang, [(OfTenant(record).id, record.body["payload"]) for record in records])
        for record in records:
            _mark(store, record, outcome, now)
    return len(taken)


def _still_seen(record: Record, subscription: Subscription, rights: Rights) -> bool:
    """Return whether the subscriber may still see all that a message was written of."""
    seen = visible_now(subscription, rights)
    return bool(seen) and set(record.body["visible_to"]) <= set(seen)


def _subscription(store: Store, record: Record) -> Subscription | None:
    found = newest_record(store, SUBSCRIPTION, record.body["subscription_id"])
    return subscription_of(found) if found else None


def _by_webhook(store: Store, senders: Senders, subscription: Subscription, record: Record, now: str) -> Outcome:
    try:
        endpoint = endpoint_of(find_endpoint(store, subscription.channel.to, subscription.tenant))
    except UnknownNode:
        return Outcome("refused", "endpoint-gone")
    return senders.webhook(endpoint, OfTenant(record).id, record.body["payload"], now)


def _mark(store: Store, record: Record, outcome: Outcome, now: str) -> None:
    """Write down what came of a try, and when the next one is due."""
    attempts = record.body["attempts"] + 1
    tries_left = outcome.state == "failed" and attempts <= len(PAUSES_S)
    state = {"sent": "sent", "refused": "dead"}.get(outcome.state, "waiting" if tries_left else "dead")
    due = None
    if tries_left:
        due = later(now, PAUSES_S[attempts - 1])
    entry = {"at": now, "state": outcome.state, "reason": outcome.reason}
    log = [*record.body["log"], entry][-_LOG_KEPT:]
    body = {**record.body, "state": state, "attempts": attempts, "log": log}
    write = RecordWrite(
        MESSAGE, record.id, body, expected_version=record.version, visibility=record.visibility, due_at=due
    )
    try:
        store.commit(Beside([write]), now)
    except StaleWrite:  # another worker took it meanwhile, and will send it under the same id
        return


def resent(record: Record, now: str) -> RecordWrite:
    """Return a message that is sent once more, under the same id, as if it had not been tried."""
    body = {**record.body, "state": "waiting", "attempts": 0}
    return RecordWrite(
        MESSAGE, record.id, body, expected_version=record.version, visibility=record.visibility, due_at=now
    )
