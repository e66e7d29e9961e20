"""Where value ends: small worlds, by hand; weighing, comparing, and how old the evidence is."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract.build import (
    LENS,
    NOW,
    becomes,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    lens,
    offers,
    operated,
    supplies,
)
from tests.unit.demo_world import demo_store, filled
from tracegraph.answer import Interval
from tracegraph.answer_depth import DepthQuestion, Ending, Evidence, Split
from tracegraph.errors import InvalidInput
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.depth_csv import DEPTH_COLUMNS, write_depth
from tracegraph.model import SourceId, Statement
from tracegraph.services.chain import chain
from tracegraph.services.depth import depth
from tracegraph.services.depth_evidence import evidence_of
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import Grade

ORIGIN, PLANT, NAMELESS, COMPANY, UNMAPPED = Ending


def parts(split: Split | None) -> dict[str, tuple[float, float]]:
    """Return what a split says, without what is nothing; rounded."""
    assert split is not None
    found = {**{ending.value: interval for ending, interval in split.ends.items()}, "known_end": split.known_end}
    return {
        name: (round(interval.low, 9), round(interval.high, 9)) for name, interval in found.items() if interval.high > 0
    }


def asked(store: Store, by: Any = LENS, **question: Any) -> Any:
    return depth(by, store, Portfolios(store), DepthQuestion(**question))


def share(part: float) -> dict[str, Any]:
    return {"share_low": part, "share_high": part}


def bought(contract_id: str, regions: list[str], value: float | None, **says: Any) -> Statement:
    said = {"title": contract_id, "regions": regions, **({} if value is None else {"value_sek": value}), **says}
    return describes(contract(contract_id), "src-2", said)


# --- one contract ---


def test_the_demo_world(tmp_path: Path) -> None:
    """s1 gets 0.6 from t1, so 0.4 from f2, which is not identified and of which nothing more is seen.

    What t1 sells is made of latex from an origin, for all that is known; or bought by t1, f1 or m1 from somebody else.
    """
    c1, c2 = asked(demo_store(tmp_path / "store.db")).contracts
    assert parts(c1.split) == {
        "origin": (0, 0.6),
        "unidentified_factory": (0.4, 0.4),
        "unmapped": (0, 0.6),
        "known_end": (0, 0.6),
    }
    assert parts(c2.split) == {"unmapped": (1, 1)}  # no delivery is seen


def test_each_kind_of_end(tmp_path: Path) -> None:
    """0.5 from an origin that has a seller itself, 0.2 and 0.1 from plants, 0.15 from a company, the rest unlisted."""
    said = (
        *(bought("c1", ["SE-AB"], 100), delivered("s1/x", "c1")),
        supplies("o/x", "s1/x", **share(0.5)),
        supplies("s9/x", "o/x"),
        offers("o/x", attributes={"sourcing": "origin"}),
        *(supplies("f1/x", "s1/x", **share(0.2)), supplies("f2/x", "s1/x", **share(0.1))),
        supplies("s2/x", "s1/x", **share(0.15)),
        describes(holder("f2"), "src-2", {"identified": False}),
    )
    (found,) = asked(filled(tmp_path / "store.db", *said)).contracts
    assert parts(found.split) == {
        "origin": (0.5, 0.5),
        "identified_factory": (0.2, 0.2),
        "unidentified_factory": (0.1, 0.1),
        "supplier": (0.15, 0.15),
        "unmapped": (0.05, 0.05),
        "known_end": (0.7, 0.7),
    }


def test_several_ingredients_count_by_the_rule_of_own_making(tmp_path: Path) -> None:
    """All gloves hold both, so each kind of end has the whole, and the kinds sum to 2 (docs/model.md, 8, rule 4)."""
    said = (
        *(bought("c1", ["SE-AB"], 100), delivered("f1/gloves", "c1")),
        *(becomes("f1/latex", "f1/gloves", **share(1.0)), becomes("f1/cotton", "f1/gloves", **share(1.0))),
        *(supplies("o/latex", "f1/latex", **share(1.0)), supplies("s2/cotton", "f1/cotton", **share(1.0))),
        offers("o/latex", attributes={"sourcing": "origin"}),
        offers("f1/gloves", attributes={"sourcing": "complete", "source_count": 0}),
    )
    (found,) = asked(filled(tmp_path / "store.db", *said)).contracts
    assert parts(found.split) == {"origin": (1, 1), "supplier": (1, 1), "known_end": (1, 1)}


def test_a_chain_that_two_inferred_steps_would_lengthen_ends_at_the_plant(tmp_path: Path) -> None:
    """f1 makes gloves of latex, by recipe; s1 operates f1: the step from the latex never follows the one to s1."""
    said = (
        *(bought("c1", ["SE-AB"], 100), delivered("s1/gloves", "c1"), operated("f1", "s1")),
        *(offers("f1/gloves"), supplies("o/latex", "f1/latex")),
        offers("s1/gloves", attributes={"sourcing": "complete", "source_count": 0}),
    )
    (found,) = asked(filled(tmp_path / "store.db", *said)).contracts
    assert parts(found.split)["identified_factory"][1] == 1
    assert "origin" not in parts(found.split)


# --- by grade ---


def graded_world(tmp_path: Path) -> SqliteStore:
    """The whole by a verified delivery; half of it declared from an origin, the rest reported from a plant."""
    said = (
        *(bought("c1", ["SE-AB"], 100), delivered("s1/x", "c1", grade=Grade.VERIFIED)),
        supplies("o/x", "s1/x", **share(0.5)),
        supplies("f1/x", "s1/x", grade=Grade.REPORTED, **share(0.25)),
        supplies("f3/x", "s1/x", grade=Grade.INFERRED, **share(0.25)),
        offers("o/x", attributes={"sourcing": "origin"}),
        offers("s1/x", attributes={"sourcing": "complete", "source_count": 3}),
    )
    return filled(tmp_path / "store.db", *said)


def test_only_ways_that_are_documented_throughout_count(tmp_path: Path) -> None:
    store = graded_world(tmp_path)
    (found,) = asked(store, by_grade=True).contracts
    assert {grade: parts(split).get("known_end") for grade, split in found.by_grade.items()} == {
        Grade.VERIFIED: None,
        Grade.DECLARED: (0.5, 0.5),
        Grade.REPORTED: (0.75, 0.75),
        Grade.INFERRED: (1, 1),
    }
    assert found.by_grade[Grade.INFERRED] == found.split
    assert asked(store).contracts[0].by_grade == {}


def test_a_better_claim_of_the_same_link_counts(tmp_path: Path) -> None:
    store = graded_world(tmp_path)
    more = supplies("f1/x", "s1/x", source_id=SourceId("src-1"), grade=Grade.VERIFIED)
    store.apply(change_set(more), NOW)
    (found,) = asked(store, by_grade=True).contracts
    assert parts(found.by_grade[Grade.VERIFIED]) == {"identified_factory": (0.25, 0.25), "known_end": (0.25, 0.25)}


# --- contracts together ---


#: SE-AB: 300 from an origin, 100 from a company. SE-M, SE-E, SE-C: all, half, none of it from an origin.
REGIONS = (
    *(bought("c1", ["SE-AB"], 300, category="gloves"), delivered("o/x", "c1")),
    *(bought("c2", ["SE-AB"], 100), delivered("s2/x", "c2")),
    *(bought("c3", ["SE-AB"], None), delivered("s2/x", "c3")),
    *(bought("c4", ["SE-M"], 50, category="gloves"), delivered("o/x", "c4")),
    *(bought("c5", ["SE-E"], 10, category="gloves"), delivered("o/x", "c5", **share(0.5))),
    *(delivered("s2/x", "c5", **share(0.5)), bought("c6", ["SE-C"], 7), delivered("s2/x", "c6")),
    offers("o/x", attributes={"sourcing": "origin"}),
)


def region_world(tmp_path: Path) -> SqliteStore:
    return filled(tmp_path / "store.db", *REGIONS)


def test_contracts_weigh_by_their_stated_value(tmp_path: Path) -> None:
    report = asked(region_world(tmp_path))
    stockholm = report.by_region["SE-AB"]
    assert (stockholm.contracts, stockholm.value_sek, stockholm.without_value) == (3, 400, 1)
    assert parts(stockholm.split) == {"origin": (0.75, 0.75), "supplier": (0.25, 0.25), "known_end": (0.75, 0.75)}
    assert report.total.split.known_end.low == pytest.approx((300 + 50 + 5) / 467)


def test_where_no_value_is_stated_nothing_is_said(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", bought("c1", ["SE-AB"], None), delivered("s1/x", "c1"))
    total = asked(store, by_grade=True).total
    assert (total.value_sek, total.without_value, total.split, total.by_grade) == (None, 1, None, {})
    body = depth_body(asked(store))["summary"]
    assert (body["value_sek"], body["ends"], body["known_end"]) == (None, None, None)


def test_a_region_beside_the_median_of_the_others(tmp_path: Path) -> None:
    report = asked(region_world(tmp_path))
    compared = {(c.region, c.category): c for c in report.comparisons}
    stockholm = compared["SE-AB", None]
    assert (stockholm.contracts, stockholm.value_sek, stockholm.others) == (3, 400, 3)
    assert parts(stockholm.median) == {
        "origin": (0.5, 0.5),
        "supplier": (0.5, 0.5),
        "known_end": (0.5, 0.5),
    }  # 1, .5, 0
    assert parts(compared["SE-C", None].median)["known_end"] == (0.75, 0.75)  # of 0.75, 1, 0.5
    gloves = compared["SE-AB", "gloves"]
    assert (gloves.own.known_end, gloves.others, gloves.median) == (Interval(1, 1), 2, None)  # too few


def test_one_region_is_compared_with_what_is_not_shown(tmp_path: Path) -> None:
    store = region_world(tmp_path)
    one = asked(store, regions=("SE-AB",))
    assert [found.facts.contract_id for found in one.contracts] == ["c1", "c2", "c3"]
    assert [c.others for c in one.comparisons if c.category is None] == [3]
    assert asked(store, contracts=("c1",)).comparisons == ()


def test_a_category(tmp_path: Path) -> None:
    store = region_world(tmp_path)
    report = asked(store, categories=("gloves",))
    assert [found.facts.contract_id for found in report.contracts] == ["c1", "c4", "c5"]
    assert {c.region: c.others for c in report.comparisons if c.category is None} == {"SE-AB": 2, "SE-E": 2, "SE-M": 2}
    with pytest.raises(InvalidInput, match="gloves"):
        asked(store, categories=("glove",))


def test_what_a_region_keeps_to_itself_is_not_in_the_others_medians(tmp_path: Path) -> None:
    secrets = (
        supplies("f1/x", "s2/x", **share(1.0)),
        *(bought("c9", ["SE-C"], 900, category="gloves"), delivered("f1/x", "c9")),
    )
    hidden = [replace(statement, visibility="region:SE-M") for statement in secrets]
    plain = region_world(tmp_path)
    beside = filled(tmp_path / "beside.db", *REGIONS, *hidden)
    for reader in ("public", "network", "SE-AB"):
        bodies = [depth_body(asked(store, lens(reader), by_grade=True)) for store in (plain, beside)]
        assert bodies[0] == bodies[1]
    assert depth_body(asked(beside, lens("SE-M"))) != depth_body(asked(plain, lens("SE-M")))


# --- evidence ---


def test_how_old_the_evidence_is(tmp_path: Path) -> None:
    c1, c2 = asked(demo_store(tmp_path / "store.db")).contracts
    assert c1.evidence == Evidence(
        claims=6, newest=NOW, median=NOW, oldest_published="2019-02-15", sources=2, undated=1
    )  # f1 to t1 by src-1 of that day, all else by src-2, which has no date
    assert c2.evidence is None


def test_evidence_is_read_of_fewer_contracts_where_there_is_much_of_it(tmp_path: Path) -> None:
    """c1 and c3 have 12 items upstream together."""
    store = demo_store(tmp_path / "store.db")
    more = (supplies(f"s{n}/x", f"s{n + 1}/x") for n in range(10, 15))
    store.apply(change_set(bought("c3", ["SE-M"], 1), delivered("s15/x", "c3"), *more), NOW)
    ten = ["c1", *["c3"] * 9]
    assert set(evidence_of(ten, LENS, store, max_items=12)) == {"c1", "c3"}
    assert set(evidence_of(ten, LENS, store, max_items=11)) == {"c1"}
    assert set(evidence_of(ten, LENS, store, max_items=5)) == set()
    report = asked(store, evidence=1)
    assert ([bool(found.evidence) for found in report.contracts], report.evidence_read) == ([True, False, False], 1)


def test_evidence_is_that_of_the_chain_of_each_contract(tmp_path: Path) -> None:
    """w1's nitrile gloves may be its unspecified goods, and these its latex: one inferred step counts, not two."""
    said = (
        *(bought("c1", ["SE-AB"], 1), delivered("w1/latex", "c1"), offers("w1/unspecified")),
        *(bought("c3", ["SE-AB"], 1), delivered("w1/unspecified", "c3"), supplies("s9/nitrile", "w1/nitrile")),
    )
    store = filled(tmp_path / "store.db", *said)
    found = {c.facts.contract_id: c for c in asked(store).contracts}
    for contract_id, depth_of in found.items():
        claims = {claim.claim_id for step in chain(contract_id, LENS, store).steps for claim in step.claims}
        assert depth_of.evidence.claims == len(claims)
    assert (found["c1"].evidence.claims, found["c3"].evidence.claims) == (1, 2)


