"""Commands that write: import, retract."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tracegraph.cli.help import Spoken
from tracegraph.cli.options import common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.intake import write_bad_rows
from tracegraph.messages import N_
from tracegraph.render.importing import import_body, import_shown
from tracegraph.render.retracting import retract_body, retract_shown
from tracegraph.render.store_info import imports_shown
from tracegraph.services.importing import read_checked, write_reading
from tracegraph.store.rows import ImportEntry

FORMATS = ("auto", "csv")


@click.command(
    "import",
    cls=Spoken,
    help=N_(
        "Check every row of a folder or of files, report all that is wrong, and write only when nothing is. Running "
        "it again changes nothing. `tracegraph columns` lists the columns."
    ),
    example="tracegraph import my-data/ --dry-run\ntracegraph import my-data/",
)
@click.argument("paths", metavar="DIR|FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Check and count; write nothing."))
@click.option("--format", "file_format", metavar="auto|csv", default="auto", help=N_("Format of the files."))
@click.option("--skip-bad-rows", is_flag=True, help=N_("Leave bad rows out and write the rest."))
@click.option("--bad-rows-to", metavar="DIR", type=click.Path(path_type=Path), help=N_("Put bad rows there, to mend."))
@common_options
@pass_session
def import_(session: Session, /, *, paths: Sequence[Path], dry_run: bool, skip_bad_rows: bool, **flags: Any) -> None:
    """Read files into the store."""
    file_format, bad_rows_to = flags["file_format"], flags["bad_rows_to"]
    if file_format not in FORMATS:
        raise InvalidInput(
            N_("--format is {value!r}: use one of {allowed}"), value=file_format, allowed=", ".join(FORMATS)
        )
    with session.store(create=True) as store:
        with session.progress(N_("Reading")) as progress:
            reading = read_checked(store, paths, skip_bad_rows=skip_bad_rows, progress=progress)
        with session.progress(N_("Writing")) as progress:
            done = write_reading(store, reading, session.now, dry_run=dry_run, progress=progress)
    kept = write_bad_rows(reading, bad_rows_to, session.say.say) if bad_rows_to and skip_bad_rows else []
    say = session.say
    session.answer(lambda: import_body(done, say, kept), lambda: import_shown(done, say, kept))


@click.command(
    "retract",
    cls=Spoken,
    help=N_(
        "End claims, given by id or as all that an import recorded. Nothing is deleted: as known before, they are "
        "still seen. Asks first, on a terminal."
    ),
    example="tracegraph retract clm-0123456789abcdef0123\ntracegraph retract --import 3 --yes",
)
@click.argument("claim_ids", metavar="CLAIM_ID...", nargs=-1)
@click.option("--import", "change_set", metavar="NUMBER", type=int, help=N_("All that this import recorded."))
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@common_options
@pass_session
def retract(session: Session, /, *, claim_ids: Sequence[str], change_set: int | None, yes: bool) -> None:
    """End claims."""
    if not claim_ids and change_set is None:
        raise InvalidInput(N_("say what to retract: claim ids, or --import NUMBER (tracegraph store info lists them)"))
    with session.store() as store:
        if not yes and not session.as_json and sys.stdin.isatty():
            entries = [entry for entry in store.info().imports if entry.change_set == change_set]
            _confirm(session, claim_ids, change_set, entries)
        report = store.retract(session.now, claim_ids=claim_ids, change_set=change_set)
    session.answer(lambda: retract_body(report), lambda: retract_shown(report, session.say))


def _confirm(
    session: Session, claim_ids: Sequence[str], change_set: int | None, entries: Sequence[ImportEntry]
) -> None:
    """Show what would end and ask whether to go on; no is a way out without an error."""
    if entries:
        session.warn(imports_shown(entries, session.say))
    what = session.text("import {n}", n=change_set) if change_set is not None else ", ".join(claim_ids)
    yes = session.text("y")
    answer = click.prompt(session.text("End {what}? ({yes}/n)", what=what, yes=yes), default="n", err=True)
    if str(answer).strip().lower() not in (yes, "y"):
        raise click.Abort
