"""Commands about the store itself: store, check, columns."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from tracegraph.cli.failures import DONE, FOUND
from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lang_option, lens_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.check import check_body
from tracegraph.intake import columns as list_columns
from tracegraph.intake.refusal import nearest
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_
from tracegraph.render.check import check_shown
from tracegraph.render.columns import columns_body, columns_shown
from tracegraph.render.store_info import init_shown, store_shown
from tracegraph.services.check import check as run_check


@click.group("store", cls=SpokenGroup, help=N_("Set up the store, or show its state."))
@lang_option
def store() -> None:
    """Hold the commands about the store."""


@store.command(
    "init",
    cls=Spoken,
    help=N_("Set up the store, or bring it up to date."),
    example="tracegraph store init --store neo4j://localhost",
)
@common_options
@pass_session
def init(session: Session, /) -> None:
    """Bring the schema up to date."""
    with session.store(create=True, init=False) as opened, session.progress(N_("Setting up")) as progress:
        applied = opened.init(progress)
        info = opened.info()
    session.answer(
        lambda: {"url": info.url, "applied": applied, "schema_version": info.schema_version},
        lambda: init_shown(info, applied, session.say),
    )


@store.command("info", cls=Spoken, help=N_("What the store is and holds."), example="tracegraph store info")
@common_options
@pass_session
def info(session: Session, /) -> None:
    """Show the state of the store."""
    with session.store(init=False) as opened:
        state = opened.info()
    session.answer(lambda: asdict(state), lambda: store_shown(state, session.say))


@click.command(
    "check",
    cls=Spoken,
    help=N_(
        "Look for what does not hold together: orphans, reversed dates, shares over 1, cycles without origin, claims "
        "without a source. Exit code 1 when errors are found."
    ),
    example="tracegraph check",
)
@lens_options
@common_options
@pass_session
def check(session: Session, /, **flags: Any) -> int:
    """Check the integrity of the data."""
    lens = lens_from(session, flags)
    with session.store() as opened:
        report = run_check(opened, lens, opened)
    session.answer(
        lambda: check_body(report, session.say.say),
        lambda: check_shown(report, session.now, session.say),
    )
    return FOUND if report.found_errors else DONE


@click.command(
    "columns",
    cls=Spoken,
    help=N_("The files and columns that a dataset may have, with Swedish headers."),
    example="tracegraph columns supplies",
)
@click.argument("table", metavar="[TABLE]", required=False)
@common_options
@pass_session
def columns(session: Session, /, *, table: str | None) -> None:
    """List the columns of all tables, or of one."""
    name = table.removesuffix(".csv") if table else None
    if name is not None and name not in TABLES:
        near = nearest(name, TABLES)
        allowed = ", ".join(TABLES)
        if near:
            raise InvalidInput(N_("there is no table {name}; did you mean {near}?"), name=name, near=near)
        raise InvalidInput(N_("there is no table {name}; these are: {allowed}"), name=name, allowed=allowed)
    rows = list_columns(name)
    session.answer(
        lambda: columns_body(rows, session.say),
        lambda: columns_shown(rows, session.say, detailed=bool(name)),
    )
