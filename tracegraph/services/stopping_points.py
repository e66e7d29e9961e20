"""Single points of failure of contracts, of a category, of a region; and pairs."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tracegraph.answer import DEFAULT_MAX_ITEMS, ContractFacts
from tracegraph.answer_points import PAIR_CANDIDATES, Chance, Hit, Level, Point, PointPair, Weakness, Weaknesses
from tracegraph.answer_stops import Cycles, Reading
from tracegraph.errors import InvalidInput
from tracegraph.graph.failure import AndOr, Points, Value
from tracegraph.graph.failure_chance import holding
from tracegraph.graph.failure_graph import ALL, CLAIMED, REST, FailureGraphs, Node
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Category, holder_of
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.services.show import unknown_node
from tracegraph.services.stopping_ends import ends_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Label, RelationshipType
from tracegraph.walk.reach import reach

Key = tuple[Level, str]
LEVELS = {level: position for position, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Weak:
    """What is asked.

    Attributes
    ----------
    lens : Lens
        Who asks, and as of when.
    contracts, categories, regions : tuple of str
        Only contracts that meet all that is given; empty: everything.
    pairs : bool
        Whether pairs are wanted.
    links_hold : float or None
        Probability that a link holds, for how likely supply is to hold; only with `contracts`.
    max_items : int
        Items upstream, at most.
    """

    lens: Lens
    contracts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    pairs: bool = False
    links_hold: float | None = None
    max_items: int = DEFAULT_MAX_ITEMS


def single_points(asked: Weak, reader: GraphReader, portfolios: Portfolios) -> Weaknesses:
    """Return the single points of failure of contracts, and which of them stop most.

    Parameters
    ----------
    asked : Weak
        Which contracts, and who asks.
    reader, portfolios
        The store, and its portfolio views.

    Raises
    ------
    UnknownNode
        The reader does not see one of the contracts asked for.
    InvalidInput
        A category that there is not; `links_hold` without `contracts`: each of them takes a sample.

    Notes
    -----
    One recursion over the cone upstream of all the contracts for each reading and each choice on circles; pairs cost
    one more for each company or plant that is tried.
    """
    if asked.links_hold is not None and not asked.contracts:
        raise InvalidInput(N_("--links-hold is for some contracts: name them with --contract ID"))
    lens = asked.lens
    version = reader.version(lens)
    view = portfolios.under(lens)
    chosen = _chosen(asked, view, reader)
    starts = dict.fromkeys(chosen, Certainty.CERTAIN)
    catalogue = view.portfolio.catalogue
    cone = reach(starts, reader, lens, catalogue, direction="upstream", max_items=asked.max_items)
    graphs = FailureGraphs(cone, ends_of(cone, view.portfolio), catalogue)
    found = _Search(asked, graphs, chosen, _countries(graphs.names, reader, lens))
    facts = view.facts
    weaknesses = tuple(found.weakness(facts[contract]) for contract in chosen)
    return Weaknesses(
        lens=lens,
        max_items=asked.max_items,
        asked_contracts=asked.contracts,
        categories=asked.categories,
        regions=asked.regions,
        contracts=weaknesses,
        hits=tuple(_hits(weaknesses)),
        pair_candidates=len(found.candidates) if asked.pairs else None,
        pairs_cut=found.pairs_cut,
        links_hold=asked.links_hold,
        truncated=cone.truncated,
        graph_version=version,
    )


def _chosen(asked: Weak, view: PortfolioView, reader: GraphReader) -> list[str]:
    for contract in asked.contracts:
        if contract not in view.portfolio.contract_index:
            raise unknown_node(contract, asked.lens, reader)
    chosen = sorted(set(asked.contracts) or view.portfolio.contract_ids)
    facts = view.facts
    known = {str(record.category_id) for record in reader.references(Label.CATEGORY) if isinstance(record, Category)}
    known |= {facts[contract].category or "" for contract in chosen} - {""}
    for category in asked.categories:
        if category not in known:
            text = N_("--category is {value!r}, and there is no such category: use one of {known}")
            raise InvalidInput(text, value=category, known=", ".join(sorted(known)))
    return [
        contract
        for contract in chosen
        if (not asked.categories or facts[contract].category in asked.categories)
        and (not asked.regions or not set(asked.regions).isdisjoint(facts[contract].regions))
    ]


def _countries(names: Collection[str], reader: GraphReader, lens: Lens) -> Mapping[str, frozenset[str]]:
    """Return, by factory, the countries in which it stands."""
    holders = sorted({holder_of(name) for name in names if "/" in name})
    found: dict[str, set[str]] = {}
    for claim in reader.links_of(holders, (RelationshipType.LOCATED_IN,), "downstream", lens):
        found.setdefault(claim.start.id, set()).add(claim.end.id)
    return {factory: frozenset(codes) for factory, codes in found.items()}


class _Search:
    """The points of all the contracts, in both readings and with both choices on circles."""

    def __init__(
        self, asked: Weak, graphs: FailureGraphs, contracts: Sequence[str], countries: Mapping[str, frozenset[str]]
    ) -> None:
        self.targets = [(contract, ALL) for contract in contracts]
        self.graphs = {reading: graphs.build(reading).upstream(self.targets) for reading in Reading}
        self.labels = {node: tuple(_labels(node, countries)) for node in self.graphs[Reading.FOR_CERTAIN].nodes()}
        self.labels |= {node: tuple(_labels(node, countries)) for node in self.graphs[Reading.MAYBE].nodes()}
        points = {reading: Points(graph, self.labels) for reading, graph in self.graphs.items()}
        self.values = {(r, cycles): points[r].values(cycles) for r in Reading for cycles in Cycles}
        self.candidates, self.pairs_cut = self._candidates() if asked.pairs else ([], False)
        self.pairs = {
            reading: points[reading].pairs(self.targets, Cycles.GROUNDED, self.candidates) if asked.pairs else {}
            for reading in Reading
        }
        self.asked = asked

    def _candidates(self) -> tuple[list[Key], bool]:
        """Return the holders that are tried in pairs, those nearest to the contracts first."""
        graph = self.graphs[Reading.FOR_CERTAIN]
        holders = dict.fromkeys(key for n in graph.nodes() for key in self.labels[n] if key[0] is Level.HOLDER)
        return list(islice(holders, PAIR_CANDIDATES)), len(holders) > PAIR_CANDIDATES

    def weakness(self, facts: ContractFacts) -> Weakness:
        target = (facts.contract_id, ALL)
        values = {key: of_all[target] for key, of_all in self.values.items()}
        direct = {
            holder_of(member[0])
            for group in self.graphs[Reading.MAYBE].needs.get(target, ())
            for member in group
            if "/" in member[0]
        }
        return Weakness(
            facts=facts,
            direct=tuple(sorted(direct)),
            points=tuple(_points(values)),
            unseen=_unseen(self.graphs[Reading.FOR_CERTAIN], target),
            ungrounded=values[Reading.FOR_CERTAIN, Cycles.GROUNDED] is None,
            pairs=tuple(self._pairs_of(target)) if self.asked.pairs else None,
            holds=self._holds(target),
        )

    def _holds(self, target: Node) -> tuple[Chance, Chance] | None:
        if self.asked.links_hold is None:
            return None
        low, high = (
            holding(self.graphs[reading], target, self.asked.links_hold, _link)
            for reading in (Reading.MAYBE, Reading.FOR_CERTAIN)
        )
        return low, high

    def _pairs_of(self, target: Node) -> Iterator[PointPair]:
        certain, maybe = self.pairs[Reading.FOR_CERTAIN][target], self.pairs[Reading.MAYBE][target]
        for certainty, pairs in ((Certainty.CERTAIN, certain), (Certainty.CANDIDATE, maybe - certain)):
            for one, other in sorted(sorted(id for _, id in pair) for pair in pairs):
                yield PointPair((one, other), certainty)


def _link(node: Node, member: Node) -> tuple[str, str] | None:
    """Return the name of the link from one item to another; own making and unlisted sources always hold."""
    return (member[0], node[0]) if member[1] in (ALL, CLAIMED) else None


def _labels(node: Node, countries: Mapping[str, frozenset[str]]) -> Iterator[Key]:
    """Yield what a node fails with: its item, its holder, the countries where the holder, a factory, stands."""
    name, kind = node
    if kind in (ALL, CLAIMED) and "/" in name:
        holder = holder_of(name)
        yield Level.HOLDER, holder
        yield Level.ITEM, name
        yield from ((Level.COUNTRY, code) for code in countries.get(holder, ()))


def _points(values: Mapping[tuple[Reading, Cycles], Value[Key]]) -> list[Point]:
    """Return the points of one contract: grounded ones, with a mark where a circle could go round without them."""
    found: list[Point] = []
    seen: set[Key] = set()
    for reading, certainty in ((Reading.FOR_CERTAIN, Certainty.CERTAIN), (Reading.MAYBE, Certainty.CANDIDATE)):
        grounded, optimistic = values[reading, Cycles.GROUNDED], values[reading, Cycles.OPTIMISTIC] or frozenset()
        for level, id in (grounded or frozenset()) - seen:
            found.append(Point(level, id, certainty, around_a_circle=(level, id) not in optimistic))
            seen.add((level, id))
    return sorted(found, key=lambda point: (LEVELS[point.level], point.certainty is not Certainty.CERTAIN, point.id))


def _unseen(graph: AndOr[Node], target: Node) -> int:
    """Return how many items upstream may have sources that nobody listed."""
    seen = {target}
    waiting = deque(seen)
    while waiting:
        for group in graph.needs.get(waiting.popleft(), ()):
            fresh = set(group) - seen
            seen |= fresh
            waiting.extend(fresh)
    return sum(kind == REST for _, kind in seen)


def _hits(weaknesses: Sequence[Weakness]) -> list[Hit]:
    """Return every point with the contracts that it stops, by level, the one that stops most first."""
    by_point: dict[Key, dict[Certainty, list[ContractFacts]]] = {}
    for weakness in weaknesses:
        for point in weakness.points:
            stopped = by_point.setdefault((point.level, point.id), {c: [] for c in Certainty})
            stopped[point.certainty].append(weakness.facts)
    hits = [_hit(level, id, stopped) for (level, id), stopped in by_point.items()]
    return sorted(hits, key=lambda h: (LEVELS[h.level], -len(h.certain) - len(h.candidate), -h.value_sek, h.id))


def _hit(level: Level, id: str, stopped: Mapping[Certainty, Sequence[ContractFacts]]) -> Hit:
    every = [facts for many in stopped.values() for facts in many]
    return Hit(
        level=level,
        id=id,
        certain=tuple(facts.contract_id for facts in stopped[Certainty.CERTAIN]),
        candidate=tuple(facts.contract_id for facts in stopped[Certainty.CANDIDATE]),
        value_sek=sum(facts.value_sek or 0 for facts in every),
        without_value=sum(facts.value_sek is None for facts in every),
    )
