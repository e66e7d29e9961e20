"""Set-up, state, export and restore."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    lens,
    located,
    offers,
    operated,
    owned,
    reach,
    serves,
    supplies,
    uses,
)
from tracegraph.errors import InvalidInput, StoreNotReady
from tracegraph.model import Category, Product, ProductId, ReferenceRecord, Region, Source, SourceId, claim_id_of
from tracegraph.store.canonical import claim_from_line
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade


def fill(store: Store) -> None:
    """Write something of every kind, in several versions."""
    references: list[ReferenceRecord] = [
        Product(ProductId("g"), "Gloves", "Handskar", ("33141420",), ("4015",), (ProductId("ppe"),), (), True, True),
        Region("SE-AB", "Stockholm", "A"), Category("gloves", "Gloves", "Handskar", "A", "2020-01-01", "2024-01-01"),
        Source(SourceId("src-1"), "Report: \"x\", å\n", "NGO", "2019-01-01", "https://example.org/a?b=c", "ngo"),
    ]  # fmt: skip
    first = change_set(
        supplies("f1/g", "s1/g", share_low=0.1, share_high=0.30000000000000004, confidence=0.123456),
        supplies("f1/g", "s1/g", share_low=0.0, share_high=0.0, visibility="region:SE-AB", valid_to="2022-02-02"),
        supplies("f1/g", "s10/g", source_id=SourceId("src-1"), recorded_at="2019-01-01T00:00:00Z"),
        delivered("s1/g", "c1"), offers("s1/g", attributes={"sourcing": "complete", "source_count": 0}),
        operated("f1", "s1"), located("f1", "MY"), owned("s1", "s9", attributes={"owned_share": 0.5}),
        serves("s3", "f1", "recruits"), uses("SE-AB", "c1"),
        describes(contract("c1"), "src-1", {"title": "Å\u2028", "value_sek": 10, "x": 1.5, "y": False, "z": ["a"]}),
        describes(holder("f1"), says={"name": "Plant"}, grade=Grade.INFERRED, visibility="public"),
        references=references, incidents=[incident("i1", severity={"scale": 4}, details={"reply": "no"})],
        description="first: å",
    )  # fmt: skip
    store.apply(first, NOW)
    again = change_set(
        supplies("f1/g", "s1/g", grade=Grade.VERIFIED), supplies("f2/g", "s1/g"),
        incidents=[incident("i1", "Later", recorded_at="2019-05-05T00:00:00Z"), incident("i2")],
    )  # fmt: skip
    number = store.apply(again, LATER).change_set
    store.retract("2024-03-01T00:00:00Z", claim_ids=[claim_id_of(supplies("f2/g", "s1/g").claim_key, 1)])
    store.retract("2024-04-01T00:00:00Z", change_set=number)
    store.apply(change_set(supplies("f1/g", "s1/g", grade=Grade.REPORTED)), "2024-05-01T00:00:00Z")


def test_init_brings_the_schema_up_to_date_once(bare_store: Store) -> None:
    seen: list[tuple[int, int]] = []
    assert bare_store.info().schema_version < bare_store.info().schema_expected
    names = bare_store.init(progress=lambda done, total: seen.append((done, total)))
    assert names == sorted(names)
    assert names
    assert seen[-1][0] == seen[-1][1]
    assert bare_store.init() == []
    info = bare_store.info()
    assert info.schema_version == info.schema_expected >= len(names)


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.apply(change_set(supplies("f1/g", "s1/g")), NOW),
        lambda store: store.closure(["f1/g"], "downstream", LENS, 10),
        lambda store: store.version(LENS),
        lambda store: list(store.stream()),
        lambda store: store.restore([]),
    ],
)
def test_a_store_that_is_not_set_up_says_so(bare_store: Store, use: Callable[[Store], Any]) -> None:
    if bare_store.info().schema_version:
        pytest.fail("the fixture is to give a store without a schema")
    with pytest.raises(StoreNotReady, match="tracegraph store init"):
        use(bare_store)


def test_info(store: Store) -> None:
    fill(store)
    info = store.info()
    assert info.kind in ("sqlite", "neo4j")
    assert info.url.startswith(info.kind[:4]) or info.url.startswith("bolt")
    assert info.server
    assert {name: info.counts[name] for name in ("Supplier", "Factory", "Contract", "SUPPLIES", "incident")} == {
        "Supplier": 4, "Factory": 2, "Contract": 1, "SUPPLIES": 6, "incident": 3,
    }  # fmt: skip
    assert [entry.change_set for entry in info.imports] == [5, 4, 3, 2, 1]
    oldest = info.imports[-1]
    assert (oldest.description, oldest.recorded_at, oldest.state) == ("first: å", NOW, "finished")
    assert (oldest.counts["new"], oldest.counts["references"], oldest.counts["incidents"]) == (12, 4, 1)


def test_stream_order(store: Store) -> None:
    fill(store)
    lines = list(store.stream())
    assert lines[0] == {"line": "tracegraph", "format": 1}
    kinds = [line["line"] for line in lines]
    assert list(dict.fromkeys(kinds)) == ["tracegraph", "change_set", "reference", "holder", "record", "claim"]
    assert [line["number"] for line in lines if line["line"] == "change_set"] == [1, 2, 3, 4, 5]
    labels = [line["label"] for line in lines if line["line"] == "reference"]
    assert labels == ["Product", "Region", "Category", "Source"]
    assert [line["id"] for line in lines if line["line"] == "holder"] == ["f1", "f2", "s1", "s10", "s3", "s9"]
    claims = [claim_from_line(line) for line in lines if line["line"] == "claim"]
    keys = [(claim.claim_key, claim.version) for claim in claims]
    assert keys == sorted(keys)
    assert len(claims) == 15


def test_restored_elsewhere_it_streams_the_same(store: Store, other: Store) -> None:
    fill(store)
    lines = [json.loads(json.dumps(line)) for line in store.stream()]
    counts = other.restore(iter(lines))
    assert counts == {"change_set": 5, "reference": 4, "holder": 6, "record": 3, "claim": 15}
    assert list(other.stream()) == lines
    for by in (LENS, lens("SE-AB"), lens(known_at=NOW)):
        for start in ("f1/g", "c1"):
            directions: dict[str, Any] = {"upstream": start == "c1", "by": by}
            assert reach(other, start, **directions) == reach(store, start, **directions)
        assert other.version(by) == store.version(by)
        assert other.find("plant", by, 5) == store.find("plant", by, 5)


def test_restored_from_elsewhere_it_streams_the_same(store: Store, other: Store) -> None:
    fill(other)
    lines = list(other.stream())
    store.restore(lines)
    assert list(store.stream()) == lines
    assert store.records("incident") == other.records("incident")
    assert dict(store.catalogue().products) == dict(other.catalogue().products)


def test_a_restored_store_goes_on(store: Store, other: Store) -> None:
    fill(other)
    store.restore(other.stream())
    for each in (store, other):
        said_again = each.apply(change_set(delivered("s1/g", "c1"), supplies("f2/g", "s1/g")), "2024-06-01T00:00:00Z")
        assert (said_again.change_set, said_again.new, said_again.unchanged) == (6, 1, 1)
        assert each.apply(
            change_set(incidents=[incident("i1", severity={"scale": 4}, details={"reply": "no"})]), NOW
        ).is_nothing
    assert list(store.stream()) == list(other.stream())


def test_only_an_empty_store_is_filled(store: Store, other: Store) -> None:
    fill(other)
    lines = list(other.stream())
    store.apply(change_set(references=[Region("SE-AB")]), NOW)
    before = list(store.stream())
    with pytest.raises(InvalidInput, match="empty"):
        store.restore(lines)
    assert list(store.stream()) == before


@pytest.mark.parametrize("spoil", ["no header", "other header", "unknown line", "missing value", "open", "twice"])
def test_what_is_no_export_is_refused_as_a_whole(store: Store, other: Store, spoil: str) -> None:
    fill(other)
    lines: list[dict[str, Any]] = list(other.stream())
    if spoil == "no header":
        lines = lines[1:]
    elif spoil == "other header":
        lines[0] = {"line": "tracegraph", "format": 999}
    elif spoil == "unknown line":
        lines.insert(9, {"line": "surprise"})
    elif spoil == "missing value":
        del lines[-1]["grade"]
    elif spoil == "open":
        lines[5] = lines[5] | {"state": "open"}
    else:
        lines.append(lines[-1])
    with pytest.raises(InvalidInput):
        store.restore(lines)
    assert list(store.stream()) == [{"line": "tracegraph", "format": 1}]


def test_an_empty_store_streams_its_header(store: Store, other: Store) -> None:
    assert list(store.stream()) == [{"line": "tracegraph", "format": 1}]
    assert other.restore(store.stream()) == {}


def test_a_closed_store_opens_again(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    store.close()
    store.close()
    assert reach(store, "f1/g") == {("f1/g", "s1/g")}
