"""What is wrong with rows that a program sends, in words that speak of no file and no command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tracegraph.errors import Problem
from tracegraph.intake.known import NOWHERE
from tracegraph.intake.spec import Target
from tracegraph.messages import N_, Message
from tracegraph.services.documents import unseen_document

_UNKNOWN_KEY: Final = N_("correct the key, or remove it: the keys are the columns of the dataset's file")
_UNKNOWN_ID: Final = N_("correct the id, or record it first")
_UNSEEN: Final[Mapping[str, str]] = {
    NOWHERE[Target.SUPPLIER]: N_("there is no supplier {value} that you see"),
    NOWHERE[Target.HOLDER]: N_("there is no supplier or factory {value} that you see"),
    NOWHERE[Target.CONTRACT]: N_("there is no contract {value} that you see"),
    NOWHERE[Target.CATEGORY]: N_("there is no category {value}"),
}


def in_words(problem: Problem) -> Problem:
    """Return a problem of a row as a program is told of it."""
    has_near = "near" in problem.remedy.values
    if problem.rule == "unknown-column" and not has_near:
        return replace(problem, remedy=Message(_UNKNOWN_KEY, {}))
    if problem.message.text == NOWHERE[Target.SOURCE] and not has_near:
        return unseen_document(problem.column or "", str(problem.value))
    if problem.message.text in _UNSEEN:
        told = Message(_UNSEEN[problem.message.text], problem.message.values)
        return replace(problem, message=told, remedy=problem.remedy if has_near else Message(_UNKNOWN_ID, {}))
    return problem
