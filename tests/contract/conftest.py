"""The stores under contract: every test runs on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tracegraph.store.port import Store
from tracegraph.store.sqlite import SqliteStore


def open_kind(url: str) -> Store:
    """Return a store, not set up yet; the driver of the other kind is only needed where that kind is tested."""
    if url.startswith("sqlite:///"):
        return SqliteStore(url.removeprefix("sqlite:///"))
    from tracegraph.store.neo4j import Neo4jStore

    return Neo4jStore(url)


@pytest.fixture
def bare_store(store_url: str) -> Iterator[Store]:
    """A store on which `init` was not called."""
    store = open_kind(store_url)
    yield store
    store.close()


@pytest.fixture
def store(bare_store: Store) -> Store:
    """An empty store."""
    bare_store.init()
    return bare_store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A second empty store, always of the embedded kind."""
    store = SqliteStore(tmp_path / "other.db")
    store.init()
    yield store
    store.close()
