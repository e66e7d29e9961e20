"""Shares in circles of goods: the least fixed point from 0, exactly (pure; `docs/model.md`, section 8.7).

Goods that only go round have passed nothing, so bounds are the *least* solution of their equations. Iterating from 0
comes near it as slowly as the goods leave the circle (a gain of 0.9999 needs 160,000 rounds), so strategies are
improved instead: for each choice that the equations leave to a maximum, the rest, which is concave, has one solution
above 0 once what no positive value reaches is set to 0; that solution is found by linear solving, and the choice is
changed only where it becomes strictly better.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array, eye_array
from scipy.sparse.linalg import spsolve

from tracegraph.graph.share_sources import NOTHING, Side, Sources
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints

BETTER: Final = 1e-11  # an improvement below this is rounding
AT_ONCE: Final = 2  # rounds from 0 before strategies are improved
DENSE: Final = 200  # up to so many unknowns a dense matrix is quicker
EXACT: Final = 1e-8  # how far the found values may be from satisfying their equations


@dataclass(frozen=True, slots=True)
class Choices:
    """What the equations of a circle leave open, decided.

    Attributes
    ----------
    shares : float array by source
        How much of its owner each source gets.
    active : bool array by ingredient
        Whether the ingredient counts: low: the one that brings most; high: all, unless they bring more than 1.
    capped : bool array by making
        Whether own making brings more than 1, so that it counts as 1 (high only).
    """

    shares: Floats
    active: Flags
    capped: Flags


class Circle:
    """The equations of the nodes of one circle.

    Parameters
    ----------
    sources : Sources
        Their sources.
    of : float array by node and place outside
        Values; those of the nodes themselves are found here.
    rest : float array by node
        Values of the rests.
    side : Side
        Which bound.
    """

    def __init__(self, sources: Sources, of: Floats, rest: Floats, side: Side) -> None:
        self.sources, self.of, self.rest, self.side = sources, of.copy(), rest, side
        self.local: Ints = np.full(len(of), -1, dtype=np.int64)
        self.local[sources.nodes] = np.arange(sources.count)
        ingredients, alternatives = sources.ingredients, len(sources.origin)
        makers = sources.owner[alternatives : alternatives + ingredients.makings]
        self.owner_of_ingredient = makers[ingredients.making]
        self.source_of_making = np.arange(alternatives, alternatives + ingredients.makings)

    def solve(self) -> Floats:
        """Return the least solution by owner.

        Raises
        ------
        ArithmeticError
            Never seen; better than a wrong figure.

        References
        ----------
        T. Gawlitza, H. Seidl, Solving systems of rational equations through strategy iteration, ACM TOPLAS 33(3),
        2011; for the maximum over shares alone: R. Givan, S. Leach, T. Dean, Bounded-parameter Markov decision
        processes, Artificial Intelligence 122, 2000.
        """
        found = np.zeros(self.sources.count)
        for _ in range(AT_ONCE):  # nothing enters the circle, or what enters fills it at once
            again = self._apply(self._best(found), found)
            if (again == found).all():
                return np.clip(found, 0.0, 1.0)
            found = again
        found = np.zeros(self.sources.count)
        choices = self._best(found)
        for _ in range(100 + 10 * self.sources.count):
            found = self._of_choices(choices, found)
            improved = self._improved(choices, found)
            if improved is None:
                break
            choices = improved
        if np.abs(self._apply(self._best(found), found) - found).max(initial=0.0) > EXACT:
            raise ArithmeticError(f"the shares of a circle of {self.sources.count} items could not be solved")
        return np.clip(found, 0.0, 1.0)

    # --- the equations ---

    def _values(self, found: Floats) -> Floats:
        self.of[self.sources.nodes] = found
        return self.sources.values(self.of, self.rest, self.side)

    def _best(self, found: Floats) -> Choices:
        """Return the choices that the equations make at these values."""
        values = self._values(found)
        ingredients = self.sources.ingredients
        brought = ingredients.brought(self.of, self.side)
        if self.side is Side.HIGH:
            sums = np.bincount(ingredients.making, weights=brought, minlength=ingredients.makings)
            capped = sums >= 1.0
            active = ~capped[ingredients.making]
        else:
            capped = np.zeros(ingredients.makings, dtype=bool)
            active = np.zeros(len(brought), dtype=bool)
            order = np.lexsort((-brought, ingredients.making))
            first = np.flatnonzero(np.diff(ingredients.making[order], prepend=-1))
            active[order[first]] = True
        return Choices(self.sources.shares(values, self.side), active, capped)

    def _linear(self, choices: Choices) -> tuple[Ints, Ints, Floats, Floats]:
        """Return rows, columns and coefficients among the owners, and constants by owner."""
        sources, ingredients = self.sources, self.sources.ingredients
        alternatives = len(sources.origin)
        made = choices.shares[self.source_of_making]
        owner = np.concatenate([sources.owner[:alternatives], self.owner_of_ingredient[choices.active]])
        origin = np.concatenate([sources.origin, ingredients.origin[choices.active]])
        used = made[ingredients.making] * ingredients.share(self.side)
        weight = np.concatenate([choices.shares[:alternatives], used[choices.active]])
        column = self.local[origin]
        inside = column >= 0
        brought = np.where(inside, 0.0, weight * self.of[origin])
        constant = np.bincount(owner, weights=brought, minlength=sources.count).astype(np.float64)
        fixed = np.concatenate([made * choices.capped, choices.shares[alternatives + len(made) :] * self._rests()])
        constant += np.bincount(sources.owner[alternatives:], weights=fixed, minlength=sources.count)
        return owner[inside], column[inside], weight[inside], constant

    def _rests(self) -> Floats:
        return self.rest[self.sources.rests]

    def _apply(self, choices: Choices, found: Floats) -> Floats:
        row, column, weight, constant = self._linear(choices)
        return constant + np.bincount(row, weights=weight * found[column], minlength=len(found))

    # --- solving ---

    def _of_choices(self, choices: Choices, reached: Floats) -> Floats:
        """Return the least solution not below `reached` when what is left to a maximum is decided as in `choices`.

        High bounds go on from what was reached: where own making gains (its ingredients bring more than all), no choice
        alone, begun anew from 0, leads to the least solution of all together. Low bounds never gain and begin anew.
        """
        if self.side is Side.HIGH:
            rising = self._rising(choices, reached)
        else:
            rising, reached = self._alive(choices), np.zeros(len(reached))
        found = np.where(rising, 1.0, reached)
        while True:
            better = self._solved(self._with_minima(choices, found), rising, reached)
            if np.abs(better - found).max(initial=0.0) <= NOTHING:
                return better
            found = np.minimum(better, found)

    def _rising(self, choices: Choices, reached: Floats) -> Flags:
        """Return the owners whose value rises above what was reached, or rises with one that does."""
        at = self._with_minima(choices, reached)
        row, column, weight, _ = self._linear(at)
        rising = self._apply(at, reached) > reached + np.where(reached > 0, NOTHING, 0.0)
        while True:
            more = rising.copy()
            more[row[(weight > 0) & rising[column]]] = True
            if (more == rising).all():
                return rising
            rising = more

    def _with_minima(self, choices: Choices, found: Floats) -> Choices:
        """Return the choices, those that are left to a minimum made at these values."""
        best = self._best(found)
        if self.side is Side.HIGH:
            return replace(choices, active=best.active, capped=best.capped)
        return replace(choices, shares=best.shares)

    def _alive(self, choices: Choices) -> Flags:
        """Return the owners that any positive value reaches."""
        alive = np.zeros(self.sources.count, dtype=bool)
        while True:
            found = self._apply(self._with_minima(choices, alive.astype(np.float64)), alive.astype(np.float64))
            reached = alive | (found > 0)
            if (reached == alive).all():
                return alive
            alive = reached

    def _solved(self, choices: Choices, alive: Flags, reached: Floats) -> Floats:
        """Return the solution of the linear equations for those that are alive; the others stay at what was reached."""
        row, column, weight, constant = self._linear(choices)
        kept = alive[row] & alive[column]
        place = np.cumsum(alive) - 1
        size = int(alive.sum())
        found = np.where(alive, 0.0, reached)
        constant += np.bincount(row, weights=weight * found[column], minlength=len(found))
        if size:
            among = coo_array((weight[kept], (place[row[kept]], place[column[kept]])), shape=(size, size))
            found[alive] = _solve_without(among, constant[alive])
        return found

    def _improved(self, choices: Choices, found: Floats) -> Choices | None:
        """Return the choices with those changed that are strictly better at these values; None when none is."""
        best = self._best(found)
        if self.side is Side.HIGH:
            values = self._values(found)
            gain = self.sources.sum((best.shares - choices.shares) * values) > BETTER
            if not gain.any():
                return None
            return replace(choices, shares=np.where(gain[self.sources.owner], best.shares, choices.shares))
        ingredients = self.sources.ingredients
        brought = ingredients.brought(self.of, self.side)
        more = np.bincount(
            ingredients.making,
            weights=brought * (best.active.astype(np.float64) - choices.active),
            minlength=ingredients.makings,
        )
        gain = more > BETTER
        if not gain.any():
            return None
        return replace(choices, active=np.where(gain[ingredients.making], best.active, choices.active))


def _solve_without(among: coo_array, constant: Floats) -> Floats:
    """Return x with ``x = among @ x + constant``."""
    size = len(constant)
    if size <= DENSE:
        found: Floats = np.linalg.solve(np.eye(size) - among.toarray(), constant)
    else:
        found = spsolve((eye_array(size) - among).tocsc(), constant)
    return found
