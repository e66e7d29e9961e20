"""Without log-in one reads as the environment says: as a region, the network or the public."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from tests.api.checked import checked
from tests.api.conftest import ROOT
from tests.contract.build import change_set, incident
from tracegraph.access import LOCAL, local
from tracegraph.services.owners_now import owners_at
from tracegraph.services.subscriptions import SUBSCRIPTION, subscription_of
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

SECRET, SHARED = "inc-of-stockholm", "inc-of-all"


@pytest.mark.parametrize(
    ("reader", "seen", "home"),
    [
        ("network", {"network", "public"}, "network"),
        ("public", {"public"}, "network"),
        ("se-ab", {"network", "public", "region:SE-AB"}, "region:SE-AB"),
    ],
)
def test_who_sits_here_reads_as_the_environment_says(
    store: Store, monkeypatch: pytest.MonkeyPatch, reader: str, seen: set[str], home: str
) -> None:
    said = [replace(incident(SECRET), visibility="region:SE-AB"), replace(incident(SHARED), visibility="network")]
    store.apply(change_set(incidents=said), "2024-02-01T00:00:00Z")
    monkeypatch.setenv("TRACEGRAPH_AS", reader)
    client = checked(create_app(ApiSettings(access=Access.LOCAL), store))
    assert set(client.get(f"{ROOT}/me").get_json()["visible_to"]) == seen
    status = {id: client.get(f"{ROOT}/incidents/{id}").status_code for id in (SECRET, SHARED)}
    assert status == {SECRET: 200 if home in seen - {"network"} else 404, SHARED: 200 if "network" in seen else 404}
    watch = {"watch": {"kind": "factory", "id": "demo-plant-klang"}, "channel": {"kind": "webhook", "to": "0" * 16}}
    asked = client.post(f"{ROOT}/subscriptions", json=watch, headers={"Idempotency-Key": "local-key-1"})
    assert asked.status_code == 404  # the endpoint is nobody's; who asks may watch


def test_what_is_watched_here_is_told_to_whom_it_was_made_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEGRAPH_AS", "SE-AB")
    client = checked(create_app(ApiSettings(access=Access.LOCAL), store))
    hook = client.post(
        f"{ROOT}/endpoints", json={"url": "https://hooks.region.example/"}, headers={"Idempotency-Key": "local-key-2"}
    )
    to = {"kind": "webhook", "to": hook.get_json()["endpoint_id"]}
    watch = {"watch": {"kind": "factory", "id": "demo-plant-klang"}, "channel": to}
    made = client.post(f"{ROOT}/subscriptions", json=watch, headers={"Idempotency-Key": "local-key-3"})
    assert made.status_code == 201, made.get_json()
    (record,) = store.records(SUBSCRIPTION)
    owner = owners_at(store, "2024-02-01T00:00:00Z")(subscription_of(record))
    assert owner == local("SE-AB") != LOCAL


def test_a_start_with_the_address_of_the_example_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TRACEGRAPH_ACCESS", "public")
    with caplog.at_level(logging.WARNING, "tracegraph_api"):
        create_app(store=store)
        assert ["TRACEGRAPH_PUBLIC_URL is not set" in one for one in caplog.messages] == [True]
        caplog.clear()
        monkeypatch.setenv("TRACEGRAPH_PUBLIC_URL", "https://tracegraph.region.example")
        create_app(store=store)
        assert caplog.messages == []
