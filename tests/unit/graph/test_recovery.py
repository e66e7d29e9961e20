"""Time to recover and survive: the published toy, and figures by hand."""

from __future__ import annotations

import pytest

from tracegraph.answer_outage import Demand, Outage, Plan, Site
from tracegraph.graph.recovery import recovery


def site(name: str, capacity: float, recover: float = 2, **makes: float) -> Site:
    return Site(name, capacity, recover, makes or {"P1": 1.0, "P2": 1.0})


def by_site(plan: Plan) -> dict[str, Outage]:
    return {outage.site.site_id: outage for outage in recovery(plan).outages}


TOY = Plan(
    "weeks",
    "",
    (site("S1", 30), site("S2", 45), site("S3", 60)),
    (Demand("P1", 75, 20, 5000), Demand("P2", 50, 25, 6500)),
)


def test_the_published_toy() -> None:
    """O3 of the design: costs, index, lost units and time to survive of three suppliers that serve both products."""
    found = recovery(TOY)
    assert (found.normal, found.normal_cost) == ({}, 0)
    outages = by_site(TOY)
    assert [outages[s].cost for s in ("S1", "S2", "S3")] == pytest.approx([0, 125_000, 275_000])
    assert [outages[s].exposure_index for s in ("S1", "S2", "S3")] == pytest.approx([0, 0.4545454545, 1])
    assert [sum(outages[s].lost.values()) for s in ("S1", "S2", "S3")] == pytest.approx([0, 25, 55])
    assert [outages[s].time_to_survive for s in ("S1", "S2", "S3")] == pytest.approx([2.25, 9 / 7, 0.9])
    assert [outages[s].alarm for s in ("S1", "S2", "S3")] == [False, True, True]
    assert [o.site.site_id for o in found.outages] == ["S3", "S2", "S1"]


def test_without_end_where_the_others_suffice() -> None:
    outages = by_site(Plan("weeks", "", (site("A", 10, P1=1), site("B", 8, P1=1)), (Demand("P1", 8, 0, 1),)))
    assert outages["A"].time_to_survive is None
    assert outages["B"].time_to_survive is None
    assert not outages["A"].alarm
    assert outages["A"].exposure_index == 0


def test_a_rate_says_what_capacity_gives() -> None:
    """4 units of capacity at 0.5 make 2 a week; 6 are needed, 8 in stock: 8 / (6 - 2) = 2 weeks."""
    plan = Plan("weeks", "", (site("A", 4, 3, P1=0.5), site("B", 100, 3, P1=1)), (Demand("P1", 6, 8, 10),))
    outage = by_site(plan)["B"]
    assert outage.time_to_survive == pytest.approx(2)
    assert outage.lost == pytest.approx({"P1": 6 * 3 - 8 - 2 * 3})
    assert outage.alarm


def test_what_costs_nothing_is_not_lost_for_nothing() -> None:
    plan = Plan(
        "weeks",
        "",
        (site("A", 10, 1, P1=1, P2=1), site("B", 10, 1, P1=1, P2=1)),
        (Demand("P1", 10, 0, 5), Demand("P2", 6, 0, 0)),
    )
    outage = by_site(plan)["A"]
    assert outage.lost == pytest.approx({"P2": 6})
    assert outage.cost == 0
    free = Plan("weeks", "", plan.sites, (Demand("P1", 4, 0, 0), Demand("P2", 6, 0, 0)))
    assert by_site(free)["A"].lost == {}


def test_a_shortage_that_is_there_anyway_is_told_apart() -> None:
    plan = Plan("weeks", "", (site("A", 5, 4, P1=1), site("B", 1, 2, P1=1)), (Demand("P1", 10, 0, 2),))
    found = recovery(plan)
    assert found.normal == pytest.approx({"P1": 16})  # over the longest time to recover
    assert found.normal_cost == pytest.approx(32)


def test_the_loss_of_a_site_never_makes_anything_better() -> None:
    for k in range(12):
        sites = (site("A", 3 + k, 2, P1=1), site("B", 5, 2, P1=1, P2=0.5), site("C", 4, 2, P2=1))
        plan = Plan("weeks", "", sites, (Demand("P1", 7, k, 3), Demand("P2", 4, 1, 2)))
        found = recovery(plan)
        assert all(outage.cost >= found.normal_cost - 1e-6 for outage in found.outages)
        assert all(0 <= outage.exposure_index <= 1 for outage in found.outages)
        for outage in found.outages:
            if outage.time_to_survive is not None and outage.time_to_survive >= outage.site.time_to_recover:
                assert outage.cost == pytest.approx(0, abs=1e-6)
