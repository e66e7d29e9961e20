"""What a page says of an import: its state, what is wrong with it, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tracegraph.errors import Problem
from tracegraph.messages import N_
from tracegraph.render.claims import KINDS
from tracegraph.render.statement_words import differences, sentence, source_of
from tracegraph.services.imports import ImportState
from tracegraph_api.context import translator
from tracegraph_api.pages.words import say
from tracegraph_api.problems import problem_entry

STATES: Final[Mapping[ImportState, str]] = {
    ImportState.RECEIVED: N_("received, not checked yet"),
    ImportState.CHECKED: N_("checked, nothing is written yet"),
    ImportState.REJECTED: N_("cannot be written: something is wrong in it"),
    ImportState.COMMITTED: N_("written"),
    ImportState.DISCARDED: N_("let go of, nothing was written"),
    ImportState.UNDONE: N_("undone"),
}
_SEVERITIES: Final[Mapping[str, str]] = {"error": N_("Error"), "warning": N_("Warning")}
#: What speaks of a column as a whole.
_OF_COLUMNS: Final = frozenset({"unknown-column", "missing-column", "duplicate-column", "share-not-here"})


def problem_row(problem: Problem) -> dict[str, Any]:
    """Return one thing that is wrong, for a table."""
    entry = problem_entry(problem)
    return {
        "severity": say(_SEVERITIES[problem.severity]),
        "is_error": problem.severity == "error",
        "file": problem.file,
        "line": None if problem.line is None else str(problem.line),
        "column": problem.column or "",
        "value": problem.value or "",
        "detail": entry["detail"],
        "remedy": _remedy(problem, entry["remedy"]),
    }


def column_problems(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return what is wrong with columns, each with the name that was probably meant."""
    wrong = [one for one in problems if one.rule in _OF_COLUMNS]
    meant = {(one.file, one.remedy.values.get("near")): one.value or "" for one in wrong}
    return [{**problem_row(one), "near": _near(one, meant)} for one in wrong]


def _near(problem: Problem, meant: Mapping[tuple[str, Any], str]) -> str:
    """Return the name that was probably meant; of a column that is missing, the one that stands in its place."""
    if problem.rule == "missing-column":
        return meant.get((problem.file, problem.column), "")
    return str(problem.remedy.values.get("near", ""))


def tables_read(rows: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return how many rows of each file were read and refused."""
    return [{"file": f"{name}.csv", **counts} for name, counts in rows.items() if counts["rows"] or counts["refused"]]


def preview_rows(preview: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return examples of what an import changes, in words; an import that is not looked at yet has none."""
    if not preview:
        return []
    say_it = translator()
    return [
        {
            "kind": say_it.text(KINDS[one["kind"]]),
            "text": sentence(one["claim_key"], say_it),
            "source": source_of(one["claim_key"]),
            "place": one["row"] and f"{one['row']['file']}, {one['row']['line']}",
            "differences": differences(one["before"] or {}, one["after"] or {}, say_it)
            if one["kind"] == "changed"
            else [],
        }
        for one in preview["examples"]
    ]


def _remedy(problem: Problem, text: str) -> str:
    """Return what to do; what speaks of a command is said of the page of columns."""
    if "tracegraph columns" in problem.remedy.text:
        return str(say(N_("remove it: the page Files and columns lists those that are read")))
    return text
