"""How far recorded incidents reach: each alone, all together, and by what the contracts have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tracegraph.answer import LISTED_STATUSES, Answer, Dependent, Question, Summary
from tracegraph.answer_exposure import (
    ExposedSum,
    Exposure,
    IncidentExposure,
    KnownRevision,
    Stopped,
)
from tracegraph.incidents_history import change_of
from tracegraph.services.contract_table import STATUSES
from tracegraph.services.dependent_rows import standing_of
from tracegraph.services.dependents import dependents
from tracegraph.services.exposed import ExposedValues, exposed_of, sum_of
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.roll_ups import roll_ups
from tracegraph.services.standing import Standing
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Basis, IncidentStatus, Status


def exposure(views: Sequence[IncidentView], asked: Question, reader: GraphReader, portfolios: Portfolios) -> Exposure:
    """Answer which contracts incidents reach.

    Parameters
    ----------
    views : sequence of IncidentView
        The incidents, as seen under the lens of `asked`.
    asked : Question
        Lens and limits; its scope is replaced by those of the incidents.
    reader, portfolios
        The store, and its portfolio views.

    Returns
    -------
    Exposure
        An incident that was withdrawn has no part in the answer and says since when.
    """
    views = list({view.current.incident_id: view for view in views}.values())
    live = [view for view in views if stopped(view) is None]
    scope = tuple(dict.fromkeys(selector for view in live for selector in view.current.scope))
    question = replace(asked, scope=scope)
    whole = dependents(question, reader, portfolios) if live else no_answer(question, reader)
    standing = standing_of(whole)
    values = ExposedValues(standing) if standing else None
    own = {
        str(view.current.incident_id): whole
        if len(live) == 1
        else dependents(replace(asked, scope=view.current.scope), reader, portfolios)
        for view in live
    }
    total = values.total if values and len(live) == 1 else None
    return Exposure(
        answer=whole,
        incidents=tuple(_part(view, own.get(str(view.current.incident_id)), total) for view in views),
        reached_by=_ReachedBy({id: found for id, answer in own.items() if (found := standing_of(answer))}),
        rollups=roll_ups(whole, reader, values),
    )


def stopped(view: IncidentView) -> Stopped | None:
    """Return since when an incident exposes nothing; None while it does."""
    if exposing(view):
        return None
    number = len(view.revisions)
    while number and view.revisions[number - 1].status == IncidentStatus.WITHDRAWN:
        number -= 1
    since = view.revisions[number].recorded_at
    before = datetime.fromisoformat(since) - timedelta(seconds=1)
    return Stopped(since, number + 1, f"{before.isoformat()[:19]}Z" if number else None)


def no_answer(question: Question, reader: GraphReader) -> Answer:
    """Return the answer to a question that names nothing: no contract is judged."""
    summary = Summary(
        counts=dict.fromkeys(Status, 0),
        value_sek=dict.fromkeys(LISTED_STATUSES, 0.0),
        contracts_without_value=0,
        unmapped_by_basis=dict.fromkeys((Basis.GOODS_MATCH, Basis.NOT_EXCLUDED), 0),
        by_region={},
        by_category={},
        by_direct_supplier={},
        truncated=False,
        items_cut=False,
        graph_version=reader.version(question.lens),
    )
    return Answer(question, {}, (), summary, ())


def known_revision(view: IncidentView, number: int | None = None) -> KnownRevision:
    """Return the newest revision of an incident, or the one of this number, counted from 1."""
    place = (number or len(view.revisions)) - 1
    revision = view.revisions[place]
    return KnownRevision(revision, place + 1, change_of(revision, view.revisions[place - 1] if place else None))


def _part(view: IncidentView, answer: Answer | None, total: ExposedSum | None) -> IncidentExposure:
    exposed = sum_of(()) if answer is None else total or exposed_of(answer)
    return IncidentExposure(known_revision(view), stopped(view), answer.summary if answer else None, exposed)


class _ReachedBy(Mapping[str, Mapping[str, Status]]):
    """By contract: its status by incident, of those incidents that reach it; made for one when it is asked for.

    Parameters
    ----------
    own : mapping
        By incident: where all contracts stand towards it.
    """

    def __init__(self, own: Mapping[str, Standing]) -> None:
        self._own = own

    def __getitem__(self, contract: str) -> dict[str, Status]:
        """Return the statuses of one contract."""
        found = {}
        for incident, standing in self._own.items():
            at = standing.view.portfolio.contract_index.get(contract)
            if at is not None and standing.listed[at]:
                found[incident] = STATUSES[standing.status[at]]
        if not found:
            raise KeyError(contract)
        return found

    def __iter__(self) -> Iterator[str]:
        every = [contract for standing in self._own.values() for contract in standing.ids(standing.listed)]
        return iter(dict.fromkeys(every))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def is_listed(dependent: Dependent) -> bool:
    """Return whether a contract has one of the three listed statuses."""
    return dependent.status in LISTED_STATUSES
