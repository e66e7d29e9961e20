"""What a picture of a contract's chain shows: items, or above a number that can be read, groups of them with counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tracegraph.answer import Answer
from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.answer_picture import ChainPicture, Grouping, Kind, PictureLine, PictureNode
from tracegraph.errors import InvalidInput
from tracegraph.exchange.files import replacing
from tracegraph.graph.chain_routes import steps_on_routes
from tracegraph.messages import N_
from tracegraph.services.dependent_rows import dependent_of
from tracegraph.vocabulary import Certainty, Grade, Label, Sourcing

MAX_NODES: Final = 200  # items drawn one by one; more are drawn in groups
MAX_LINES: Final = 500
ENDING: Final = ".svg"

MAX_TIERS: Final = 8  # in the coarsest grouping; deeper ones are drawn as one

Key = tuple[object, ...]

#: What is drawn together, from the finest to the coarsest; always also of one tier, kind and certainty.
_KEYS: Final[Mapping[Grouping, Callable[[ChainNode], Key]]] = {
    Grouping.ITEM: lambda node: (node.item_id,),
    Grouping.HOLDER: lambda node: (node.holder_id,),
    Grouping.GOODS: lambda node: (node.product, node.countries),
    Grouping.COUNTRY: lambda node: (node.countries,),
    Grouping.TIER: lambda _node: (),
}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is known of items and steps beside the chain itself."""

    affected: Mapping[str, Certainty]
    relevant: Collection[str]
    on_routes: Collection[ChainStep]


def picture(
    chain: Chain,
    answer: Answer | None = None,
    *,
    finest: Grouping = Grouping.ITEM,
    folded: Collection[int] = (),
) -> ChainPicture:
    """Return what a picture of a chain shows.

    Parameters
    ----------
    chain : Chain
        The chain.
    answer : Answer, optional
        The answer to a question under the same lens: what it touches is marked, and the steps on routes from there.
    finest : Grouping
        Nothing is drawn finer than this.
    folded : collection of int
        Tiers of which everything of a kind is drawn as one.

    Notes
    -----
    Items one by one where there are at most `MAX_NODES` of them and `MAX_LINES` lines; else the finest grouping that
    keeps to both. O(items + steps) for each grouping that is tried.
    """
    contract = chain.facts.contract_id
    dependent = dependent_of(answer, contract) if answer else None
    affected = answer.affected if answer else {}
    marks = _Marks(
        affected=affected,
        relevant=set(dependent.open_ends.ids) if dependent else (),
        on_routes=steps_on_routes(chain.steps, affected, contract) if affected else (),
    )
    coarsest = list(Grouping)[-1]
    for grouping in list(Grouping)[list(Grouping).index(finest) :]:
        groups = _groups(chain, grouping, marks, folded)
        if len(groups) > MAX_NODES and grouping is not coarsest:
            continue  # without looking at the lines between so many
        found = _grouped(chain, grouping, marks, groups)
        if len(found.nodes) <= MAX_NODES and len(found.lines) <= MAX_LINES:
            break
    deepest = max((node.tier for node in found.nodes), default=0)
    cut = any(node.tier > deepest for node in chain.nodes)
    last = deepest if cut else None
    is_chosen = grouping is finest and grouping is not Grouping.ITEM
    return ChainPicture(chain, grouping, found.nodes, found.lines, found.inside, last, answer, dependent, is_chosen)


