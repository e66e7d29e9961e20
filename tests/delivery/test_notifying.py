"""From a change to a message: only what is new to the subscriber, exactly once, and nothing that they may not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tracegraph.access import LOCAL, Principal, Role
from tracegraph.composition import open_store
from tracegraph.services.delivering import PAUSES_S, Outcome, deliver
from tracegraph.services.endpoints import Endpoint, new_endpoint
from tracegraph.services.events import EVENT, event_write
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import find_key, new_key, revoked, verified
from tracegraph.services.notifying import MESSAGE, baseline, next_digest, notify
from tracegraph.services.owners_now import owners_at
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.subscriptions import (
    Channel,
    ChannelKind,
    Digest,
    Subscription,
    Watch,
    WatchKind,
    new_subscription,
    subscription_of,
)
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside

STOCKHOLM = Principal("key:ab", frozenset({Role.ANALYST}), region="SE-AB")
SKANE = Principal("key:m", frozenset({Role.ANALYST}), region="SE-M")
PEOPLE = {who.id: who for who in (STOCKHOLM, SKANE)}
T1, T2, T3, T4 = (f"2024-01-0{day}T12:00:00Z" for day in range(1, 5))


@dataclass
class World:
    """A store with one contract of a wholesaler, and what is written into it."""

    store: Store
    folder: Path
    revoked: set[str] = field(default_factory=set)

    def rights(self, subscription: Subscription) -> Principal | None:
        return None if subscription.owner in self.revoked else PEOPLE[subscription.owner]

    def write(self, now: str, **tables: str) -> None:
        """Import rows and tell of it, as the API does."""
        folder = self.folder / now.replace(":", "")
        folder.mkdir()
        for name, text in tables.items():
            suffix = "toml" if name == "incidents" else "csv"
            (folder / f"{name}.{suffix}").write_text(text, encoding="utf-8")
        write_reading(self.store, read_checked(self.store, [folder]), now)

    def changed(self, visibility: str, now: str) -> None:
        """Tell of a change, and let a worker look."""
        self.store.commit(Beside([event_write("claims.changed", "import:1", visibility, now, {})]), now)
        self.work(now)

    def work(self, now: str) -> int:
        events = self.store.take(EVENT, now, "2099-01-01T00:00:00Z", 100)
        return notify(self.store, events, now, Portfolios(self.store), self.rights).messages

    def subscribe(self, who: Principal, watch: Watch, channel: Channel, now: str) -> Subscription:
        write = new_subscription(who, watch, channel, now)
        (record,) = self.store.commit(Beside([write]), now)
        subscription = subscription_of(record)
        self.store.commit(Beside([baseline(subscription, self.store, now, Portfolios(self.store))]), now)
        return subscription

    def messages(self) -> list[dict[str, Any]]:
        return [dict(record.body) for record in self.store.page(MESSAGE)]

    def news(self) -> list[tuple[str, str | None, str | None]]:
        """Return what all messages tell, oldest first."""
        bodies = sorted(self.messages(), key=lambda body: str(body["payload"]["timestamp"]))
        told = [one for body in bodies for one in body["payload"]["data"]["news"]]
        return [(f"{one['kind']}:{one['id']}", one["before"], one["after"]) for one in told]


SOURCES = "source_id,title\nsrc,A fictional source\n"
SUPPLIERS = "supplier_id,name,source_id\ns1,Fictional Wholesale,src\n"
FACTORIES = "factory_id,country,name,source_id\nf1,MY,Fictional Plant,src\n"
CONTRACTS = (
    "contract_id,title,regions,category,supplier_id,product,source_id\nc1,Fictional gloves,SE-AB,gloves,s1,gloves,src\n"
)
SUPPLY = "seller_id,buyer_id,product,source_id,visibility\nf1,s1,gloves,src,{visibility}\n"
INCIDENT = """
[[incident]]
incident_id = "inc-1"
title = "A fictional report"
kind = "forced_labour"
status = "{status}"
visibility = "{visibility}"
scope = [{{ kind = "factory", id = "f1" }}]
"""
HOOK = Channel(ChannelKind.WEBHOOK, "endpoint")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    made = World(store, tmp_path)
    made.write(
        "2023-01-01T00:00:00Z",
        sources=SOURCES,
        suppliers=SUPPLIERS,
        factories=FACTORIES,
        contracts=CONTRACTS,
        regions="region_id,name\nSE-AB,Region A\nSE-M,Region M\n",
        categories="category_id,name_en\ngloves,Gloves\n",
        products="product_id,name_en\ngloves,Gloves\n",
    )
    yield made
    store.close()


def test_a_route_that_becomes_known_is_news_once(world: World) -> None:
    world.subscribe(STOCKHOLM, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    world.write(T2, supplies=SUPPLY.format(visibility="network"))
    world.changed("network", T2)
    assert world.news() == [("contract:c1", "unmapped", "established")]
    world.changed("network", T3)
    assert len(world.messages()) == 1


def test_what_one_knew_when_subscribing_is_never_news(world: World) -> None:
    world.write(T1, supplies=SUPPLY.format(visibility="network"))
    world.subscribe(STOCKHOLM, Watch(WatchKind.FACTORY, "f1"), HOOK, T2)
    world.changed("network", T3)
    assert world.messages() == []


def test_what_another_region_knows_for_itself_is_no_news(world: World) -> None:
    for who in (STOCKHOLM, SKANE):
        world.subscribe(who, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    world.write(T2, supplies=SUPPLY.format(visibility="region:SE-M"))
    world.changed("region:SE-M", T2)
    assert [body["tenant"] for body in world.messages()] == ["region:SE-M"]
    world.changed("network", T3)
    assert len(world.messages()) == 1


@pytest.mark.parametrize(
    ("watch", "key"),
    [
        (Watch(WatchKind.INCIDENT, "inc-1"), "contract:c1"),
        (Watch(WatchKind.CONTRACT, "c1"), "exposure:inc-1/c1"),
        (Watch(WatchKind.CATEGORY, "gloves"), "exposure:inc-1/c1"),
        (Watch(WatchKind.SUPPLIER, "s1"), None),
        (Watch(WatchKind.COUNTRY, "MY", ("gloves",)), None),
        (Watch(WatchKind.FACTORY, "f1"), None),
    ],
)
def test_a_report_and_its_withdrawal_are_told(world: World, watch: Watch, key: str | None) -> None:
    world.write(T1, supplies=SUPPLY.format(visibility="network"))
    world.subscribe(STOCKHOLM, watch, HOOK, T1)
    world.write(T2, incidents=INCIDENT.format(status="alleged", visibility="network"))
    world.changed("network", T2)
    told = world.news()
    if watch.kind is WatchKind.SUPPLIER:  # the report is about a factory that sells to it
        assert told == []
        return
    assert ("incident:inc-1", None, "1/alleged") in told
    if key:
        assert (key, None, "established") in told
    world.write(T3, incidents=INCIDENT.format(status="withdrawn", visibility="network"))
    world.changed("network", T3)
    assert ("incident:inc-1", "1/alleged", "2/withdrawn") in world.news()
    kinds = {body["payload"]["timestamp"]: body["payload"]["type"] for body in world.messages()}
    assert kinds == {T2: "watch.changed", T3: "incident.retracted"}


def test_a_group_is_watched_with_all_that_it_owns(world: World) -> None:
    suppliers = "supplier_id,name,owned_by,source_id\ntop,Fictional Group,,src\nsub,Fictional Operator,top,src\n"
    factories = "factory_id,country,name,operated_by,source_id\nf1,MY,Fictional Plant,sub,src\n"
    world.write(T1, suppliers=suppliers, factories=factories)
    world.subscribe(STOCKHOLM, Watch(WatchKind.GROUP, "top"), HOOK, T1)
    world.write(T2, supplies=SUPPLY.format(visibility="network"))
    world.changed("network", T2)
    assert world.news() == [("contract:c1", "unmapped", "established")]
    world.write(T3, incidents=INCIDENT.format(status="alleged", visibility="network"))
    world.changed("network", T3)
    assert ("incident:inc-1", None, "1/alleged") in world.news()


def test_who_may_see_less_is_not_told_that_the_rest_is_gone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(T1, supplies=SUPPLY.format(visibility="network"))
    world.subscribe(STOCKHOLM, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    lesser = Principal(STOCKHOLM.id, STOCKHOLM.roles, region="SE-AB", limited_to_public=True)
    monkeypatch.setitem(PEOPLE, STOCKHOLM.id, lesser)
    world.changed("public", T2)
    assert world.messages() == []


def test_two_workers_write_one_message(world: World) -> None:
    world.subscribe(STOCKHOLM, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    world.write(T2, supplies=SUPPLY.format(visibility="network"))
    world.store.commit(Beside([event_write("claims.changed", "import:1", "network", T2, {})]), T2)
    events = world.store.take(EVENT, T2, T3, 100)
    again = world.store.take(EVENT, T3, T4, 100)  # the lease of the first worker ran out
    portfolios = Portfolios(world.store)
    assert notify(world.store, again, T3, portfolios, world.rights).messages == 1
    assert notify(world.store, events, T3, portfolios, world.rights).messages == 0
    assert len(world.messages()) == 1
    assert world.store.page(EVENT) == []


@pytest.mark.parametrize(
    ("owner", "day", "is_told"),
    [("local", "2030-01-01", True), ("user:1", "2024-06-01", True), ("user:1", "2024-07-01", False)],
)
def test_users_of_an_identity_provider_are_told_for_half_a_year(
    world: World, owner: str, day: str, is_told: bool
) -> None:
    who = Principal(owner, frozenset({Role.READER}), region="SE-AB")
    subscription = world.subscribe(who, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    found = owners_at(world.store, f"{day}T00:00:00Z")(subscription)
    assert (found is not None) is is_told
    assert found is None or owner == "local" or found.visible_to == who.visible_to


def test_a_key_that_was_revoked_is_told_nothing(world: World) -> None:
    made = new_key(LOCAL, "watcher", Rights(frozenset({Role.READER}), "SE-AB"), T1)
    world.store.commit(Beside([made.write]), T1)
    who = verified(world.store, made.token, T1).principal
    subscription = world.subscribe(who, Watch(WatchKind.FACTORY, "f1"), HOOK, T1)
    assert owners_at(world.store, T2)(subscription) == who
    world.store.commit(Beside([revoked(find_key(world.store, made.write.id, LOCAL), T2)]), T2)
    assert owners_at(world.store, T2)(subscription) is None


# --- on the way out --------------------------------------------------------------------------------------------------


class Recorded:
    """Where messages go in these tests: the border to the outside world."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.webhooks: list[tuple[str, str]] = []
        self.mails: list[tuple[str, str, list[str]]] = []

    def webhook(self, endpoint: Endpoint, message_id: str, payload: Mapping[str, Any], now: str) -> Outcome:
        self.webhooks.append((endpoint.url, message_id))
        return self.outcomes[min(len(self.webhooks), len(self.outcomes)) - 1]

    def mail(self, to: str, lang: str, messages: Sequence[tuple[str, Mapping[str, Any]]]) -> Outcome:
        self.mails.append((to, lang, [message_id for message_id, _ in messages]))
        return self.outcomes[0]


