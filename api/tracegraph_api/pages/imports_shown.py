"""What a page says of an import: its state, what is wrong with it, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request

from tracegraph.errors import Problem
from tracegraph.intake.documentation import columns
from tracegraph.intake.files import KNOWN_NAMES
from tracegraph.intake.rows import LEFT_OUT
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_
from tracegraph.render.claims import KINDS
from tracegraph.render.statement_words import differences, sentence, source_of
from tracegraph.services.column_choices import Unclear, choices_of, kept_choice, suggested, unclear_files
from tracegraph.services.imports import ImportState, Sent
from tracegraph_api.context import principal, store, translator
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
#: How a form says that a column is left out.
LEAVE_OUT: Final = "-"
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


# --- what columns are ------------------------------------------------------------------------------------------------


def field_of(file: int, place: int) -> str:
    """Return the name of the field in which a column of a file is chosen."""
    return f"column-{file}-{place}"


def choosing(found: Sent, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Return the files whose columns can be chosen, each with fields that hold what is probably meant."""
    if found.state not in (ImportState.CHECKED, ImportState.REJECTED):
        return []
    near = {(one.file, one.value): str(one.remedy.values.get("near", "")) for one in problems}
    files = []
    for number, file in enumerate(unclear_files(found)):
        kept = kept_choice(store(), principal(), file)
        before = suggested(file, kept) if not file.chosen else {}
        names = _names(file)
        meant = {one: near.get((file.file, one), "") for one in file.headers}
        filled = {**{one: names[key] for one, key in meant.items() if key in names}, **before, **file.chosen}
        files.append(
            {
                "file": file.file,
                "chosen_at": kept.chosen_at if kept and before else "",
                "choices": _choices(file),
                "fields": [
                    {"name": name, "header": header, "value": request.form.get(name, _value(filled.get(header)))}
                    for place, header in enumerate(file.headers)
                    for name in [field_of(number, place)]
                ],
            }
        )
    return files


def _names(file: Unclear) -> dict[str, str]:
    """Return the columns that are free, by every name."""
    return {name: one.name for one in file.table.columns if one.name in file.free for name in one.headers}


def _value(column: str | None) -> str:
    return LEAVE_OUT if column == LEFT_OUT else column or ""


def _choices(file: Unclear) -> list[tuple[str, str]]:
    """Return the columns that are free, each with what it is."""
    free = [one for one in columns(file.table.name) if one.name in file.free]
    return [(one.name, f"{column_name(file.file, one.name)}: {translator().text(one.about)}") for one in free]


def column_name(file: str, column: str) -> str:
    """Return a column's name in the reader's language."""
    known = TABLES[KNOWN_NAMES[file]].by_name[column]
    return known.sv if translator().lang == "sv" else known.name


def kept_rows() -> list[dict[str, Any]]:
    """Return the choices that are kept, for a table."""
    return [
        {
            "id": one.id,
            "file": one.file,
            "chosen_at": one.chosen_at,
            "columns": [
                (header, None if column == LEFT_OUT else column_name(one.file, column))
                for header, column in one.chosen.items()
            ],
        }
        for one in choices_of(store(), principal())
    ]


# --- what it would change --------------------------------------------------------------------------------------------


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