def on_routes_alone(chain: Chain, answer: Answer) -> Chain:
    """Return what of a chain lies on routes from what a question touches to the contract."""
    steps = steps_on_routes(chain.steps, answer.affected, chain.facts.contract_id)
    kept = {end for step in steps for end in (step.start, step.end)}
    return replace(
        chain,
        nodes=tuple(node for node in chain.nodes if node.item_id in kept),
        steps=tuple(step for step in chain.steps if step in steps),
        open_ends=tuple(end for end in chain.open_ends if end in kept),
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    nodes: tuple[PictureNode, ...]
    lines: tuple[PictureLine, ...]
    inside: tuple[ChainStep, ...]


def _limit(chain: Chain, grouping: Grouping) -> int:
    """Return the tier up to which items are told apart."""
    return MAX_TIERS if grouping is Grouping.TIER else len(chain.nodes)


def _groups(chain: Chain, grouping: Grouping, marks: _Marks, folded: Collection[int]) -> list[list[ChainNode]]:
    """Return the items that are drawn as one, group by group."""
    limit = _limit(chain, grouping)
    groups: dict[Key, list[ChainNode]] = {}
    for node in chain.nodes:
        place = (min(node.tier, limit), kind_of(node), marks.affected.get(node.item_id, ""))
        drawn_as = Grouping.TIER if node.tier in folded else grouping
        groups.setdefault((*place, *_KEYS[drawn_as](node)), []).append(node)
    return list(groups.values())


def _grouped(chain: Chain, grouping: Grouping, marks: _Marks, groups: Sequence[Sequence[ChainNode]]) -> _Grouped:
    limit = _limit(chain, grouping)
    nodes = [_node(members, limit, marks) for members in groups]
    order = sorted(range(len(nodes)), key=lambda n: (nodes[n].tier, nodes[n].kind, nodes[n].items))
    position = {item: place for place, n in enumerate(order) for item in nodes[n].items}
    lines, inside = _lines(chain, position, marks.on_routes)
    return _Grouped(tuple(nodes[n] for n in order), lines, inside)


def kind_of(node: ChainNode) -> Kind:
    """Return what an item's holder is."""
    if node.holder_label is Label.FACTORY:
        return Kind.UNIDENTIFIED if node.identified is False else Kind.FACTORY
    return Kind.SUPPLIER if node.holder_label is Label.SUPPLIER else Kind.HOLDER


def _node(members: Collection[ChainNode], limit: int, marks: _Marks) -> PictureNode:
    first = next(iter(members))
    open_ends = [node.item_id for node in members if node.sourcing.is_open_end]
    return PictureNode(
        kind=kind_of(first),
        tier=min(first.tier, limit),
        items=_sorted(node.item_id for node in members),
        holders=_sorted(node.holder_id for node in members),
        products=_sorted(node.product for node in members),
        countries=_sorted(country for node in members for country in node.countries),
        certainty=marks.affected.get(first.item_id),
        open_ends=_sorted(open_ends),
        relevant=_sorted(item for item in open_ends if item in marks.relevant),
        origins=_sorted(node.item_id for node in members if node.sourcing.in_force is Sourcing.ORIGIN),
    )


def _lines(
    chain: Chain, position: Mapping[str, int], on_routes: Collection[ChainStep]
) -> tuple[tuple[PictureLine, ...], tuple[ChainStep, ...]]:
    """Return the lines between groups, one for each grade, and the steps inside groups."""
    found: dict[tuple[int, int, Grade, bool], list[ChainStep]] = {}
    inside = []
    for step in chain.steps:
        start, end = position[step.start], position.get(step.end, -1)
        if start == end:
            inside.append(step)
        else:
            found.setdefault((start, end, step.grade, step in on_routes), []).append(step)
    lines = [
        PictureLine(start, None if end < 0 else end, grade, on_route, tuple(steps))
        for (start, end, grade, on_route), steps in found.items()
    ]
    lines.sort(key=lambda line: (line.start, -1 if line.end is None else line.end, -line.grade.rank, line.on_route))
    return tuple(lines), tuple(inside)


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def picture_path(path: Path) -> Path:
    """Return the path of a picture as it is, if its name ends as it must.

    Raises
    ------
    InvalidInput
        It ends otherwise.
    """
    if path.suffix.lower() != ENDING:
        raise InvalidInput(
            N_("--plot is {path}: a picture is written as SVG, so its name ends with {ending}, like {example}"),
            path=str(path),
            ending=ENDING,
            example=f"{path.stem or 'picture'}{ENDING}",
        )
    return path


def write_picture(path: Path, svg: str) -> None:
    """Write a picture to a file, which is replaced if there is one, and appears when it is complete.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    with replacing(picture_path(path)) as file:
        file.write(svg)
