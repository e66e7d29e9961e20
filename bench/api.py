"""``python -m bench.api``: the API as shipped, under load, beside the library's own calls in the same run.

The data has 50,000 items and 250,000 claims. The mix is 80 % dependent contracts of a factory, 15 % search, 5 % writes.
The load generator is locust, on the same machine: it takes a part of the two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import numpy as np

from bench.api_report import report
from bench.generate import SEED, factory_id, generate
from bench.machine import load, machine, resident_mb
from bench.measure import measure_import
from bench.run import WORK, apart, say
from bench.shape import SIZES
from tests.faults.served import Served, serving
from tracegraph.access import LOCAL, Role
from tracegraph.answer import LISTED_STATUSES, Answer, Question
from tracegraph.answer_open_ends import look_up_open_ends
from tracegraph.composition import open_store
from tracegraph.lens import Lens, visible_to
from tracegraph.services import asking
from tracegraph.services.dependent_rows import Narrowing, narrowed
from tracegraph.services.dependents import dependents
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import new_key
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.rows import Beside
from tracegraph.vocabulary import Grade

RATE: Final = 30.0
MIX: Final = (0.80, 0.15, 0.05)
VALID_AT: Final = "2025-06-15"
REGIONS: Final = ("SE-AB", "SE-M", "SE-O", "SE-Z")
TEXTS: Final = ("supplier%2000", "plant%201", "s00012", "contract%20007", "f0004", "gloves")
#: What is written; ``{n}`` is replaced by a number.
CLAIM: Final = {"table": "suppliers", "rows": [{"supplier_id": "bench-{n}", "name": "Bench {n} (fictional)"}]}
#: So many of the factories are asked about without the API.
ALONE: Final = 100
HERE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Options:
    """What is run.

    Attributes
    ----------
    minutes : float
        How long the steady load is kept.
    rate : float
        Requests a second of the steady load.
    overload_s, recovery_s : float
        How long five times that is kept, and how long is watched afterwards.
    min_grade : str
        Least grade of the questions.
    one_writer : bool
        Whether one region alone writes; else all do. What a region writes, it alone sees.
    factories : int
        How many different factories are asked about.
    """

    minutes: float = 1.0
    rate: float = RATE
    overload_s: float = 60.0
    recovery_s: float = 30.0
    min_grade: str = "reported"
    one_writer: bool = False
    factories: int = 200


def phases(options: Options) -> list[dict[str, Any]]:
    """Return the phases of a run: to warm up, steady, as fast as it goes, five times too much, and afterwards."""
    rate = options.rate
    return [
        {"name": "warm", "seconds": 60, "users": 60, "rate": rate},
        {"name": "steady", "seconds": options.minutes * 60, "users": 60, "rate": rate},
        {"name": "peak", "seconds": 15 if options.overload_s else 0, "users": 8, "rate": 0},
        {"name": "overload", "seconds": options.overload_s, "users": 300, "rate": 5 * rate},
        {"name": "after", "seconds": options.recovery_s, "users": 60, "rate": rate},
    ]


# --- the library by itself ------------------------------------------------------------------------------------------


def library(url: str, factories: Sequence[str], options: Options) -> dict[str, list[float]]:
    """Return the milliseconds of the library's own calls for the same questions, one after the other."""
    store = open_store(url)
    portfolios = Portfolios(store)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lens = Lens(VALID_AT, now, visible_to(REGIONS[0]), Grade(options.min_grade))

    def question(factory: str) -> Callable[[], object]:
        scope = asking.scope_of(asking.Asked(factories=[factory]), store, lens)
        return lambda: page(dependents(Question(scope, lens), store, portfolios))

    def find(text: str) -> Callable[[], object]:
        return lambda: store.find(text.replace("%20", " "), lens, 200)

    begun = time.perf_counter()
    question(factories[0])()
    cold = (time.perf_counter() - begun) * 1000
    found = {
        "cold": [cold],
        "dependents": [timed(question(factory)) for factory in factories[:ALONE]],
        "search": [timed(find(text)) for text in TEXTS * 5],
    }
    store.close()
    return found


def page(answer: Answer) -> None:
    """Make the rows of the first page, as the API does."""
    listed = narrowed(answer, Narrowing(frozenset(LISTED_STATUSES)))
    look_up_open_ends(row.open_ends for row in listed[:20])


