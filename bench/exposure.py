"""The exposure engine side by side: shares beside reach, snapshot beside walk, our NetworkX backend beside NetworkX.

``python -m bench.exposure --size small`` uses the store that ``python -m bench`` made of that size, or makes it. Every
figure is a ratio of two ways to the same answer in one run, and the answers are compared.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import networkx as nx
import numpy as np

from bench.generate import CLAIMS_ONLY, SEED, WITH_INFERENCE, Dataset, generate
from bench.machine import load, machine, resident_mb
from bench.measure import measure_import
from bench.own import FullAnswer, Tracegraph, scope_of
from bench.report import RESULTS, number, table
from bench.run import WORK, Options, Plan, apart, plan_of, say
from bench.shape import SIZES
from tracegraph.composition import open_store
from tracegraph.graph.portfolio_snapshot import snapshot_of
from tracegraph.graph.route_graph import CLAIM, build_route_graph
from tracegraph.graph.routes import reached_contracts
from tracegraph.lens import Lens
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import Status
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.reach import reach

T = TypeVar("T")

LENSES: Final[Mapping[str, Lens]] = {"claims only": CLAIMS_ONLY, "with inferred steps": WITH_INFERENCE}

INCIDENTS: Final = 100
SLOW_S: Final = 2.0  # a question that takes longer is asked once
MS: Final = 1000.0


def timed(function: Callable[[], T]) -> tuple[float, T]:
    """Return how long a call took in seconds, and what it returned."""
    begun = time.perf_counter()
    found = function()
    return time.perf_counter() - begun, found


class Exposure(Tracegraph):
    """Status, best route and share of every contract that is reached, with the portfolio pass warm."""

    def __init__(self, url: str, lens: Lens) -> None:
        super().__init__(url, lens)
        portfolios = Portfolios(self.store)
        self.view = portfolios.under(lens)
        self.contracts = set(self.view.portfolio.contract_ids)
        assert self.view.portfolio.contract_classes
        assert self.view.shares.network
        assert self.view.facts

    def exposed(self, factory: str) -> dict[str, Any]:
        """Return what reach does, and the shares of the contracts."""
        portfolio = self.view.portfolio
        scope = self.scope(factory)
        cone = reach(scope.affected, self.store, self.lens, portfolio.catalogue)
        reached = reached_contracts(build_route_graph(cone), self.contracts)
        return dict(self.view.shares.of_contracts(scope.affected, Outlooks(portfolio, scope.at_stake), list(reached)))


def measure_shares(url: str, lens: Lens, plan: Plan) -> dict[str, Any]:
    """Return, by question, the time of reach alone and of the exposure with shares; memory of the process."""
    system = Exposure(url, lens)
    gc.collect()
    gc.freeze()
    warm_mb = resident_mb()
    rows = []
    for kind, factories in (("typical", plan.random), ("hub", plan.hubs)):
        for factory in factories:
            first_s, shares = timed(lambda factory=factory: system.exposed(factory))  # type: ignore[misc]
            found = system.ask(factory)
            assert set(shares) == set(found.contracts), factory
            times = plan.repeats if first_s < SLOW_S else 1
            alone = [timed(lambda factory=factory: system.ask(factory))[0] for _ in range(times)]  # type: ignore[misc]
            both = [timed(lambda factory=factory: system.exposed(factory))[0] for _ in range(times)]  # type: ignore[misc]
            rows.append(
                {
                    "kind": kind,
                    "factory": factory,
                    "contracts": len(shares),
                    "reach_s": statistics.median(alone),
                    "exposure_s": statistics.median(both),
                    "first_s": first_s,
                }
            )
    system.close()
    return {"asked": rows, "warm_mb": warm_mb, "resident_mb": resident_mb()}


def measure_snapshot(url: str, lens: Lens) -> dict[str, Any]:
    """Return how long it takes to read the claims, to make the portfolio and the snapshot of them."""
    store = open_store(url)
    catalogue = store.catalogue()
    runs = []
    claims = 0
    for _ in range(3):
        gc.collect()
        read_s, columns = timed(lambda: store.portfolio(lens))
        claims = len(columns.start)
        build_s, _ = timed(lambda columns=columns: snapshot_of(Portfolio(columns, catalogue, infers=lens.infers)))  # type: ignore[misc]
        runs.append((read_s, build_s))
        del columns
    store.close()
    read, build = (statistics.median(run[n] for run in runs) for n in range(2))
    return {"claims": claims, "read_s": read, "build_s": build, "claims_per_s": claims / (read + build)}


def measure_sweep(url: str, lens: Lens, factories: Sequence[str], asked: int) -> dict[str, Any]:
    """Return the time of all contracts against many incidents by the snapshot, and by walks, of which some are made."""
    full = FullAnswer(url, lens)
    full.ask(factories[0])
    sweep = PortfolioSweep(lens, full.store, full.portfolios)
    first_s, _ = timed(lambda: sweep.readings([scope_of(factories[0])]))
    sweep_s, found = timed(lambda: sweep.readings([scope_of(factory) for factory in factories]))
    walks = []
    for factory, readings in list(zip(factories, found, strict=True))[:asked]:
        walk_s, answer = timed(lambda factory=factory: full.ask(factory))  # type: ignore[misc]
        walks.append(walk_s)
        stated = {dependent.facts.contract_id: dependent.status for dependent in answer.dependents}
        swept = dict(zip(sweep.contracts, (reading.status for reading in readings.readings), strict=True))
        assert swept == stated, factory
        del answer, stated
    full.close()
    return {
        "incidents": len(factories),
        "contracts": len(sweep.contracts),
        "build_s": first_s,
        "sweep_s": sweep_s,
        "walk_s": statistics.mean(walks),
        "walks": len(walks),
        "ratio": statistics.mean(walks) * len(factories) / sweep_s,
        "exposed": sum(r.status in (Status.ESTABLISHED, Status.POSSIBLE) for one in found for r in one.readings),
    }


def measure_backend(url: str, lens: Lens, hubs: Sequence[str]) -> dict[str, Any]:
    """Return the time of `nx.descendants` and Dijkstra on a snapshot, and on a `DiGraph` of the same."""
    store = open_store(url)
    portfolio = Portfolio(store.portfolio(lens), store.catalogue(), infers=lens.infers)
    store.close()
    snapshot = snapshot_of(portfolio)
    load_s, plain = timed(snapshot.to_networkx)
    items = [item for item, holder in zip(portfolio.items.ids, portfolio.items.holders, strict=True) if holder in hubs]
    rows = []
    gc.collect()
    gc.freeze()
    for item in items:
        node = (item, CLAIM)
        nx.descendants(snapshot, node)
        cold_s, _ = timed(lambda node=node: nx.descendants(plain, node))  # type: ignore[misc]
        ours = [timed(lambda node=node: nx.descendants(snapshot, node)) for _ in range(5)]  # type: ignore[misc]
        theirs = [timed(lambda node=node: nx.descendants(plain, node)) for _ in range(5)]  # type: ignore[misc]
        assert ours[0][1] == theirs[0][1]
        rows.append(
            {
                "item": item,
                "reached": len(ours[0][1]),
                "backend_s": statistics.median(run[0] for run in ours),
                "networkx_s": statistics.median(run[0] for run in theirs),
                "networkx_first_s": cold_s,
            }
        )
    return {"load_s": load_s, "nodes": len(snapshot), "asked": sorted(rows, key=lambda row: -row["reached"])}


def store_of(size: str, work: Path) -> tuple[str, Plan]:
    """Return the store of a size, made where it is not there, and the questions."""
    folder = work / size
    path = folder / "store.db"
    dataset: Dataset = generate(SIZES[size], folder / "dataset")
    if not path.exists():
        say("importing into SQLite")
        apart(measure_import, f"sqlite:///{path}", str(dataset.folder))
    return f"sqlite:///{path}", plan_of(dataset.shape, Options(questions=INCIDENTS))


def bench(size: str, walks: int, work: Path = WORK, asked: Sequence[str] = tuple(LENSES)) -> dict[str, Any]:
    """Measure everything for a size."""
    url, plan = store_of(size, work)
    hubs = plan.hubs[:5]
    chosen = random.Random(SEED).sample(list(plan.random), min(INCIDENTS, len(plan.random)))
    result: dict[str, Any] = {"size": size, "machine": machine(None), "load_before": load()}
    for name in asked:
        lens = LENSES[name]
        say(f"shares: {name}")
        shares = apart(measure_shares, url, lens, Plan(plan.random[:30], hubs, 3, 0))
        say(f"snapshot, sweep, backend: {name}")
        result[name] = {
            "shares": shares,
            "snapshot": apart(measure_snapshot, url, lens),
            "sweep": apart(measure_sweep, url, lens, chosen, walks),
            "backend": apart(measure_backend, url, lens, hubs),
        }
    return result | {"load_after": load()}


def text_of(result: Mapping[str, Any]) -> str:
    """Return the figures as Markdown."""
    parts = [f"### Exposure engine, {result['size']}; load average {result['load_before']} to {result['load_after']}"]
    for name in [lens for lens in LENSES if lens in result]:
        part = result[name]
        parts += [f"**{name.capitalize()}**", _shares_table(part["shares"]), _others(part)]
    return "\n\n".join(parts)


def _shares_table(shares: Mapping[str, Any]) -> str:
    rows = []
    for kind in ("typical", "hub"):
        asked = [row for row in shares["asked"] if row["kind"] == kind]
        ratio = np.median([row["exposure_s"] / row["reach_s"] for row in asked])
        middle = [float(np.median([row[key] for row in asked]) * MS) for key in ("reach_s", "exposure_s")]
        worst = max(row["exposure_s"] for row in asked) * MS
        most = max(row["contracts"] for row in asked)
        rows.append((kind, str(len(asked)), *map(number, middle), number(float(ratio)), number(worst), f"{most:,}"))
    header = ("Factories", "asked", "reach p50 ms", "with shares p50 ms", "ratio p50", "worst ms", "most contracts")
    memory = (
        f"Memory of the process: {shares['warm_mb']:,} MB with the pass warm, {shares['resident_mb']:,} MB after all."
    )
    return f"{table(header, rows)}\n\n{memory}"


def _others(part: Mapping[str, Any]) -> str:
    snapshot, sweep, backend = part["snapshot"], part["sweep"], part["backend"]
    best = backend["asked"][0]
    rows = [
        ("snapshot of the store, claims/s", number(snapshot["claims_per_s"]), f"{snapshot['claims']:,} claims"),
        (
            f"{sweep['incidents']} incidents x {sweep['contracts']:,} contracts",
            f"{number(sweep['ratio'])} times",
            f"{number(sweep['sweep_s'])} s by snapshot, {number(sweep['walk_s'])} s a walk ({sweep['walks']} asked)",
        ),
        (
            "`nx.descendants` of the largest hub",
            f"{number(best['networkx_s'] / best['backend_s'])} times",
            f"{number(best['backend_s'] * MS)} ms, `DiGraph` {number(best['networkx_s'] * MS)} ms "
            f"(the first time {number(best['networkx_first_s'] * MS)}); {best['reached']:,} nodes reached",
        ),
    ]
    return table(("What", "found", "in this run"), rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.exposure", description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--walks", type=int, default=10, help="incidents that are also asked one by one")
    parser.add_argument("--lens", action="append", choices=sorted(LENSES), help="one of the two lenses alone")
    parser.add_argument("--work", type=Path, default=WORK, help="folder of the data and stores")
    parser.add_argument("--out", type=Path, help="results file (default: bench/results/exposure-SIZE.json)")
    told = parser.parse_args(arguments)
    result = bench(told.size, told.walks, told.work, told.lens or tuple(LENSES))
    out = told.out or RESULTS / f"exposure-{told.size}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(text_of(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
