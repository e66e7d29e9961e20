"""Every golden case over HTTP, on both stores: the answer that is put together from all pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.checked import checked
from tests.api.conftest import ROOT
from tests.cases_lib import GoldenQuery, golden_queries
from tests.library import imported, opened
from tracegraph.access import ANONYMOUS, Principal, Role
from tracegraph.composition import open_store
from tracegraph.services.portfolios import Portfolios
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.vocabulary import NETWORK, PUBLIC, Status
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

NOW = "2026-01-01T00:00:00Z"
#: Few, so that every answer has several pages; the other store is asked once, each page costs it a walk.
FEW: Final = 2
ALL: Final = 200
PLURALS: Final = {"factory": "factories", "supplier": "suppliers", "group": "groups", "country": "countries"}
HEADERS: Final = {"Authorization": "Bearer golden"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for all cases; each gives it a store of its own."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('golden')}/none.db")
    made = create_app(ApiSettings(access=Access.PUBLIC), store)
    context_of(made).clock = lambda: NOW
    yield made
    store.close()


def principal_of(golden: GoldenQuery) -> Principal:
    """Return who sees what the case's reader sees."""
    reader = (golden.query.get("lens") or {}).get("as", NETWORK)
    if reader == PUBLIC:
        return ANONYMOUS
    return Principal("key:golden", frozenset({Role.READER}), region=None if reader == NETWORK else reader)


def address(golden: GoldenQuery) -> str | None:
    """Return where a question is asked by its address alone; None where it needs a body."""
    query = golden.query
    scope: list[dict[str, Any]] = query.get("scope") or []
    if query.get("incident") or len(scope) != 1 or set(scope[0]) != {"kind", "id"} or query.get("unmatched"):
        return None
    return f"{ROOT}/{PLURALS[scope[0]['kind']]}/{scope[0]['id']}/dependent-contracts"


def pages(client: FlaskClient, golden: GoldenQuery, limit: int) -> Iterator[dict[str, Any]]:
    """Yield all pages of the answer to a case."""
    query, url = golden.query, address(golden)
    lens = {name: value for name, value in (query.get("lens") or {}).items() if name != "as"}
    asked: dict[str, Any] = {name: query[name] for name in ("max_tier", "max_items") if name in query}
    asked["status"] = [status.value for status in Status]
    body = {**asked, "lens": lens, "scope": query.get("scope") or []}
    body["incidents"] = [query["incident"]] if query.get("incident") else []
    parameters: dict[str, Any] | None = {**asked, **lens, "limit": limit} if url else {"limit": limit}
    following = url or f"{ROOT}/exposure-queries"
    while following:
        response = (
            client.get(following, query_string=parameters, headers=HEADERS)
            if url
            else client.post(following, json=body, query_string=parameters, headers=HEADERS)
        )
        assert response.status_code == 200, response.data
        found = response.get_json()
        yield found
        following, parameters = found["_links"].get("next", {}).get("href", ""), None


def by_case() -> dict[str, list[GoldenQuery]]:
    """Return the questions of each case."""
    cases: dict[str, list[GoldenQuery]] = {}
    for golden in golden_queries():
        cases.setdefault(golden.folder.name, []).append(golden)
    return cases


@pytest.mark.parametrize("case", by_case().values(), ids=by_case())
def test_api_gives_the_expected_answers(case: list[GoldenQuery], app: Flask, store_url: str) -> None:
    limit = FEW if store_url.startswith("sqlite") else ALL
    shared, client = context_of(app), checked(app)
    with opened(store_url) as store:
        imported(store, case[0].folder, NOW)
        shared.store, shared.portfolios = store, Portfolios(store)
        for golden in case:
            shared.parts[AUTHENTICATE] = lambda _header, golden=golden: principal_of(golden)
            found = list(pages(client, golden, limit))
            rows = [row for page in found for row in page["items"]]
            assert len(rows) == found[-1]["meta"]["total"], golden.id
            assert (golden.id, golden.differences({**found[0]["meta"], "contracts": rows})) == (golden.id, [])


def test_most_cases_are_asked_by_address() -> None:
    by_address = [golden for golden in golden_queries() if address(golden)]
    assert 0 < len(golden_queries()) - len(by_address) < len(by_address)
