"""The contracts of an answer by what they have in common: counted in arrays, without making their rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from tracegraph.answer import LISTED_STATUSES, Answer, Interval
from tracegraph.answer_exposure import RollUp, RollUps
from tracegraph.model import holder_of, product_of
from tracegraph.services.contract_table import CODE_OF, Labelled
from tracegraph.services.dependent_rows import standing_of
from tracegraph.services.exposed import ExposedValues, sum_of
from tracegraph.services.standing import Standing
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import RelationshipType, Status
from tracegraph.walk.propagate import Ints

_WIDTH = len(LISTED_STATUSES)
_UNMAPPED = CODE_OF[Status.UNMAPPED]


def roll_ups(answer: Answer, reader: GraphReader, exposed: ExposedValues | None = None) -> RollUps:
    """Return the listed contracts of a whole answer by region, category, direct supplier, country and product.

    Parameters
    ----------
    answer : Answer
        With all of its contracts.
    reader : GraphReader
        The store.
    exposed : ExposedValues, optional
        Their values at exposure, where they are known already.
    """
    standing = standing_of(answer)
    if standing is None:
        return RollUps()
    groups = _Groups(standing, exposed or ExposedValues(standing))
    table = standing.view.table
    countries, products = _on_routes(standing, answer, reader)
    return RollUps(
        region=groups.by(table.regions.words, table.regions.row, table.regions.word),
        category=groups.by(table.categories.words, table.categories.row, table.categories.word),
        direct_supplier=groups.by(*standing.suppliers()),
        country=groups.by(countries.words, countries.row, countries.word),
        product=groups.by(products.words, products.row, products.word),
    )


class _Groups:
    """Makes rows of contracts that have something in common.

    Parameters
    ----------
    standing : Standing
        Where all contracts stand.
    exposed : ExposedValues
        Their values at exposure.
    """

    def __init__(self, standing: Standing, exposed: ExposedValues) -> None:
        self._status, self._listed = standing.status, standing.listed
        self._values = list(exposed.by_position.values())
        self._place = np.full(len(self._status), -1, dtype=np.int64)
        self._place[list(exposed.by_position)] = np.arange(len(self._values))

    def by(self, words: Sequence[str], row: Ints, word: Ints) -> tuple[RollUp, ...]:
        """Return rows by word, those with the most contracts first; contracts without a word make the last row.

        Parameters
        ----------
        words : sequence of str
            What contracts may have in common.
        row, word : int arrays
            Distinct pairs of a contract, by position, and a place in `words`.
        """
        bare = self._listed.copy()
        bare[row] = False
        without = np.flatnonzero(bare)
        kept = self._listed[row]
        rows = np.concatenate([row[kept], without])
        groups = np.concatenate([word[kept], np.full(len(without), len(words), dtype=np.int64)])
        counts = np.bincount(groups * _WIDTH + self._status[rows], minlength=(len(words) + 1) * _WIDTH)
        table = counts.reshape(-1, _WIDTH)
        members = self._members(rows, groups)
        found = [
            RollUp(
                words[group] if group < len(words) else None,
                dict(zip(LISTED_STATUSES, table[group].tolist(), strict=True)),
                sum_of(members.get(group, ())),
            )
            for group in np.flatnonzero(table.any(axis=1)).tolist()
        ]
        return tuple(sorted(found, key=_rank))

    def _members(self, rows: Ints, groups: Ints) -> dict[int, list[Interval | None]]:
        """Return the values at exposure by group, in the order of contracts."""
        place = self._place[rows]
        order = np.argsort(place, kind="stable")
        order = order[place[order] >= 0]
        found: dict[int, list[Interval | None]] = {}
        for group, at in zip(groups[order].tolist(), place[order].tolist(), strict=True):
            found.setdefault(group, []).append(self._values[at])
        return found


def _rank(row: RollUp) -> tuple[bool, list[int], str]:
    return row.key is None, [-row.counts[status] for status in LISTED_STATUSES], row.key or ""


def _on_routes(standing: Standing, answer: Answer, reader: GraphReader) -> tuple[Labelled, Labelled]:
    """Return the countries of the factories on the routes to contracts, and the affected products that reach them."""
    products: dict[str, list[str]] = {}
    for item in answer.affected:
        products.setdefault(product_of(item), []).append(item)
    at: dict[str, list[str]] = {}
    for item in standing.routes.items():
        at.setdefault(holder_of(item), []).append(item)
    lens = answer.question.lens
    located = reader.links_of(sorted(at), (RelationshipType.LOCATED_IN,), "downstream", lens) if at else []
    countries: dict[str, list[str]] = {}
    for factory, country in sorted({(claim.start.id, claim.end.id) for claim in located}):
        countries.setdefault(country, []).extend(at[factory])
    first, second = standing.routes.labels(countries, products)
    return _labelled(standing, first), _labelled(standing, second)


def _labelled(standing: Standing, found: Mapping[int, Collection[str]]) -> Labelled:
    exposed = standing.status < _UNMAPPED
    return Labelled([found.get(at, ()) if exposed[at] else () for at in range(len(exposed))])
