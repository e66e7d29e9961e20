"""Who the owners of subscriptions are now: a key that was revoked or narrowed is told no more than it may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tracegraph.access import LOCAL, Principal, Role
from tracegraph.services.keys import rights_of
from tracegraph.services.notifying import Rights
from tracegraph.services.subscriptions import Subscription
from tracegraph.store.port import RecordStore
from tracegraph.vocabulary import PUBLIC

#: A user of an identity provider cannot be looked up: what they watch ends after this time.
USERS_WATCH: Final = timedelta(days=180)


def owners_at(store: RecordStore, now: str) -> Rights:
    """Return what tells who the owner of a subscription is at a moment."""

    def owner(subscription: Subscription) -> Principal | None:
        if subscription.owner == LOCAL.id:
            return replace(LOCAL, region=subscription.region, limited_to_public=subscription.visible_to == (PUBLIC,))
        if subscription.owner.startswith("user:"):
            until = datetime.fromisoformat(subscription.created_at) + USERS_WATCH
            is_over = until < datetime.fromisoformat(now)
            grants = frozenset(subscription.visible_to)
            return None if is_over else Principal(subscription.owner, frozenset({Role.READER}), None, grants)
        return rights_of(store, subscription.owner, now)

    return owner
