"""What stops, from a caller's own figures: the answers of the files, refusals with their places, for known callers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.callers import Callers, shaped
from tools.example_requests import SALES, SITES
from tracegraph.answer_outage import Model, Setting, Towards
from tracegraph.exchange.outages import cascade_body, recovery_body
from tracegraph.graph.cascade import cascade
from tracegraph.graph.recovery import recovery
from tracegraph.services.stopping_links import read_links
from tracegraph.services.stopping_plan import read_plan
from tracegraph.store.port import Store

CASCADE = {"links": SALES, "close": ["firm-a", "firm-b"]}


@pytest.fixture
def callers(read_store: Store) -> Callers:
    """Callers of the demo, which nothing of this writes to."""
    return Callers(read_store)


def pointers(response: Any) -> list[str]:
    assert response.status_code == 422, response.get_json()
    return [one["pointer"] for one in response.get_json()["errors"]]


def test_recovery_is_that_of_the_file(callers: Callers, tmp_path: Path) -> None:
    lines = ['time_unit = "weeks"', 'currency = "SEK"']
    for name in ("site", "product"):
        for table in SITES[f"{name}s"]:
            lines += [f"[[{name}]]"]
            for key, value in table.items():
                rates = ", ".join(f"{made} = {rate}" for made, rate in value.items()) if key == "makes" else ""
                lines.append(f"{key} = {'{ ' + rates + ' }' if rates else json.dumps(value)}")
    (tmp_path / "sites.toml").write_text("\n".join(lines), encoding="utf-8")
    wanted = recovery_body(recovery(read_plan(tmp_path / "sites.toml")), "sites.toml")
    body = shaped("recovery_page", callers.post("ab", "/stops/recovery", SITES))
    assert body["items"] == wanted["sites"]
    assert body["items"][0]["cost"] > 0
    assert {name: body["meta"][name] for name in ("time_unit", "currency", "normal")} == {
        name: wanted[name] for name in ("time_unit", "currency", "normal")
    }
    second = callers.client.post(
        "/tracegraph/v1/stops/recovery?limit=1&page=2", json=SITES, headers={"Authorization": "Bearer ab"}
    )
    assert second.get_json()["items"] == body["items"][1:]


def test_cascade_is_that_of_the_file(callers: Callers, tmp_path: Path) -> None:
    with (tmp_path / "links.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(SALES[0]))
        writer.writeheader()
        writer.writerows(SALES)
    setting = Setting(Model.GL, Towards.BOTH, False, 1e-6, ("firm-a", "firm-b"))
    wanted = cascade_body(cascade(read_links(tmp_path / "links.csv"), setting), "links.csv")
    body = shaped("cascade_page", callers.post("ab", "/stops/cascade", CASCADE))
    assert body["items"] == wanted["closures"]
    assert (body["meta"]["firms"], body["meta"]["links"], body["meta"]["truncated"]) == (3, 2, False)
    linear = shaped("cascade_page", callers.post("ab", "/stops/cascade", {**CASCADE, "model": "linear"}))
    assert linear["meta"]["model"] == "linear"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"sites": [{**SITES["sites"][0], "makes": {"gowns": 1}}]}, ["/sites/0/makes"]),
        ({"sites": [SITES["sites"][0], SITES["sites"][0]]}, ["/sites/1/site_id"]),
        ({"products": [*SITES["products"], SITES["products"][0]]}, ["/products/2/product_id"]),
        ({"sites": [{**SITES["sites"][0], "capacity": -1}]}, ["/sites/0/capacity"]),
        ({"sites": [{**SITES["sites"][0], "makes": {"gloves": 0}}]}, ["/sites/0/makes/gloves/value"]),
        ({"products": []}, ["/products"]),
        (
            {
                "sites": [
                    {"site_id": f"s{n}", "capacity": 1, "time_to_recover": 1} for n in range(100)
                ],
                "products": [
                    {"product_id": f"p{n}", "demand": 1, "inventory": 1, "margin": 1} for n in range(21)
                ],
            },
            ["/sites"],
        ),
    ],
)  # fmt: skip
def test_sites_that_contradict_each_other_are_refused(callers: Callers, changed: Any, found: list[str]) -> None:
    assert pointers(callers.post("ab", "/stops/recovery", {**SITES, **changed})) == found


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"links": [*SALES, {**SALES[1], "seller_id": "firm-c"}]}, ["/links/2/buyer_id"]),
        ({"links": [*SALES, {**SALES[0], "buyer_id": "firm-d", "industry": "other"}]}, ["/links/2/industry"]),
        ({"links": [{**SALES[0], "value": 0}]}, ["/links/0/value"]),
        ({"close": ["firm-z"]}, ["/close"]),
        ({"epsilon": 0}, ["/epsilon"]),
    ],
)
def test_sales_that_contradict_each_other_are_refused(callers: Callers, changed: Any, found: list[str]) -> None:
    assert pointers(callers.post("ab", "/stops/cascade", {**CASCADE, **changed})) == found


def test_who_is_not_known_computes_nothing(callers: Callers) -> None:
    assert callers.post(None, "/stops/recovery", SITES).status_code == 401
    assert callers.post(None, "/stops/cascade", CASCADE).status_code == 401
