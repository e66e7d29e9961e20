"""``python -m bench.pages``: the server's time for each page beside the API calls that give what it shows.

Asked by turns in one process, warm; the medians of the processor's time are compared: a page may take 1.5 times as
long. The first of the calls answers the page's question; the others give what else it shows. Without arguments the demo
is asked; ``--store URL`` asks a copy of the data of ``bench.api``, with ``--factory`` and ``--contract`` of it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient

from tracegraph.composition import open_store
from tracegraph.services.demo import fill
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

TARGET: Final = 1.5
ROUNDS: Final = 15
API: Final = "/tracegraph/v1"
#: What fields that narrow a page offer: regions and categories.
_NARROW: Final = ("/regions", "/categories")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about.

    Attributes
    ----------
    lens : str
        Parameters of all addresses.
    ids : mapping
        What the places of the addresses below stand for.
    """

    lens: str
    ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A page and the calls of the API that give what it shows, the first of which answers its question."""

    page: str
    calls: tuple[str, ...]


DEMO: Final = Asked(
    "valid_at=2019-02-19&known_at=2019-02-19",
    {
        "factory": "demo-plant-klang",
        "supplier": "demo-wholesale-01",
        "group": "demo-gloves",
        "country": "MY",
        "contract": "demo-c-0007",
        "incident": "demo-inc-gloves-and-debts",
        "region": "SE-AB",
        "text": "klang",
    },
)
PAIRS: Final = (
    Pair("/search?q={text}", ("/search?q={text}",)),
    Pair("/exposure?factory={factory}", ("/factories/{factory}/dependent-contracts", *_NARROW)),
    Pair("/exposure?group={group}", ("/groups/{group}/dependent-contracts", *_NARROW)),
    Pair("/exposure?country={country}", ("/countries/{country}/dependent-contracts", *_NARROW)),
    Pair("/factories/{factory}", ("/factories/{factory}", "/incidents")),
    Pair("/suppliers/{supplier}", ("/suppliers/{supplier}", "/incidents")),
    Pair(
        "/contracts/{contract}",
        ("/contracts/{contract}", "/contracts/{contract}/chain"),
    ),
    Pair("/contracts/{contract}/chain", ("/contracts/{contract}/chain",)),
    Pair("/factories", ("/factories", "/countries", "/products")),
    Pair("/contracts", ("/contracts", "/products", *_NARROW)),
    Pair("/incidents", ("/incidents", "/exposures")),
    Pair(
        "/incidents/{incident}",
        ("/incidents/{incident}/exposures", "/incidents/{incident}", "/incidents/{incident}/triage", *_NARROW),
    ),
    Pair("/depth?region={region}", ("/regions/{region}/depth?by_grade=true&limit=100", *_NARROW)),
    Pair("/depth/questions?region={region}", ("/open-ends?region={region}", *_NARROW)),
    Pair("/concentration", ("/concentration", *_NARROW)),
    Pair("/map", ("/countries", "/countries/*/dependent-contracts?limit=1", *_NARROW)),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Medians in milliseconds: of a page, of the call that answers its question, of all that give what it shows."""

    page: float
    first: float
    all: float


class NotAnswered(Exception):
    """An address that is not answered at once."""


def taken(client: FlaskClient, address: str) -> float:
    """Ask once; return the milliseconds of processor time.

    Raises
    ------
    NotAnswered
        It is refused, or takes so long that it becomes a job.
    """
    begun = time.process_time()
    status = client.get(address).status_code
    spent = (time.process_time() - begun) * 1000
    if status != 200:
        raise NotAnswered(f"{address}: {status}")
    return spent


def compared(client: FlaskClient, pair: Pair, asked: Asked, countries: Sequence[str], rounds: int) -> Found:
    """Return the medians of a page and of its API calls."""
    page = under(pair.page, asked)
    first, *others = [[under(API + one, asked) for one in each(call, countries)] for call in pair.calls]
    times: list[tuple[float, float, float]] = []
    for _ in range(rounds + 1):
        spent = [sum(taken(client, one) for one in call) for call in (first, *others)]
        times.append((taken(client, page), spent[0], sum(spent)))
    return Found(*(statistics.median(one) for one in zip(*times[1:], strict=True)))  # the first round warms


def each(call: str, countries: Sequence[str]) -> list[str]:
    """Return the calls that one stands for: a star is every country."""
    return [call.replace("*", code) for code in countries] if "*" in call else [call]


def under(address: str, asked: Asked) -> str:
    """Return an address with its places filled in, under the lens."""
    return f"{address.format(**asked.ids)}{'&' if '?' in address else '?'}{asked.lens}"


def measured(store: Store, asked: Asked, rounds: int) -> int:
    """Measure, and print a table; return how many pages could not be measured."""
    missed = 0
    app = create_app(ApiSettings(access=Access.LOCAL), store)
    client, pairs = app.test_client(), [pair for pair in PAIRS if is_there(pair, asked)]
    codes = [one["country"] for one in client.get(under(f"{API}/countries?limit=200", asked)).get_json()["items"]]
    print("| Page | page ms | its call ms | ratio | calls that give the same ms | ratio | reached |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for pair in pairs:
        try:
            found = compared(client, pair, asked, codes, rounds)
        except NotAnswered as error:
            print(f"| {error} | | | | | | |", flush=True)
            missed += 1
            continue
        ratios = (found.page / found.first, found.page / found.all)
        reached = "yes" if ratios[0] <= TARGET else "with what else it shows" if ratios[1] <= TARGET else "**no**"
        shown = (f"{found.page:.1f}", f"{found.first:.1f}", f"{ratios[0]:.1f}", f"{found.all:.1f}", f"{ratios[1]:.1f}")
        print(f"| {pair.page.format(**asked.ids)} | {' | '.join(shown)} | {reached} |", flush=True)
    return missed


def is_there(pair: Pair, asked: Asked) -> bool:
    """Return whether all that a pair asks about is named."""
    try:
        pair.page.format(**asked.ids)
    except KeyError:
        return False
    return True


def main() -> int:
    """Measure on the demo, or on a store that is named."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--store")
    options.add_argument("--factory", default="f005862")
    options.add_argument("--contract", default="c000002")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    if given.store:
        ids = {"factory": given.factory, "contract": given.contract, "region": "SE-AB", "text": "gloves"}
        store = open_store(given.store)
        missed = measured(store, Asked("valid_at=2025-06-15&min_grade=reported", ids), given.rounds)
        store.close()
        return min(1, missed)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'demo.db'}")
        fill(store, "2026-01-01T00:00:00Z")
        missed = measured(store, DEMO, given.rounds)
        store.close()
    return min(1, missed)


if __name__ == "__main__":
    sys.exit(main())