def timed(call: Callable[[], object]) -> float:
    """Return how many milliseconds a call takes."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


# --- the API under load ---------------------------------------------------------------------------------------------


def keys(url: str) -> list[str]:
    """Make a key for each region and return the tokens."""
    store = open_store(url)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    tokens = []
    for region in REGIONS:
        made = new_key(LOCAL, "bench", Rights(frozenset({Role.ANALYST}), region, None, frozenset()), now, 2)
        store.commit(Beside([made.write]), now)
        tokens.append(made.token)
    store.close()
    return tokens


@contextmanager
def watched(served: Served, every_s: float = 5.0) -> Iterator[list[dict[str, Any]]]:
    """Note memory and open files of the workers while a block runs."""
    found: list[dict[str, Any]] = []
    over = Event()

    def look() -> None:
        while not over.wait(every_s):
            for pid in children(served.process.pid):
                try:
                    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
                    found.append({"at": time.time(), "pid": pid, "mb": resident_mb(pid), "files": files})
                except (OSError, ValueError):
                    continue

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def loaded(plan: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Let locust ask, and return what it noted."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    command = [sys.executable, "-m", "locust", "-f", str(HERE / "api_load.py"), "--headless", "--only-summary"]
    env = os.environ | {"TRACEGRAPH_BENCH_PLAN": str(path), "LOCUST_SKIP_LOG_SETUP": "1"}
    with (folder / "locust.log").open("wb") as out:
        subprocess.run(command, env=env, cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in Path(plan["samples"]).read_text(encoding="utf-8").splitlines()]


def prepared(folder: Path) -> tuple[Path, list[str]]:
    """Return a store with the data, made once, and the ids of factories in the order of chance."""
    dataset = generate(SIZES["served"], folder / "dataset")
    path = folder / "served.db"
    if not path.exists():
        say("importing 250,000 claims")
        fresh = folder / "fresh.db"
        fresh.unlink(missing_ok=True)
        say(str(apart(measure_import, f"sqlite:///{fresh}", str(dataset.folder))["counts"]))
        fresh.rename(path)
    order = np.random.default_rng([SEED, 3]).permutation(dataset.shape.size.factories)
    return path, [factory_id(dataset.shape, number) for number in order.tolist()]


def bench(options: Options) -> dict[str, Any]:
    """Run everything and return the results."""
    folder = WORK / "served"
    folder.mkdir(parents=True, exist_ok=True)
    kept, ids = prepared(folder)
    path = folder / "run.db"
    for old in folder.glob("run.db*"):
        old.unlink()
    path.write_bytes(kept.read_bytes())
    url, factories = f"sqlite:///{path}", ids[: options.factories]
    began = load()
    say("the library by itself")
    alone = apart(library, url, factories, options)
    steps = phases(options)
    plan: dict[str, Any] = {
        "seed": SEED,
        "run": time.strftime("%H%M%S"),
        "samples": str(folder / "samples.jsonl"),
        "tokens": keys(url),
        "factories": factories,
        "texts": TEXTS,
        "valid_at": VALID_AT,
        "min_grade": options.min_grade,
        "mix": MIX,
        "phases": steps,
        "writers": 1 if options.one_writer else len(REGIONS),
        "write": {"path": "/tracegraph/v1/claims", "body": CLAIM},
    }
    with serving(folder, url, workers=2, TRACEGRAPH_RATE_MEMBER="off") as served:
        say(f"the API under load: {sum(phase['seconds'] for phase in steps):.0f} s")
        with watched(served) as memory:
            samples = loaded(plan | {"host": f"http://127.0.0.1:{served.port}"}, folder)
        started = len(served.workers())
    return {
        "options": {name: getattr(options, name) for name in Options.__slots__},
        "machine": machine(None),
        "load": [began, load()],
        "library": alone,
        "samples": samples,
        "memory": memory,
        "workers_started": started,
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.api", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long the steady load is kept (1; issue: 10)")
    parser.add_argument("--rate", type=float, default=RATE, help="requests a second (30)")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="steady load alone, for so long (60)")
    parser.add_argument("--min-grade", default="reported", help="least grade of the questions (reported)")
    parser.add_argument("--one-writer", action="store_true", help="one region alone writes, not all")
    given = parser.parse_args()
    options = Options(given.minutes, given.rate, min_grade=given.min_grade, one_writer=given.one_writer)
    if given.soak:
        options = Options(given.soak, given.rate, 0.0, 0.0, given.min_grade, given.one_writer)
    results = bench(options)
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in results.items() if name != "samples"}
    text = report(results)
    (folder / "api.json").write_text(json.dumps(kept | {"report": text}, indent=1) + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
