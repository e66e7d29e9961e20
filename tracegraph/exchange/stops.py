"""What stops, as JSON: closures, single points of failure, independent routes."""

from __future__ import annotations

from typing import Any

from tracegraph.answer_points import Chance, Hit, Independent, RoutesBetween, Ways, Weakness, Weaknesses
from tracegraph.answer_stops import Closed, Closure, Outcome
from tracegraph.exchange.answers import lens_body, money, plain, share_body
from tracegraph.exchange.chain import facts_body


def closure_body(closure: Closure, *, with_untouched: bool = False) -> dict[str, Any]:
    """Return what a closure does as JSON.

    Parameters
    ----------
    closure : Closure
        From `tracegraph.services.stopping.if_closed`.
    with_untouched : bool
        Whether contracts that are not touched are listed; they are counted all the same.
    """
    listed = [c for c in closure.contracts if with_untouched or c.outcome is not Outcome.NOT_TOUCHED]
    return {**closure_frame(closure), "contracts": [closed_body(found, closure) for found in listed]}


def closure_frame(closure: Closure) -> dict[str, Any]:
    """Return all of what a closure does but its contracts as JSON."""
    return {
        "query": {
            "closes": {"kind": closure.closes.kind.value, "id": closure.closes.id},
            "lens": lens_body(closure.lens),
            "at_most": closure.at_most,
            "max_items": closure.max_items,
        },
        "closed_items": [{"item_id": item, "certainty": certainty.value} for item, certainty in closure.items.items()],
        "summary": {
            **{outcome.value: len(closure.of(outcome)) for outcome in Outcome},
            "lose_at_most": len(closure.lose_at_most()),
            "value_sek": {
                outcome.value: money(sum(c.facts.value_sek or 0 for c in closure.of(outcome))) for outcome in Outcome
            },
            "contracts_without_value": {
                outcome.value: sum(c.facts.value_sek is None for c in closure.of(outcome)) for outcome in Outcome
            },
            "ungrounded": list(closure.ungrounded),
            "truncated": closure.truncated,
            "graph_version": closure.graph_version,
        },
    }


def closed_body(found: Closed, closure: Closure) -> dict[str, Any]:
    """Return what becomes of one contract as JSON."""
    fails = found.fails
    return {
        **facts_body(found.facts),
        "status": found.status.value,
        "outcome": found.outcome.value,
        "fails": None
        if fails is None
        else {
            "for_certain": {"optimistic": fails.for_certain_optimistic, "grounded": fails.for_certain_grounded},
            "maybe": {"optimistic": fails.maybe_optimistic, "grounded": fails.maybe_grounded},
        },
        "share": share_body(found.share),
        "loses_at_most": found in closure.lose_at_most(),
        "deliveries": [{"item_id": d.item, "outcome": d.outcome.value} for d in found.deliveries],
        "other_sources": [{"at": source.at, "item_id": source.item} for source in found.others],
        "other_sources_total": found.others_total,
        "doubts": [{"at": d.item, "doubt": d.doubt.value, "from": d.origin} for d in found.doubts],
        "doubts_total": found.doubts_total,
        "open_ends": found.open_ends.ids,
        "open_ends_total": found.open_ends.total,
        "ask": list(found.ask),
    }


def weaknesses_body(found: Weaknesses) -> dict[str, Any]:
    """Return single points of failure as JSON."""
    return {
        "query": {
            "lens": lens_body(found.lens),
            "contracts": list(found.asked_contracts),
            "categories": list(found.categories),
            "regions": list(found.regions),
            "pairs": found.pair_candidates is not None,
            "links_hold": found.links_hold,
            "max_items": found.max_items,
        },
        "summary": {
            "contracts": len(found.contracts),
            "ungrounded": [w.facts.contract_id for w in found.contracts if w.ungrounded],
            "pair_candidates": found.pair_candidates,
            "pairs_cut": found.pairs_cut,
            "truncated": found.truncated,
            "graph_version": found.graph_version,
        },
        "points": [_hit(hit) for hit in found.hits],
        "contracts": [_weakness(weakness) for weakness in found.contracts],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "level": hit.level.value,
        "id": hit.id,
        "certain": list(hit.certain),
        "candidate": list(hit.candidate),
        "value_sek": money(hit.value_sek),
        "contracts_without_value": hit.without_value,
    }


def _weakness(weakness: Weakness) -> dict[str, Any]:
    pairs = weakness.pairs
    return {
        **facts_body(weakness.facts),
        "direct_suppliers": list(weakness.direct),
        "points": [
            {
                "level": point.level.value,
                "id": point.id,
                "certainty": point.certainty.value,
                "around_a_circle": point.around_a_circle,
            }
            for point in weakness.points
        ],
        "pairs": None if pairs is None else [{"ids": list(p.ids), "certainty": p.certainty.value} for p in pairs],
        "supply_holds": None
        if weakness.holds is None
        else {"documented": _chance(weakness.holds[0]), "at_most": _chance(weakness.holds[1])},
        "items_with_unseen_sources": weakness.unseen,
        "ungrounded": weakness.ungrounded,
    }


def _chance(chance: Chance) -> dict[str, Any]:
    return {
        "probability": plain(chance.probability),
        "standard_error": plain(chance.standard_error),
        "method": chance.way.value,
    }


def routes_body(found: RoutesBetween) -> dict[str, Any]:
    """Return independent routes as JSON."""
    return {
        "query": {
            "factory_id": found.factory_id,
            "contract_id": found.facts.contract_id,
            "lens": lens_body(found.lens),
            "max_items": found.max_items,
        },
        "contract": facts_body(found.facts),
        "documented": _ways(found.documented),
        "all": _ways(found.all),
        "truncated": found.truncated,
        "graph_version": found.graph_version,
    }


def _ways(ways: Ways | None) -> dict[str, Any] | None:
    if ways is None:
        return None
    return {
        "by_items": _independent(ways.by_items),
        "by_holders": _independent(ways.by_holders),
        "choke_holders": list(ways.choke.holders),
        "choke_items": list(ways.choke.items),
    }


def _independent(found: Independent) -> dict[str, Any]:
    return {"low": found.low, "high": found.high, "routes": [list(route) for route in found.routes]}
