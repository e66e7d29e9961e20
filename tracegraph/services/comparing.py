"""Two answers side by side: which contracts stand otherwise, and which documents made the difference."""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.answer import Answer, Dependent


@dataclass(frozen=True, slots=True)
class Difference:
    """A contract that stands otherwise in the second answer.

    Attributes
    ----------
    before, after : Dependent or None
        The two answers for it; None where the reader did not see the contract.
    sources : tuple of str
        Documents on its best route in the second answer that became known after the first.
    """

    contract_id: str
    before: Dependent | None
    after: Dependent | None
    sources: tuple[str, ...] = ()


def differences(before: Answer, after: Answer) -> list[Difference]:
    """Return the contracts whose status differs between two answers, by contract id."""
    old = {dependent.facts.contract_id: dependent for dependent in before.dependents}
    new = {dependent.facts.contract_id: dependent for dependent in after.dependents}
    known = before.question.lens.known_at
    return [
        Difference(contract, old.get(contract), new.get(contract), _new_sources(new.get(contract), known))
        for contract in sorted(old.keys() | new.keys())
        if _status(old.get(contract)) != _status(new.get(contract))
    ]


def _status(dependent: Dependent | None) -> str | None:
    return dependent.status if dependent else None


def _new_sources(dependent: Dependent | None, known_at: str) -> tuple[str, ...]:
    steps = (dependent.route or ()) if dependent else ()
    found = (claim.source_id for step in steps for claim in step.claims if claim.recorded_at > known_at)
    return tuple(dict.fromkeys(found))
