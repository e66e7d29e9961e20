"""Time to recover and time to survive, by linear programmes (pure).

Notes
-----
For the loss of site k during its time to recover t: the least ``sum_j margin_j * lost_j`` with
``sum_i made_ij + lost_j >= demand_j * t - inventory_j``, ``sum_j made_ij / rate_ij <= capacity_i * t``, and nothing
made at k. The time to survive is the largest t for which nothing need be lost. No probability of an outage is needed.
Assumed: stocks are used up first, capacity can be moved at once between the products that a site makes, and every other
site works as always. Two or three programmes of (sites x products) variables for each site, solved by HiGHS.

References
----------
D. Simchi-Levi et al., Identifying Risks and Mitigating Disruptions in the Automotive Supply Chain, Interfaces 45(5),
2015. Q. Huangfu, J. A. J. Hall, Mathematical Programming Computation 10, 2018 (HiGHS).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, eye_array, hstack, vstack

from tracegraph.answer_outage import Outage, Plan, Recovery, Site

Floats = npt.NDArray[np.float64]
NOTHING = 1e-9  # less than this of the largest figure is rounding


def recovery(plan: Plan) -> Recovery:
    """Return what the loss of each site means.

    Parameters
    ----------
    plan : Plan
        Sites and products.

    Returns
    -------
    Recovery
        One outage for each site.
    """
    programme = _Programme(plan)
    longest = max((site.time_to_recover for site in plan.sites), default=0.0)
    normal = programme.lost(longest, None)
    losses = [programme.lost(site.time_to_recover, site) for site in plan.sites]
    costs = [programme.cost(lost) for lost in losses]
    worst = max(costs, default=0.0)
    outages = (
        Outage(
            site=site,
            lost=programme.named(lost),
            cost=cost,
            exposure_index=cost / worst if worst else 0.0,
            time_to_survive=programme.time_to_survive(site),
        )
        for site, lost, cost in zip(plan.sites, losses, costs, strict=True)
    )
    ordered = sorted(outages, key=lambda o: (-o.cost, not o.alarm, o.site.site_id))
    return Recovery(plan, programme.named(normal), programme.cost(normal), tuple(ordered))


class _Programme:
    """The constraints that all programmes of a plan share.

    Variables: capacity used at a site for a product, for each product that the site makes; then what is lost of each
    product, or the time. Rows: products, then sites.
    """

    def __init__(self, plan: Plan) -> None:
        self.sites, self.products = plan.sites, plan.products
        place = {product.product_id: j for j, product in enumerate(plan.products)}
        used = [
            (i, place[p], rate) for i, site in enumerate(plan.sites) for p, rate in site.makes.items() if p in place
        ]
        self.demand, self.inventory, self.margin = (
            np.array([getattr(product, name) for product in plan.products], dtype=np.float64)
            for name in ("demand", "inventory", "margin")
        )
        self.capacity = np.array([site.capacity for site in plan.sites], dtype=np.float64)
        site, product = ([u[k] for u in used] for k in (0, 1))
        rows = np.array([*product, *(len(plan.products) + i for i in site)], dtype=np.int64)
        values = np.array([*(-rate for _, _, rate in used), *(1.0 for _ in used)], dtype=np.float64)
        shape = (len(plan.products) + len(plan.sites), len(used))
        self.used = coo_array((values, (rows, np.tile(np.arange(len(used)), 2))), shape=shape)

    def lost(self, time: float, without: Site | None) -> Floats:
        """Return the units of each product that are lost at the least cost, and of these the fewest."""
        count = len(self.products)
        limits = np.concatenate([self.inventory - self.demand * time, self._left(without) * time])
        loses = vstack([-eye_array(count), coo_array((len(self.sites), count))])
        cheapest = self._last(self.margin, loses, limits)
        if self.margin.all():
            return cheapest
        # What costs nothing is not lost for nothing: among the cheapest, the plan that loses least.
        bound = coo_array(np.concatenate([np.zeros(self.used.shape[1]), self.margin])[None, :])
        return self._last(np.ones(count), loses, limits, (bound, self.cost(cheapest)))

    def time_to_survive(self, without: Site) -> float | None:
        """Return how long all demand is met; None: without end."""
        passing = coo_array(np.concatenate([self.demand, -self._left(without)])[:, None])
        limits = np.concatenate([self.inventory, np.zeros(len(self.sites))])
        found = self._solved(np.array([-1.0]), hstack([self.used, passing]), limits)
        return float(found[-1]) if found is not None else None

    def cost(self, lost: Floats) -> float:
        """Return what losing these units costs."""
        return float(self.margin @ lost)

    def named(self, lost: Floats) -> dict[str, float]:
        """Return the units that are lost, by product; those of which none is are left out."""
        return {product.product_id: float(units) for product, units in zip(self.products, lost, strict=True) if units}

    def _left(self, without: Site | None) -> Floats:
        return np.where([site is without for site in self.sites], 0.0, self.capacity)

    def _last(self, cost: Floats, columns: Any, limits: Floats, bound: tuple[Any, float] | None = None) -> Floats:
        """Return the last variables of the cheapest plan, of which `bound` may cap a sum."""
        matrix = hstack([self.used, columns])
        if bound is not None:
            slack = NOTHING * max(1.0, bound[1])
            matrix, limits = vstack([matrix, bound[0]]), np.append(limits, bound[1] + slack)
        values = self._solved(cost, matrix, limits)
        if values is None:
            raise ArithmeticError("a plan that may lose everything always exists")
        values[values < NOTHING * max(1.0, float(np.abs(limits).max(initial=0.0)))] = 0.0
        return values

    def _solved(self, cost: Floats, matrix: Any, limits: Floats) -> Floats | None:
        """Return the last variables of the cheapest plan; None: there is always a cheaper one."""
        used = self.used.shape[1]
        found: Any = linprog(np.concatenate([np.zeros(used), cost]), A_ub=matrix, b_ub=limits)
        return np.asarray(found.x[used:], dtype=np.float64) if found.status == 0 else None
