"""The measurements, each run in a process of its own so that memory and caches are its own."""

from __future__ import annotations

import gc
import hashlib
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench import own
from bench.generate import NOW
from bench.machine import resident_mb, size_mb
from bench.peers import neo4j_statements, networkx_memory, sqlite_cte
from bench.system import Found, Setting, System, TimeLimit
from tracegraph.composition import open_store
from tracegraph.intake import read_dataset
from tracegraph.lens import Lens
from tracegraph.walk.portfolio import Portfolio

#: Every system by the name that the tables show.
SYSTEMS: Final[Mapping[str, Callable[[Setting], System]]] = {
    "tracegraph on SQLite": own.on_sqlite,
    "NetworkX in memory, any lens": networkx_memory.any_lens,
    "NetworkX in memory, one lens": networkx_memory.one_lens,
    "NetworkX in memory, inferred steps": networkx_memory.with_inference,
    "SQLite, recursive CTE": sqlite_cte.make,
    "tracegraph on Neo4j": own.on_neo4j,
    "Neo4j, best statement, cone": neo4j_statements.cone,
    "Neo4j, best statement, contracts": neo4j_statements.contracts,
    "Neo4j, every path": neo4j_statements.naive,
}

SECONDS_A_QUESTION: Final = 2.0  # a question is not repeated when it has taken so long


@dataclass(slots=True)
class Asked:
    """One question to one system.

    Attributes
    ----------
    seconds : float or None
        Median of the repetitions; None where the time limit was hit.
    contracts, claims : int or None
        How many were found.
    digest : str or None
        Hash of the contracts with title and value, by which systems are compared.
    """

    factory: str
    seconds: float | None
    contracts: int | None = None
    claims: int | None = None
    digest: str | None = None


def measure_system(name: str, setting: Setting, factories: Sequence[str], repeats: int) -> dict[str, Any]:
    """Return load time, memory and the time of every question of a system."""
    before = resident_mb()
    begun = time.perf_counter()
    system = SYSTEMS[name](setting)
    loaded = time.perf_counter()
    first = _ask(system, factories[0])
    first_s = time.perf_counter() - loaded
    gc.collect()
    gc.freeze()  # what a system keeps in memory is not looked at by the collector again
    _ask(system, factories[-1])
    asked = [_asked(partial(_ask, system, factory), factory, repeats) for factory in factories]
    gc.unfreeze()
    system.close()
    return {
        "load_s": loaded - begun,
        "first_s": first_s if first else None,
        "resident_mb": resident_mb(),
        "own_mb": round(resident_mb() - before, 1),
        "asked": [asdict(one) for one in asked],
    }


def _ask(system: System, factory: str) -> Found | None:
    try:
        return system.ask(factory)
    except TimeLimit:
        return None


def _asked(ask: Callable[[], Found | None], factory: str, repeats: int) -> Asked:
    seconds: list[float] = []
    found = None
    while len(seconds) < repeats and sum(seconds) < SECONDS_A_QUESTION:
        begun = time.perf_counter()
        found = ask()
        seconds.append(time.perf_counter() - begun)
        if found is None:
            return Asked(factory, None)
    assert found is not None
    return Asked(factory, statistics.median(seconds), len(found.contracts), found.claims, digest_of(found))


def digest_of(found: Found) -> str:
    """Return a hash of the contracts with title and value."""
    rows = sorted(
        (contract, title, None if value is None else float(value))
        for contract, (title, value) in found.contracts.items()
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def measure_import(url: str, folder: str) -> dict[str, Any]:
    """Import a dataset into an empty store as the command does; return times, counts, memory."""
    store = open_store(url)
    store.init()
    begun = time.perf_counter()
    reading = read_dataset([Path(folder)], standing=store)
    read = time.perf_counter()
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    assert not errors, errors[:3]
    report = store.apply(reading.change_set, NOW)
    done = time.perf_counter()
    counts = store.info().counts
    store.close()
    return {
        "read_s": read - begun,
        "apply_s": done - read,
        "claims": report.new,
        "claims_per_s": report.new / (done - begun),
        "resident_mb": resident_mb(),
        "counts": dict(counts),
    }


def measure_pass(url: str, lens: Lens, repeats: int) -> dict[str, Any]:
    """Return the time of the portfolio pass, and how many visible goods claims it went through in a second."""
    store = open_store(url)
    catalogue = store.catalogue()
    reads, thinks = [], []
    claims = contracts = 0
    for _ in range(repeats):
        gc.collect()
        begun = time.perf_counter()
        columns = store.portfolio(lens)
        read = time.perf_counter()
        portfolio = Portfolio(columns, catalogue, infers=lens.infers)
        contracts = len(portfolio.contract_classes)
        reads.append(read - begun)
        thinks.append(time.perf_counter() - read)
        claims = len(columns.start)
    store.close()
    read_s, think_s = statistics.median(reads), statistics.median(thinks)
    return {
        "read_s": read_s,
        "gather_s": think_s,
        "claims": claims,
        "contracts": contracts,
        "claims_per_s": claims / (read_s + think_s),
        "resident_mb": resident_mb(),
    }


def measure_full(url: str, lens: Lens, factories: Sequence[str], repeats: int) -> dict[str, Any]:
    """Return the time of the full answer: with the pass to do, with the pass warm, and of printing it."""
    system = own.FullAnswer(url, lens)
    begun = time.perf_counter()
    system.ask(factories[0])
    first_s = time.perf_counter() - begun
    colds = []
    for factory in factories[:3]:
        system.forget()
        begun = time.perf_counter()
        system.ask(factory)
        colds.append(time.perf_counter() - begun)
    gc.collect()
    gc.freeze()
    rows = []
    for factory in factories:
        warm: list[float] = []
        printed: list[float] = []
        length, counts = 0, {}
        while len(warm) < repeats and sum(warm) < SECONDS_A_QUESTION:
            begun = time.perf_counter()
            answer = system.ask(factory)
            answered = time.perf_counter()
            length = system.printed(answer)
            warm.append(answered - begun)
            printed.append(time.perf_counter() - answered)
            counts = {status.value: count for status, count in answer.summary.counts.items()}
            del answer
        row = {"factory": factory, "seconds": statistics.median(warm), "print_s": statistics.median(printed)}
        rows.append(row | {"characters": length, "counts": counts})
    resident = resident_mb()
    system.close()
    return {"first_s": first_s, "cold_s": statistics.median(colds), "asked": rows, "resident_mb": resident}


def affected_items(path: str, lens: Lens, factories: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the items that a question about each factory touches, as tracegraph resolves them."""
    system = own.Tracegraph(f"sqlite:///{path}", lens)
    found = {factory: tuple(sorted(system.scope(factory).affected)) for factory in factories}
    system.close()
    return found


def sqlite_disk(path: Path) -> float:
    """Return the size of an SQLite store in MB, with its write-ahead log."""
    return size_mb(path, *path.parent.glob(f"{path.name}-*"))
