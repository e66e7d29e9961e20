"""Which documents, or which revision, made the difference between two answers: told by taking each back.

A cause is not guessed from dates. Each document of which something is new or gone upstream of the contracts concerned
is taken back (what is new of it hidden, what is gone put back), and the second answer is computed again. A contract
that then stands otherwise owes its status to that document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from tracegraph.answer import Answer
from tracegraph.answer_compare import SHOWN_CHANGES, Cause, CauseKind, Causes, ClaimChange, Difference
from tracegraph.lens import Lens
from tracegraph.services.assuming import taken_back
from tracegraph.services.claim_changes import changes_upstream
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import PortfolioColumns
from tracegraph.vocabulary import UNSOURCED, Label, Status
from tracegraph.walk.overlay import OverlayReader

MAX_JOINT: Final = 12  # documents among which the fewest are sought that make a difference together
MAX_JOINT_CONTRACTS: Final = 10  # contracts for which that is done

Standing = Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Seen:
    """Two answers and the contracts that differ."""

    before: Answer
    after: Answer
    differences: Sequence[Difference]


def find_causes(seen: Seen, reader: GraphReader, max_documents: int) -> Causes:
    """Return what made the difference for each contract.

    Parameters
    ----------
    seen : Seen
        The answers.
    reader : GraphReader
        The store that both were asked of.
    max_documents : int
        Documents that are taken back one by one; those on the routes of the most contracts first.

    Notes
    -----
    One answer for each document, over all contracts at once; for contracts that no single document explains, one more
    for all together, and one for each of at most `MAX_JOINT` documents to find the fewest that suffice.
    """
    search = _Search(seen, reader)
    tested = search.groups[:max_documents]
    alone = {group: search.standing_without([group]) for group in tested}
    left_out = len(search.groups) - len(tested)
    by_contract = {}
    joint = 0
    for difference in seen.differences:
        causes = search.scope_cause(difference)
        causes += [
            search.document_cause(difference, [g], alone[g]) for g in tested if search.differs(difference, alone[g])
        ]
        if not causes:
            causes = [search.joint_cause(difference, exact=joint < MAX_JOINT_CONTRACTS)]
            joint += 1
        by_contract[difference.contract_id] = tuple(causes)
    return Causes(by_contract, len(tested), left_out, search.truncated)


class _Search:
    """Takes things back and asks again."""

    def __init__(self, seen: Seen, reader: GraphReader) -> None:
        self.seen, self.reader = seen, reader
        self._columns: dict[Lens, PortfolioColumns] = {}
        self._asked: dict[frozenset[str], Standing] = {}
        contracts = [difference.contract_id for difference in seen.differences]
        self.changes, self.truncated = changes_upstream(contracts, seen.before, seen.after, reader)
        self._by_group: dict[str, list[ClaimChange]] = {}
        for change in self.changes:
            self._by_group.setdefault(_group(change), []).append(change)
        self.groups = sorted(self._by_group, key=self._rank)

    def _rank(self, group: str) -> tuple[int, int, str]:
        """Documents on the routes of the most contracts first."""
        ids = {change.claim.claim_id for change in self._by_group[group]}
        on_routes = sum(not ids.isdisjoint(route) for route in self.route_claims.values())
        return -on_routes, len(ids), group

    @cached_property
    def route_claims(self) -> Mapping[str, set[str]]:
        """Claims on the best routes of each contract, before and after."""
        return {
            difference.contract_id: {
                claim.claim_id
                for dependent in (difference.before, difference.after)
                for step in (dependent.route if dependent and dependent.route else ())
                for claim in step.claims
            }
            for difference in self.seen.differences
        }

    # --- asking again ----------------------------------------------------------------------------------------------

    def standing_without(self, groups: Iterable[str]) -> Standing:
        """Return how contracts stand in the second answer when the changes of these documents are taken back."""
        key = frozenset(groups)
        if key not in self._asked:
            changes = [change for group in sorted(key) for change in self._by_group[group]]
            new = [change.claim for change in changes if change.is_new]
            gone = [change.claim for change in changes if not change.is_new]
            lens = self.seen.after.question.lens
            holders = sorted(
                {ref.id.split("/", 1)[0] for c in gone for ref in (c.start, c.end) if ref.label is Label.ITEM}
            )
            held = self.reader.items_of(holders, self.seen.before.question.lens) if holders else []
            overlay = OverlayReader(self.reader, taken_back(new, gone, lens, held), self._columns)
            self._asked[key] = self._standing(overlay)
        return self._asked[key]

    def _standing(self, reader: GraphReader) -> Standing:
        question = self.seen.after.question
        if not question.scope:
            return {}
        return _statuses(dependents(question, reader, Portfolios(reader)))

    @cached_property
    def _with_former_scope(self) -> Standing | None:
        """How contracts stand when the first scope is asked about under the second lens; None: it is the same."""
        before, after = self.seen.before.question, self.seen.after.question
        if before.scope == after.scope:
            return None
        if not before.scope:
            return {}
        return _statuses(dependents(replace(after, scope=before.scope), self.reader, Portfolios(self.reader)))

    def differs(self, difference: Difference, standing: Standing) -> bool:
        """Return whether a contract stands otherwise than in the second answer."""
        after = difference.after.status if difference.after else None
        return standing.get(difference.contract_id) != after

    # --- causes ----------------------------------------------------------------------------------------------------

    def scope_cause(self, difference: Difference) -> list[Cause]:
        """Return the scope as a cause, where the contract stands otherwise with the first one."""
        standing = self._with_former_scope
        if standing is None or not self.differs(difference, standing):
            return []
        return [Cause(CauseKind.SCOPE, verified=True, without=standing.get(difference.contract_id))]

    def document_cause(self, difference: Difference, groups: Sequence[str], standing: Standing | None) -> Cause:
        """Return documents as a cause; `standing` is how contracts stand without them, where that was computed."""
        changes = [change for group in groups for change in self._by_group[group]]
        on_route = self.route_claims[difference.contract_id]
        near = [change for change in changes if change.claim.claim_id in on_route] or changes
        return Cause(
            CauseKind.DOCUMENT if len(groups) == 1 and standing is not None else CauseKind.DOCUMENTS,
            source_ids=tuple(dict.fromkeys(str(change.claim.source_id) for change in near)),
            changes=tuple(near[:SHOWN_CHANGES]),
            total=len(near),
            verified=standing is not None,
            without=standing.get(difference.contract_id) if standing is not None else None,
        )

    def joint_cause(self, difference: Difference, *, exact: bool) -> Cause:
        """Return what several documents say together as a cause, the fewest that suffice where they are few."""
        groups = [group for group in self.groups if self._near(group, difference)] or self.groups
        if not exact:
            return self.document_cause(difference, groups, None) if groups else Cause(CauseKind.NOT_FOUND)
        if not self.differs(difference, self.standing_without(groups)):
            groups = self.groups
        if not groups or not self.differs(difference, self.standing_without(groups)):
            return Cause(CauseKind.NOT_FOUND)
        kept = list(groups)
        for group in reversed(groups if len(groups) <= MAX_JOINT else []):
            fewer = [other for other in kept if other != group]
            if fewer and self.differs(difference, self.standing_without(fewer)):
                kept = fewer
        return self.document_cause(difference, kept, self.standing_without(kept))

    def _near(self, group: str, difference: Difference) -> bool:
        route = self.route_claims[difference.contract_id]
        return any(change.claim.claim_id in route for change in self._by_group[group])


def _group(change: ClaimChange) -> str:
    """Return what is taken back at once: a document; where none is named, the claim alone."""
    claim = change.claim
    return claim.claim_key if claim.source_id == UNSOURCED else str(claim.source_id)


def _statuses(answer: Answer) -> Standing:
    return {dependent.facts.contract_id: dependent.status for dependent in answer.dependents}
