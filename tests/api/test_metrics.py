"""Metrics: counted by route and status, without anything of who asked; on a port of their own."""

from __future__ import annotations

from pathlib import Path
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import ROOT
from tracegraph.composition import open_store
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside, RecordWrite
from tracegraph_api import metrics
from tracegraph_api.queues import Queues

EXPOSED = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
ROUTE = f"{ROOT}/factories/<id>/dependent-contracts"


def counted(name: str, **labels: str) -> float:
    """Return a figure of this process; 0 where there is none yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_request_is_counted_by_its_route_and_status(reading: FlaskClient) -> None:
    before = counted("tracegraph_requests_total", method="GET", route=ROUTE, status="200")
    timed = counted("tracegraph_request_seconds_count", method="GET", route=ROUTE)
    reading.get(EXPOSED)
    assert counted("tracegraph_requests_total", method="GET", route=ROUTE, status="200") == before + 1
    assert counted("tracegraph_request_seconds_count", method="GET", route=ROUTE) == timed + 1
    assert counted("tracegraph_requests_in_flight") == 0


def test_what_somebody_made_up_makes_no_new_series(reading: FlaskClient) -> None:
    before = counted("tracegraph_requests_total", method="other", route="none", status="404")
    reading.open("/made-up", method="MADEUP")
    reading.open("/made-up-too", method="MADEUP2")
    assert counted("tracegraph_requests_total", method="other", route="none", status="404") == before + 2
    assert "made" not in str([metric.samples for metric in REGISTRY.collect()]).lower()


def test_the_api_itself_serves_no_metrics(reading: FlaskClient) -> None:
    for path in ("/metrics", f"{ROOT}/metrics"):
        assert reading.get(path).status_code == 404


@pytest.mark.parametrize("also", [False, True])
def test_metrics_are_served_on_a_port_of_their_own(reading: FlaskClient, also: bool) -> None:
    reading.get(EXPOSED)
    server = metrics.serve("127.0.0.1", 0, also=[metrics._Everything()] if also else ())
    try:
        with urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as response:
            families = {family.name for family in text_string_to_metric_families(response.read().decode())}
    finally:
        server.shutdown()
        server.server_close()
    assert {"tracegraph_requests", "tracegraph_request_seconds", "tracegraph_questions"} <= families


def test_what_waits_is_told_by_state(store: Store) -> None:
    writes = [RecordWrite("job", f"demo/{number}", {"state": "queued", "kind": "x"}) for number in range(3)]
    store.commit(Beside([*writes, RecordWrite("message", "m1", {"to": "nobody"})]), "2024-06-01T00:00:00Z")
    queues = Queues(store, lambda: "2024-06-01T00:00:30Z")
    found = {(sample.name, *sample.labels.values()): sample.value for one in queues.collect() for sample in one.samples}
    queues.close()
    assert found == {
        ("tracegraph_store_up",): 1,
        ("tracegraph_jobs", "queued"): 3,
        ("tracegraph_messages", "waiting"): 1,
    }


def test_of_a_store_that_is_gone_that_is_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gone.db'}")
    store.close()
    (tmp_path / "gone.db").unlink()
    queues = Queues(store, lambda: "2024-06-01T00:00:30Z")
    assert [(one.name, one.samples[0].value) for one in queues.collect()] == [("tracegraph_store_up", 0)]
    queues.close()
