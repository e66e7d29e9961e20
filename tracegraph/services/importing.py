"""Files into the store: every row is checked first, and nothing is written while one is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tracegraph.errors import DatasetRejected, Problem
from tracegraph.intake import Reading, read_dataset
from tracegraph.intake.known import AsksStanding
from tracegraph.intake.refusal import ERROR
from tracegraph.messages import N_
from tracegraph.store.port import Progress, Store
from tracegraph.store.rows import ApplyReport


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do.

    Attributes
    ----------
    reading : Reading
        What the files hold, with warnings and notes.
    report : ApplyReport
        What became of it in the store.
    dry_run : bool
        Whether nothing was written.
    """

    reading: Reading
    report: ApplyReport
    dry_run: bool

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is worth a look, though it does not stop an import."""
        return tuple(problem for problem in self.reading.problems if problem.severity != ERROR)

    @property
    def bad_rows(self) -> int:
        """How many rows were left out; none unless bad rows are skipped."""
        return sum(len(rows) for rows in self.reading.bad_rows.values())


def read_checked(
    store: Store | AsksStanding,
    paths: Sequence[Path],
    *,
    skip_bad_rows: bool = False,
    progress: Progress | None = None,
) -> Reading:
    """Read files and check every row, also against what the store holds.

    Parameters
    ----------
    store : Store or callable
        Where it is to go, or what answers for its `standing`.
    paths : sequence of Path
        Folders and files.
    skip_bad_rows : bool
        Leave bad rows out instead of refusing the whole.
    progress : callable, optional
        Called with bytes read and bytes in all.

    Raises
    ------
    DatasetRejected
        Rows break a rule and are not to be skipped; nothing is written.
    """
    found = read_dataset(paths, standing=store, progress=progress)
    errors = found.errors
    if errors and not skip_bad_rows:
        raise DatasetRejected(N_("nothing was written; problems: {n}"), found.problems, n=len(errors))
    return found


def write_reading(
    store: Store, reading: Reading, now: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Imported:
    """Write what was read, or say what writing it would do.

    Parameters
    ----------
    store : Store
        Where it goes.
    reading : Reading
        From `read_checked`.
    now : str
        The present moment, at which what states no other time becomes known.
    dry_run : bool
        Count, write nothing.
    progress : callable, optional
        Called with statements written and statements in all.
    """
    return Imported(reading, store.apply(reading.change_set, now, dry_run=dry_run, progress=progress), dry_run)
