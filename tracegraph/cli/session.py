"""One run of the command line: its language, its two outputs, its clock, and the store that it opens."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console, RenderableType

from tracegraph.cli.progress import Bar
from tracegraph.composition import open_store
from tracegraph.settings import Settings, load_settings
from tracegraph.translate import Translator

if TYPE_CHECKING:  # the port needs numpy, which help can do without
    from tracegraph.store.port import Progress, Store

#: Blanks at the end of a line, also those that stand before the codes that end a colour.
_BLANKS: Final = re.compile(r"(?<![ \t])[ \t]+((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


@dataclass
class Session:
    """What a command works with.

    Attributes
    ----------
    say : Translator
        Says texts in the reader's language.
    as_json : bool
        One JSON document on standard output and nothing else.
    with_progress : bool
        Whether bars may be shown.
    """

    say: Translator
    as_json: bool = False
    with_progress: bool = True
    store_url: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of the environment, read when first needed."""
        return load_settings()

    @cached_property
    def out(self) -> Console:
        """Standard output."""
        return Console(file=sys.stdout, highlight=False, emoji=False, markup=False)

    @cached_property
    def err(self) -> Console:
        """Standard error: words and progress."""
        return Console(file=sys.stderr, highlight=False, emoji=False, markup=False)

    @cached_property
    def now(self) -> str:
        """The moment at which the command began, as a UTC text."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def url(self) -> str:
        """Address of the store."""
        return self.store_url or self.settings.store

    def text(self, text: str, /, **values: Any) -> str:
        """Return a text in the reader's language."""
        return self.say.text(text, **values)

    def answer(self, body: Callable[[], Mapping[str, Any]], shown: Callable[[], RenderableType]) -> None:
        """Print the answer: as one JSON document, or for a person."""
        if self.as_json:
            write_json(body())
        else:
            self.show(shown())

    def show(self, shown: RenderableType) -> None:
        """Print something for a person, without blanks at the ends of lines."""
        click.echo(_rendered(self.out, shown), nl=False, color=True)

    def warn(self, shown: RenderableType) -> None:
        """Print something beside the answer, on standard error."""
        click.echo(_rendered(self.err, shown), nl=False, color=True, err=True)

    @contextmanager
    def store(self, *, create: bool = False, init: bool = True) -> Iterator[Store]:
        """Open the store for the time of a command."""
        user, password = self.settings.neo4j_user, self.settings.neo4j_password
        store = open_store(self.url, user=user, password=password, create=create, init=init)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def progress(self, text: str) -> Iterator[Progress]:
        """Show a bar on standard error, on a terminal, for what takes more than a second."""
        wanted = self.with_progress and not self.as_json and self.err.is_terminal
        with Bar(self.err, self.text(text), wanted=wanted) as bar:
            yield bar.update


def _rendered(console: Console, shown: RenderableType) -> str:
    """Return what a console would print, without blanks at the ends of lines."""
    with console.capture() as captured:
        console.print(shown)
    return _BLANKS.sub(r"\1", captured.get())


def write_json(body: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))
