"""A progress bar that appears only when a job turns out to take a while."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

PATIENCE: Final = 1.0  # seconds before a bar is shown


class Bar:
    """One job's bar.

    Parameters
    ----------
    console : Console
        Where it is drawn.
    text : str
        What is being done.
    wanted : bool
        Whether it may be drawn at all.
    """

    def __init__(self, console: Console, text: str, *, wanted: bool) -> None:
        self._text, self._wanted = text, wanted
        self._begun = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True) if wanted else None
        self._task = self._progress.add_task(text, total=None) if self._progress else None
        self._shown = False

    def update(self, done: int, total: int) -> None:
        """Say how far the job is."""
        if self._progress is None or self._task is None:
            return
        if not self._shown and time.monotonic() - self._begun > PATIENCE:
            self._progress.start()
            self._shown = True
        self._progress.update(self._task, completed=done, total=total)

    def __enter__(self) -> Self:
        """Begin to count the time."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._progress is not None and self._shown:
            self._progress.stop()
