"""Refusals say where in the input they are, all of them at once, in the caller's language, and are kept by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound, RequestHeaderFieldsTooLarge

from tests.api.callers import Callers
from tests.api.conftest import ROOT
from tracegraph.access import Principal, Role
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE
from tracegraph_api.problems import problem_of_web

KLANG = {"kind": "factory", "id": "demo-plant-klang"}
MAIL = {"kind": "email", "to": "officer@region.example"}
HOOK = {"kind": "webhook", "to": "0" * 16}
TRIAGE = "/incidents/demo-inc-order/triage"


@pytest.fixture
def callers(store: Store) -> Callers:
    """Callers on a demo of their own."""
    return Callers(store)


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/subscriptions", {"watch": KLANG, "channel": {**MAIL, "to": "nobody"}}, "/channel/to"),
        ("/subscriptions", {"watch": {"kind": "country", "id": "Atlantis"}, "channel": MAIL}, "/watch/id"),
        (TRIAGE, {"state": "confirmed", "contracts": ["demo-c-0001"]}, "/reason"),
        (TRIAGE, {"state": "potential", "expires_on": "2001-01-01", "contracts": ["demo-c-0001"]}, "/expires_on"),
        ("/exposure-queries", {}, ""),
    ],
)
def test_what_a_service_refuses_has_its_pointer(
    callers: Callers, path: str, body: Mapping[str, Any], pointer: str
) -> None:
    response = callers.post("ab", path, body)
    assert response.status_code == 422, response.get_json()
    (found,) = response.get_json()["errors"]
    assert (found["pointer"], found["detail"]) == (pointer, response.get_json()["detail"])


@pytest.mark.parametrize(
    ("path", "pointer", "body"),
    [
        ("/endpoints", "/url", {"url": "http://hooks.region.example/"}),
        ("/keys", "/label", {"label": "Anna Svensson", "roles": ["reader"]}),
        ("/keys", "/grants", {"label": "sync", "roles": ["reader"], "grants": ["network"]}),
    ],
)
def test_so_has_what_an_administrator_is_refused(
    callers: Callers, path: str, pointer: str, body: Mapping[str, Any]
) -> None:
    administrator = Principal("user:admin", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-AB")
    context_of(callers.client.application).parts[AUTHENTICATE] = lambda _header: administrator
    response = callers.post("ab", path, body)
    assert (response.status_code, [one["pointer"] for one in response.get_json()["errors"]]) == (422, [pointer])


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/changes", {"page": 100_000}, "page"),
        ("/contracts", {"as": "SE-AB"}, "as"),
        ("/contracts/demo-c-0001/routes", {"k": 100_000}, "k"),
        ("/open-ends", {"product": "gloves"}, "product"),
        ("/open-ends", {"region": "SE-AB", "services": "false"}, "services"),
    ],
)
def test_a_refused_query_names_its_parameter(
    callers: Callers, path: str, query: dict[str, Any], parameter: str
) -> None:
    response = callers.get(None, path, **query)
    assert response.status_code == 422, response.get_json()
    assert [one["parameter"] for one in response.get_json()["errors"]] == [parameter]


def test_shape_and_content_are_told_together(callers: Callers) -> None:
    wrong = {
        "title": "",
        "colour": "red",
        "kind": "forced_labour",
        "happened_from": "2019-02-02",
        "happened_to": "2019-02-01",
        "sources": ["src-of-nobody"],
        "scope": [{**KLANG, "products": ["gloves"]}, {"kind": "country", "id": "Atlantis"}],
    }
    found = {one["pointer"] for one in callers.post("ab", "/incidents", wrong).get_json()["errors"]}
    assert found == {"/title", "/colour", "/happened_to", "/sources/0", "/scope/1/id"}
    brought = {**wrong, "documents": [{"ref": "x"}], "sources": ["x"]}
    found = {one["pointer"] for one in callers.post("ab", "/incidents", brought).get_json()["errors"]}
    assert found == {"/title", "/colour", "/documents/0/title", "/happened_to", "/scope/1/id"}
    only_shape = {"title": "", "kind": "forced_labour", "scope": [KLANG]}
    assert [one["pointer"] for one in callers.post("ab", "/incidents", only_shape).get_json()["errors"]] == ["/title"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/contracts/nothing", 404),
        ("GET", "/contracts?colour=red", 422),
        ("DELETE", "/api-info", 405),
        ("POST", "/incidents", 422),
    ],
)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_problem_is_kept_by_nobody_and_says_its_language(
    reading: FlaskClient, method: str, path: str, status: int, lang: str
) -> None:
    response = reading.open(f"{ROOT}{path}", method=method, headers={"Accept-Language": lang})
    assert response.status_code == status
    assert (response.headers["Cache-Control"], response.headers["Content-Language"]) == ("no-store", lang)
    assert "Accept-Language" in response.headers["Vary"]
    assert response.get_json()["errors" if status == 422 else "detail"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_status_that_has_no_words_of_its_own_is_told_in_the_caller_s_language(read_store: Store, lang: str) -> None:
    app = create_app(ApiSettings(access=Access.LOCAL), read_store)
    with app.test_request_context(f"{ROOT}/me", headers={"Accept-Language": lang}):
        body = problem_of_web(RequestHeaderFieldsTooLarge()).get_json()
        own = problem_of_web(NotFound()).get_json()
    assert (body["status"], "431" in body["detail"], body["title"] == "Request refused") == (431, True, lang == "en")
    assert own["title"] == {"en": "Not found", "sv": "Finns inte"}[lang]
