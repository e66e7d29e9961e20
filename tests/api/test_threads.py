"""One portfolio view for many threads: each gets the answer that it would get alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from tests.api.conftest import ROOT
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_limits import LimitSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

THREADS = 8
WHEN = "valid_at=2019-02-19&known_at=2025-01-01"
PATHS = (
    *(f"factories/{plant}/dependent-contracts" for plant in ("demo-plant-klang", "demo-plant-melaka")),
    *(
        "countries/MY/dependent-contracts",
        "groups/demo-gloves/dependent-contracts",
        "suppliers/demo-gloves/dependent-contracts",
    ),
    *("depth", "open-ends", "exposures", "concentration", "contracts?region=SE-M", "search?q=glove", "search?q=klagn"),
)


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns after a few instructions."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(usual)


def app_of(store: Store) -> Flask:
    """Return an application with a cache of its own."""
    return create_app(ApiSettings(access=Access.LOCAL, limits=LimitSettings(questions_at_once=THREADS)), store)


def asked(app: Flask, path: str) -> object:
    response = app.test_client().get(f"{ROOT}/{path}{'&' if '?' in path else '?'}{WHEN}")
    assert response.status_code == 200, response.data
    return response.get_json()


@pytest.mark.usefixtures("switching_often")
def test_many_threads_at_once_get_what_one_gets(read_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracegraph.graph.contract_shares.KEPT", 1)  # each question pushes out what another one kept
    alone = {path: asked(app_of(read_store), path) for path in PATHS}
    for turn in range(2):
        shared, ready = app_of(read_store), Barrier(THREADS)

        def work(number: int, app: Flask = shared, start: Barrier = ready, turn: int = turn) -> dict[str, object]:
            start.wait()
            own = [PATHS[(number * (turn + 1) + step) % len(PATHS)] for step in range(len(PATHS))]
            return {path: asked(app, path) for path in own}

        with ThreadPoolExecutor(THREADS) as pool:
            for found in pool.map(work, range(THREADS)):
                assert found == alone
