"""The picture of depth: its numbers are those of the report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.contract.build import contract, describes
from tests.unit.demo_world import LENS, demo_store, filled, statements
from tests.unit.random_worlds import random_world
from tests.unit.render.drawing import SVG, canvas_of, drawn_depth, overlaps, parsed, texts_of, written
from tracegraph.lens import Lens, visible_to
from tracegraph.render.svg.depth import DEEPEST, depth_chart
from tracegraph.services.depth import depth
from tracegraph.services.legend import Legend
from tracegraph.services.portfolios import Portfolios
from tracegraph.translate import Translator

VIEW = Lens("2019-06-01", "2024-01-01T00:00:00Z", visible_to("network"))


def test_the_demo_world_by_hand(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", *statements(), describes(contract("c3")))
    svg = drawn_depth(store, LENS)
    told = parsed(svg).find(f"{SVG}desc").text.splitlines()
    columns = (
        "no plant named: {}, tier 1: {}, tier 2: {}, tier 3: {}, tier 4 and deeper: {}, contracts: {}, "
        "with an open end: {}"
    )
    assert "- all contracts: " + columns.format(2, 0, 0, 1, 0, 3, 3) in told
    assert "- Region Stockholm: " + columns.format(0, 0, 0, 1, 0, 1, 1) in told
    assert "- Region Skåne: " + columns.format(1, 0, 0, 0, 0, 1, 1) in told
    assert "- Gloves: " + columns.format(0, 0, 0, 1, 0, 1, 1) in told
    assert told[-4:] == [
        "Without a stated region, in no bar by region: 1.",
        "Without a stated category, in no bar by category: 2.",
        "2 contracts have no visible delivery.",
        "Valid on 2024-06-01, as known on 2024-06-01 12:00 UTC, seen as: network",
    ]
    assert [words for words in written(svg) if words in ("by region", "by category")] == ["by region", "by category"]


def test_numbers_add_up_on_a_random_world() -> None:
    with random_world(3, "medium") as (store, _):
        report = depth(VIEW, store, Portfolios(store))
        svg = drawn_depth(store, VIEW)
    chart = depth_chart(report, Legend(), Translator())
    for panel, groups in zip(
        chart.panels, ([report.total], report.by_region.values(), report.by_category.values()), strict=True
    ):
        for bar, group in zip(panel.bars, groups, strict=True):
            assert sum(bar.parts) == group.contracts
            assert bar.parts[0] == group.by_factory_tier.get(None, 0)
    tiers = Counter(min(found.factory_tier or 0, DEEPEST) for found in report.contracts)
    assert chart.panels[0].bars[0].parts == tuple(tiers[n] for n in range(DEEPEST + 1))
    root = parsed(svg)
    assert not list(overlaps(texts_of(root)))
    assert all(canvas_of(root).holds(text) for text in texts_of(root))


def test_in_swedish_and_twice_the_same(tmp_path: Path) -> None:
    svg = drawn_depth(demo_store(tmp_path / "one.db"), LENS, "sv")
    assert drawn_depth(demo_store(tmp_path / "two.db"), LENS, "sv") == svg
    assert {"Handskar", "led 1", "per region", "med öppen ände"} <= set(written(svg))


def test_a_private_claim_leaves_no_trace(tmp_path: Path) -> None:
    hidden = describes(contract("c9"), "src-3", {"title": "Secret", "regions": ["SE-M"]}, visibility="region:SE-M")
    without, beside = demo_store(tmp_path / "a.db"), filled(tmp_path / "b.db", *statements(), hidden)
    assert drawn_depth(beside, LENS) == drawn_depth(without, LENS)
