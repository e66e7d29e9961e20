"""Time to recover and survive, and cascades, as JSON."""

from __future__ import annotations

from typing import Any

from tracegraph.answer_outage import Cascade, Outage, Recovery
from tracegraph.exchange.answers import plain


def recovery_body(found: Recovery, file: str) -> dict[str, Any]:
    """Return what the loss of each site means as JSON."""
    return {
        "file": file,
        "time_unit": found.plan.time_unit,
        "currency": found.plan.currency or None,
        "normal": {"lost_units": plain(sum(found.normal.values()), 6), "cost": plain(found.normal_cost, 2)},
        "sites": [_outage(outage) for outage in found.outages],
    }


def _outage(outage: Outage) -> dict[str, Any]:
    survives = outage.time_to_survive
    return {
        "site_id": outage.site.site_id,
        "capacity": outage.site.capacity,
        "time_to_recover": outage.site.time_to_recover,
        "time_to_survive": None if survives is None else plain(survives),
        "lost": [{"product_id": product, "units": plain(units, 6)} for product, units in outage.lost.items()],
        "lost_units": plain(sum(outage.lost.values()), 6),
        "cost": plain(outage.cost, 2),
        "exposure_index": plain(outage.exposure_index),
        "alarm": outage.alarm,
    }


def cascade_body(found: Cascade, file: str) -> dict[str, Any]:
    """Return what closing each firm costs the whole as JSON."""
    setting = found.setting
    return {
        "file": file,
        "model": setting.model.value,
        "direction": setting.towards.value,
        "replaceable": setting.replaceable,
        "epsilon": setting.epsilon,
        "firms": found.firms,
        "links": found.links,
        "value": found.value,
        "scenarios_cut": found.cut,
        "closures": [
            {
                "firm_id": loss.firm_id,
                "loss": plain(loss.loss, 12),
                "own_share": plain(loss.own_share, 12),
                "rounds": loss.rounds,
                "converged": loss.converged,
            }
            for loss in found.losses
        ],
    }
