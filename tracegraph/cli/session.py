"""One run of the command line: its language, its two outputs, its clock, and the store that it opens."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import click
from rich.console import Console, RenderableType

from tracegraph.cli.progress import Bar
from tracegraph.composition import open_store
from tracegraph.lens import Lens
from tracegraph.services import asking
from tracegraph.settings import Settings, load_settings
from tracegraph.store.port import Progress, Store
from tracegraph.translate import Translator

Flags = Mapping[str, Any]


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

    def note(self, text: str, /, **values: Any) -> None:
        """Say something beside the answer, on standard error; with ``--json`` only the answer speaks."""
        if not self.as_json:
            self.err.print(self.say.text(text, **values), style="dim")

    def answer(self, body: Callable[[], Mapping[str, Any]], shown: Callable[[], RenderableType]) -> None:
        """Print the answer: as one JSON document, or for a person."""
        if self.as_json:
            write_json(body())
        else:
            self.show(shown())

    def show(self, shown: RenderableType) -> None:
        """Print something for a person, without blanks at the ends of lines."""
        with self.out.capture() as captured:
            self.out.print(shown)
        click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")), nl=False, color=True)

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


def lens_from(session: Session, flags: Flags) -> Lens:
    """Return the lens that the flags mean."""
    return asking.lens_of(
        session.now,
        valid_at=flags["valid_at"],
        known_at=flags["known_at"],
        reader=flags["reader"] or session.settings.reader,
        min_grade=flags["min_grade"],
    )


def write_json(body: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))
