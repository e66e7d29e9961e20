"""Twin worlds: one with secrets of another region, one without; a reader who may not see them gets the same bytes.

Held for every kind of answer and for every export under a lens: counts, errors, versions and suggestions included.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import ask_json, imported, opened
from tests.neo4j_server import Neo4jServer, wipe
from tests.oracle import write_dataset
from tests.strategies import Query, datasets, queries, random_query, random_tables
from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.answer_routes import Effort
from tracegraph.errors import TracegraphError
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.csv_export import write_claims
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.geojson import write_geojson
from tracegraph.exchange.graphml import write_graphml
from tracegraph.exchange.routes import routes_body
from tracegraph.exchange.show import shown_body
from tracegraph.incidents import selector_from_body
from tracegraph.lens import Lens, visible_to
from tracegraph.model import NodeRef
from tracegraph.services.chain import chain
from tracegraph.services.depth import depth
from tracegraph.services.history import history
from tracegraph.services.incidents import list_incidents
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.routes import routes
from tracegraph.services.show import show
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label

NOW = "2030-01-01T00:00:00Z"
SECRET = "region:SE-M"
HISTORIES = (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT)
LINK_TABLES = ("supplies", "deliveries", "services", "items")
READERS = ("public", "network", "SE-AB")
Tables = dict[str, list[dict[str, str]]]

quiet = settings(suppress_health_check=list(HealthCheck))


def parted(tables: Tables) -> tuple[Tables, Tables]:
    """Return tables without the links of the secret region, and these links with more secrets about the same nodes."""
    rest = {
        name: [row for row in rows if name not in LINK_TABLES or row.get("visibility") != SECRET]
        for name, rows in tables.items()
    }
    hidden = {name: [row for row in tables.get(name, []) if row.get("visibility") == SECRET] for name in LINK_TABLES}
    return rest, hidden


def secrets_about(tables: Tables, number: int) -> Tables:
    """Return a private supplier, plant, contract and trade that hang on the nodes that everybody sees."""
    private = {
        "visibility": SECRET,
        "grade": "verified",
        "source_id": "src-secret",
        "recorded_at": "2019-01-01T00:00:00Z",
    }
    buyer = sorted(row["supplier_id"] for row in tables["suppliers"])[number % len(tables["suppliers"])]
    factory = {"factory_id": "secret-f", "country": "MY", "name": "Secret Plant", "identified": "false"}
    described = {"supplier_id": buyer, "name": "Secret Name", "country": "MY", "owned_by": "secret-s"}
    contract = {
        "contract_id": "secret-c",
        "title": "Secret",
        "regions": "SE-M",
        "supplier_id": buyer,
        "product": "secret",
    }
    return {
        "sources": [{"source_id": "src-secret", "title": "Secret paper"}],
        "suppliers": [{"supplier_id": "secret-s", "name": "Secret Trader", **private}, {**described, **private}],
        "factories": [{**factory, "operated_by": buyer, "products": "secret", **private}],
        "supplies": [{"seller_id": "secret-f", "buyer_id": buyer, "product": "secret", **private}],
        "services": [{"provider_id": "secret-s", "client_id": buyer, "service": "recruits", **private}],
        "contracts": [{**contract, **private}],
    }


@contextmanager
def worlds(url: Callable[[str], str], *parts: Tables) -> Iterator[Store]:
    """A store that holds the parts, imported one by one."""
    with tempfile.TemporaryDirectory() as folder, opened(url(folder)) as store:
        for number, tables in enumerate(parts):
            if any(tables.values()):
                imported(store, write_dataset(tables, Path(folder) / str(number)), NOW)
        yield store


def everything(store: Store, ids: list[str], contracts: list[str], query: Query, lens: Lens) -> dict[str, Any]:
    """Return all that a reader can learn, as JSON."""
    question: dict[str, Any] = {"scope": query["scope"], "max_tier": query["max_tier"]}
    question["lens"] = {**asdict(lens), "visible_to": list(lens.visible_to), "min_grade": lens.min_grade.value}
    seen: dict[str, Any] = {"dependents": ask_json(store, question, today="2020-01-01", now=NOW)}
    for name in ids:
        seen[f"show {name}"] = told(lambda name=name: shown_body(show(name, lens, store)))  # type: ignore[misc]
        seen[f"history {name}"] = [str(history(NodeRef(label, name), lens, store)) for label in HISTORIES]
        seen[f"find {name}"] = [asdict(match) for match in store.find(name, lens, 10)]
    views = Portfolios(store)
    for name in contracts:
        found = told(lambda name=name: chain_body(chain(name, lens, store, DEFAULT_MAX_ITEMS)))  # type: ignore[misc]
        seen[f"chain {name}"] = found
        seen[f"routes {name}"] = told(lambda name=name: routes_json(store, name, query, lens, views))  # type: ignore[misc]
    seen["depth"] = depth_body(depth(lens, store, Portfolios(store)))
    seen["incidents"] = [str(incident) for incident in list_incidents(store, lens)]
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in (("graphml", write_graphml), ("geojson", write_geojson), ("csv", write_claims)):
            write(store, lens, Path(folder) / kind)
            seen[kind] = (Path(folder) / kind).read_text(encoding="utf-8")
    return seen


def routes_json(store: Store, contract: str, query: Query, lens: Lens, views: Portfolios) -> dict[str, Any]:
    """Return how a contract depends on a scope."""
    question = Question(tuple(selector_from_body(selector) for selector in query["scope"]), lens)
    return routes_body(routes(question, contract, Effort(), store, views))


def told(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return an answer, or the error that stands for it, with all that the error says."""
    try:
        return ask()
    except TracegraphError as error:
        return {"code": error.code, "message": str(error), "values": str(error.message.values)}


