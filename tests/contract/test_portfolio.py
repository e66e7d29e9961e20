"""The portfolio says what the other reads say, for everything at once."""

from __future__ import annotations

import numpy as np
import pytest

from tests.contract.build import (
    ALL_GOODS,
    LENS,
    NOW,
    becomes,
    change_set,
    contract,
    delivered,
    describes,
    goods,
    holder,
    lens,
    offers,
    operated,
    supplies,
)
from tracegraph.lens import Lens
from tracegraph.model import SourceId
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade

WORLD = (
    supplies("f1/latex", "f2/latex", share_low=0.5, share_high=0.75),
    supplies("f1/latex", "f2/latex", source_id=SourceId("src-2"), share_low=0.0, share_high=1.0),
    becomes("f2/latex", "f2/gloves", share_low=1.0, share_high=1.0, grade=Grade.VERIFIED),
    supplies("f2/gloves", "s1/gloves"),
    delivered("s1/gloves", "c1", share_low=0.0, share_high=0.25),
    supplies("f9/x", "s9/x", visibility="region:SE-AB", share_low=0.1),
    delivered("s9/x", "c2"),
    offers("s1/gloves", attributes={"sourcing": "complete", "source_count": 1}),
    offers("s1/gloves", source_id=SourceId("src-2"), attributes={"sourcing": "origin"}, grade=Grade.REPORTED),
    offers("s5/only", grade=Grade.INFERRED),
    describes(
        contract("c1"), says={"title": "Gloves", "sourcing": "complete", "source_count": 2}, grade=Grade.INFERRED
    ),
    describes(contract("c3"), says={"title": "Nothing delivered"}),
    describes(holder("s1"), says={"name": "No contract", "sourcing": "complete"}),
    operated("f2", "s1"),
    operated("f2", "s1", source_id=SourceId("src-2")),
    operated("f1", "s9", visibility="region:SE-AB"),
)


def test_columns(store: Store) -> None:
    store.apply(change_set(*WORLD), NOW)
    columns = store.portfolio(LENS)
    assert (columns.start.dtype, columns.end.dtype, columns.type.dtype, columns.grade.dtype) == (
        np.dtype(np.int64),
        np.dtype(np.int64),
        np.dtype(np.uint8),
        np.dtype(np.uint8),
    )
    items = {row.item_id: row for row in columns.items}
    assert set(items) == {"f1/latex", "f2/latex", "f2/gloves", "s1/gloves", "s9/x", "s5/only"}
    assert len(columns.items) == len(items)
    row = items["f2/gloves"]
    assert (row.holder_id, row.product, row.is_factory) == ("f2", "gloves", True)
    assert not items["s1/gloves"].is_factory
    assert sorted(columns.contracts.values()) == ["c1", "c3"]
    assert sorted(columns.operations) == [("f2", "s1")]
    handles = {name: row.handle for name, row in items.items()} | {v: k for k, v in columns.contracts.items()}
    assert len(set(handles.values())) == 8
    assert all(handle >= 0 for handle in handles.values())
    arrays = (columns.start, columns.end, columns.type, columns.grade)
    rows = sorted(zip(*(array.tolist() for array in arrays), strict=True))
    no_row = next(end for start, end, *_ in rows if start == handles["s9/x"])  # c2: delivered to, never described
    assert no_row not in handles.values()
    assert rows == sorted(
        [
            *[(handles["f1/latex"], handles["f2/latex"], 0, 2)] * 2,
            (handles["f2/latex"], handles["f2/gloves"], 1, 3),
            (handles["f2/gloves"], handles["s1/gloves"], 0, 2),
            (handles["s1/gloves"], handles["c1"], 2, 2),
            (handles["s9/x"], no_row, 2, 2),
        ]
    )
    assert sorted(columns.shares) == sorted(
        [
            (handles["f1/latex"], handles["f2/latex"], 2, NOW, 0.5, 0.75),
            (handles["f2/latex"], handles["f2/gloves"], 3, NOW, 1.0, 1.0),
            (handles["s1/gloves"], handles["c1"], 2, NOW, 0.0, 0.25),
        ]
    )
    assert sorted(columns.sourcings, key=str) == sorted(
        [
            (handles["s1/gloves"], 2, NOW, "complete", 1),
            (handles["s1/gloves"], 1, NOW, "origin", None),
            (handles["c1"], 0, NOW, "complete", 2),
        ],
        key=str,
    )


@pytest.mark.parametrize("by", [LENS, lens("SE-AB"), lens("public"), lens(min_grade=Grade.VERIFIED)])
def test_it_equals_the_other_reads(store: Store, by: Lens) -> None:
    store.apply(change_set(*WORLD), NOW)
    columns = store.portfolio(by)
    names = [row.item_id for row in columns.items]
    closure = store.closure(names, "downstream", by, 100)
    named = set(names) | set(columns.contracts.values())
    assert {(c.start, c.end if c.end in named else "?") for c in closure.claims} == goods(store, by)
    assert len(closure.claims) == len(columns.start)
    assert len(columns.shares) == sum((c.share_low, c.share_high) != (0, 1) for c in closure.claims)
    holdings = store.items_of([row.holder_id for row in columns.items], by)
    assert {f"{h.holder_id}/{product}" for h in holdings for product in h.products} == set(names)
    assert len(store.links_of(names, ALL_GOODS, "downstream", by)) == len(columns.start)


def test_an_empty_store_has_empty_columns(store: Store) -> None:
    columns = store.portfolio(LENS)
    assert columns.start.shape == columns.end.shape == columns.type.shape == (0,)
    assert (list(columns.items), list(columns.shares), dict(columns.contracts)) == ([], [], {})
