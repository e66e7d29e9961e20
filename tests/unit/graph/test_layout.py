"""Layered pictures: columns, order, places; checked by counting and by brute force on small graphs."""

from __future__ import annotations

import random
from itertools import pairwise, permutations, product

from hypothesis import given
from hypothesis import strategies as st

from tracegraph.graph.columns import columns_of, sub_columns
from tracegraph.graph.layout import JOINT_HEIGHT, BoxSize, Layout, Link, lay_out
from tracegraph.graph.ordering import crossings, ordered

GAP = 12


def box(height: int = 40, rows: int = 1) -> BoxSize:
    return BoxSize(height, tuple(round(height * (n + 0.5) / rows) for n in range(rows)))


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[int], list[BoxSize], list[Link]]:
    """Return columns, boxes and links of any kind but from a box to itself."""
    columns = draw(st.lists(st.integers(0, 5), min_size=2, max_size=14))
    boxes = [box(draw(st.integers(20, 90)), draw(st.integers(1, 3))) for _ in columns]
    ends = st.tuples(st.integers(0, len(columns) - 1), st.integers(0, len(columns) - 1)).filter(lambda e: e[0] != e[1])
    links = [
        Link(a, b, draw(st.integers(0, 2)), draw(st.integers(0, len(boxes[a].rows) - 1)), len(boxes[b].rows) - 1)
        for a, b in draw(st.lists(ends, max_size=25))
    ]
    return columns, boxes, links


@given(drawings())
def test_nothing_overlaps_and_no_column_is_taller_than_the_tallest_stack(
    drawing: tuple[list[int], list[BoxSize], list[Link]],
) -> None:
    layout = lay_out(*drawing, gap=GAP)
    stacks = []
    for column in range(max(layout.column) + 1):
        points = sorted((n for n, at in enumerate(layout.column) if at == column), key=layout.top.__getitem__)
        for above, below in pairwise(points):
            assert layout.top[below] - layout.top[above] - layout.height[above] >= GAP - 1  # rounded to whole pixels
        stacks.append(sum(layout.height[n] for n in points) + GAP * (len(points) - 1))
        assert all(layout.top[n] >= 0 and layout.top[n] + layout.height[n] <= layout.total for n in points)
    assert layout.total == max(stacks)


@given(drawings())
def test_every_link_leads_from_its_row_to_its_row(drawing: tuple[list[int], list[BoxSize], list[Link]]) -> None:
    columns, boxes, links = drawing
    layout = lay_out(*drawing)
    for number, link in enumerate(links):
        way = [segment for segment in layout.segments if number in segment.links]
        at = {(segment.start, segment.start_row): segment for segment in way}
        here = (link.start, link.start_row)
        seen = 0
        while here != (link.end, link.end_row):
            segment = at[here]
            assert segment.style == link.style
            assert abs(layout.column[segment.start] - layout.column[segment.end]) <= 1
            here = (segment.end, segment.end_row)
            assert here == (link.end, link.end_row) or here[0] >= len(boxes)  # between the ends there are joints
            seen += 1
        assert seen == len(way) == max(1, abs(columns[link.start] - columns[link.end]))


@given(drawings())
def test_the_same_drawing_twice(drawing: tuple[list[int], list[BoxSize], list[Link]]) -> None:
    assert lay_out(*drawing) == lay_out(*drawing)


def test_lines_of_one_end_and_style_run_together() -> None:
    columns, links = [0, 3, 3], [Link(1, 0, 1), Link(2, 0, 1)]
    together = lay_out(columns, [box()] * 3, links)
    assert len(together.column) == 3 + 2
    assert sorted(len(segment.links) for segment in together.segments) == [1, 1, 2, 2]
    apart = lay_out(columns, [box()] * 3, [links[0], Link(2, 0, 2)])
    assert len(apart.column) == 3 + 4
    assert apart.height[3:] == (JOINT_HEIGHT,) * 4


def test_a_row_of_single_boxes_lies_level() -> None:
    columns, sizes = [0, 1, 2, 2], [box(40), box(60), box(80), box(20)]
    layout = lay_out(columns, sizes, [Link(1, 0), Link(2, 1)])
    middles = {layout.middle(n, 0) for n in (0, 1, 2)}
    assert max(middles) - min(middles) <= 1


