"""The rule that keeps a hidden row from passing for none (docs/model.md section 3, Sourcing).

A list that is said to be `complete` without a count is trusted by everybody who sees it. So nothing that some of them
do not see may enter it: such a row is refused, whichever of the two comes first, in the files or in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tracegraph.intake.claims import Claims
from tracegraph.intake.known import AsksStanding
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.lens import less_visible
from tracegraph.messages import N_
from tracegraph.model import Statement
from tracegraph.store.rows import Standing
from tracegraph.vocabulary import PUBLIC, Label, RelationshipType, Sourcing

_ENTERING = frozenset({RelationshipType.SUPPLIES, RelationshipType.BECOMES, RelationshipType.DELIVERED_UNDER})

#: Asks the store for the claims that end in items and contracts.
AsksEnds = Callable[[Iterable[str]], Standing]
#: Items that the store is asked about at once: a read of half a million would outlast its deadline.
ENDS_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class _Placed:
    """A claim of this import (with its position) or of the store (without)."""

    statement: Statement
    position: int | None


def ends_asker(ask: AsksStanding | None) -> AsksEnds | None:
    """Return what asks the store for claims by their ends alone."""
    if ask is None:
        return None

    def ends(wanted: Iterable[str]) -> Standing:
        nothing: Collection[tuple[Label, str]] = ()
        every = list(wanted)
        blocks = (every[at : at + ENDS_AT_ONCE] for at in range(0, len(every), ENDS_AT_ONCE))
        return Standing(labels=(), claims=[claim for block in blocks for claim in ask((), nothing, block).claims])

    return ends


def check_complete(claims: Claims, ask: AsksEnds | None, problems: Problems) -> None:
    """Refuse rows that are less visible than an uncounted `complete` that they enter."""
    entering: dict[str, list[_Placed]] = {}
    stating: dict[str, list[_Placed]] = {}
    for position, statement in enumerate(claims.statements):
        if statement.type not in _ENTERING:
            _sort_in(_Placed(statement, position), entering, stating)
    ends = {end for end, placed in stating.items() if any(True for _ in _uncounted(placed))}
    if ask is not None:
        ends |= {one.end.id for one in claims.statements if one.type in _ENTERING and one.visibility != PUBLIC}
        replaced = set(claims.keys)
        for claim in ask(sorted(ends)).claims:
            if claim.claim_key not in replaced:
                _sort_in(_Placed(claim, None), entering, stating)
    for position, statement in enumerate(claims.statements):
        if statement.type in _ENTERING and statement.end.id in stating:
            _sort_in(_Placed(statement, position), entering, stating)
    for end, placed in stating.items():
        for complete in _uncounted(placed):
            for row in entering.get(end, ()):
                if less_visible(row.statement.visibility, than=complete.statement.visibility):
                    _refuse(claims, row, complete, problems)


def _sort_in(placed: _Placed, entering: dict[str, list[_Placed]], stating: dict[str, list[_Placed]]) -> None:
    statement = placed.statement
    if statement.type in _ENTERING:
        entering.setdefault(statement.end.id, []).append(placed)
    elif (statement.type is RelationshipType.OFFERS and "sourcing" in statement.attributes) or _is_contract(statement):
        stating.setdefault(statement.end.id, []).append(placed)


def _is_contract(statement: Statement) -> bool:
    return statement.type is RelationshipType.DESCRIBES and statement.end.label is Label.CONTRACT


def _uncounted(placed: Iterable[_Placed]) -> Iterator[_Placed]:
    """Yield the claims that say `complete` without a count; a contract's row that says nothing of it does so too."""
    stated = list(placed)
    for one in stated:
        attributes: Mapping[str, object] = one.statement.attributes
        if "sourcing" not in attributes:
            if not any(_speaks_for(other.statement, one.statement) for other in stated):
                yield one
        elif attributes["sourcing"] == Sourcing.COMPLETE and "source_count" not in attributes:
            yield one


def _speaks_for(other: Statement, silent: Statement) -> bool:
    """Return whether whoever sees a row that states no sourcing also sees this one, which does."""
    return (
        "sourcing" in other.attributes
        and not less_visible(other.visibility, than=silent.visibility)
        and other.valid_from <= silent.valid_from
        and other.valid_to >= silent.valid_to
    )


def _refuse(claims: Claims, row: _Placed, complete: _Placed, problems: Problems) -> None:
    end = row.statement.end.id
    values = {"end": end, "visibility": row.statement.visibility, "seen_by": complete.statement.visibility}
    if row.position is not None:
        message = N_("the row is for {visibility} and enters {end}, said to be complete for {seen_by} without a count")
        remedy = N_("state source_count where {end} is said to be complete, or say open there")
        claims.refuse(row.position, "visibility", Refusal("less-visible", message, remedy, **values), problems)
    elif complete.position is not None:
        message = N_("{end} is said to be complete for {seen_by} without a count, but a row for {visibility} enters it")
        remedy = N_("state source_count, or say open")
        claims.refuse(complete.position, "sourcing", Refusal("less-visible", message, remedy, **values), problems)