def told_world(world: World, channel: Channel | None = None) -> None:
    """Let region Stockholm have one message."""
    if channel is None:
        write, _ = new_endpoint(STOCKHOLM, "https://hook.example/", T1)
        world.store.commit(Beside([write]), T1)
        channel = Channel(ChannelKind.WEBHOOK, write.id)
    world.subscribe(STOCKHOLM, Watch(WatchKind.FACTORY, "f1"), channel, T1)
    world.write(T2, supplies=SUPPLY.format(visibility="network"))
    world.changed("network", T2)


def test_a_message_that_fails_is_sent_again_under_the_same_id_until_it_is_dead(world: World) -> None:
    told_world(world)
    senders = Recorded(Outcome("failed", "status-500"))
    tries = 0
    while True:
        (record,) = world.store.page(MESSAGE)
        if record.due_at is None:
            break
        assert deliver(world.store, senders, world.rights, record.due_at) == 1
        tries += 1
    assert tries == len(PAUSES_S) + 1
    assert len({message_id for _, message_id in senders.webhooks}) == 1
    assert record.body["state"] == "dead"
    assert {entry["reason"] for entry in record.body["log"]} == {"status-500"}


def test_a_message_that_is_sent_is_not_sent_again(world: World) -> None:
    told_world(world)
    senders = Recorded(Outcome("sent", "sent"))
    assert deliver(world.store, senders, world.rights, T2) == 1
    assert deliver(world.store, senders, world.rights, "2025-01-01T00:00:00Z") == 0
    assert world.messages()[0]["state"] == "sent"


