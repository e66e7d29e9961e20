"""Callers of one application: two regions, a national lead and the public, at moments that a test sets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from tests.api.checked import checked
from tests.api.conftest import ROOT
from tracegraph.access import Permission, Principal, Role
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

HOUSE = Path(__file__).resolve().parents[2]
ANALYST = frozenset({Role.ANALYST})
PRINCIPALS = {
    "ab": Principal("key:ab", ANALYST, region="SE-AB"),
    "ab-lead": Principal("key:ab-lead", frozenset({Role.RISK_AREA_LEAD}), region="SE-AB"),
    "m": Principal("key:m", ANALYST, region="SE-M"),
    "lead": Principal("key:lead", frozenset({Role.RISK_AREA_LEAD})),
    "granted": Principal(
        "key:granted", frozenset({Role.RISK_AREA_LEAD}), grants=frozenset({"region:SE-M"}), scopes=frozenset(Permission)
    ),
}


@dataclass
class Callers:
    """One application, and who calls it.

    Attributes
    ----------
    store : Store
        Its store.
    now : str
        The moment of the requests that follow.
    """

    store: Store
    now: str = "2024-06-01T08:00:00Z"
    keys: int = 0
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        app = create_app(ApiSettings(access=Access.PUBLIC), self.store)
        shared = context_of(app)
        shared.clock = lambda: self.now
        shared.parts[AUTHENTICATE] = lambda header: PRINCIPALS[header.removeprefix("Bearer ")]
        self.client = checked(app)

    def get(self, who: str | None, path: str, accept: str = "*/*", **query: Any) -> TestResponse:
        """Ask."""
        headers = {"Accept": accept, **_token(who)}
        return self.client.get(f"{ROOT}{path}", query_string=query, headers=headers)

    def items(self, who: str | None, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return the rows of an answer."""
        response = self.get(who, path, **query)
        assert response.status_code == 200, response.get_json()
        return list(response.get_json()["items"])

    def post(self, who: str | None, path: str, body: Any, **headers: str) -> TestResponse:
        """Send something new, under a key of its own unless one is given."""
        self.keys += 1
        sent = {"Idempotency-Key": f"test-key-{self.keys:04}", **_named(headers), **_token(who)}
        return self.client.post(f"{ROOT}{path}", json=body, headers=sent)

    def put(self, who: str | None, path: str, body: Any, **headers: str) -> TestResponse:
        """Send what is to stand from now on."""
        return self.client.put(f"{ROOT}{path}", json=body, headers={**_named(headers), **_token(who)})


def _token(who: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {who}"} if who else {}


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@cache
def _registry() -> Registry[Any]:
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in (HOUSE / "docs/schemas").glob("*.json")]
    found = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas]
    return Registry().with_resources(found)


def shaped(shape: str, response: TestResponse) -> dict[str, Any]:
    """Return the body of an answer, which has its shape."""
    path = HOUSE / "api/tracegraph_api/shapes" / f"{shape}.json"
    validator = Draft202012Validator(json.loads(path.read_text(encoding="utf-8")), registry=_registry())
    body = response.get_json()
    wrong = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]
    assert wrong == [], (response.status_code, wrong)
    return dict(body)
