"""What the check finds: one world with one fault for each rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.build import (
    change_set,
    contract,
    delivered,
    describes,
    holder,
    located,
    offers,
    operated,
    supplies,
)
from tests.unit.demo_world import LENS, NOW, demo_store, filled
from tracegraph.answer_check import CheckReport, Severity
from tracegraph.model import Product, ProductId, SourceId, Statement
from tracegraph.services.check import check
from tracegraph.services.check_claims import ClaimRules
from tracegraph.store.canonical import claim_from_line

SRC = SourceId("src-2")
COMPLETE = {"sourcing": "complete", "source_count": 1}


def found(path: Path, *said: Statement) -> set[tuple[str, str]]:
    store = filled(path / "store.db", *said)
    return {(f.rule, f.id) for f in check(store, LENS, store).findings if f.rule not in ("unsourced", "orphan-holder")}


def test_the_demo_world(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    report = check(store, LENS, store)
    assert dict(report.by_rule) == {"contract-without-delivery": 1, "unidentified-factory": 1, "unsourced": 3}
    assert not report.found_errors
    assert (report.claims, report.whole_store) == (25, True)
    under_lens = check(store, LENS)
    assert (under_lens.claims, under_lens.whole_store) == (23, False)


GOODS = (describes(contract("c1")), delivered("s1/gloves", "c1"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((*GOODS, supplies("s2/gloves", "s1/gloves", share_low=0.7), supplies("s3/gloves", "s1/gloves", share_low=0.7)),
         {("shares-over-one", "s1/gloves")}),
        ((*GOODS, offers("s1/gloves", attributes={"sourcing": "complete"}), supplies("s2/gloves", "s1/gloves")),
         {("complete-without-count", "s1/gloves")}),
        ((*GOODS, offers("s1/gloves", attributes=COMPLETE)), {("complete-not-in-force", "s1/gloves")}),
        ((*GOODS, offers("s1/gloves", attributes=COMPLETE), supplies("s2/gloves", "s1/gloves", share_high=0.5)),
         {("complete-not-in-force", "s1/gloves")}),
        ((describes(contract("c1")), delivered("s1/gloves", "c1", share_high=0.5)), {("complete-not-in-force", "c1")}),
        ((*GOODS, supplies("s2/masks", "s1/masks")), {("product-not-in-catalogue", "masks")}),
        ((*GOODS, supplies("s2/unspecified", "s1/unspecified")), set()),
        ((*GOODS, offers("s2/gloves")), {("orphan-item", "s2/gloves")}),
        ((*GOODS, operated("f1", "s1"), offers("f1/gloves")), {("location-missing", "f1")}),
        ((describes(contract("c1")),), {("contract-without-delivery", "c1")}),
        ((describes(contract("c1"), says={"start": "2025-01-01", "end": "2024-01-01"}), delivered("s1/gloves", "c1")),
         {("reversed-dates", "c1")}),
        ((*GOODS, supplies("s1/gloves", "s2/gloves"), supplies("s2/gloves", "s1/gloves"),
          offers("s1/gloves", attributes=COMPLETE), offers("s2/gloves", attributes=COMPLETE)),
         {("circle-without-origin", "s1/gloves")}),
        ((*GOODS, supplies("s1/gloves", "s2/gloves"), supplies("s2/gloves", "s1/gloves")), set()),
    ],
)  # fmt: skip
def test_rules_on_nodes(tmp_path: Path, said: tuple[Statement, ...], expected: set[tuple[str, str]]) -> None:
    assert found(tmp_path, *said) == expected


def test_a_holder_that_nothing_links_to(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", describes(holder("s9"), "src-2"), *GOODS)
    assert {f.id for f in check(store, LENS).findings if f.rule == "orphan-holder"} == {"s9"}


def test_a_place_alone_is_no_link(tmp_path: Path) -> None:
    assert ("unidentified-factory", "f1") in found(
        tmp_path, describes(holder("f1"), "src-2", {"identified": False}), located("f1", "MY")
    )
    store = filled(tmp_path / "other.db", located("f1", "MY"))
    assert {f.rule for f in check(store, LENS).findings} == {"orphan-holder", "unsourced"}


def test_kinds_in_a_circle_are_an_error(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", *GOODS)
    loop = (
        Product(ProductId("a"), "A", broader=(ProductId("b"),)),
        Product(ProductId("b"), "B", broader=(ProductId("a"),)),
    )
    store.apply(change_set(references=loop), NOW)
    report = check(store, LENS)
    assert next((f.rule, f.severity) for f in report.findings) == ("broader-circle", Severity.ERROR)
    assert report.found_errors


def test_a_source_that_is_not_described(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", *GOODS, supplies("s2/gloves", "s1/gloves", source_id=SourceId("src-9")))
    assert ("source-not-described", "src-9") in {(f.rule, f.id) for f in check(store, LENS).findings}


def line(**more: object) -> dict[str, object]:
    return {
        "line": "claim",
        "claim_id": "clm-1",
        "version": 1,
        "table": "supplies",
        "type": "SUPPLIES",
        "start": {"label": "Item", "id": "a/p"},
        "end": {"label": "Item", "id": "b/p"},
        "source_id": "src-1",
        "grade": "declared",
        "visibility": "network",
        "valid_from": "0001-01-01",
        "valid_to": "9999-12-31",
        "recorded_at": NOW,
        "retracted_at": "9999-12-31T00:00:00Z",
        "change_set": 1,
        **more,
    }


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({}, []),
        ({"valid_from": "2024-01-01", "valid_to": "2024-01-01"}, ["reversed-dates"]),
        ({"share_low": 0.6, "share_high": 0.4}, ["share-out-of-range"]),
        ({"share_low": -0.1, "share_high": 0.4}, ["share-out-of-range"]),
        ({"share_low": 0.1, "share_high": 1.4}, ["share-out-of-range"]),
        ({"confidence": 0.0}, ["confidence-out-of-range"]),
        ({"source_id": "unsourced"}, ["unsourced"]),
        ({"source_id": "unsourced", "retracted_at": "2025-01-01T00:00:00Z"}, []),
        ({"retracted_at": "2020-01-01T00:00:00Z"}, ["reversed-dates"]),
    ],
)
def test_rules_on_claims(more: dict[str, object], rules: list[str]) -> None:
    assert [f.rule for f in ClaimRules().findings([claim_from_line(line(**more))])] == rules


def test_one_id_on_two_claims_of_any_type() -> None:
    claims = [claim_from_line(line()), claim_from_line(line(type="BECOMES"))]
    assert [f.rule for f in ClaimRules().findings(claims)] == ["claim-id-twice"]


def test_every_message_can_be_said(tmp_path: Path) -> None:
    report: CheckReport = check(store := demo_store(tmp_path / "store.db"), LENS, store)
    for finding in report.findings:
        assert "{" not in f"{finding.message}{finding.remedy}"
