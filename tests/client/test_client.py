"""The Python client against the real application, and against a server that fails in passing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import networkx as nx
import pytest

from tests.api.conftest import demo_file, read_store, store  # noqa: F401 - fixtures
from tracegraph.client import ApiError, Client, Patience, ServiceUnavailable
from tracegraph.services.import_jobs import HANDLERS
from tracegraph.services.working import Duties, Work, run
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import utc_now

DAY = {"valid_at": "2019-02-19", "known_at": "2024-06-01T00:00:00Z"}


@pytest.fixture(scope="session")
def transport(read_store: Store) -> httpx.WSGITransport:  # noqa: F811
    """The application itself, without a network between."""
    return httpx.WSGITransport(create_app(ApiSettings(access=Access.LOCAL), read_store))


@pytest.fixture
def client(transport: httpx.WSGITransport) -> Iterator[Client]:
    with Client("http://127.0.0.1", transport=transport) as opened:
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
    with Client("http://127.0.0.1", lang="sv", transport=transport) as client, pytest.raises(ApiError) as caught:
        client.dependent_contracts(factory="demo-plant-klang", valid_at="spring")
    assert (caught.value.status, caught.value.code) == (422, "invalid-input")
    assert [error["parameter"] for error in caught.value.errors] == ["valid_at"]
    assert "skriv ett datum" in caught.value.errors[0]["detail"]


def test_exactly_one_thing_is_named(client: Client) -> None:
    with pytest.raises(ValueError, match="one of"):
        client.dependent_contracts()
    with pytest.raises(ValueError, match="one of"):
        client.dependent_contracts(factory="a", country="MY")


def test_a_chain_is_whole_and_a_graph_that_ends_in_the_contract(client: Client) -> None:
    chain = client.chain("demo-c-0001", **DAY)
    graph = chain.to_networkx()
    assert set(graph) >= {str(node["item_id"]) for node in chain.nodes}
    assert all(nx.has_path(graph, node["item_id"], "demo-c-0001") for node in chain.nodes)
    assert graph.number_of_edges() == len(chain.steps) > 1
    assert len(chain.to_frame()) == len(chain.nodes)


def test_any_scope_can_be_asked_about(client: Client) -> None:
    scope = [{"kind": "factory", "id": "demo-plant-klang"}]
    asked = client.ask(scope, lens=DAY)
    assert asked.contracts == client.dependent_contracts(factory="demo-plant-klang", **DAY).contracts


def test_changes_are_followed_from_where_one_stopped(client: Client) -> None:
    first = client.changes(since="2019-01-01")
    again = client.changes(cursor=first.cursor)
    assert len(first.items) > 10
    assert (again.items, again.missed) == ((), 0)


def test_a_search_says_why(client: Client) -> None:
    found = client.search("klang", **DAY)
    assert ("demo-plant-klang", "id") in {(one.id, one.reason) for one in found}


def test_one_may_read_as_somebody_who_sees_less(client: Client) -> None:
    public = client.dependent_contracts(factory="demo-plant-klang", as_="public", **DAY)
    assert public.query["lens"]["visible_to"] == ["public"]


def test_files_are_sent_checked_and_committed(store: Store, tmp_path: Path) -> None:  # noqa: F811
    app = create_app(ApiSettings(access=Access.LOCAL), store)
    suppliers = tmp_path / "suppliers.csv"
    suppliers.write_text("supplier_id,name,source_id\ns-new,Fictional Wholesale,src-new\n", encoding="utf-8")
    sources = tmp_path / "sources.csv"
    sources.write_text("source_id,title\nsrc-new,A fictional source\n", encoding="utf-8")
    with Client("http://127.0.0.1", transport=httpx.WSGITransport(app)) as client:
        checked = client.upload([suppliers, sources])
        assert checked.is_open
        work_off(store)
        written = client.commit(client.wait(checked))
        work_off(store)
        at = client.wait(written).link("import")
        assert client.get(at)["state"] == "committed"
        assert client.node("suppliers", "s-new")
        undone = client.undo(checked)
        work_off(store)
        assert client.wait(undone).state == "succeeded"
        with pytest.raises(ApiError, match="404"):
            client.node("suppliers", "s-new")


def work_off(store: Store) -> None:  # noqa: F811
    """Let a worker do what is due."""
    run(Work(store, "test", utc_now), Duties(HANDLERS), once=True)


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
    with Client("http://127.0.0.1", patience=Patience(first_pause_s=0.001), transport=transport) as client:
        client.post("claims", {"rows": []})
    assert len(seen) == 3
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1
    assert len({request.content for request in seen}) == 1


def test_after_the_last_try_the_failure_is_told() -> None:
    transport, seen = answering(503)
    patience = Patience(attempts=3, first_pause_s=0.001)
    with (
        Client("http://127.0.0.1", patience=patience, transport=transport) as client,
        pytest.raises(ServiceUnavailable) as caught,
    ):
        client.get("factories")
    assert (len(seen), caught.value.status) == (3, 503)


def test_what_is_wrong_with_the_request_is_not_tried_again() -> None:
    transport, seen = answering(422)
    with Client("http://127.0.0.1", transport=transport) as client, pytest.raises(ApiError):
        client.get("factories")
    assert len(seen) == 1


def test_what_is_unchanged_comes_from_what_is_kept() -> None:
    transport, seen = answering(200, 304)
    with Client("http://127.0.0.1", transport=transport) as client:
        first, second = client.get("factories"), client.get("factories")
    assert first == second
    assert seen[1].headers["If-None-Match"] == '"1"'
