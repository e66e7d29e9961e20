"""Random worlds in SQLite stores, with lenses to look through: what no hand-made case thinks of."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.library import imported, lens_of, opened
from tests.oracle.dataset import write_dataset
from tests.strategies import random_query, random_tables
from tracegraph.lens import Lens
from tracegraph.store.port import Store

NOW = "2030-01-01T00:00:00Z"


@contextmanager
def random_world(seed: int, size: str = "medium", lenses: int = 3) -> Iterator[tuple[Store, list[Lens]]]:
    """Give a store with a random dataset, and random lenses."""
    chance = random.Random(seed)
    tables = random_tables(chance, size)
    seen = [lens_of(random_query(chance, tables), today="2020-01-01", now=NOW) for _ in range(lenses)]
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        write_dataset(tables, Path(folder) / "data")
        imported(store, Path(folder) / "data", NOW)
        yield store, seen
