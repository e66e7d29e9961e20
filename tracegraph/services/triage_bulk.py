"""Triage of many contracts at once, all or nothing, and an operation taken back as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracegraph.answer import Dependent, Question
from tracegraph.errors import DatasetRejected, IncidentWithdrawn, InvalidInput, Problem, UnknownNode
from tracegraph.messages import N_, Message
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import exposing
from tracegraph.services.newest import newest_records
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.triage import KIND, history
from tracegraph.services.triage_writing import Writer, unseen
from tracegraph.store.rows import RecordWrite
from tracegraph.triage import Said, Triage, record_id, record_prefix, triage_body, triage_from_body
from tracegraph.vocabulary import Status

if TYPE_CHECKING:
    from tracegraph.store.port import Store

MAX_ROWS: Final = 1_000


class Outcome(StrEnum):
    """What becomes of one contract."""

    CREATED = "created"
    REPLACED = "replaced"
    KEPT = "kept"  # it was triaged already, or since, and is left as it is
    TAKEN_BACK = "taken_back"  # nothing is said any more
    RESTORED = "restored"  # what was said before counts again


@dataclass(frozen=True, slots=True)
class Row:
    """One contract of an operation: what becomes of it, and its write; None where it is left as it is."""

    contract_id: str
    outcome: Outcome
    write: RecordWrite | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which contracts an operation is about: those listed, or those that match.

    Attributes
    ----------
    contracts : sequence of str or None
        Ids; None: those that match the rest.
    statuses : sequence of Status
        Any of these.
    suppliers, regions, categories : sequence of str
        Direct suppliers (for unmapped contracts those to ask), regions, categories; any of each; empty: all.
    """

    contracts: Sequence[str] | None = None
    statuses: Sequence[Status] = ()
    suppliers: Sequence[str] = ()
    regions: Sequence[str] = ()
    categories: Sequence[str] = ()

    def matches(self, found: Dependent) -> bool:
        """Return whether a contract is one of those that match."""
        return (
            found.status in self.statuses
            and _any(self.suppliers, (*found.direct_suppliers, *found.ask))
            and _any(self.regions, found.facts.regions)
            and _any(self.categories, (found.facts.category,))
        )


def _any(wanted: Sequence[str], given: Sequence[str | None]) -> bool:
    return not wanted or not set(wanted).isdisjoint(given)


# --- many at once --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that is said of many contracts.

    Attributes
    ----------
    id : str
        By which all of it can be taken back.
    chosen : Chosen
        Of which contracts.
    said : Said
        What.
    replaces : bool
        Whether contracts that are triaged already get the new state too; else they are left as they are.
    """

    id: str
    chosen: Chosen
    said: Said
    replaces: bool = False


def bulk(writes: Writer, operation: Operation, store: Store, portfolios: Portfolios) -> list[Row]:
    """Return what becomes of many contracts at once, by id.

    Parameters
    ----------
    writes : Writer
        Who writes whose triage.
    operation : Operation
        What is said of which contracts.
    store, portfolios
        The store, and its portfolio views.

    Raises
    ------
    DatasetRejected
        Some that are listed are not there, each with its JSON pointer; nothing is to be written.
    InvalidInput
        There are none, or more than 1,000.
    IncidentWithdrawn
        Contracts are to be matched, and the incident exposes none.
    """
    listed = operation.chosen.contracts
    contracts = sorted(_matching(writes, operation.chosen, store, portfolios) if listed is None else set(listed))
    if not 0 < len(contracts) <= MAX_ROWS:
        raise InvalidInput(
            N_("the operation is about {n} contracts: 1 to {limit} at once"), n=len(contracts), limit=MAX_ROWS
        )
    if listed is not None:
        _refuse_unseen(writes, listed, store)
    newest = _newest(writes, store)
    return [_row(writes, operation, contract, newest.get(contract)) for contract in contracts]


def _refuse_unseen(writes: Writer, listed: Sequence[str], store: Store) -> None:
    problems = [
        Problem(
            file="",
            line=None,
            column=f"/contracts/{place}",
            value=listed[place],
            rule="unknown-contract",
            message=Message(N_("there is no contract {id} that all readers of this triage see"), {"id": listed[place]}),
            remedy=Message(N_("correct the id, or leave it out"), {}),
        )
        for place in unseen(writes, listed, store)
    ]
    if problems:
        raise DatasetRejected(N_("nothing was written; contracts that are not there: {n}"), problems, n=len(problems))


def _row(writes: Writer, operation: Operation, contract_id: str, present: Triage | None) -> Row:
    stands = present is not None and present.said.state is not None
    if stands and not operation.replaces:
        return Row(contract_id, Outcome.KEPT)
    version = present.version if present else 0
    outcome = Outcome.REPLACED if stands else Outcome.CREATED
    return Row(contract_id, outcome, writes.write(contract_id, operation.said, version, operation.id))


def _matching(writes: Writer, chosen: Chosen, store: Store, portfolios: Portfolios) -> Iterator[str]:
    known = writes.known
    if not exposing(known.view):
        raise IncidentWithdrawn(
            N_("the incident {id} was withdrawn, and exposes no contract: list the contracts that you mean"),
            id=known.incident_id,
        )
    answer = dependents(Question(known.view.current.scope, known.lens), store, portfolios)
    yield from (found.facts.contract_id for found in answer.dependents if chosen.matches(found))


def _newest(writes: Writer, store: Store) -> Mapping[str, Triage]:
    """Return the newest versions of an incident's triage, also those that say nothing any more."""
    found: dict[str, Triage] = {}
    for record in newest_records(store, KIND, prefix=record_prefix(writes.visibility, writes.incident_id)):
        triage = triage_from_body(record.id, record.version, record.body, record.recorded_at)
        found[triage.contract_id] = triage
    return found


# --- taken back ----------------------------------------------------------------------------------------------------


def undo(writes: Writer, operation_id: str, store: Store) -> list[Row]:
    """Return what becomes of the contracts of an operation when it is taken back, by id.

    A contract that somebody triaged since is left as it is. What was said before counts again, as it was said: with
    what was known then.

    Raises
    ------
    UnknownNode
        No such operation wrote triage of this incident.
    """
    lens = writes.known.lens
    rows: list[Row] = []
    for contract_id in sorted(_newest(writes, store)):
        versions = history(store, writes.incident_id, contract_id, writes.visibility, lens)
        place = next((place for place, one in enumerate(versions) if one.operation_id == operation_id), None)
        if place is not None:
            rows.append(_undone(writes, versions, place))
    if not rows:
        raise UnknownNode(N_("there is no operation {id} on the triage of this incident"), id=operation_id)
    return rows


def _undone(writes: Writer, versions: Sequence[Triage], place: int) -> Row:
    last = versions[-1]
    if place + 1 != len(versions):
        return Row(last.contract_id, Outcome.KEPT)
    before = versions[place - 1] if place else None
    if before is None or before.said.state is None:
        return Row(last.contract_id, Outcome.TAKEN_BACK, writes.write(last.contract_id, Said(state=None), last.version))
    again = RecordWrite(
        KIND,
        record_id(last.visibility, last.incident_id, last.contract_id),
        triage_body(before.said, before.basis, writes.by, None),
        expected_version=last.version,
        visibility=last.visibility,
    )
    return Row(last.contract_id, Outcome.RESTORED, again)
