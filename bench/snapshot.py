"""The snapshot of the portfolio, in one run: many incidents in one sweep or a walk each; NetworkX with it or without.

``python -m bench.snapshot [--size small] [--incidents 100] [--walks 5]`` prints one JSON document.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from bench.generate import CLAIMS_ONLY, NOW, SEED, WITH_INFERENCE, Dataset, factory_id, generate
from bench.machine import load
from bench.shape import SIZES
from tracegraph.answer import Question
from tracegraph.composition import open_store
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot, snapshot_of
from tracegraph.intake import read_dataset
from tracegraph.lens import Lens
from tracegraph.model import Scope, Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

HUBS = 3


def timed(function: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    """Return the shortest of several times in seconds, and what the function returned."""
    found, best = None, float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        found = function()
        best = min(best, time.perf_counter() - begun)
    return best, found


def measure_sweep(store: Store, lens: Lens, scopes: Sequence[Scope], walks: int) -> dict[str, Any]:
    """Compare all scopes in one sweep with a walk each, portfolio warm; some of the walks are made, and checked."""
    portfolios = Portfolios(store)
    portfolio = portfolios.under(lens, store.version(lens)).portfolio
    warm = len(portfolio.contract_classes)
    dependents(Question(scopes[0], lens), store, portfolios)
    build_s, snapshot = timed(lambda: snapshot_of(portfolio))
    sweep_s, found = timed(lambda: PortfolioSweep(lens, store, portfolios).readings(scopes))
    walks_s = 0.0
    for scope, readings in list(zip(scopes, found, strict=True))[:walks]:
        walk_s, answer = timed(partial(dependents, Question(scope, lens), store, portfolios))
        walked = {d.facts.contract_id: (d.status, d.basis) for d in answer.dependents}
        swept = [(reading.status, reading.basis) for reading in readings.readings]
        assert dict(zip(portfolio.contract_ids, swept, strict=True)) == walked, scope
        walks_s += walk_s * len(scopes) / walks
    edges = snapshot.number_of_edges()
    return {
        "contracts": warm,
        "nodes": len(snapshot),
        "edges": edges,
        "snapshot_s": build_s,
        "incidents": len(scopes),
        "sweep_s": sweep_s,
        "walks_s": walks_s,
        "walks_made": walks,
        "walks_to_sweep": walks_s / sweep_s,
        "hubs": [measure_hub(snapshot, hub) for hub in hubs_of(snapshot)],
    }


def hubs_of(snapshot: PortfolioSnapshot) -> list[int]:
    """Return the nodes that most edges leave."""
    hubs: list[int] = np.argsort(-np.diff(snapshot.out.indptr), kind="stable")[:HUBS].tolist()
    return hubs


def measure_hub(snapshot: PortfolioSnapshot, hub: int) -> dict[str, Any]:
    """Compare NetworkX's `descendants` on the snapshot and on the same graph of NetworkX's own."""
    graph = snapshot.to_networkx()
    gc.collect()
    (node,) = snapshot.names.many([hub])
    ours_s, ours = timed(lambda: nx.descendants(snapshot, node), 7)
    theirs_s, theirs = timed(lambda: nx.descendants(graph, node), 7)
    assert ours == theirs
    return {"reached": len(ours), "snapshot_s": ours_s, "networkx_s": theirs_s, "ratio": theirs_s / ours_s}


def measured(dataset: Dataset, folder: Path, incidents: int, walks: int) -> dict[str, Any]:
    """Import a dataset into a store and measure under both lenses."""
    store = open_store(f"sqlite:///{folder}/store.db", create=True)
    try:
        store.init()
        store.apply(read_dataset([dataset.folder], standing=store).change_set, NOW)
        count = dataset.shape.size.factories
        chosen = np.random.default_rng(SEED).choice(count, min(incidents, count), replace=False)
        ids = [factory_id(dataset.shape, int(number)) for number in chosen]
        scopes = [(Selector(SelectorKind.FACTORY, factory),) for factory in ids]
        lenses = {"claims_only": CLAIMS_ONLY, "with_inference": WITH_INFERENCE}
        return {name: measure_sweep(store, lens, scopes, walks) for name, lens in lenses.items()}
    finally:
        store.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.snapshot", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--incidents", type=int, default=100)
    parser.add_argument("--walks", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        before = load()
        dataset = generate(SIZES[asked.size], Path(folder) / "data")
        result = measured(dataset, Path(folder), asked.incidents, asked.walks)
    print(json.dumps({"size": asked.size, "load": [before, load()], **result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
