"""``python -m bench.pages``: the server's time for each page beside its API call, on the demo and in one process.

Both are asked by turns, warm, and the medians of the processor's time are compared: a page may take 1.5 times as long.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from typing import Any, Final

from flask.testing import FlaskClient

from tracegraph.composition import open_store
from tracegraph.services.demo import fill
from tracegraph.settings_api import Access, ApiSettings
from tracegraph_api import create_app

TARGET: Final = 1.5
ROUNDS: Final = 15
THEN: Final = "valid_at=2019-02-19&known_at=2019-02-19"
API: Final = "/tracegraph/v1"
#: A page, and the API call that answers the same.
PAIRS: Final = (
    ("/search?q=klang", "/search?q=klang"),
    ("/exposure?factory=demo-plant-klang", "/factories/demo-plant-klang/dependent-contracts?"),
    ("/exposure?group=demo-gloves", "/groups/demo-gloves/dependent-contracts?"),
    ("/exposure?country=MY", "/countries/MY/dependent-contracts?"),
    ("/factories/demo-plant-klang?", "/factories/demo-plant-klang?"),
    ("/suppliers/demo-wholesale-01?", "/suppliers/demo-wholesale-01?"),
    ("/contracts/demo-c-0007?", "/contracts/demo-c-0007?"),
    ("/contracts/demo-c-0007/chain?", "/contracts/demo-c-0007/chain?"),
    ("/factories?", "/factories?"),
    ("/contracts?", "/contracts?"),
    ("/incidents?", "/incidents?"),
    ("/incidents/demo-inc-gloves-and-debts?", "/incidents/demo-inc-gloves-and-debts/exposures?"),
    ("/depth?region=SE-AB", "/regions/SE-AB/depth?"),
    ("/depth/questions?region=SE-AB", "/open-ends?region=SE-AB"),
    ("/concentration?", "/concentration?"),
    ("/map?", "/countries?"),
)


def median_ms(client: FlaskClient, address: str, times: list[float]) -> int:
    """Ask once and note the milliseconds of processor time; return the status."""
    begun = time.process_time()
    status = client.get(address).status_code
    times.append((time.process_time() - begun) * 1000)
    return status


def compared(client: FlaskClient, page: str, call: str) -> dict[str, Any]:
    """Return the medians of a page and its API call."""
    addresses = (f"{page}&{THEN}".replace("?&", "?"), f"{API}{call}&{THEN}".replace("?&", "?"))
    times: tuple[list[float], list[float]] = ([], [])
    statuses = [client.get(address).status_code for address in addresses]  # warm
    for _ in range(ROUNDS):
        for address, taken in zip(addresses, times, strict=True):
            median_ms(client, address, taken)
    of_page, of_call = (statistics.median(taken) for taken in times)
    return {"page": page, "call": call, "statuses": statuses, "ms": (of_page, of_call), "ratio": of_page / of_call}


def main() -> int:
    """Measure, and print a table; 1 where a page cannot be shown."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/demo.db")
        fill(store, "2026-01-01T00:00:00Z")
        client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
        found = [compared(client, *pair) for pair in PAIRS]
        store.close()
    print("| Page | API call | page ms | API ms | ratio | reached |\n| --- | --- | ---: | ---: | ---: | --- |")
    for one in found:
        (of_page, of_call), reached = one["ms"], "yes" if one["ratio"] <= TARGET else "**no**"
        figures = (f"{of_page:.1f}", f"{of_call:.1f}", f"{one['ratio']:.1f}")
        row = (one["page"].rstrip("?"), one["call"].rstrip("?"), *figures)
        print(f"| {' | '.join(row)} | {reached} |" + ("" if set(one["statuses"]) == {200} else f" {one['statuses']}"))
    return int(any(set(one["statuses"]) != {200} for one in found))


if __name__ == "__main__":
    sys.exit(main())
