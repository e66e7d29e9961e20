"""Commands about the store itself and the settings: store, check, columns, config."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.options import common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_


@click.group("store", cls=SpokenGroup, help=N_("Set up the store, or show its state."))
def store() -> None:
    """Hold the commands about the store."""


@store.command(
    "init", cls=Spoken, help=N_("Set up the store, or bring it up to date."), example="tracegraph store init"
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
        lambda: f"{info.url}: {info.schema_version}",
    )


@store.command("info", cls=Spoken, help=N_("What the store is and holds."), example="tracegraph store info")
@common_options
@pass_session
def info(session: Session, /) -> None:
    """Show the state of the store."""
    with session.store() as opened:
        state = opened.info()
    session.answer(lambda: asdict(state), lambda: str(state))