def compare(url: Callable[[str], str], tables: Tables, query: Query, reader: str, number: int) -> None:
    """Build both worlds, look at each, and hold the views against each other."""
    rest, hidden = parted(tables)
    lens = Lens(query["lens"]["valid_at"], query["lens"]["known_at"], visible_to(reader))
    ids = [
        row[key] for table, key in (("suppliers", "supplier_id"), ("factories", "factory_id")) for row in rest[table]
    ]
    ids = sorted({*ids, "secret-s", "secret-f", "secret-c", "Secret", "src-secret"})
    contracts = sorted({row["contract_id"] for row in rest.get("contracts", [])} | {"secret-c"})
    views = []
    for parts in ((rest,), (rest, hidden, secrets_about(rest, number))):
        with worlds(url, *parts) as store:
            views.append(everything(store, ids, contracts, query, lens))
    without, beside = views
    for name, view in without.items():
        assert json.dumps(beside[name], sort_keys=True) == json.dumps(view, sort_keys=True), name


@st.composite
def secret_worlds(draw: st.DrawFn) -> tuple[Tables, Query]:
    """Tables and a question about them."""
    tables = draw(datasets())
    return tables, draw(queries(tables))


@quiet
@given(secret_worlds(), st.sampled_from(READERS), st.integers(0, 20))
def test_a_reader_learns_nothing_of_what_it_may_not_see(
    given_world: tuple[Tables, Query], reader: str, number: int
) -> None:
    tables, query = given_world
    compare(lambda folder: f"sqlite:///{folder}/store.db", tables, query, reader, number)


@pytest.mark.parametrize("reader", READERS)
def test_the_same_on_neo4j(reader: str, neo4j_server: Neo4jServer) -> None:
    """A few seeds: the lens of the production store is written in another language."""

    def fresh(_folder: str) -> str:
        wipe(neo4j_server)
        return str(neo4j_server.url)

    for seed in range(2):
        chance = random.Random(seed)
        tables = random_tables(chance, "small")
        compare(fresh, tables, random_query(chance, tables), reader, seed)
