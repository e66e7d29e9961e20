"""Short ways to write records, alone and beside a change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from tests.contract.build import NOW
from tracegraph.errors import StaleWrite
from tracegraph.store.port import BesideOf, Store
from tracegraph.store.rows import Beside, Record, RecordWrite

SOON = "2024-01-01T00:01:00Z"


def put(store: Store, kind: str, record_id: str, body: Any = "x", now: str = NOW, **more: Any) -> list[Record]:
    """Write one record alone."""
    said = None if body is None else {"says": body}
    return store.commit(Beside([RecordWrite(kind, record_id, said, **more)]), now)


def versions(store: Store, kind: str, record_id: str | None = None) -> list[tuple[str, int, Any]]:
    """Return what is kept of records."""
    return [(record.id, record.version, record.body["says"]) for record in store.records(kind, record_id)]


def beside(*writes: RecordWrite, audit: Sequence[dict[str, Any]] = ()) -> BesideOf:
    """Return what commits with a change, whatever the change did."""
    return lambda _report: Beside(writes, audit)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run calls at the same time; return what each returned, or raised."""
    results: list[object] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = calls[place]()
        except StaleWrite as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
