"""Twin worlds for what stops: a reader who may not see a claim gets the same bytes as if it did not exist."""

from __future__ import annotations

import json
import random

import pytest

from tests.properties.test_twin_worlds import READERS, parted, secrets_about, told, worlds
from tests.strategies import random_tables
from tracegraph.exchange.stops import closure_body, routes_body, weaknesses_body
from tracegraph.lens import Lens, visible_to
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.services.stopping_routes import routes_between
from tracegraph.store.port import Store


def everything(store: Store, holders: list[str], contracts: list[str], lens: Lens) -> str:
    views = Portfolios(store)
    seen = {"points": told(lambda: weaknesses_body(single_points(Weak(lens, pairs=True), store, views)))}
    for holder in holders:
        seen[holder] = told(lambda h=holder: closure_body(if_closed(Closing(h, lens), store, views)))  # type: ignore[misc]
        for contract in contracts[:2]:
            seen[f"{holder} {contract}"] = told(
                lambda h=holder, c=contract: routes_body(routes_between(h, c, lens, store))  # type: ignore[misc]
            )
    return json.dumps(seen, sort_keys=True)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_hidden_leaves_no_trace(seed: int) -> None:
    chance = random.Random(seed)
    tables = random_tables(chance, "small")
    rest, hidden = parted(tables)
    lens = Lens("2019-06-01", "2030-01-01T00:00:00Z", visible_to(READERS[seed % len(READERS)]))
    holders = [row["supplier_id"] for row in rest["suppliers"]] + [row["factory_id"] for row in rest["factories"]]
    holders = sorted({*holders, "secret-s", "secret-f"})
    contracts = sorted({row["contract_id"] for row in rest.get("contracts", [])} | {"secret-c"})
    seen = []
    for parts in ((rest,), (rest, hidden, secrets_about(rest, seed))):
        with worlds(lambda folder: f"sqlite:///{folder}/store.db", *parts) as store:
            seen.append(everything(store, holders, contracts, lens))
    assert seen[0] == seen[1]
