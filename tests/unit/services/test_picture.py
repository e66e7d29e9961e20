"""What a picture of a chain shows: every item and step once, in groups where they are too many."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.contract.build import contract, delivered, describes, supplies
from tests.unit.demo_world import LENS, demo_store, filled
from tests.unit.random_worlds import random_world
from tests.unit.render.drawing import pictured
from tracegraph.answer_picture import ChainPicture, Grouping, Kind
from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens, visible_to
from tracegraph.model import Selector
from tracegraph.services import picture as services
from tracegraph.services.picture import on_routes_alone, picture, picture_path, write_picture
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import Certainty, SelectorKind, Status

F1 = (Selector(SelectorKind.FACTORY, "f1"),)
VIEW = Lens("2019-06-01", "2024-01-01T00:00:00Z", visible_to("network"))


def test_the_demo_world_by_hand(tmp_path: Path) -> None:
    found, _ = pictured(demo_store(tmp_path / "store.db"), "c1", LENS, F1)
    assert found.grouping is Grouping.ITEM
    assert [(node.tier, node.kind, node.items[0], node.certainty) for node in found.nodes] == [
        (1, Kind.SUPPLIER, "s1/gloves", None),
        (2, Kind.SUPPLIER, "t1/gloves", None),
        (2, Kind.UNIDENTIFIED, "f2/gloves", None),
        (3, Kind.FACTORY, "f1/gloves", Certainty.CERTAIN),
        (3, Kind.FACTORY, "f1/latex", Certainty.CERTAIN),
        (4, Kind.SUPPLIER, "l1/latex", None),
    ]
    marked = {(line.steps[0].start, line.steps[0].end) for line in found.lines if line.on_route}
    way = ["f1/latex", "f1/gloves", "t1/gloves", "s1/gloves", "c1"]
    assert marked == set(pairwise(way))
    assert found.dependent is not None
    assert found.dependent.status is Status.ESTABLISHED
    assert {end for node in found.nodes for end in node.relevant} == set(found.dependent.open_ends.ids)


def check(found: ChainPicture, affected: dict[str, Certainty]) -> None:
    """Hold a picture against the chain that it was made of."""
    chain = found.chain
    items = [item for node in found.nodes for item in node.items]
    assert sorted(items) == sorted(node.item_id for node in chain.nodes)
    steps = [step for line in found.lines for step in line.steps] + list(found.inside)
    assert sorted(map(str, steps)) == sorted(map(str, chain.steps))
    tiers = {node.item_id: node.tier for node in chain.nodes}
    group = {item: node for node in found.nodes for item in node.items}
    for item, node in group.items():
        assert node.tier == min(tiers[item], found.deepest or tiers[item])
        assert node.certainty is affected.get(item)
    for line in found.lines:
        assert {step.grade for step in line.steps} == {line.grade}
        assert {group[step.start] for step in line.steps} == {found.nodes[line.start]}
        goals = {group.get(step.end) for step in line.steps}
        assert goals == {None if line.end is None else found.nodes[line.end]}
    assert all(group[step.start] is group[step.end] for step in found.inside)
    ends = [end for node in found.nodes for end in node.open_ends]
    assert sorted(ends) == sorted(end for end in chain.open_ends if end != chain.facts.contract_id)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_counts_add_up_in_every_grouping(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    met = set()
    with random_world(seed, "medium") as (store, _):
        for name in Portfolios(store).under(VIEW).portfolio.contract_ids[:3]:
            for limit in (200, 20, 12, 8, 4):
                monkeypatch.setattr(services, "MAX_NODES", limit)
                monkeypatch.setattr(services, "MAX_TIERS", 2)
                found, _ = pictured(store, name, VIEW, F1)
                check(found, dict(found.affected))
                met.add(found.grouping)
                assert found.grouping is Grouping.TIER or len(found.nodes) <= limit
    assert len(met) > 1


def test_up_to_the_limit_one_by_one_and_one_more_in_groups(tmp_path: Path) -> None:
    said = [describes(contract("c1")), delivered("s0/x", "c1")]
    said += [supplies(f"s{n}/x", "s0/x") for n in range(1, services.MAX_NODES)]
    store = filled(tmp_path / "store.db", *said)
    assert pictured(store, "c1", LENS)[0].grouping is Grouping.ITEM
    more = filled(tmp_path / "more.db", *said, supplies("s999/x", "s0/x"))
    found, _ = pictured(more, "c1", LENS)
    assert (found.grouping, [len(node.items) for node in found.nodes]) == (Grouping.GOODS, [1, services.MAX_NODES])


def test_the_deepest_tiers_are_one_in_the_coarsest(tmp_path: Path) -> None:
    said = [describes(contract("c1")), delivered("s0/x", "c1")]
    said += [supplies(f"s{n + 1}/x", f"s{n}/x") for n in range(250)]
    found, _ = pictured(filled(tmp_path / "store.db", *said), "c1", LENS)
    assert (found.grouping, found.deepest) == (Grouping.TIER, services.MAX_TIERS)
    assert [len(node.items) for node in found.nodes] == [1] * 7 + [244]
    assert len(found.inside) == 243


# --- files ---


@pytest.mark.parametrize("name", ["chain.png", "chain", "chain.svg.gz", ".svg"])
def test_only_svg_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match=r"its name ends with \.svg, like"):
        write_picture(tmp_path / name, "<svg/>")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_as_a_whole_and_in_capitals_too(tmp_path: Path) -> None:
    target = tmp_path / "CHAIN.SVG"
    target.write_text("old", encoding="utf-8")
    write_picture(picture_path(target), "<svg/>\n")
    assert target.read_text(encoding="utf-8") == "<svg/>\n"
    assert [path.name for path in tmp_path.iterdir()] == ["CHAIN.SVG"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no/chain\.svg cannot be written: No such file"):
        write_picture(tmp_path / "no" / "chain.svg", "<svg/>")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_picture(tmp_path / "folder.svg", "<svg/>")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


@pytest.mark.parametrize("seed", [0, 2])
def test_tiers_are_folded_and_what_is_chosen_is_never_drawn_finer(seed: int) -> None:
    order = list(Grouping)
    with random_world(seed, "medium") as (store, _):
        for name in Portfolios(store).under(VIEW).portfolio.contract_ids[:3]:
            whole, _ = pictured(store, name, VIEW, F1)
            for tier in whole.chain.tiers:
                found = picture(whole.chain, whole.answer, folded={tier})
                check(found, dict(found.affected))
                of_tier = [node for node in found.nodes if node.tier == tier]
                assert len({(node.kind, node.certainty) for node in of_tier}) == len(of_tier)
                assert [n for n in found.nodes if n.tier != tier] == [n for n in whole.nodes if n.tier != tier]
            for finest in Grouping:
                found = picture(whole.chain, whole.answer, finest=finest)
                check(found, dict(found.affected))
                assert order.index(found.grouping) >= order.index(finest)
                assert found.is_chosen is (found.grouping is finest and finest is not Grouping.ITEM)


def test_of_a_chain_the_routes_alone(tmp_path: Path) -> None:
    whole, _ = pictured(demo_store(tmp_path / "store.db"), "c1", LENS, F1)
    assert whole.answer is not None
    kept = on_routes_alone(whole.chain, whole.answer)
    assert [node.item_id for node in kept.nodes] == ["s1/gloves", "t1/gloves", "f1/gloves", "f1/latex"]
    assert {(step.start, step.end) for step in kept.steps} == {
        ("f1/latex", "f1/gloves"),
        ("f1/gloves", "t1/gloves"),
        ("t1/gloves", "s1/gloves"),
        ("s1/gloves", "c1"),
    }
    assert set(kept.open_ends) <= {*(node.item_id for node in kept.nodes), "c1"}
