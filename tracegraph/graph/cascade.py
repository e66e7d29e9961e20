"""Losses that spread from a firm that closes, to its buyers and to its sellers: the GL cascade (pure).

Notes
-----
Levels h in [0, 1] say what a firm still makes. With W_ij the sales of i to j, p_i the seller's industry, out_i the
sales of i, and Lambda_ij = W_ij / (all that j buys from industry p_i) where j needs that industry as essential,
W_ij / (all that j buys) where not, 0 where it is negligible:

- downstream, ``loss_jk = sum over i of industry k of sigma_i Lambda_ij (1 - h_i)`` and
  ``h_j = max(0, min(min over essential k of 1 - loss_jk, 1 - sum over other k of loss_jk))``, where sigma_i is
  ``min(1, out_i / sum over l of industry p_i of out_l h_l)`` if buyers can turn to others, else 1;
- upstream, ``h_i = max(0, 1 - sum over j of W_ij / out_i (1 - h_j))``;
- a closed firm stays at 0. The loss is ``sum over j of out_j / sum(out) (1 - min(downstream h_j, upstream h_j))``.

All inputs essential gives Leontief, none gives the linear model. Levels fall round by round; a run ends when none
falls by more than epsilon. Many closures run side by side as columns. Cost: rounds x links x closures. No stocks, no
prices, no time to adapt: a picture of the first weeks at their worst. Written from the published equations alone.

References
----------
C. Diem, A. Borsos, T. Reisch, J. Kertesz, S. Thurner, Quantifying firm-level economic systemic risk from nation-wide
supply networks, Scientific Reports 12, 7719 (2022).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tracegraph.answer_outage import Cascade, FirmLoss, Link, Model, Need, Setting, Towards

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BLOCK: Final = 64  # closures that run side by side
MAX_CLOSURES: Final = 2_000  # of the firms that sell most, unless firms are named
MAX_ROUNDS: Final = 10_000

Round = Callable[[Floats], Floats]


def cascade(links: Sequence[Link], setting: Setting) -> Cascade:
    """Return what the closing of each firm costs the whole.

    Parameters
    ----------
    links : sequence of Link
        Who sells what to whom; several links of one pair add up. At least one.
    setting : Setting
        How it is computed; the firms that it names are among those of the links.
    """
    network = _Network(links, setting)
    chosen = [network.place[firm] for firm in setting.closed] or network.biggest()
    losses: list[FirmLoss] = []
    for at in range(0, len(chosen), BLOCK):
        losses += network.losses(chosen[at : at + BLOCK])
    return Cascade(
        setting=setting,
        firms=len(network.firms),
        links=len(links),
        value=float(network.out.sum()),
        losses=tuple(sorted(losses, key=lambda loss: (-round(loss.loss, 12), loss.firm_id))),
        cut=not setting.closed and len(chosen) < len(network.firms),
    )


class _Network:
    """The links as matrices."""

    def __init__(self, links: Sequence[Link], setting: Setting) -> None:
        self.setting = setting
        self.firms = sorted({firm for link in links for firm in (link.seller_id, link.buyer_id)})
        self.place = {firm: position for position, firm in enumerate(self.firms)}
        industries = {link.industry: 0 for link in links}
        numbers = {industry: number for number, industry in enumerate(sorted(industries))}
        self.seller, self.buyer, industry = (
            np.array(column, dtype=np.int64)
            for column in zip(
                *((self.place[k.seller_id], self.place[k.buyer_id], numbers[k.industry]) for k in links), strict=True
            )
        )
        self.value = np.array([link.value for link in links], dtype=np.float64)
        self.out = np.bincount(self.seller, weights=self.value, minlength=len(self.firms))
        self.industry = np.full(len(self.firms), len(numbers), dtype=np.int64)  # who sells nothing has one of its own
        self.industry[self.seller] = industry
        self.groups = len(numbers) + 1
        needs = np.array([_need(link, setting.model) for link in links])
        self._upstream = self._matrix(self.seller, self.buyer, self.value / self.out[self.seller])
        self._essential(needs == Need.ESSENTIAL, industry)
        bought = np.bincount(self.buyer, weights=self.value, minlength=len(self.firms))
        other = needs == Need.NON_ESSENTIAL
        self._other = self._matrix(self.buyer[other], self.seller[other], self.value[other] / bought[self.buyer[other]])

    def _matrix(self, rows: Ints, columns: Ints, values: Floats, n_rows: int | None = None) -> csr_array:
        shape = (len(self.firms) if n_rows is None else n_rows, len(self.firms))
        return csr_array((values, (rows, columns)), shape=shape)

    def _essential(self, essential: npt.NDArray[np.bool_], industry: Ints) -> None:
        """Make a row for each buyer and industry that it cannot do without; rows of one buyer lie together."""
        keys = self.buyer[essential] * self.groups + industry[essential]
        kinds, row = np.unique(keys, return_inverse=True)
        value = self.value[essential]
        bought = np.bincount(row, weights=value, minlength=len(kinds))
        self._inputs = self._matrix(row, self.seller[essential], value / bought[row], len(kinds))
        self._owners, self._starts = np.unique(kinds // self.groups, return_index=True)

    def biggest(self) -> list[int]:
        """Return the firms that sell most, at most `MAX_CLOSURES`."""
        order: list[int] = np.lexsort((np.arange(len(self.firms)), -self.out)).tolist()
        return order[:MAX_CLOSURES]

    def losses(self, closed: Sequence[int]) -> list[FirmLoss]:
        """Return the losses of some closures, each by itself."""
        start = np.ones((len(self.firms), len(closed)))
        start[closed, np.arange(len(closed))] = 0.0
        levels, rounds, done = start, np.ones(len(closed), dtype=np.int64), np.ones(len(closed), dtype=bool)
        for towards, one_round in ((Towards.DOWNSTREAM, self._down), (Towards.UPSTREAM, self._up)):
            if self.setting.towards in (towards, Towards.BOTH):
                found, taken, converged = self._settled(start, one_round)
                levels, rounds, done = np.minimum(levels, found), np.maximum(rounds, taken), done & converged
        weights = self.out / self.out.sum()
        lost = weights @ (1.0 - levels)
        return [
            FirmLoss(self.firms[firm], float(lost[k]), float(weights[firm]), int(rounds[k]), bool(done[k]))
            for k, firm in enumerate(closed)
        ]

    def _settled(self, start: Floats, one_round: Round) -> tuple[Floats, Ints, npt.NDArray[np.bool_]]:
        """Return the levels at which a run ends, the rounds that each column took, and whether it ended by itself."""
        levels = start
        rounds = np.zeros(start.shape[1], dtype=np.int64)
        moving = np.ones(start.shape[1], dtype=bool)
        for _ in range(MAX_ROUNDS):
            if not moving.any():
                break
            now = levels[:, moving]
            then = np.minimum(one_round(now), start[:, moving])
            rounds[moving] += 1
            levels = levels.copy()
            levels[:, moving] = then
            moving[moving] = (now - then).max(axis=0) > self.setting.epsilon
        return levels, rounds, ~moving

    def _down(self, levels: Floats) -> Floats:
        lacking = 1.0 - levels
        if self.setting.replaceable:
            lacking = lacking * self._replaceability(levels)
        found = 1.0 - self._other @ lacking
        if len(self._owners):
            worst = np.maximum.reduceat(self._inputs @ lacking, self._starts, axis=0)
            found[self._owners] = np.minimum(found[self._owners], 1.0 - worst)
        return np.clip(found, 0.0, 1.0)

    def _replaceability(self, levels: Floats) -> Floats:
        """Return the part of each firm's sales for which the others of its industry, as they stand, cannot stand in."""
        standing = np.zeros((self.groups, levels.shape[1]))
        np.add.at(standing, self.industry, self.out[:, None] * levels)
        there = standing[self.industry]
        share = np.divide(self.out[:, None], there, out=np.ones_like(there), where=there > 0)
        return np.minimum(1.0, share)

    def _up(self, levels: Floats) -> Floats:
        found: Floats = np.clip(1.0 - self._upstream @ (1.0 - levels), 0.0, 1.0)
        return found


def _need(link: Link, model: Model) -> Need:
    if model is Model.GL:
        return link.need
    return Need.ESSENTIAL if model is Model.LEONTIEF else Need.NON_ESSENTIAL
