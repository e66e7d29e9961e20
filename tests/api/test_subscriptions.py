"""Subscriptions, endpoints and messages over HTTP."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.checked import checked
from tests.api.conftest import ROOT
from tracegraph.access import Principal, Role
from tracegraph.services.delivering import Outcome, deliver
from tracegraph.services.events import EVENT, event_write
from tracegraph.services.notifying import MESSAGE, notify
from tracegraph.services.portfolios import Portfolios
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside, Record
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

KEYS = count()
STOCKHOLM = Principal("key:ab", frozenset({Role.READER}), region="SE-AB")
ADMIN = Principal("key:admin", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-AB")
SKANE = Principal("key:m", frozenset({Role.READER}), region="SE-M")
MAIL = {"kind": "email", "to": "officer@region.example"}
KLANG = {"kind": "factory", "id": "demo-plant-klang", "products": []}


def as_(who: Principal, store: Store) -> FlaskClient:
    """Return how one caller meets the application."""
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    context_of(app).parts[AUTHENTICATE] = lambda _header: who
    client = checked(app)
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer test"
    return client


def post(client: FlaskClient, path: str, body: Any = None, **headers: str) -> Any:
    key = {"Idempotency-Key": f"test-key-{next(KEYS)}"}
    return client.post(f"{ROOT}/{path}", json=body, headers={**key, **headers})


def test_a_subscription_is_seen_changed_and_ended_by_its_region_alone(store: Store) -> None:
    mine, other = as_(STOCKHOLM, store), as_(SKANE, store)
    made = post(mine, "subscriptions", {"watch": KLANG, "channel": MAIL})
    assert made.status_code == 201
    path = made.headers["Location"]
    assert mine.get(path).get_json() == made.get_json()
    assert mine.get(f"{ROOT}/subscriptions").get_json()["meta"]["total"] == 1
    assert other.get(f"{ROOT}/subscriptions").get_json()["meta"]["total"] == 0
    foreign, unknown = other.get(path), other.get(f"{ROOT}/subscriptions/{'0' * 16}")
    assert foreign.status_code == unknown.status_code == 404
    assert other.delete(path, headers={"If-Match": '"1"'}).status_code == 404
    assert mine.delete(path).status_code == 428
    assert mine.delete(path, headers={"If-Match": '"2"'}).status_code == 412
    assert mine.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 200
    assert mine.get(path).status_code == 404
    assert [row.body["action"] for row in store.page(AUDIT)][:1] == ["subscription.create"]


@pytest.mark.parametrize(
    ("watch", "channel", "status"),
    [
        ({**KLANG, "kind": "planet"}, MAIL, 422),
        ({**KLANG, "id": "no id at all"}, MAIL, 422),
        ({"kind": "contract", "id": "demo-c-0001", "products": ["gloves"]}, MAIL, 422),
        (KLANG, {"kind": "email", "to": "not an address"}, 422),
        (KLANG, {"kind": "webhook", "to": "0000"}, 404),
        ({**KLANG, "id": "demo-plant-klan"}, MAIL, 404),
        ({"kind": "group", "id": "nobody"}, MAIL, 404),
        ({"kind": "contract", "id": "nothing"}, MAIL, 404),
        ({"kind": "incident", "id": "nothing"}, MAIL, 404),
        ({"kind": "category", "id": "nothing"}, MAIL, 404),
        ({"kind": "country", "id": "Atlantis"}, MAIL, 422),
        ({**KLANG, "owner": "somebody"}, MAIL, 422),
    ],
)
def test_what_cannot_be_watched_is_refused(store: Store, watch: Any, channel: Any, status: int) -> None:
    client = as_(STOCKHOLM, store)
    assert post(client, "subscriptions", {"watch": watch, "channel": channel}).status_code == status
    assert client.get(f"{ROOT}/subscriptions").get_json()["items"] == []


def test_the_secret_of_an_endpoint_is_shown_once(store: Store) -> None:
    client = as_(ADMIN, store)
    headers = {"Idempotency-Key": "the-same-key"}
    made = client.post(f"{ROOT}/endpoints", json={"url": "https://hooks.region.example/?token=secret"}, headers=headers)
    again = client.post(
        f"{ROOT}/endpoints", json={"url": "https://hooks.region.example/?token=secret"}, headers=headers
    )
    assert made.get_json()["secret"].startswith("whsec_")
    assert "secret" not in again.get_json()
    assert made.get_json()["endpoint_id"] == again.get_json()["endpoint_id"]
    path = made.headers["Location"]
    assert "secret" not in client.get(path).get_json()
    turned = post(client, f"endpoints/{made.get_json()['endpoint_id']}/rotation", None, **{"If-Match": '"1"'})
    assert turned.status_code == 200
    assert turned.get_json()["secret"] != made.get_json()["secret"]
    assert client.get(path).get_json()["secrets"] == 2
    reader = as_(STOCKHOLM, store)
    assert reader.get(path).get_json()["url"] == "https://hooks.region.example/"
    assert reader.delete(path, headers={"If-Match": turned.headers["ETag"]}).status_code == 403
    assert client.delete(path, headers={"If-Match": turned.headers["ETag"]}).status_code == 200
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "url", ["http://hooks.region.example/", "https://", "https://u:p@hooks.region.example/", "ftp://a"]
)
def test_an_endpoint_is_an_https_address(store: Store, url: str) -> None:
    assert post(as_(ADMIN, store), "endpoints", {"url": url}).status_code == 422


class Silent:
    """Where messages go here: nowhere, it says."""

    def webhook(self, *_: Any) -> Outcome:
        return Outcome("failed", "unreachable")

    def mail(self, *_: Any) -> Outcome:
        return Outcome("refused", "recipient-refused")


def test_a_message_has_its_log_and_may_be_sent_once_more(store: Store) -> None:
    client = as_(STOCKHOLM, store)
    context_of(client.application).clock = lambda: "2019-02-18T12:00:00Z"  # a day before the report of the demo
    post(client, "subscriptions", {"watch": KLANG, "channel": {**MAIL, "digest": "immediate"}})
    app_now = "2019-02-20T12:00:00Z"
    context_of(client.application).clock = lambda: app_now
    store.commit(Beside([event_write("incident.revised", "incident:demo", "network", app_now, {})]), app_now)
    events = store.take(EVENT, app_now, "2099-01-02T00:00:00Z", 10)
    notify(store, events, app_now, Portfolios(store), lambda _subscription: STOCKHOLM)
    (item,) = client.get(f"{ROOT}/messages").get_json()["items"]
    assert item["state"] == "waiting"
    assert item["message_id"].startswith("msg_")
    assert item["_links"]["self"]["href"] == f"{ROOT}/messages/{item['message_id']}"
    assert post(client, f"messages/{item['message_id']}/resending").status_code == 422
    deliver(store, Silent(), lambda _subscription: STOCKHOLM, app_now)
    shown = client.get(f"{ROOT}/messages/{item['message_id']}").get_json()
    assert (shown["state"], shown["log"][-1]["reason"]) == ("dead", "recipient-refused")
    assert client.get(f"{ROOT}/messages?state=sent").get_json()["items"] == []
    assert as_(SKANE, store).get(f"{ROOT}/messages/{item['message_id']}").status_code == 404
    assert post(client, f"messages/{item['message_id']}/resending").status_code == 202
    assert client.get(f"{ROOT}/messages/{item['message_id']}").get_json()["state"] == "waiting"


def test_messages_of_others_are_not_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a list nor one message takes longer for what other regions were told."""
    moments = ("2019-02-18T12:00:00Z", "2019-02-20T12:00:00Z")
    people = {who.id: who for who in (STOCKHOLM, SKANE)}
    for who in people.values():
        client = as_(who, store)
        context_of(client.application).clock = lambda: moments[0]
        post(client, "subscriptions", {"watch": KLANG, "channel": {**MAIL, "digest": "immediate"}})
    store.commit(Beside([event_write("incident.revised", "incident:demo", "network", moments[1], {})]), moments[1])
    events = store.take(EVENT, moments[1], "2099-01-02T00:00:00Z", 10)
    notify(store, events, moments[1], Portfolios(store), lambda subscription: people[subscription.owner])
    assert len(store.page(MESSAGE)) == 2
    read: list[Record] = []
    page = store.page

    def seen(kind: str, **options: Any) -> list[Record]:
        read.extend(found := page(kind, **options))
        return found

    monkeypatch.setattr(store, "page", seen)
    client = as_(SKANE, store)
    (item,) = client.get(f"{ROOT}/messages").get_json()["items"]
    assert client.get(f"{ROOT}/messages/{item['message_id']}").status_code == 200
    assert client.get(f"{ROOT}/messages/msg_unknown").status_code == 404
    assert {record.body["tenant"] for record in read if record.kind == MESSAGE} == {"region:SE-M"}
