"""What a new subscription is refused for, and the language of its e-mail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.api.callers import Callers
from tracegraph.settings_api import ApiSettings, load_api_settings
from tracegraph.store.port import Store
from tracegraph_api.context import context_of

KLANG = {"kind": "factory", "id": "demo-plant-klang"}
MAIL = {"kind": "email", "to": "officer@region.example"}


@pytest.fixture
def callers(store: Store) -> Callers:
    """Callers on a demo of their own."""
    return Callers(store)


def watch(callers: Callers, watched: Any = KLANG, channel: Any = MAIL, **headers: str) -> Any:
    return callers.post("ab", "/subscriptions", {"watch": watched, "channel": channel}, **headers)


def test_goods_that_nobody_knows_are_refused(callers: Callers) -> None:
    assert watch(callers, {**KLANG, "products": ["gloves"]}).status_code == 201
    refused = watch(callers, {**KLANG, "products": ["gloves", "glovs"]})
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.get_json()["errors"]] == ["/watch/products/1"]


def test_e_mail_is_refused_where_none_is_sent(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = context_of(callers.client.application)
    shared.settings = replace(shared.settings, has_mail=False)
    refused = watch(callers)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.get_json()["errors"]] == ["/channel/kind"]
    assert "TRACEGRAPH_SMTP_HOST" in refused.get_json()["detail"]
    assert callers.items("ab", "/subscriptions") == []
    monkeypatch.delenv("TRACEGRAPH_SMTP_HOST", raising=False)
    assert not load_api_settings().has_mail
    monkeypatch.setenv("TRACEGRAPH_SMTP_HOST", "mail.region.example")
    assert load_api_settings().has_mail
    assert ApiSettings().has_mail


@pytest.mark.parametrize(
    ("asked", "own", "lang"),
    [("sv", None, "sv"), ("en", None, "en"), ("de", None, "sv"), ("", None, "sv"), ("en", "sv", "sv")],
)
def test_e_mail_is_in_the_language_of_who_asks_for_it(callers: Callers, asked: str, own: str | None, lang: str) -> None:
    context_of(callers.client.application).lang = "sv"
    channel = {**MAIL, "lang": own} if own else MAIL
    headers = {"Accept_Language": asked} if asked else {}
    assert watch(callers, channel=channel, **headers).get_json()["channel"]["lang"] == lang