def test_nothing_is_sent_for_a_key_that_was_revoked(world: World) -> None:
    told_world(world)
    world.revoked.add(STOCKHOLM.id)
    senders = Recorded(Outcome("sent", "sent"))
    deliver(world.store, senders, world.rights, T2)
    assert senders.webhooks == []
    assert world.messages()[0]["log"][-1]["reason"] == "subscription-ended"


def test_a_digest_gathers_messages_in_one_mail(world: World) -> None:
    channel = Channel(ChannelKind.EMAIL, "officer@region.example", Digest.DAILY, "sv")
    told_world(world, channel)
    evening = "2024-01-02T18:00:00Z"
    world.write(evening, incidents=INCIDENT.format(status="alleged", visibility="network"))
    world.changed("network", evening)
    senders = Recorded(Outcome("sent", "sent"))
    assert deliver(world.store, senders, world.rights, evening) == 0
    assert deliver(world.store, senders, world.rights, T3) == 2
    ((to, lang, ids),) = senders.mails
    assert (to, lang, len(ids)) == ("officer@region.example", "sv", 2)


@pytest.mark.parametrize(
    ("digest", "now", "due"),
    [
        (Digest.IMMEDIATE, "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
        (Digest.DAILY, "2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z"),
        (Digest.DAILY, "2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"),
        (Digest.WEEKLY, "2026-11-24T10:00:00Z", "2026-11-30T06:00:00Z"),
        (Digest.WEEKLY, "2026-11-30T05:00:00Z", "2026-11-30T06:00:00Z"),
    ],
)
def test_digests_go_out_in_the_morning(digest: Digest, now: str, due: str) -> None:
    assert next_digest(digest, now) == due
