"""The least fixed point, from 0, of the equations of shares (model.md section 8, rules 5 to 7).

Three kinds of equation, all monotone and piecewise linear: sources that are poured, the largest of ingredients, the
capped sum of ingredients. Iterating from 0 would reach the least fixed point only in the limit, and slowly where a
circle loses little; so it is found by choosing pieces:

- An equation that takes a largest value holds one of its pieces. From values that are not above the least fixed point,
  the held pieces lead to values that are not above it either. Pieces are changed only where that raises the value, and
  where nothing can be raised the values are a fixed point: not above the least one, so the least one.
- Meanwhile the equations that take a smallest value (poured lowest first; a sum with cap 1) start from some piece and
  change only where that lowers the value. This ends in a fixed point of what is held, and the right one once all that
  no positive value reaches stays where it is: where another exceeds the least one by the largest factor, all that is
  used has the same factor and no constant is, so nothing would have been reached there.
- Low bounds have no sum over 1 (a weight for each source, together 1, or the largest of parts), so each round may begin
  at zero: where a value would fall, what is used is a circle without a constant whose pieces were not changed, and
  that had been zero before. The sums of high bounds can gain in a circle (one input for two ingredients), so that
  x = max(0.3, m), m = min(1, 2 x) is 1 though either piece of x alone gives less; there each round begins where the
  last one ended.

Fractions throughout, so what comes out is exact; circles of more than `EXACT` unknowns are solved in floats (pieces
change for 1e-11 or more, and rounding is far below 1e-9). `tests/unit/test_oracle.py` holds all of it against plain
iteration from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import networkx as nx
import numpy as np

Unknown: TypeAlias = tuple[str, ...]
Number: TypeAlias = Fraction | float
Term: TypeAlias = Unknown | Number
Values: TypeAlias = Mapping[Unknown, Number]

ZERO, ONE = Fraction(0), Fraction(1)
EXACT = 40
ROUNDING = 1e-11  # in floats, a change below this is no change


def total(numbers: Iterable[Number]) -> Number:
    return sum(numbers, ZERO)


def value_of(term: Term, values: Values) -> Number:
    return values[term] if isinstance(term, tuple) else term


@dataclass(frozen=True)
class Piece:
    """One linear piece of an equation: a weighted sum of terms."""

    parts: tuple[tuple[Number, Term], ...]

    def at(self, values: Values) -> Number:
        return total(weight * value_of(term, values) for weight, term in self.parts)


@dataclass(frozen=True)
class Pour:
    """Rule 5: every source has its low share; what is left goes to the highest (or lowest) first, up to their highs."""

    sources: tuple[tuple[Number, Number, Term], ...]
    highest_first: bool

    @property
    def takes_largest(self) -> bool:
        return self.highest_first

    @property
    def terms(self) -> list[Term]:
        return [term for _, _, term in self.sources]

    def piece(self, values: Values) -> Piece:
        left = ONE - total(low for low, _, _ in self.sources)
        parts: list[tuple[Number, Term]] = []
        in_order = sorted(self.sources, key=lambda s: value_of(s[2], values), reverse=self.highest_first)
        for low, high, term in in_order:
            more = max(0, min(left, high - low))
            left -= more
            parts.append((low + more, term))
        return Piece(tuple(parts))


@dataclass(frozen=True)
class Largest:
    """Rule 4, the low bound of own making."""

    parts: tuple[tuple[Number, Term], ...]
    takes_largest: bool = True

    @property
    def terms(self) -> list[Term]:
        return [term for _, term in self.parts]

    def piece(self, values: Values) -> Piece:
        return Piece((max(self.parts, key=lambda part: part[0] * value_of(part[1], values)),))


@dataclass(frozen=True)
class CappedSum:
    """Rule 4, the high bound of own making."""

    parts: tuple[tuple[Number, Term], ...]
    takes_largest: bool = False

    @property
    def terms(self) -> list[Term]:
        return [term for _, term in self.parts]

    def piece(self, values: Values) -> Piece:
        whole = Piece(self.parts)
        return whole if whole.at(values) < 1 else Piece(((ONE, ONE),))


Equation: TypeAlias = Pour | Largest | CappedSum
Equations: TypeAlias = dict[Unknown, Equation]
Pieces: TypeAlias = dict[Unknown, Piece]
Rows: TypeAlias = dict[Unknown, dict[Unknown, Number]]


def unknowns_of(equation: Equation) -> list[Unknown]:
    return [term for term in equation.terms if isinstance(term, tuple)]


def least_fixed_point(equations: Equations) -> dict[Unknown, Fraction]:
    """Circle by circle, origins first."""
    graph: nx.DiGraph[Unknown] = nx.DiGraph()
    graph.add_nodes_from(equations)
    for unknown, equation in equations.items():
        graph.add_edges_from((term, unknown) for term in unknowns_of(equation))
    circles = nx.condensation(graph)
    known: dict[Unknown, Fraction] = {}
    for number in nx.topological_sort(circles):
        known |= solve_circle({unknown: equations[unknown] for unknown in circles.nodes[number]["members"]}, known)
    return known


def solve_circle(circle: Equations, known: Values) -> dict[Unknown, Fraction]:
    """The least fixed point of these equations, the values of all others being known."""
    known = {term: known[term] for equation in circle.values() for term in unknowns_of(equation) if term not in circle}
    if len(circle) == 1:
        ((unknown, equation),) = circle.items()
        if unknown not in unknowns_of(equation):
            return {unknown: Fraction(equation.piece(known).at(known))}
    if len(circle) <= EXACT:
        return raise_the_largest(circle, known, ZERO)
    floats = {term: float(value) for term, value in known.items()}
    return raise_the_largest({u: in_floats(equation) for u, equation in circle.items()}, floats, ROUNDING)


def in_floats(equation: Equation) -> Equation:
    if isinstance(equation, Pour):
        sources = ((float(low), float(high), float_term(term)) for low, high, term in equation.sources)
        return Pour(tuple(sources), equation.highest_first)
    return type(equation)(tuple((float(weight), float_term(term)) for weight, term in equation.parts))


def float_term(term: Term) -> Term:
    return term if isinstance(term, tuple) else float(term)


def raise_the_largest(circle: Equations, known: Values, tolerance: Number) -> dict[Unknown, Fraction]:
    sums = any(isinstance(equation, CappedSum) for equation in circle.values())
    zero = {u: ZERO if tolerance == 0 else 0.0 for u in circle}
    values: dict[Unknown, Number] = dict(zero)
    held = {u: equation.piece({**known, **values}) for u, equation in circle.items() if equation.takes_largest}
    while True:
        values = lower_the_others(circle, held, known, values if sums else zero, tolerance)
        now = {**known, **values}
        raised = {u: circle[u].piece(now) for u in held}
        better = {u: piece for u, piece in raised.items() if piece.at(now) > values[u] + tolerance}
        if not better:
            return {u: Fraction(value) for u, value in values.items()}
        held |= better


def lower_the_others(
    circle: Equations, held: Pieces, known: Values, begin: Values, tolerance: Number
) -> dict[Unknown, Number]:
    """Where iteration from `begin` ends while the equations that take a largest value hold these pieces."""
    rising = all_that_rise(circle, held, known, begin, tolerance)
    everywhere_one: Values = {
        **known,
        **dict.fromkeys(circle, ONE),
    }  # a sum starts at its cap: without, there may be no bound
    taken = {u: circle[u].piece(everywhere_one) for u in rising - set(held)}
    while True:
        pieces = {u: held[u] if u in held else taken[u] for u in rising}
        values = {**begin, **solve_linear(pieces, {**known, **begin})}
        now = {**known, **values}
        lowered = {u: circle[u].piece(now) for u in taken}
        better = {u: piece for u, piece in lowered.items() if piece.at(now) < values[u] - tolerance}
        if not better:
            return values
        taken |= better


def all_that_rise(circle: Equations, held: Pieces, known: Values, begin: Values, tolerance: Number) -> set[Unknown]:
    """The unknowns that iteration raises above `begin`: whether one is depends only on which others are."""
    rising: set[Unknown] = set()
    while True:
        marked = {**known, **{u: begin[u] + (1 if u in rising else 0) for u in circle}}
        more = set()
        for u, equation in circle.items():
            if isinstance(equation, CappedSum):
                risen = begin[u] < 1 - tolerance and Piece(equation.parts).at(marked) > begin[u] + tolerance
            else:
                piece = held[u] if u in held else equation.piece(marked)
                risen = piece.at(marked) > begin[u] + tolerance
            if risen:
                more.add(u)
        if more <= rising:
            return rising
        rising |= more


def solve_linear(pieces: Pieces, begin: Values) -> dict[Unknown, Number]:
    """The one solution of linear equations each of which something positive reaches, all others as at `begin`."""
    rows: Rows = {}
    constants: dict[Unknown, Number] = {}
    for unknown, piece in pieces.items():  # for what each rises above its begin
        row = rows[unknown] = {unknown: ONE}
        constants[unknown] = piece.at(begin) - begin[unknown]
        for weight, term in piece.parts:
            if isinstance(term, tuple) and term in pieces:
                row[term] = row.get(term, ZERO) - weight
    risen = gauss(rows, constants) if len(pieces) <= EXACT else solve_in_floats(rows, constants)
    return {unknown: begin[unknown] + more for unknown, more in risen.items()}


def gauss(rows: Rows, constants: dict[Unknown, Number]) -> dict[Unknown, Number]:
    """Gauss and Jordan. With a bounded solution, reached by constants, the diagonal stays positive."""
    for pivot in rows:
        scale = rows[pivot][pivot]
        constants[pivot] /= scale
        rows[pivot] = {u: weight / scale for u, weight in rows[pivot].items()}
        for other, row in rows.items():
            factor = row.get(pivot, ZERO)
            if other == pivot or not factor:
                continue
            constants[other] -= factor * constants[pivot]
            for u, weight in rows[pivot].items():
                row[u] = row.get(u, ZERO) - factor * weight
    return constants


def solve_in_floats(rows: Rows, constants: dict[Unknown, Number]) -> dict[Unknown, Number]:
    order = list(rows)
    place = {unknown: n for n, unknown in enumerate(order)}
    matrix = np.zeros((len(order), len(order)))
    for unknown, row in rows.items():
        for other, weight in row.items():
            matrix[place[unknown], place[other]] = float(weight)
    solution = np.linalg.solve(matrix, np.array([float(constants[u]) for u in order]))
    return {unknown: float(solution[place[unknown]]) for unknown in order}
