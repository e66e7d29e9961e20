"""Commands that ask: dependents, show, chain, depth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import click
from rich.console import RenderableType

from tracegraph.answer import Answer, Question
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken
from tracegraph.cli.options import WHOLE, common_options, lens_options, limit_options, pass_session, scope_options
from tracegraph.cli.session import Session
from tracegraph.exchange.answers import answer_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.dependents import View, dependents_shown, shown_dependents
from tracegraph.services import asking
from tracegraph.services.dependents import dependents as ask_dependents
from tracegraph.services.legend import legend_of
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store

Flags = Mapping[str, Any]

ROWS = 20  # contracts a status that are shown unless more are asked for


def lens_from(session: Session, flags: Flags) -> Lens:
    """Return the lens that the flags mean."""
    return asking.lens_of(
        session.now,
        valid_at=flags["valid_at"],
        known_at=flags["known_at"],
        reader=flags["reader"] or session.settings.reader,
        min_grade=flags["min_grade"],
    )


def asked_from(flags: Flags) -> asking.Asked:
    """Return what the flags of a scope name."""
    return asking.Asked(**{part.name: flags[part.name] for part in fields(asking.Asked)})


@click.command(
    "dependents",
    cls=Spoken,
    help=N_("Which contracts depend on what a report names: a factory, a company, a group, a country, an incident."),
    example="tracegraph dependents --group demo-gloves --countries MY --valid-at 2019-02-19",
)
@scope_options
@lens_options
@limit_options
@click.option("--no-routes", is_flag=True, help=N_("Leave the routes out."))
@click.option("--all", "with_no_link", is_flag=True, help=N_("List also the contracts without a link."))
@click.option(
    "--limit", metavar="N", type=WHOLE, default=ROWS, help=N_("Contracts to show of each status (default 20).")
)
@click.option("--all-rows", is_flag=True, help=N_("Show every contract."))
@common_options
@pass_session
def dependents(session: Session, /, **flags: Any) -> int:
    """Answer which contracts depend on a scope."""
    lens = lens_from(session, flags)
    with session.store() as store:
        scope = asking.scope_of(asked_from(flags), store, lens)
        question = Question(scope, lens, flags["max_tier"], flags["max_items"])
        answer = ask_dependents(question, store, Portfolios(store))
        view = View(
            now=session.now,
            limit=None if flags["all_rows"] else flags["limit"],
            with_routes=not flags["no_routes"],
            with_no_link=flags["with_no_link"],
        )
        session.answer(
            lambda: answer_body(answer, with_no_link=view.with_no_link, with_routes=view.with_routes),
            lambda: _dependents_shown(answer, view, store, session),
        )
    return LIMIT_HIT if answer.summary.items_cut else DONE


def _dependents_shown(answer: Answer, view: View, store: Store, session: Session) -> RenderableType:
    shown = shown_dependents(answer, view)
    legend = legend_of(answer, shown, store, session.translator.lang)
    return dependents_shown(answer, legend, view, session.translator)
