"""What an import did, or would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.messages import N_
from tracegraph.render.claims import change_shown
from tracegraph.render.problems import problems_shown
from tracegraph.render.shape import DIM
from tracegraph.services.importing import Imported
from tracegraph.store.rows import ApplyReport
from tracegraph.translate import Translator

EXAMPLES = 5


def import_body(done: Imported, say: Translator, bad_row_files: Sequence[Path] = ()) -> dict[str, Any]:
    """Return what an import did as JSON."""
    report = done.report
    return {
        "dry_run": done.dry_run,
        "change_set": report.change_set,
        "nothing_changed": report.is_nothing,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "references_changed": report.references_changed,
        "incidents_changed": report.incidents_changed,
        "resumed": report.resumed,
        "rows": dict(done.reading.counts),
        "bad_rows": done.bad_rows,
        "bad_row_files": [str(path) for path in bad_row_files],
        "examples": [asdict(change) for change in report.examples],
        "problems": [
            {
                "file": problem.file,
                "line": problem.line,
                "column": problem.column,
                "value": problem.value,
                "rule": problem.rule,
                "message": say.say(problem.message),
                "remedy": say.say(problem.remedy),
                "severity": problem.severity,
            }
            for problem in done.reading.problems
        ],
        "notes": [say.say(note) for note in done.reading.notes],
    }


def import_shown(done: Imported, say: Translator, bad_row_files: Sequence[Path] = ()) -> RenderableType:
    """Return what an import did, for a terminal."""
    return Group(*_parts(done, say, bad_row_files))


def _parts(done: Imported, say: Translator, bad_row_files: Sequence[Path]) -> Iterator[RenderableType]:
    if done.reading.problems:
        yield problems_shown(done.reading.problems, say)
        yield Text()
    for note in done.reading.notes:
        yield Text(say.text("Note: {note}", note=say.say(note)), style=DIM)
    if done.bad_rows:
        yield Text(
            say.plural(N_("{n} bad row was left out."), N_("{n} bad rows were left out."), done.bad_rows),
            style="bold yellow",
        )
    for path in bad_row_files:
        yield Text(say.text("Bad rows of it are in {path}.", path=str(path)))
    yield from _report(done, say)
    if done.warnings:
        yield Text(say.plural(N_("{n} warning, see above."), N_("{n} warnings, see above."), len(done.warnings)))


def _report(done: Imported, say: Translator) -> Iterator[RenderableType]:
    report = done.report
    rows = say.text("{n} rows read", n=sum(done.reading.counts.values()))
    if report.is_nothing:
        nothing = say.text("Nothing changed: the store already says all of this.")
        yield Text(f"{nothing} ({rows})", style="bold")
        return
    begun = say.text("Would be written:") if done.dry_run else say.text("Written:")
    yield Text(f"{begun} {', '.join(_counts(report, say))}. ({rows})", style="bold")
    for change in [change for change in report.examples if change.kind == "changed"][:EXAMPLES]:
        yield change_shown(change, say)
    if report.resumed:
        yield Text(say.text("An interrupted import of the same content was taken up and finished."))
    if done.dry_run:
        yield Text(say.text("This was a dry run: nothing was written."), style=DIM)
    elif report.change_set is not None:
        undo = f"tracegraph retract --import {report.change_set}"
        yield Text(say.text("This is import {n}; {undo} ends all of it.", n=report.change_set, undo=undo), style=DIM)


def _counts(report: ApplyReport, say: Translator) -> Iterator[str]:
    yield say.plural(N_("{n} new claim"), N_("{n} new claims"), report.new)
    if report.changed:
        yield say.text("{n} changed", n=report.changed)
    if report.unchanged:
        yield say.text("{n} unchanged", n=report.unchanged)
    if report.references_changed:
        yield say.plural(
            N_("{n} reference record (products, regions, categories, sources)"),
            N_("{n} reference records (products, regions, categories, sources)"),
            report.references_changed,
        )
    if report.incidents_changed:
        yield say.plural(N_("{n} incident revision"), N_("{n} incident revisions"), report.incidents_changed)
