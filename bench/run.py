"""The whole run: make the data, import it, ask every system the same questions, compare, print, keep.

``python -m bench`` measures the small size on both stores; ``--help`` shows the rest.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import numpy as np

from bench import report
from bench.generate import CLAIMS_ONLY, SEED, WITH_INFERENCE, Dataset, factory_id, generate
from bench.machine import load, machine, server_state
from bench.measure import affected_items, measure_full, measure_import, measure_pass, measure_system, sqlite_disk
from bench.shape import SIZES, Shape
from bench.system import Setting
from tests import neo4j_server
from tracegraph.lens import Lens

P = ParamSpec("P")
T = TypeVar("T")

WORK: Final = Path(__file__).resolve().parent / "work"
GOODS: Final = ("SUPPLIES", "BECOMES", "DELIVERED_UNDER")
LENSES: Final[Mapping[str, Lens]] = {"claims_only": CLAIMS_ONLY, "with_inference": WITH_INFERENCE}
OF_SQLITE: Final = {
    "claims_only": (
        "tracegraph on SQLite",
        "NetworkX in memory, any lens",
        "NetworkX in memory, one lens",
        "SQLite, recursive CTE",
    ),
    "with_inference": ("tracegraph on SQLite", "NetworkX in memory, inferred steps"),
}
OF_NEO4J: Final = {
    "claims_only": (
        "tracegraph on Neo4j",
        "Neo4j, best statement, cone",
        "Neo4j, best statement, contracts",
        "Neo4j, every path",
    ),
    "with_inference": ("tracegraph on Neo4j",),
}


class Differs(Exception):
    """Two systems gave different contracts for the same question."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is asked: numbers of questions, of hubs, of repetitions, and of full answers."""

    questions: int = 100
    hubs: int = 10
    repeats: int = 5
    full: int = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked.

    Attributes
    ----------
    random, hubs : sequence of str
        Factories chosen by chance; factories whose goods most items are bought from.
    repeats : int
        Times that each question is asked, at most.
    full : int
        How many of the factories chosen by chance are asked for the full answer; of the hubs, a quarter of that.
    """

    random: Sequence[str]
    hubs: Sequence[str]
    repeats: int
    full: int


def apart(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run a function in a fresh process and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **named).result()


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"[{time.strftime('%H:%M:%S')}, load {load()}] {text}", file=sys.stderr, flush=True)


def plan_of(shape: Shape, options: Options) -> Plan:
    """Return the questions: factories by chance, and those with the most buyers."""
    count = shape.size.factories
    chosen = np.random.default_rng([SEED, 2]).choice(count, min(options.questions, count), replace=False)
    of_factory = shape.holder[shape.seller] - shape.n_suppliers
    buyers = np.bincount(of_factory[of_factory >= 0], minlength=count)
    largest = np.argsort(-buyers, kind="stable")[: options.hubs]
    return Plan(
        [factory_id(shape, n) for n in chosen.tolist()],
        [factory_id(shape, n) for n in largest.tolist()],
        options.repeats,
        options.full,
    )


@contextmanager
def neo4j(wanted: bool) -> Iterator[neo4j_server.Neo4jServer | None]:
    """Give an empty Neo4j: the one that the environment names, else one started here."""
    if not wanted:
        yield None
        return
    url = os.environ.get(neo4j_server.URI_VARIABLE)
    if url:
        yield neo4j_server.connect_external(url, may_wipe=os.environ.get(neo4j_server.WIPE_VARIABLE) == "1")
        return
    server = neo4j_server.start("bench")
    try:
        yield server
    finally:
        server.close()


def bench(size: str, stores: Sequence[str], options: Options) -> dict[str, Any]:
    """Run everything for a size and return the results."""
    folder = WORK / size
    say(f"making the data of size {size}")
    dataset = generate(SIZES[size], folder / "dataset")
    plan = plan_of(dataset.shape, options)
    with neo4j("neo4j" in stores) as server:
        result: dict[str, Any] = {
            "size": size,
            "seed": SEED,
            "machine": machine(server),
            "load_before": load(),
            "rows": dataset.rows,
        }
        setting, result["imports"], result["counts"] = _imports(dataset, folder / "store.db", server)
        for lens in LENSES:
            result[lens] = _reach(setting, lens, plan)
        _passes_and_answers(result, setting, plan)
        if server is not None:
            result["server"] = server_state(server)
        result["load_after"] = load()
    return result


def _imports(
    dataset: Dataset, path: Path, server: neo4j_server.Neo4jServer | None
) -> tuple[Setting, dict[str, Any], dict[str, int]]:
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    say("importing into SQLite")
    done = apart(measure_import, f"sqlite:///{path}", str(dataset.folder))
    imports = {"SQLite": done | {"disk_mb": sqlite_disk(path)}}
    if server is not None:
        say("importing into Neo4j")
        neo4j_server.wipe(server)
        done = apart(measure_import, server.url, str(dataset.folder))
        imports["Neo4j"] = done | {"disk_mb": server_state(server)["disk_mb"]}
    counts = imports["SQLite"]["counts"]
    claims = {kind: n for kind, n in counts.items() if kind.isupper()}
    nodes = sum(n for kind, n in counts.items() if kind in ("Supplier", "Factory", "Item", "Contract"))
    summary = {"nodes": nodes, "claims": sum(claims.values()), "goods": sum(claims.get(kind, 0) for kind in GOODS)}
    setting = Setting(str(path), server.url if server is not None else "", CLAIMS_ONLY, {})
    return setting, imports, summary


def _reach(setting: Setting, lens: str, plan: Plan) -> dict[str, Any]:
    names = OF_SQLITE[lens] + (OF_NEO4J[lens] if setting.neo4j else ())
    factories = [*plan.random, *plan.hubs]
    setting = replace(setting, lens=LENSES[lens])
    if setting.lens.infers:
        setting = replace(setting, affected=apart(affected_items, setting.sqlite, setting.lens, factories))
    systems: dict[str, Any] = {}
    for name in names:
        say(f"{lens}: {name}")
        result = apart(measure_system, name, setting, factories, plan.repeats)
        asked = result.pop("asked")
        systems[name] = result | {"random": asked[: len(plan.random)], "hubs": asked[len(plan.random) :]}
    compared = compare(systems)
    return {"systems": systems, "compared": compared, "differences": 0}


def compare(systems: Mapping[str, Mapping[str, Any]]) -> int:
    """Return how many answers were compared with the first system's.

    Raises
    ------
    Differs
        Some system gave other contracts, another title or value, or another number of claims.
    """
    compared = 0
    (first_name, first), *others = systems.items()
    for name, system in others:
        for kind in ("random", "hubs"):
            for one, other in zip(first[kind], system[kind], strict=True):
                if other["seconds"] is None:
                    continue
                compared += 1
                same_claims = other["claims"] is None or other["claims"] == one["claims"]
                if one["digest"] != other["digest"] or not same_claims:
                    raise Differs(f"{one['factory']}: {first_name} gave {one}, {name} gave {other}")
    return compared


def _passes_and_answers(result: dict[str, Any], setting: Setting, plan: Plan) -> None:
    result["passes"], result["full"] = {}, {}
    urls = {"SQLite": f"sqlite:///{setting.sqlite}"} | ({"Neo4j": setting.neo4j} if setting.neo4j else {})
    random = plan.random[: plan.full]
    factories = [*random, *plan.hubs[: max(1, plan.full // 4)]]
    for store, url in urls.items():
        for lens, view in LENSES.items():
            name = f"{store}, {lens.replace('_', ' ')}"
            say(f"portfolio pass and full answers: {name}")
            result["passes"][name] = apart(measure_pass, url, view, 3)
            full = apart(measure_full, url, view, factories, plan.repeats)
            reach = result[lens]["systems"][f"tracegraph on {store}"]
            times = {one["factory"]: one["seconds"] for kind in ("random", "hubs") for one in reach[kind]}
            asked = [one | {"reach_s": times[one["factory"]]} for one in full.pop("asked")]
            result["full"][name] = full | {"random": asked[: len(random)], "hubs": asked[len(random) :]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Speed and memory, side by side with peers.")
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--stores", default="sqlite,neo4j", help="sqlite, or sqlite,neo4j")
    parser.add_argument("--questions", type=int, default=100, help="factories by chance")
    parser.add_argument("--hubs", type=int, default=10, help="factories with the most buyers")
    parser.add_argument("--repeats", type=int, default=5, help="times that each question is asked, at most")
    parser.add_argument("--full", type=int, default=12, help="factories by chance that are asked for the full answer")
    parser.add_argument("--out", type=Path, help="results file (default: bench/results/SIZE.json, and the README)")
    told = parser.parse_args(arguments)
    options = Options(told.questions, told.hubs, told.repeats, told.full)
    result = bench(told.size, told.stores.split(","), options)
    out = told.out or report.RESULTS / f"{told.size}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if told.out is None and told.size != "tiny":
        report.write_readme()
    print(report.size_text(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
