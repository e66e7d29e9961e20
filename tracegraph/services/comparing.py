"""Two answers side by side: which contracts stand otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracegraph.answer import Answer, Dependent, Question
from tracegraph.answer_compare import Causes, Comparison, Difference, Movement, Side, is_listed
from tracegraph.answer_exposure import KnownRevision
from tracegraph.services.causes import Seen, find_causes
from tracegraph.services.dependents import STATUS_ORDER, dependents
from tracegraph.services.exposed import exposed_of
from tracegraph.services.exposure import no_answer
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader

_ORDER = {movement: position for position, movement in enumerate(Movement)}


def differences(before: Answer, after: Answer) -> list[Difference]:
    """Return the contracts whose status differs between two answers, by contract id."""
    old = {dependent.facts.contract_id: dependent for dependent in before.dependents}
    new = {dependent.facts.contract_id: dependent for dependent in after.dependents}
    found = (Difference(contract, old.get(contract), new.get(contract)) for contract in sorted(old.keys() | new.keys()))
    return [d for d in found if (d.before and d.before.status) != (d.after and d.after.status)]


def new_sources(dependent: Dependent | None, known_at: str) -> tuple[str, ...]:
    """Return the documents on a contract's best route that became known after a moment."""
    steps = (dependent.route or ()) if dependent else ()
    found = (claim.source_id for step in steps for claim in step.claims if claim.recorded_at > known_at)
    return tuple(dict.fromkeys(found))


def listed_differences(before: Answer, after: Answer) -> tuple[Difference, ...]:
    """Return differences in the order in which they are shown, without those between No and not seen at all."""
    found = [d for d in differences(before, after) if is_listed(d.before) or is_listed(d.after)]
    return tuple(sorted(found, key=lambda d: (_ORDER[d.movement], _status_rank(d), d.contract_id)))


def _status_rank(difference: Difference) -> int:
    dependent = difference.after if difference.movement is not Movement.LEFT else difference.before
    return STATUS_ORDER[dependent.status] if dependent else len(STATUS_ORDER)


def side(answer: Answer, incidents: Iterable[KnownRevision] = ()) -> Side:
    """Return one of two answers."""
    return Side(answer, tuple(incidents), exposed_of(answer))


def answered(question: Question, reader: GraphReader, portfolios: Portfolios | None = None) -> Answer:
    """Answer a question; one that names nothing, as after a withdrawal, has no contract in its answer."""
    if not question.scope:
        return no_answer(question, reader)
    return dependents(question, reader, portfolios or Portfolios(reader))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that are held against each other.

    Attributes
    ----------
    before, after : Question
        The questions.
    known : (tuple of KnownRevision, tuple of KnownRevision)
        The revisions of incidents that their scopes come from.
    scope_changes : tuple of KnownRevision
        As in `Comparison`.
    """

    before: Question
    after: Question
    known: tuple[tuple[KnownRevision, ...], tuple[KnownRevision, ...]] = ((), ())
    scope_changes: tuple[KnownRevision, ...] = ()


def compare(pair: Pair, reader: GraphReader, *, max_documents: int, portfolios: Portfolios | None = None) -> Comparison:
    """Answer two questions and say what made the difference.

    Parameters
    ----------
    pair : Pair
        The questions.
    reader : GraphReader
        The store.
    max_documents : int
        Documents that are taken back one by one, at most.
    portfolios : Portfolios, optional
        The store's portfolio views, where they are kept.
    """
    before, after = (answered(question, reader, portfolios) for question in (pair.before, pair.after))
    found = listed_differences(before, after)
    causes = find_causes(Seen(before, after, found), reader, max_documents) if found else Causes({})
    return Comparison(side(before, pair.known[0]), side(after, pair.known[1]), found, causes, pair.scope_changes)


def without_causes(before: Side, after: Side) -> Comparison:
    """Return two answers side by side, where it is plain what makes the difference."""
    return Comparison(before, after, listed_differences(before.answer, after.answer), Causes({}))
