"""Addresses of stores."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tracegraph.composition import open_store, sqlite_path, with_credentials, without_password
from tracegraph.errors import InvalidInput, StoreNotReady
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.sqlite import SqliteStore


def test_paths_of_sqlite_addresses() -> None:
    assert sqlite_path("sqlite:///one.db") == Path("one.db")
    assert sqlite_path("sqlite:////folder/one.db") == Path("/folder/one.db")
    for url in ("sqlite://one.db", "sqlite:///", "sqlite:"):
        with pytest.raises(InvalidInput, match=r"names no file|not the address"):
            open_store(url)


def test_a_password_is_never_shown() -> None:
    assert without_password("neo4j://anna:secret@host:7687/db") == "neo4j://anna:***@host:7687/db"
    assert without_password("sqlite:///one.db") == "sqlite:///one.db"
    with pytest.raises(InvalidInput) as refused:
        open_store("http://anna:secret@host")
    assert "secret" not in str(refused.value)


def test_credentials_from_the_settings_go_where_the_address_names_none() -> None:
    assert with_credentials("neo4j://host", "anna", "a b/c@d") == "neo4j://anna:a%20b%2Fc%40d@host"
    assert with_credentials("neo4j://host", None, "pw") == "neo4j://neo4j:pw@host"
    assert with_credentials("neo4j://bo:x@host", "anna", "pw") == "neo4j://bo:x@host"
    assert with_credentials("neo4j://host", "anna", None) == "neo4j://host"


def test_a_file_is_made_only_when_it_may_be(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    with pytest.raises(StoreNotReady, match="import a dataset first"):
        open_store(url, create=False)
    assert not (tmp_path / "new.db").exists()
    store = open_store(url)
    assert store.info().schema_version == store.info().schema_expected
    store.close()
    bare = open_store(f"sqlite:///{tmp_path}/bare.db", init=False)
    assert bare.info().schema_version == 0
    bare.close()


def test_a_deadline_is_handed_on(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/s.db").close()
    hasty = open_store(f"sqlite:///{tmp_path}/s.db", read_seconds=0.25)
    assert isinstance(hasty, SqliteStore)
    with hasty._connections.reading() as connection:
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (250,)
        assert connection.deadline < time.monotonic() + 0.25
    hasty.close()
    remote = open_store("bolt://nowhere.invalid", init=False, read_seconds=1.5)
    assert isinstance(remote, Neo4jStore)
    assert remote._connection.timeout_s == 1.5
    remote.close()
