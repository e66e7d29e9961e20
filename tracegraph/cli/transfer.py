"""Commands that move everything: export, load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lens_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_
from tracegraph.render.transfer import transfer_shown
from tracegraph.services.transfer import export_file, load_file


@click.command(
    "export",
    cls=Spoken,
    help=N_(
        "Write what the store holds; the ending of FILE says how. .ndjson: everything, losslessly, whoever may see it "
        "(the backup, and the way to another store). .graphml (Gephi, yEd, NetworkX), .geojson (maps) and .csv "
        "(spreadsheets) obey the lens."
    ),
    example="tracegraph export backup.ndjson\ntracegraph export plants.geojson --as public",
)
@click.argument("file", type=click.Path(path_type=Path))
@lens_options
@common_options
@pass_session
def export(session: Session, /, *, file: Path, **flags: Any) -> None:
    """Write a file."""
    lens = lens_from(session, flags)
    with session.store() as store:
        counts = export_file(store, lens, file)
    session.answer(
        lambda: {"file": str(file), "counts": counts},
        lambda: transfer_shown(N_("Written to {file}:"), file, counts, session.say),
    )


@click.command(
    "load",
    cls=Spoken,
    help=N_("Fill an empty store from a file that `tracegraph export FILE.ndjson` wrote; all or nothing."),
    example="tracegraph load backup.ndjson --store neo4j://localhost",
)
@click.argument("file", type=click.Path(path_type=Path))
@common_options
@pass_session
def load(session: Session, /, *, file: Path) -> None:
    """Fill an empty store."""
    with session.store(create=True) as store, session.progress(N_("Loading")) as progress:
        counts = load_file(store, file, progress)
    session.answer(
        lambda: {"file": str(file), "counts": counts},
        lambda: transfer_shown(N_("Loaded from {file}:"), file, counts, session.say),
    )