def test_a_line_meets_the_row_and_not_the_middle_of_the_box() -> None:
    layout = lay_out([0, 1], [box(90, 3), box(30)], [Link(1, 0, end_row=2)])
    assert layout.middle(1, 0) == layout.middle(0, 2)


# --- order ---


def as_drawn(layout: Layout) -> int:
    """Count the crossings of straight lines between neighbouring columns, by looking at every two."""
    lines = [s for s in layout.segments if layout.column[s.start] != layout.column[s.end]]
    found = 0
    for n, one in enumerate(lines):
        for two in lines[:n]:
            (a, b), (c, d) = (
                sorted(
                    ((s.start, s.start_row), (s.end, s.end_row)),
                    key=lambda at: layout.column[at[0]],
                )
                for s in (one, two)
            )
            if layout.column[a[0]] == layout.column[c[0]]:
                low = layout.middle(*a) - layout.middle(*c)
                high = layout.middle(*b) - layout.middle(*d)
                found += low * high < 0
    return found


@given(drawings())
def test_crossings_are_counted_as_they_are_drawn(drawing: tuple[list[int], list[BoxSize], list[Link]]) -> None:
    columns, boxes, links = drawing
    layout = lay_out(columns, boxes, links)
    order: list[list[int]] = [[] for _ in range(max(layout.column) + 1)]
    for point in sorted(range(len(layout.column)), key=layout.top.__getitem__):
        order[layout.column[point]].append(point)
    part = {n: [row / (layout.height[n] + 1) for row in layout.rows[n]] for n in range(len(layout.column))}
    pairs = [((s.start, part[s.start][s.start_row]), (s.end, part[s.end][s.end_row])) for s in layout.segments]
    assert crossings(order, layout.column, pairs) == as_drawn(layout)


def test_a_tree_is_drawn_without_crossings() -> None:
    columns, links, layer = [0], [], [0]
    for depth in range(1, 5):
        before, layer = layer, []
        for parent in before:
            for _ in range(2):
                columns.append(depth)
                layer.append(len(columns) - 1)
                links.append(Link(len(columns) - 1, parent))
    shuffled = list(range(1, len(columns)))
    random.Random(1).shuffle(shuffled)
    name = dict(enumerate((0, *shuffled)))
    mixed = [0] * len(columns)
    for old, new in name.items():
        mixed[new] = columns[old]
    layout = lay_out(mixed, [box()] * len(columns), [Link(name[k.start], name[k.end]) for k in links])
    assert as_drawn(layout) == 0


def test_few_crossings_beside_the_fewest() -> None:
    columns = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    possible = [((a, 0.0), (b, 0.0)) for a, b in product(range(11), repeat=2) if columns[a] + 1 == columns[b]]
    plain = [list(range(4)), list(range(4, 8)), list(range(8, 11))]
    total = best = 0
    for seed in range(12):
        pairs = random.Random(seed).sample(possible, 13)
        orders = product(permutations(range(4)), permutations(range(4, 8)), permutations(range(8, 11)))
        fewest = min(crossings([list(c) for c in order], columns, pairs) for order in orders)
        found = crossings(ordered(columns, pairs), columns, pairs)
        assert fewest <= found <= crossings(plain, columns, pairs)
        total, best = total + found, best + fewest
    assert total <= 1.3 * best


# --- columns ---


def test_goods_of_one_tier_stand_in_the_order_in_which_they_are_made() -> None:
    assert sub_columns([1, 1, 1, 2], [(2, 1), (1, 0), (3, 2)]) == [0, 1, 2, 0]


def test_a_circle_shares_a_column_and_long_ways_share_the_last() -> None:
    assert sub_columns([1, 1, 1], [(0, 1), (1, 0), (2, 1)]) == [0, 0, 1]
    assert sub_columns([1] * 6, [(n + 1, n) for n in range(5)], most=3) == [0, 1, 2, 2, 2, 2]


def test_a_tall_tier_stands_in_several_columns_the_unfed_ones_first() -> None:
    tiers = [0, *[1] * 6, 2]
    columns = columns_of(tiers, [(7, 1), (1, 0)], [100] * 8, tallest=300)
    assert columns == [0, 2, 1, 1, 1, 2, 2, 3]
