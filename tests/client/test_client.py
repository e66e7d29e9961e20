"""The Python client against the real application, and against a server that fails in passing."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.api.conftest import demo_file, read_store  # noqa: F401 - fixtures
from tracegraph.client import ApiError, Client, Patience, ServiceUnavailable
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

DAY = {"valid_at": "2019-02-19", "known_at": "2024-06-01T00:00:00Z"}


@pytest.fixture(scope="session")
def transport(read_store: Store) -> httpx.WSGITransport:  # noqa: F811
    """The application itself, without a network between."""
    return httpx.WSGITransport(create_app(ApiSettings(access=Access.LOCAL), read_store))


@pytest.fixture
def client(transport: httpx.WSGITransport) -> Iterator[Client]:
    with Client("http://tracegraph.test", transport=transport) as opened:
        yield opened


def test_an_answer_is_whole_whatever_the_size_of_its_pages(client: Client) -> None:
    whole = client.dependent_contracts(factory="demo-plant-klang", **DAY)
    paged = client.dependent_contracts(factory="demo-plant-klang", limit=2, **DAY)
    assert [c.contract_id for c in paged.contracts] == [c.contract_id for c in whole.contracts]
    assert len(whole.contracts) == whole.meta["total"] > 3
    established = whole.by_status("established")
    assert len(established) == whole.summary["established"] > 0
    assert all(contract.route[-1].end == contract.contract_id for contract in established)
    assert whole.is_whole


def test_routes_are_a_graph_in_which_every_contract_is_reached(client: Client) -> None:
    answer = client.dependent_contracts(factory="demo-plant-klang", **DAY)
    graph = answer.to_networkx()
    for contract in answer.by_status("established"):
        assert graph.in_degree(contract.contract_id) >= 1
        assert graph.nodes[contract.contract_id]["status"] == "established"


def test_a_frame_has_a_row_a_contract(client: Client) -> None:
    answer = client.dependent_contracts(factory="demo-plant-klang", **DAY)
    frame = answer.to_frame()
    assert list(frame["contract_id"]) == [contract.contract_id for contract in answer.contracts]
    assert "share.low" in frame.columns


def test_a_refusal_says_what_is_wrong_in_the_language_asked_for(transport: httpx.WSGITransport) -> None:
    with Client("http://tracegraph.test", lang="sv", transport=transport) as client, pytest.raises(ApiError) as caught:
        client.dependent_contracts(factory="demo-plant-klang", valid_at="spring")
    assert (caught.value.status, caught.value.code) == (422, "invalid-input")
    assert [error["parameter"] for error in caught.value.errors] == ["valid_at"]
    assert "skriv ett datum" in caught.value.errors[0]["detail"]


def test_exactly_one_thing_is_named(client: Client) -> None:
    with pytest.raises(ValueError, match="one of"):
        client.dependent_contracts()
    with pytest.raises(ValueError, match="one of"):
        client.dependent_contracts(factory="a", country="MY")


# --- a server that fails in passing: the border to the outside world -------------------------------------------------


def answering(*statuses: int) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Return a transport that answers with these statuses in turn, and the requests that it got."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        status = statuses[min(len(seen), len(statuses)) - 1]
        if status == 304:
            return httpx.Response(304)
        return httpx.Response(status, json={"code": "store-unavailable", "items": []}, headers={"ETag": '"1"'})

    return httpx.MockTransport(answer), seen


def test_passing_failures_are_tried_again_with_one_key() -> None:
    transport, seen = answering(503, 429, 201)
    with Client("http://tracegraph.test", patience=Patience(first_pause_s=0.001), transport=transport) as client:
        client.post("claims", {"rows": []})
    assert len(seen) == 3
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert len({request.content for request in seen}) == 1


def test_after_the_last_try_the_failure_is_told() -> None:
    transport, seen = answering(503)
    patience = Patience(attempts=3, first_pause_s=0.001)
    with (
        Client("http://tracegraph.test", patience=patience, transport=transport) as client,
        pytest.raises(ServiceUnavailable) as caught,
    ):
        client.get("factories")
    assert (len(seen), caught.value.status) == (3, 503)


def test_what_is_wrong_with_the_request_is_not_tried_again() -> None:
    transport, seen = answering(422)
    with Client("http://tracegraph.test", transport=transport) as client, pytest.raises(ApiError):
        client.get("factories")
    assert len(seen) == 1


def test_what_is_unchanged_comes_from_what_is_kept() -> None:
    transport, seen = answering(200, 304)
    with Client("http://tracegraph.test", transport=transport) as client:
        first, second = client.get("factories"), client.get("factories")
    assert first == second
    assert seen[1].headers["If-None-Match"] == '"1"'
