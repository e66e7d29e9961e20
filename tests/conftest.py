"""Fixtures that all tests share.

Policy (the whole of it is in ``tests/README.md``): take the smallest fixture that has what you need. ``store_url``
gives an empty store of each kind in turn; ``sqlite_url`` and ``neo4j_url`` give one kind; ``killable_neo4j`` is for
fault tests. Whatever uses Neo4j is marked ``neo4j`` and put into one xdist group here, so that with
``-n 2 --dist loadgroup`` one worker owns the one server. Nothing is skipped: a Neo4j that cannot be had fails the
tests that need it, and so, in CI, does missing shared data.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.neo4j_server import (
    URI_VARIABLE,
    WIPE_VARIABLE,
    Neo4jServer,
    Neo4jUnavailable,
    connect_external,
    start,
    wipe,
)

#: Set on any build server; the run is then repeatable and complete, or it fails.
IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")
#: Data that several projects share; golden cases are in its folder ``cases``.
SHARED = Path(os.environ.get("TRACEGRAPH_SHARED") or Path(__file__).resolve().parents[2] / "shared")
NEO4J_FIXTURES = {"neo4j_server", "neo4j_url"}

settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "dev"))


# --- which tests run, and where --------------------------------------------------------------------------------------


def needs_neo4j(item: pytest.Item) -> bool:
    """Whether a test uses Neo4j: by fixture, by a parameter ``neo4j``, or because it says so."""
    if item.get_closest_marker("neo4j") or NEO4J_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    callspec = getattr(item, "callspec", None)
    return callspec is not None and "neo4j" in callspec.params.values()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if needs_neo4j(item):
            item.add_marker(pytest.mark.neo4j)
            item.add_marker(pytest.mark.xdist_group("neo4j"))
        if "shared_dir" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)
    if "long" not in config.option.markexpr:
        lengthy = [item for item in items if item.get_closest_marker("long")]
        if lengthy:
            config.hook.pytest_deselected(items=lengthy)
            items[:] = [item for item in items if item not in lengthy]
    if not SHARED.is_dir() and not IN_CI:
        without = [item for item in items if item.get_closest_marker("shared")]
        if without:
            config.hook.pytest_deselected(items=without)
            items[:] = [item for item in items if item not in without]


@pytest.hookimpl(tryfirst=True)  # before a skip for an empty list of cases
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.fail(
            f"the shared test data is not at {SHARED}: put it beside the checkout, or name it in TRACEGRAPH_SHARED",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Folder of the shared test data; a test that uses it is marked ``shared``."""
    return SHARED


# --- stores ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest) -> Iterator[Neo4jServer]:
    """The one Neo4j of this run: at ``TRACEGRAPH_TEST_NEO4J_URI`` if that is set, else started here."""
    try:
        server = _server(request.session)
    except Neo4jUnavailable as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    if server.process is None:
        wipe(server)  # it was empty, or might be wiped
    server.close()


def _server(session: pytest.Session) -> Neo4jServer:
    """Without a server from outside, each worker that meets a Neo4j test starts its own; grouped, that is one."""
    url = os.environ.get(URI_VARIABLE)
    if not url:
        return start()
    if "PYTEST_XDIST_WORKER" in os.environ and not _grouped(session.items):
        raise Neo4jUnavailable(
            f"several workers would empty the one database of {URI_VARIABLE} under each other: "
            "add --dist loadgroup, and use the locked versions (pytest 9.2 makes pytest-xdist 3.8 ignore groups)"
        )
    return connect_external(url, may_wipe=os.environ.get(WIPE_VARIABLE) == "1")


def _grouped(items: list[pytest.Item]) -> bool:
    """Whether xdist keeps the Neo4j tests on one worker: it then writes the group behind their ids."""
    return all(item.nodeid.endswith("@neo4j") for item in items if needs_neo4j(item))


@pytest.fixture
def neo4j_url(neo4j_server: Neo4jServer) -> str:
    """URL, with user and password, of a Neo4j without nodes; constraints of earlier tests are still there."""
    wipe(neo4j_server)
    return neo4j_server.url


@pytest.fixture
def killable_neo4j(neo4j_server: Neo4jServer) -> Iterator[Neo4jServer]:
    """An empty Neo4j that a test may kill and restart: this run's, or its own where that is somebody else's."""
    server = neo4j_server if neo4j_server.process is not None else start()
    wipe(server)
    yield server
    if server is not neo4j_server:
        server.close()
    elif server.pid is None:
        server.restart()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'tracegraph.db'}"


@pytest.fixture(params=["sqlite", "neo4j"])
def store_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty store, of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
