"""The GL cascade: the published network of eleven firms in all six settings, and what must hold of any network."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tracegraph.answer_outage import Link, Model, Need, Setting, Towards
from tracegraph.graph import cascade as module
from tracegraph.graph.cascade import cascade

INDUSTRY = dict(zip(range(1, 12), "12134241235", strict=True))
PAIRS = ((2, 1), (2, 3), (7, 4), (9, 5), (3, 7), (6, 7), (10, 7), (9, 10), (7, 11), (8, 11))
ELEVEN = tuple(Link(str(a), str(b), 1.0, INDUSTRY[a], Need.ESSENTIAL) for a, b in PAIRS)
LINEAR, LEONTIEF = Model.LINEAR, Model.LEONTIEF


def losses(links: tuple[Link, ...], setting: Setting) -> dict[str, float]:
    return {loss.firm_id: loss.loss for loss in cascade(links, setting).losses}


@pytest.mark.parametrize("epsilon", [1e-2, 1e-6, 1e-10])
@pytest.mark.parametrize(
    ("model", "towards", "replaceable", "expected"),
    [
        (
            LINEAR,
            Towards.BOTH,
            False,
            (0.1, 0.366667, 0.266667, 0.35, 0.1, 0.166667, 0.7, 0.1, 0.366667, 0.266667, 0.45),
        ),
        (LINEAR, Towards.BOTH, True, (0.1, 0.3, 0.266667, 0.35, 0.1, 0.116667, 0.7, 0.1, 0.311111, 0.266667, 0.45)),
        (LEONTIEF, Towards.BOTH, False, (0.1, 0.5, 0.4, 0.35, 0.1, 0.3, 0.7, 0.1, 0.5, 0.4, 0.45)),
        (LEONTIEF, Towards.BOTH, True, (0.1, 0.366667, 0.4, 0.35, 0.1, 0.15, 0.7, 0.1, 0.4, 0.4, 0.45)),
        (LINEAR, Towards.DOWNSTREAM, False, (0, 0.366667, 0.166667, 0, 0, 0.166667, 0.2, 0.1, 0.366667, 0.166667, 0)),
        (LINEAR, Towards.UPSTREAM, False, (0.1, 0.2, 0.2, 0.35, 0.1, 0.1, 0.7, 0.1, 0.2, 0.2, 0.45)),
    ],
)
def test_the_published_network(
    model: Model, towards: Towards, replaceable: bool, expected: tuple[float, ...], epsilon: float
) -> None:
    """O1 of the design: Fig. 1 of Diem et al., as their reference implementation computes it."""
    found = losses(ELEVEN, Setting(model, towards, replaceable, epsilon))
    assert [found[str(firm)] for firm in range(1, 12)] == pytest.approx(list(expected), abs=1e-6)


def random_links(seed: int, firms: int = 30, links: int = 90) -> tuple[Link, ...]:
    chance = random.Random(seed)
    industry = {n: str(chance.randint(1, 5)) for n in range(firms)}
    need = {(n, i): chance.choice(tuple(Need)) for n in range(firms) for i in "12345"}
    pairs = {tuple(chance.sample(range(firms), 2)) for _ in range(links)}
    return tuple(
        Link(f"f{a}", f"f{b}", round(chance.uniform(1, 100), 2), industry[a], need[b, industry[a]])
        for a, b in sorted(pairs)
    )


def straight(links: tuple[Link, ...], closed: str, setting: Setting) -> float:
    """The equations once more, firm by firm with dicts, without a matrix."""
    firms = sorted({f for link in links for f in (link.seller_id, link.buyer_id)})
    out = {f: sum(k.value for k in links if k.seller_id == f) for f in firms}
    industry = {link.seller_id: link.industry for link in links}
    down, up = ({f: float(f != closed) for f in firms} for _ in range(2))
    bought = {f: [k for k in links if k.buyer_id == f] for f in firms}
    sold = {f: [k for k in links if k.seller_id == f] for f in firms}
    moved = 1.0
    while moved > 1e-13:
        standing: dict[str, float] = {}
        for f, i in industry.items():
            standing[i] = standing.get(i, 0) + out[f] * down[f]
        sigma = {f: min(1.0, out[f] / standing[i]) if standing[i] else 1.0 for f, i in industry.items()}
        then = {}
        for f in firms:
            mine = bought[f]
            level, other = 1.0, 0.0
            for i in {k.industry for k in mine}:
                of = [k for k in mine if k.industry == i]
                whole = sum(k.value for k in (of if of[0].need is Need.ESSENTIAL else mine))
                lost = sum(
                    (sigma[k.seller_id] if setting.replaceable else 1) * k.value / whole * (1 - down[k.seller_id])
                    for k in of
                )
                if of[0].need is Need.ESSENTIAL:
                    level = min(level, 1 - lost)
                elif of[0].need is Need.NON_ESSENTIAL:
                    other += lost
            then[f] = 0.0 if f == closed else max(0.0, min(level, 1 - other))
        left = {f: max(0.0, 1 - sum(k.value / out[f] * (1 - up[k.buyer_id]) for k in sold[f])) for f in firms}
        left[closed] = 0.0
        moved = max(*(down[f] - then[f] for f in firms), *(up[f] - left[f] for f in firms))
        down, up = then, left
    total = sum(out.values())
    return sum(out[f] / total * (1 - min(down[f], up[f])) for f in firms)


@pytest.mark.parametrize("seed", range(4))
def test_mixed_needs_are_those_of_the_equations_firm_by_firm(seed: int) -> None:
    links = random_links(seed, firms=12, links=30)
    for replaceable in (False, True):
        setting = Setting(replaceable=replaceable, epsilon=1e-12)
        for firm, loss in list(losses(links, setting).items())[::3]:
            assert loss == pytest.approx(straight(links, firm, setting), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_what_holds_of_any_network(seed: int) -> None:
    links = random_links(seed, firms=16, links=40)
    plain = cascade(links, Setting())
    assert all(loss.converged for loss in plain.losses)
    assert sum(loss.own_share for loss in plain.losses) == pytest.approx(1)
    scaled = losses(tuple(replace(link, value=link.value * 7) for link in links), Setting())
    replaced, downstream = losses(links, Setting(replaceable=True)), losses(links, Setting(towards=Towards.DOWNSTREAM))
    leontief, linear = losses(links, Setting(LEONTIEF)), losses(links, Setting(LINEAR))
    for loss in plain.losses:
        firm, value = loss.firm_id, loss.loss
        assert loss.own_share - 1e-12 <= value <= 1 + 1e-12
        assert replaced[firm] <= value + 1e-3  # a run ends a little early: epsilon
        assert downstream[firm] <= value + 1e-3
        assert leontief[firm] >= linear[firm] - 1e-3
        assert scaled[firm] == pytest.approx(value, abs=1e-9)


def test_named_firms_alone_and_the_order_of_the_answer() -> None:
    found = cascade(ELEVEN, Setting(LEONTIEF, closed=("7", "1")))
    assert [loss.firm_id for loss in found.losses] == ["7", "1"]
    assert (found.firms, found.links, found.value, found.cut) == (11, 10, 10.0, False)


def test_too_many_firms_are_cut_to_those_that_sell_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CLOSURES", 3)
    found = cascade(ELEVEN, Setting(LEONTIEF))
    assert found.cut
    assert {loss.firm_id for loss in found.losses} == {"2", "7", "9"}
