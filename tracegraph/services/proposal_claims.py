"""What a proposal would record: the rows of a supplier about itself, documented no better than it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tracegraph.access import Principal
from tracegraph.errors import DatasetRejected, Forbidden, Problem
from tracegraph.intake.csv_reader import header_key
from tracegraph.intake.refusal import Refusal
from tracegraph.intake.spec import Column, Target
from tracegraph.intake.stated_rows import StatedRow, text_of
from tracegraph.intake.tables import TABLES
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Statement
from tracegraph.services.claim_writing import PlannedClaims, plan_claims
from tracegraph.services.documents import problem_at
from tracegraph.services.proposals import Submission
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade

_VISIBILITY: Final = "visibility"
_HOLDERS: Final = (Target.SUPPLIER, Target.HOLDER)


def plan_proposal(store: Store, lens: Lens, who: Principal, submission: Submission) -> PlannedClaims:
    """Return what a submission would record.

    Parameters
    ----------
    store, lens, who
        The store, and who submits or accepts it: as of now, with all that they see.
    submission : Submission
        What is proposed.

    Raises
    ------
    DatasetRejected
        Something breaks a rule, is not about the supplier, or would replace what is documented better.
    Forbidden
        They may not write this visibility.
    """
    if not who.may_write_as(submission.visibility):
        raise Forbidden(
            N_("you may not record what {visibility} sees: you may record for {allowed}"),
            visibility=submission.visibility,
            allowed=", ".join(who.visible_to),
        )
    sent = submission.sent
    _refuse([*_not_about(submission), *_own_visibility(submission)])
    rows = [{**row, _VISIBILITY: submission.visibility} for row in sent.rows]
    plan = plan_claims(store, lens, who, replace(sent, rows=rows), limit=declared)
    _refuse(list(_better_documented(plan)))
    return plan


def declared(statement: Statement) -> Statement:
    """Return a statement as what a supplier says of itself: declared, at best."""
    return replace(statement, grade=Grade.DECLARED) if statement.grade.rank > Grade.DECLARED.rank else statement


def is_about(table: str, row: StatedRow, supplier: str) -> bool:
    """Return whether a row names a supplier as what it describes, or as one of its ends."""
    return any(text_of(row[key]).strip() == supplier for key, column in _columns(table, row) if _names_holder(column))


def _names_holder(column: Column) -> bool:
    return column.refers in _HOLDERS or column is TABLES["suppliers"].columns[0]


def _columns(table: str, row: StatedRow) -> Iterator[tuple[str, Column]]:
    by_header = TABLES[table].by_header
    yield from ((key, by_header[header_key(key)]) for key in row if header_key(key) in by_header)


def _not_about(submission: Submission) -> Iterator[Problem]:
    for number, row in enumerate(submission.sent.rows):
        if not is_about(submission.sent.table, row, submission.supplier):
            message = N_("the row does not name {supplier}, who submitted it")
            remedy = N_(
                "a supplier speaks for itself: it is the seller, the buyer, the holder, the operator or the owner"
            )
            yield problem_at(
                f"/rows/{number}", Refusal("not-about-itself", message, remedy, supplier=submission.supplier), ""
            )


def _own_visibility(submission: Submission) -> Iterator[Problem]:
    for number, row in enumerate(submission.sent.rows):
        for key, column in _columns(submission.sent.table, row):
            if column.name == _VISIBILITY:
                message, remedy = N_("all rows of a proposal are seen by the same"), N_("state visibility beside rows")
                yield problem_at(f"/rows/{number}/{key}", Refusal("one-visibility", message, remedy), text_of(row[key]))


def _better_documented(plan: PlannedClaims) -> Iterator[Problem]:
    better = {str(one.claim_key): one for one in plan.replaced if one.grade.rank > Grade.DECLARED.rank}
    for number, keys in enumerate(plan.keys):
        for key in (key for key in keys if key in better):
            message = N_("{value} is {grade}, and what a supplier declares does not replace it")
            remedy = N_("name the supplier's own document as the source: both are kept then")
            id = better[key].claim_id
            refusal = Refusal("better-documented", message, remedy, value=id, grade=better[key].grade.value)
            yield problem_at(f"/rows/{number}", refusal, id)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DatasetRejected(N_("nothing was written; problems: {n}"), problems, n=len(problems))
