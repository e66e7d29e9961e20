"""Commands that record incidents: add, revise."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from tracegraph.cli.ask import asked_from
from tracegraph.cli.failures import problem_body
from tracegraph.cli.help import Spoken
from tracegraph.cli.incident_options import stated_options
from tracegraph.cli.lens import Flags
from tracegraph.cli.options import (
    common_options,
    pass_session,
    reader_option,
    scope_options,
)
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.render.incident_bodies import added_body, revised_body
from tracegraph.render.incident_writing import recorded_shown
from tracegraph.services import asking
from tracegraph.services.asking import Asked
from tracegraph.services.incident_legend import revisions_legend
from tracegraph.services.incident_scopes import ScopeEdit, revised_scope
from tracegraph.services.incident_stated import Stated
from tracegraph.services.incident_writing import (
    Recorded,
    add_incident,
    add_incidents,
    revise_from_file,
    revise_incident,
)
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import Legend
from tracegraph.store.port import Store

FILE_SUFFIX = ".toml"
_STATED = tuple(part.name for part in fields(Stated) if part.name != "scope")


dry_run_option = click.option(
    "--dry-run", is_flag=True, help=N_("Check, and show what would be recorded; write nothing.")
)


@click.command(
    "add",
    cls=Spoken,
    help=N_(
        "Record a new incident: from flags under an ID of your choice, or from a file in the format of "
        "incidents.toml, which may also hold replies and acts of authorities. One import, which `tracegraph retract "
        "--import N` takes back."
    ),
    example=(
        'tracegraph incident add demo-inc-9 --title "Demo Daily on debts" --kind forced_labour --factory '
        "demo-plant-klang --product gloves --dry-run\ntracegraph incident add new-incidents.toml"
    ),
)
@click.argument("target", metavar="ID|FILE.toml")
@stated_options
@scope_options
@dry_run_option
@reader_option
@common_options
@pass_session
def add(session: Session, /, *, target: str, dry_run: bool, **flags: Any) -> None:
    """Record a new incident."""
    lens = _writing_lens(session, flags)
    with session.store() as store:
        if target.endswith(FILE_SUFFIX):
            _refuse_flags_beside(target, flags)
            done = add_incidents(store, lens, Path(target), dry_run=dry_run)
        else:
            stated = _stated(flags, asking.scope_of(asked_from(flags), store, lens))
            done = add_incident(store, lens, target, stated, dry_run=dry_run)
        legend = _legend(done, store, lens, session)
    problems = [problem_body(problem, session.say) for problem in done.warnings]
    session.answer(
        lambda: added_body(done, lens.valid_at) | {"problems": problems},
        lambda: recorded_shown(done, lens, legend, session.say),
    )


@click.command(
    "revise",
    cls=Spoken,
    help=N_(
        "Record the next revision of an incident: what you say replaces what it said, the rest is kept, and earlier "
        "revisions stay. Scope flags replace the whole scope; with --add-scope they go beside it, with --remove-scope "
        "out of it; --product, --countries and --exclude alone apply to all of it. An empty text takes away a day, the "
        "severity or the note. From a file: its one entry has only the keys that are new."
    ),
    example=(
        "tracegraph incident revise demo-inc-order --status withdrawn --dry-run\n"
        "tracegraph incident revise demo-inc-order --supplier demo-gloves-klang --add-scope\n"
        'tracegraph incident revise demo-inc-order --reply "All fees are repaid." --reply-by "Demo Gloves"\n'
        "tracegraph incident revise demo-inc-order new-facts.toml"
    ),
)
@click.argument("incident_id", metavar="ID")
@click.argument("file", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@stated_options
@scope_options
@click.option("--add-scope", is_flag=True, help=N_("Put what the scope flags name beside the present scope."))
@click.option("--remove-scope", is_flag=True, help=N_("Take what the scope flags name out of the present scope."))
@dry_run_option
@reader_option
@common_options
@pass_session
def revise(session: Session, /, *, incident_id: str, file: Path | None, dry_run: bool, **flags: Any) -> None:
    """Record the next revision of an incident."""
    lens = _writing_lens(session, flags)
    with session.store() as store:
        if file is not None:
            _refuse_flags_beside(str(file), flags)
            done = revise_from_file(store, lens, incident_id, file, dry_run=dry_run)
        else:
            present = find_incident(store, incident_id, lens).current.scope
            scope = revised_scope(present, asked_from(flags), _scope_edit(flags), store, lens)
            done = revise_incident(store, lens, incident_id, _stated(flags, scope), dry_run=dry_run)
        legend = _legend(done, store, lens, session)
    problems = [problem_body(problem, session.say) for problem in done.warnings]
    session.answer(
        lambda: revised_body(done, lens.valid_at) | {"problems": problems},
        lambda: recorded_shown(done, lens, legend, session.say),
    )


def _writing_lens(session: Session, flags: Flags) -> Lens:
    """Return the lens of who writes: now, and what they may see."""
    return asking.lens_of(session.now, reader=flags["reader"] or session.settings.reader)


def _stated(flags: Flags, scope: Scope | None) -> Stated:
    return Stated(**{name: flags[name] for name in _STATED}, scope=scope)


def _scope_edit(flags: Flags) -> ScopeEdit:
    if flags["add_scope"] and flags["remove_scope"]:
        raise InvalidInput(N_("--add-scope and --remove-scope are two revisions: run one after the other"))
    if flags["add_scope"]:
        return ScopeEdit.ADD
    return ScopeEdit.REMOVE if flags["remove_scope"] else ScopeEdit.REPLACE


def _refuse_flags_beside(file: str, flags: Flags) -> None:
    """Refuse what a file says too: nobody could tell which of the two counts."""
    if asked_from(flags) != Asked() or not _stated(flags, None).says_nothing:
        raise InvalidInput(N_("{file} says all of it: write the rest into the file, or use flags alone"), file=file)


def _legend(done: Recorded, store: Store, lens: Lens, session: Session) -> Legend:
    revisions = [revision for step in done.steps for revision in step if revision]
    return revisions_legend(revisions, store, lens, session.say.lang)
