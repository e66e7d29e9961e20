"""Commands that move everything: export, load."""

from __future__ import annotations

from pathlib import Path

import click

from tracegraph.cli.help import Spoken
from tracegraph.cli.options import common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_
from tracegraph.services.transfer import export_ndjson, load_ndjson


@click.command(
    "export",
    cls=Spoken,
    help=N_("Write everything to FILE.ndjson, losslessly."),
    example="tracegraph export backup.ndjson",
)
@click.argument("file", type=click.Path(path_type=Path))
@common_options
@pass_session
def export(session: Session, /, *, file: Path) -> None:
    """Write a file."""
    with session.store() as store:
        counts = export_ndjson(store, file)
    session.answer(lambda: {"file": str(file), "counts": counts}, lambda: str(counts))


@click.command(
    "load",
    cls=Spoken,
    help=N_("Fill an empty store from a file that `tracegraph export FILE.ndjson` wrote."),
    example="tracegraph load backup.ndjson --store neo4j://localhost",
)
@click.argument("file", type=click.Path(path_type=Path))
@common_options
@pass_session
def load(session: Session, /, *, file: Path) -> None:
    """Fill an empty store."""
    with session.store(create=True) as store, session.progress(N_("Loading")) as progress:
        counts = load_ndjson(store, file, progress)
    session.answer(lambda: {"file": str(file), "counts": counts}, lambda: str(counts))
