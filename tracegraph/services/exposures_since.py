"""Which contracts stand otherwise towards an incident than they did, and why.

Two lenses are asked, the earlier and the later, and a third question between them: where would the contract stand now,
had the incident been left as it was? What lies between the first and the third is owed to claims, what lies between the
third and the second to the incident's revision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import LISTED_STATUSES, Answer, ContractFacts, Question
from tracegraph.answer_exposure import KnownRevision
from tracegraph.answer_exposures import CLAIMS_LISTED, Cause, CauseKind, Change, Reading
from tracegraph.lens import Lens
from tracegraph.model import Scope
from tracegraph.services.dependents import dependents
from tracegraph.services.exposure import known_revision
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader, Progress
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Status

_ORDER: Final = {status: place for place, status in enumerate(Status)}
Claims = Mapping[str, Sequence[GoodsClaim]]


@dataclass(frozen=True, slots=True)
class Followed:
    """An incident at two moments.

    Attributes
    ----------
    then, now : IncidentView or None
        As seen under each lens; None where it is not seen.
    """

    then: IncidentView | None
    now: IncidentView | None

    @property
    def scopes(self) -> tuple[Scope | None, Scope | None]:
        """What it touches at each moment; None where it exposes nothing."""
        old, new = (view.current.scope if view and exposing(view) else None for view in (self.then, self.now))
        return old, new

    @property
    def exposes_throughout(self) -> bool:
        """Whether it exposes something at both moments."""
        return None not in self.scopes

    @property
    def incident(self) -> KnownRevision:
        """As known now; as known then, where it is not known now."""
        view = self.now or self.then
        assert view is not None, "an incident is followed because one of the lenses shows it"
        return known_revision(view)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A contract that stands otherwise; `held` is where it would stand now, had the incident been left as it was."""

    contract: str
    before: Reading | None
    held: Reading | None
    after: Reading | None


class Since:
    """Compares the portfolio under two lenses.

    Parameters
    ----------
    then, now : PortfolioSweep
        The portfolio under the earlier lens and the later.
    reader, portfolios
        The store, and its portfolio views.
    """

    def __init__(self, then: PortfolioSweep, now: PortfolioSweep, reader: GraphReader, portfolios: Portfolios) -> None:
        self._then, self._now = then, now
        self._reader, self._portfolios = reader, portfolios

    def changes(self, followed: Sequence[Followed], progress: Progress | None = None) -> list[Change]:
        """Return what stands otherwise, the worst first: by status now, contract, incident.

        A contract counts that was, or is, established, possible or unmapped, and has another status, or none, at the
        other moment.
        """
        self._then.readings([scope for one in followed if (scope := one.scopes[0]) is not None])
        self._now.readings(
            [scope for one in followed if one.exposes_throughout for scope in one.scopes if scope is not None]
        )
        facts = {**self._then.view.facts, **self._now.view.facts}
        found: list[Change] = []
        for number, one in enumerate(followed, start=1):
            found += self._of_incident(one, facts)
            if progress is not None:
                progress(number, len(followed))
        return sorted(found, key=_rank)

    def _of_incident(self, one: Followed, facts: Mapping[str, ContractFacts]) -> Iterator[Change]:
        moved = list(self._moved(one))
        by_claims = [move.contract for move in moved if one.exposes_throughout and _differ(move.before, move.held)]
        evidence = self._evidence(one, by_claims) if by_claims else {}
        for move in moved:
            causes = evidence.get(move.contract, ())
            if one.exposes_throughout and None in (move.before, move.held):
                causes = (Cause(CauseKind.CONTRACT), *(c for c in causes if c.kind is not CauseKind.OTHER_CLAIMS))
            if not one.exposes_throughout or _differ(move.held, move.after):
                causes = (Cause(CauseKind.INCIDENT), *causes)
            yield Change(facts[move.contract], one.incident, move.before, move.after, causes)

    def _moved(self, one: Followed) -> Iterator[_Moved]:
        old, new = one.scopes
        before = self._then.by_contract(old)
        after = self._now.by_contract(new)
        held = self._now.by_contract(old) if old is not None and new is not None else {}
        for contract in dict.fromkeys((*before, *after)):
            move = _Moved(contract, before.get(contract), held.get(contract), after.get(contract))
            if _differ(move.before, move.after) and (_listed(move.before) or _listed(move.after)):
                yield move

    # --- the claims that made the difference ---

    def _evidence(self, one: Followed, contracts: Collection[str]) -> dict[str, tuple[Cause, ...]]:
        """Return, by contract, which claims of its best routes count at one of the moments alone.

        Both routes are from what the incident touched then: what a revision added is no matter of claims.
        """
        scope = one.scopes[0] or ()
        routes_then = self._routes(scope, self._then.lens, contracts)
        routes_now = self._routes(scope, self._now.lens, contracts)
        unknown_then = self._not_counting(routes_now, self._then.lens)
        gone_now = self._not_counting(routes_then, self._now.lens)
        found = {}
        for contract in contracts:
            causes = [
                _cause(kind, claims)
                for kind, claims in (
                    (CauseKind.CLAIMS_NEW, unknown_then.get(contract)),
                    (CauseKind.CLAIMS_GONE, gone_now.get(contract)),
                )
                if claims
            ]
            found[contract] = tuple(causes) or (Cause(CauseKind.OTHER_CLAIMS),)
        return found

    def _routes(self, scope: Scope, lens: Lens, contracts: Collection[str]) -> Claims:
        answer: Answer = dependents(Question(scope, lens), self._reader, self._portfolios)
        wanted = set(contracts)
        return {
            d.facts.contract_id: [claim for step in d.route for claim in step.claims]
            for d in answer.dependents
            if d.route is not None and d.facts.contract_id in wanted
        }

    def _not_counting(self, routes: Claims, lens: Lens) -> Claims:
        """Return, by contract, the claims of its route that do not count under a lens."""
        starts = {claim.start for claims in routes.values() for claim in claims}
        seen = self._reader.closure(sorted(starts), "downstream", lens, len(starts)).claims if starts else ()
        counting = {claim.claim_id for claim in seen}
        return {c: [claim for claim in claims if claim.claim_id not in counting] for c, claims in routes.items()}


def _cause(kind: CauseKind, claims: Sequence[GoodsClaim]) -> Cause:
    listed = claims[:CLAIMS_LISTED]
    sources = dict.fromkeys(claim.source_id for claim in listed)
    return Cause(kind, len(claims), tuple(claim.claim_id for claim in listed), tuple(sources))


def _differ(one: Reading | None, other: Reading | None) -> bool:
    return (one.status if one else None) != (other.status if other else None)


def _listed(reading: Reading | None) -> bool:
    return reading is not None and reading.status in LISTED_STATUSES


def _rank(change: Change) -> tuple[int, str, str]:
    place = _ORDER[change.after.status] if change.after else len(_ORDER)
    return place, change.facts.contract_id, str(change.incident.revision.incident_id)