def test_the_middle_claim(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", bought("c1", ["SE-AB"], 1), delivered("s1/x", "c1"))
    store.apply(change_set(supplies("s2/x", "s1/x")), "2024-03-01T00:00:00Z")
    found = evidence_of(["c1"], LENS, store)["c1"]
    assert found is not None
    assert (found.newest, found.median) == ("2024-03-01T00:00:00Z", NOW)


# --- as a table ---


def test_the_table(tmp_path: Path) -> None:
    report = asked(region_world(tmp_path), regions=("SE-AB",), by_grade=True)
    assert write_depth(report, tmp_path / "depth.csv") == {"rows": 4 * (1 + 1 + 1 + 3) + 1}
    with (tmp_path / "depth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(DEPTH_COLUMNS)
    by_level = {level: [row for row in rows if row["level"] == level] for level in {row["level"] for row in rows}}
    region = by_level["region"][-1]
    assert (region["region"], region["at_least"], region["value_sek"]) == ("SE-AB", "inferred", "400")
    assert (region["known_end_low"], region["others"], region["others_known_end_high"]) == ("0.75", "3", "0.5")
    (gloves,) = by_level["region_category"]
    assert (gloves["category"], gloves["others"], gloves["others_known_end_low"]) == ("gloves", "2", "")
    last = by_level["contract"][-1]
    assert (last["contract_id"], last["value_sek"], last["supplier_low"]) == ("c3", "", "1.0")
