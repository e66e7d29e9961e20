"""A program for fault tests: import a large change set into a store, and say when a batch is through.

Usage: ``python -m tests.faults.import_driver URL SIZE``. It prints ``ready`` before the first write, ``batch`` after
each batch and ``done`` at the end. The change set depends on nothing but `SIZE`, so that a second run takes up the
first.
"""

from __future__ import annotations

import sys

from tests.contract.build import LATER, NOW, change_set, delivered, describes, holder, incident, supplies
from tests.contract.conftest import open_kind
from tracegraph.change_set import ChangeSet
from tracegraph.model import Product, ProductId
from tracegraph.vocabulary import Grade


def before() -> ChangeSet:
    """Return what the store holds when the large import begins."""
    return change_set(
        supplies("f0/p", "s-hub/p"),
        *(supplies(f"f{n}/p", "s-hub/p", recorded_at="2020-01-01T00:00:00Z") for n in range(1, 50)),
        delivered("s-hub/p", "c1"),
        describes(holder("s-hub"), says={"name": "Hub"}),
        incidents=[incident("i1")],
    )


def large(size: int) -> ChangeSet:
    """Return the large import: it changes much of what is there, backdated, and adds the rest."""
    changed = {"grade": Grade.VERIFIED, "recorded_at": "2021-01-01T00:00:00Z"}
    return change_set(
        *(supplies(f"f{n}/p", "s-hub/p", **(changed if n < 50 else {})) for n in range(size)),
        references=[Product(ProductId("p"), "P")],
        incidents=[incident("i1", "More")],
        description="large",
    )


def main(url: str, size: int) -> None:
    """Run one import from beginning to end."""
    store = open_kind(url)

    def say(done: int, total: int) -> None:
        print("batch" if 0 < done < total else "ready" if not done else "last", flush=True)

    store.apply(large(size), LATER, progress=say)
    store.close()
    print("done", flush=True)


__all__ = ["LATER", "NOW", "before", "large", "main"]

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
