"""How far recorded incidents reach: each alone, all together, and by what the contracts have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tracegraph.answer import LISTED_STATUSES, Answer, Dependent, Interval, Question, Summary
from tracegraph.answer_exposure import (
    EXPOSED,
    ExposedSum,
    Exposure,
    IncidentExposure,
    KnownRevision,
    RollUp,
    RollUps,
    Stopped,
)
from tracegraph.graph.labels import labels_by_contract
from tracegraph.graph.route_graph import CLAIM, Node, build_route_graph
from tracegraph.incidents_history import change_of
from tracegraph.model import holder_of, product_of
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Basis, IncidentStatus, RelationshipType, Status
from tracegraph.walk.reach import reach


def exposure(views: Sequence[IncidentView], asked: Question, reader: GraphReader, portfolios: Portfolios) -> Exposure:
    """Answer which contracts incidents reach.

    Parameters
    ----------
    views : sequence of IncidentView
        The incidents, as seen under the lens of `asked`.
    asked : Question
        Lens and limits; its scope is replaced by those of the incidents.
    reader, portfolios
        The store, and its portfolio views.

    Returns
    -------
    Exposure
        An incident that was withdrawn has no part in the answer and says since when.
    """
    views = list({view.current.incident_id: view for view in views}.values())
    live = [view for view in views if stopped(view) is None]
    scope = tuple(dict.fromkeys(selector for view in live for selector in view.current.scope))
    question = replace(asked, scope=scope)
    whole = dependents(question, reader, portfolios) if live else no_answer(question, reader)
    own = {
        str(view.current.incident_id): whole
        if len(live) == 1
        else dependents(replace(asked, scope=view.current.scope), reader, portfolios)
        for view in live
    }
    return Exposure(
        answer=whole,
        incidents=tuple(_part(view, own.get(str(view.current.incident_id))) for view in views),
        reached_by=_reached_by(whole, own),
        rollups=roll_ups(whole, reader),
    )


def stopped(view: IncidentView) -> Stopped | None:
    """Return since when an incident exposes nothing; None while it does."""
    if exposing(view):
        return None
    number = len(view.revisions)
    while number and view.revisions[number - 1].status == IncidentStatus.WITHDRAWN:
        number -= 1
    since = view.revisions[number].recorded_at
    before = datetime.fromisoformat(since) - timedelta(seconds=1)
    return Stopped(since, number + 1, f"{before.isoformat()[:19]}Z" if number else None)


def no_answer(question: Question, reader: GraphReader) -> Answer:
    """Return the answer to a question that names nothing: no contract is judged."""
    summary = Summary(
        counts=dict.fromkeys(Status, 0),
        value_sek=dict.fromkeys(LISTED_STATUSES, 0.0),
        contracts_without_value=0,
        unmapped_by_basis=dict.fromkeys((Basis.GOODS_MATCH, Basis.NOT_EXCLUDED), 0),
        by_region={},
        by_category={},
        by_direct_supplier={},
        truncated=False,
        items_cut=False,
        graph_version=reader.version(question.lens),
    )
    return Answer(question, {}, (), summary, ())


def known_revision(view: IncidentView, number: int | None = None) -> KnownRevision:
    """Return the newest revision of an incident, or the one of this number, counted from 1."""
    place = (number or len(view.revisions)) - 1
    revision = view.revisions[place]
    return KnownRevision(revision, place + 1, change_of(revision, view.revisions[place - 1] if place else None))


def _part(view: IncidentView, answer: Answer | None) -> IncidentExposure:
    return IncidentExposure(
        known=known_revision(view),
        stopped=stopped(view),
        summary=answer.summary if answer else None,
        exposed=exposed_sum(answer.dependents if answer else ()),
    )


def _reached_by(whole: Answer, own: Mapping[str, Answer]) -> dict[str, dict[str, Status]]:
    found: dict[str, dict[str, Status]] = {d.facts.contract_id: {} for d in whole.dependents if is_listed(d)}
    for incident, answer in own.items():
        for dependent in answer.dependents:
            if is_listed(dependent):
                found[dependent.facts.contract_id][incident] = dependent.status
    return found


def is_listed(dependent: Dependent) -> bool:
    """Return whether a contract has one of the three listed statuses."""
    return dependent.status in LISTED_STATUSES


def exposed_sum(found: Iterable[Dependent]) -> ExposedSum:
    """Return the value at exposure of contracts together: sums of bounds, which enclose but need not be sharp."""
    exposed = [dependent for dependent in found if dependent.status in EXPOSED]
    values = [dependent.exposed_sek for dependent in exposed if dependent.exposed_sek is not None]
    total = Interval(sum(v.low for v in values), sum(v.high for v in values)) if values else None
    return ExposedSum(total, len(exposed) - len(values))


# --- roll-ups ------------------------------------------------------------------------------------------------------


def roll_ups(answer: Answer, reader: GraphReader) -> RollUps:
    """Return the listed contracts of an answer by region, category, direct supplier, country and product."""
    listed = [dependent for dependent in answer.dependents if is_listed(dependent)]
    countries, products = _on_routes(answer, [d.facts.contract_id for d in listed if d.status in EXPOSED], reader)
    return RollUps(
        region=_rolled(listed, lambda d: d.facts.regions),
        category=_rolled(listed, lambda d: (d.facts.category,) if d.facts.category else ()),
        direct_supplier=_rolled(listed, lambda d: (*d.direct_suppliers, *d.ask)),
        country=_rolled(listed, lambda d: countries.get(d.facts.contract_id, ())),
        product=_rolled(listed, lambda d: products.get(d.facts.contract_id, ())),
    )


def _rolled(listed: Sequence[Dependent], keys_of: Callable[[Dependent], Collection[str]]) -> tuple[RollUp, ...]:
    """Return rows, those with the most contracts first; contracts without a key make the last row."""
    groups: dict[str | None, list[Dependent]] = {}
    for dependent in listed:
        for key in dict.fromkeys(keys_of(dependent)) or (None,):
            groups.setdefault(key, []).append(dependent)
    rows = [
        RollUp(
            key,
            {status: sum(d.status is status for d in members) for status in LISTED_STATUSES},
            exposed_sum(members),
        )
        for key, members in groups.items()
    ]
    return tuple(sorted(rows, key=_rank))


def _rank(row: RollUp) -> tuple[bool, list[int], str]:
    return row.key is None, [-row.counts[status] for status in LISTED_STATUSES], row.key or ""


def _on_routes(
    answer: Answer, routed: Collection[str], reader: GraphReader
) -> tuple[Mapping[str, Collection[str]], Mapping[str, Collection[str]]]:
    """Return, by contract, the countries of the factories on its routes, and the affected products that reach it."""
    if not routed:
        return {}, {}
    question = answer.question
    cone = reach(answer.affected, reader, question.lens, reader.catalogue(), max_items=question.max_items)
    graph = build_route_graph(cone)
    products: dict[str, list[Node]] = {}
    for item in answer.affected:
        products.setdefault(product_of(item), []).append((item, CLAIM))
    at: dict[str, list[Node]] = {}
    for node in graph:
        if "/" in node[0]:
            at.setdefault(holder_of(node[0]), []).append(node)
    located = reader.links_of(sorted(at), (RelationshipType.LOCATED_IN,), "downstream", question.lens)
    countries: dict[str, list[Node]] = {}
    for factory, country in sorted({(claim.start.id, claim.end.id) for claim in located}):
        countries.setdefault(country, []).extend(at[factory])
    return (
        labels_by_contract(graph, routed, countries, question.max_tier),
        labels_by_contract(graph, routed, products, question.max_tier),
    )
