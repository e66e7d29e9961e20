"""The API over the demo's data, in process; each test that writes gets a store of its own."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests.api.checked import checked
from tracegraph.composition import open_store
from tracegraph.resources import resource_folder
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

ROOT = "/tracegraph/v1"
LOADED_AT = "2024-01-01T00:00:00Z"


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with reference data and the demo; never written again."""
    path = tmp_path_factory.mktemp("api") / "demo.db"
    store = open_store(f"sqlite:///{path}")
    seeds = resource_folder("seeds")
    write_reading(store, read_checked(store, [seeds / "reference", seeds / "demo"]), LOADED_AT)
    store.close()
    return path


@pytest.fixture(scope="session")
def read_store(demo_file: Path) -> Iterator[Store]:
    """The demo, for tests that only read."""
    store = open_store(f"sqlite:///{demo_file}")
    yield store
    store.close()


@pytest.fixture
def store(demo_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the demo, for a test that writes."""
    path = Path(shutil.copy(demo_file, tmp_path / "demo.db"))
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def reading(read_store: Store) -> FlaskClient:
    """Who may do everything, without log-in, on the demo that is only read."""
    return checked(create_app(ApiSettings(access=Access.LOCAL), read_store))


@pytest.fixture
def writing(store: Store) -> FlaskClient:
    """Who may do everything, without log-in, on a demo of their own."""
    return checked(create_app(ApiSettings(access=Access.LOCAL), store))


@pytest.fixture(scope="session")
def served(read_store: Store) -> Iterator[str]:
    """Address of a service with the demo's data, on this machine."""
    server = make_server("127.0.0.1", 0, create_app(ApiSettings(access=Access.LOCAL), read_store), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
