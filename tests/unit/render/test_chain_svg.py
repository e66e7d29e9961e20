"""The picture of a chain: nothing overlaps, lines join their boxes, nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.build import contract, delivered, describes, holder, lens, offers, supplies
from tests.unit.demo_world import LENS, demo_store, filled, registered, statements
from tests.unit.random_worlds import random_world
from tests.unit.render.drawing import (
    SVG,
    Area,
    canvas_of,
    drawn,
    overlaps,
    parsed,
    pictured,
    points_of,
    texts_of,
    written,
)
from tracegraph.answer_picture import Grouping
from tracegraph.lens import Lens, visible_to
from tracegraph.model import Scope, Selector
from tracegraph.render.svg.captions import Captions
from tracegraph.render.svg.chain import chain_svg
from tracegraph.render.svg.lines import LEFT, ways
from tracegraph.render.svg.plan import OPEN_LINE, Plan
from tracegraph.services import picture as services
from tracegraph.services.chain import chain
from tracegraph.services.portfolios import Portfolios
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, SelectorKind

EN = Translator("en")
F1: Scope = (Selector(SelectorKind.FACTORY, "f1"),)

#: Random worlds, and the limits on boxes that show each way of grouping.
WORLDS = {0: "medium", 1: "medium", 3: "medium", 11: "large"}
LIMITS = (200, 60, 30, 12, 5)


VIEW = Lens("2019-06-01", "2024-01-01T00:00:00Z", visible_to("network"))


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest) -> list[tuple[Plan, str]]:
    """Give the plans and the pictures of the largest chain of a random world, grouped in different ways."""
    seen: dict[Grouping, tuple[Plan, str]] = {}
    with random_world(request.param, WORLDS[request.param]) as (store, _), pytest.MonkeyPatch.context() as patched:
        contracts = Portfolios(store).under(VIEW).portfolio.contract_ids
        largest = max(sorted(contracts), key=lambda name: len(chain(name, VIEW, store).nodes))
        for limit in LIMITS:
            patched.setattr(services, "MAX_NODES", limit)
            found, names = pictured(store, largest, VIEW, F1)
            plan = Plan(found, Captions(names, EN, found.grouping), EN)
            seen.setdefault(found.grouping, (plan, chain_svg(found, names, EN)))
            if found.grouping is Grouping.TIER:
                break
    assert len(found.chain.nodes) > 30
    assert len(seen) > 1
    return list(seen.values())


def test_cards_lie_apart(world: list[tuple[Plan, str]]) -> None:
    for plan, _ in world:
        placed = plan.placed(0)
        boxes = [placed.box(n) for n in range(len(plan.cards))]
        assert not list(overlaps([Area(x, y, x + w, y + h) for x, y, w, h in boxes]))


def test_texts_lie_apart_and_inside_the_picture(world: list[tuple[Plan, str]]) -> None:
    for _, svg in world:
        root = parsed(svg)
        texts = texts_of(root)
        assert not list(overlaps(texts))
        assert all(canvas_of(root).holds(text) for text in texts)
        assert all(float(text.get("font-size")) >= 11 for text in root.iter(f"{SVG}text"))


def test_words_stay_inside_their_cards(world: list[tuple[Plan, str]]) -> None:
    for plan, svg in world:
        groups = parsed(svg).findall(f"{SVG}g")[-len(plan.cards) :]
        top = next(float(rect.get("y")) for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("class") == "band")
        placed = plan.placed(top + 26 + 12)
        for number, group in enumerate(groups):
            x, y, wide, high = placed.box(number)
            card = Area(x, y, x + wide, y + high)
            assert all(card.holds(text) for text in texts_of(group))


def test_lines_join_their_boxes_and_pass_no_other(world: list[tuple[Plan, str]]) -> None:
    for plan, _ in world:
        placed = plan.placed(0)
        cards = [placed.box(n) for n in range(len(plan.cards))]
        for way in ways(placed):
            segment = placed.layout.segments[way.segment]
            for point, row, at, side in (
                (segment.start, segment.start_row, way.start, way.start_side),
                (segment.end, segment.end_row, way.end, way.end_side),
            ):
                if point < len(cards):
                    left, top, wide, high = cards[point]
                    assert at[0] == (left if side == LEFT else left + wide)
                    assert top < at[1] < top + high
                    assert abs(at[1] - placed.middle(point, row)) <= placed.room(point) / 2 + 0.5
            for x, y in points_of(way.curve()):
                for number, (left, top, wide, high) in enumerate(cards):
                    inside = left + 0.2 < x < left + wide - 0.2 and top < y < top + high
                    assert not inside, (plan.cards[number].title, segment)


def test_every_step_is_drawn_once(world: list[tuple[Plan, str]]) -> None:
    for plan, _ in world:
        between = [step for line in plan.drawn if line for step in line.steps]
        within = [
            step
            for line in plan.picture.lines
            if line.end is not None and plan.place[line.start][0] == plan.place[line.end][0]
            for step in line.steps
        ]
        everything = [*between, *within, *plan.picture.inside]
        assert sorted(map(str, everything)) == sorted(map(str, plan.picture.chain.steps))
        assert sum(bool(card.buses) for card in plan.cards) == len({plan.place[n][0] for n in _ends_within(plan)})


def _ends_within(plan: Plan) -> Iterator[int]:
    for line in plan.picture.lines:
        if line.end is not None and plan.place[line.start][0] == plan.place[line.end][0]:
            yield line.end


def test_every_open_end_is_drawn_once(world: list[tuple[Plan, str]]) -> None:
    for plan, _ in world:
        shown = [end for node in plan.picture.nodes for end in node.open_ends]
        whole = plan.picture.chain
        assert sorted(shown) == sorted(end for end in whole.open_ends if end != whole.facts.contract_id)
        stubs = {link.start for link in plan.links if link.style == OPEN_LINE}
        assert len(stubs) == sum(card.mark == "?" for card in plan.cards)


def test_the_same_bytes_twice(tmp_path: Path) -> None:
    first = drawn(demo_store(tmp_path / "one.db"), "c1", LENS, F1)
    assert drawn(demo_store(tmp_path / "two.db"), "c1", LENS, F1) == first


# --- what it says ---


def test_it_says_what_it_is_without_colour_mouse_or_eyes(tmp_path: Path) -> None:
    svg = drawn(demo_store(tmp_path / "store.db"), "c1", LENS, F1)
    root = parsed(svg)
    assert (root.get("role"), root.get("lang"), root.get("aria-labelledby")) == ("img", "en", "title")
    assert root.find(f"{SVG}title").text == "Chain of the contract c1: established"
    told = root.find(f"{SVG}desc").text
    for words in (
        "ESTABLISHED: every step is documented",
        "Asked about the plant Demo Plant Klang (f1)",
        "- Demo Plant Klang (plant · Malaysia): gloves; touched: certain; -> Demo Trader 03, gloves (reported)",
        "- f2 (plant not named · Thailand): gloves; -> Demo Wholesale 01, gloves (declared)",
        "- Demo Latex (company · country not stated): latex; origin: nothing upstream",
        "Valid on 2024-06-01, as known on 2024-06-01 12:00 UTC, seen as: network",
        "Evidence: 2 sources, 6 claims, 0 inferred steps",
    ):
        assert words in told
    shown = " ".join(written(svg))
    for words in (
        "touched: certain",
        "plant not named",
        "open end",
        "company",
        "contract",
        "reported: said by a third",
    ):
        assert words in shown
    assert not list(root.iter(f"{SVG}script"))
    assert "href" not in svg


def test_grades_differ_in_their_lines(tmp_path: Path) -> None:
    grades = list(Grade)
    said = [describes(contract("c1")), delivered("s0/x", "c1")]
    said += [supplies(f"s{n + 1}/x", "s0/x", grade=grade) for n, grade in enumerate(grades)]
    svg = drawn(filled(tmp_path / "store.db", *said), "c1", LENS)
    root = parsed(svg)
    styles = {
        (path.get("stroke-width"), path.get("stroke-dasharray"))
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "line" and path.get("d").count("C")
    }
    assert len(styles) == len(grades)
    assert [words for words in written(svg) if words.split(":")[0] in {grade.value for grade in grades}] == [
        "verified: checked by an independent party",
        "declared: said by a party to the link",
        "reported: said by a third party",
        "inferred: no document says so",
    ]


def test_without_a_question_nothing_is_marked(tmp_path: Path) -> None:
    svg = drawn(demo_store(tmp_path / "store.db"), "c1", LENS)
    assert "touched" not in " ".join(written(svg))
    assert 'class="route"' not in svg


def test_an_open_contract_and_an_empty_one(tmp_path: Path) -> None:
    svg = drawn(demo_store(tmp_path / "store.db"), "c2", LENS, F1)
    assert {"UNMAPPED: same goods, origin not stated", "open end", "the goods could enter"} <= set(written(svg))
    assert canvas_of(parsed(svg)).right >= 700


def test_in_swedish(tmp_path: Path) -> None:
    svg = drawn(demo_store(tmp_path / "store.db"), "c1", LENS, F1, lang="sv")
    assert parsed(svg).get("lang") == "sv"
    assert {"BELAGD: varje steg är dokumenterat", "led 1 · 1 artikel", "berörd: säker", "handskar"} <= set(written(svg))


# --- grouped ---


def test_many_items_are_grouped_and_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = [describes(contract("c1")), delivered("s0/x", "c1")]
    for n in range(1, 9):
        said += [supplies(f"s{n}/x", "s0/x"), registered(f"s{n}", "MY" if n < 6 else "TH")]
    store = filled(tmp_path / "store.db", *said)
    monkeypatch.setattr(services, "MAX_NODES", 4)
    found, _ = pictured(store, "c1", LENS)
    assert found.grouping is Grouping.GOODS
    shown = written(drawn(store, "c1", LENS))
    assert "Too many to draw one by one: 9 items and 9 steps are drawn as 3 boxes; each box is one kind of" in " ".join(
        shown
    )
    assert {"tier 2 · 8 items", "companies · Malaysia", "companies · Thailand", "several items together"} <= set(shown)
    assert "5 items at 5 companies and" in shown


# --- what others must not see, and what may stand in a name ---


@pytest.mark.parametrize("reader", ["public", "network"])
def test_a_private_claim_leaves_no_trace(tmp_path: Path, reader: str) -> None:
    secret = {"visibility": "region:SE-M"}
    said = [*statements(), describes(contract("c3"), visibility="public"), delivered("s9/x", "c3", visibility="public")]
    hidden = [
        supplies("f9/gloves", "s1/gloves", grade=Grade.VERIFIED, **secret),
        supplies("f9/x", "s9/x", **secret),
        describes(holder("s9"), "src-3", {"name": "Secret Name"}, **secret),
    ]
    without, beside = filled(tmp_path / "a.db", *said), filled(tmp_path / "b.db", *said, *hidden)
    for name in ("c1", "c3") if reader == "network" else ("c3",):
        view = lens(reader)
        assert drawn(beside, name, view, F1) == drawn(without, name, view, F1)
    assert drawn(beside, "c3", lens("SE-M"), F1) != drawn(without, "c3", lens("SE-M"), F1)


HOSTILE = (
    "<script>alert(1)</script>",
    "\"><svg onload='x'>& co]]>",
    "Evil \N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "شركة القفازات \N{ARABIC LIGATURE JALLAJALALOUHOU}",
    "Bell\a and\x00 null\ud800 and\nnew\tlines",
    "W" * 300,
    "Z" + "\N{COMBINING TILDE}" * 200 + "algo",
    "手袋製造株式会社マレーシア工場第一号棟",
    "",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_only_words(tmp_path: Path, name: str) -> None:
    said = [describes(contract("c1")), delivered("s1/x", "c1"), offers("s1/x")]
    found, names = pictured(filled(tmp_path / "store.db", *said), "c1", LENS)
    names = replace(names, holders={"s1": name}, products={"x": name})
    svg = chain_svg(found, names, EN)
    assert svg.encode("utf-8").decode("utf-8") == svg
    root = parsed(svg)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "g", "rect", "path", "text", "circle"}
    assert not {"\N{RIGHT-TO-LEFT OVERRIDE}", "\0", "\a", "\ud800"} & set(svg)
    assert "\N{COMBINING TILDE}" * 3 not in svg
    texts = texts_of(root)
    assert not list(overlaps(texts))
    assert all(canvas_of(root).holds(text) for text in texts)
