"""The command that says how a contract depends on what a report names, and how sure that is."""

from __future__ import annotations

from typing import Any

import click

from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.answer_routes import DEFAULT_K, DEFAULT_SAMPLES, DEFAULT_SEED
from tracegraph.cli.ask import asked_from
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import WHOLE, common_options, lens_options, max_items_option, pass_session, scope_options
from tracegraph.cli.session import Session
from tracegraph.exchange.routes import routes_body
from tracegraph.messages import N_
from tracegraph.render.sure import routes_shown
from tracegraph.services import asking
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.routes import effort_of, routes_legend
from tracegraph.services.routes import routes as ask_routes


@click.command(
    "routes",
    cls=Spoken,
    help=N_(
        "How one contract depends on what a report names: the best routes and how many there are, how sure it is, and "
        "which link to verify next."
    ),
    example="tracegraph routes demo-c-0007 --group demo-gloves --countries MY --valid-at 2019-02-19",
)
@click.argument("contract_id", metavar="CONTRACT_ID")
@scope_options
@click.option(
    "--k", metavar="N", type=WHOLE, default=DEFAULT_K, help=N_("Show the N best routes, 1 to 10 (default 3).")
)
@click.option(
    "--seed",
    metavar="N",
    type=WHOLE,
    default=DEFAULT_SEED,
    help=N_("Seed of the random draws where the probability cannot be exact (default 1)."),
)
@click.option(
    "--samples", metavar="N", type=WHOLE, default=DEFAULT_SAMPLES, help=N_("Random draws, if any (default 10048).")
)
@lens_options
@max_items_option
@common_options
@pass_session
def routes(session: Session, /, *, contract_id: str, k: int, seed: int, samples: int, **flags: Any) -> int:
    """Answer how a contract depends on a scope."""
    effort = effort_of(k, seed, samples)
    lens = lens_from(session, flags)
    with session.store() as store:
        scope = asking.scope_of(asked_from(flags), store, lens)
        question = Question(scope, lens, max_items=flags["max_items"] or DEFAULT_MAX_ITEMS)
        found = ask_routes(question, contract_id, effort, store, Portfolios(store))
        legend = routes_legend(found, store, session.say.lang)
    session.answer(lambda: routes_body(found), lambda: routes_shown(found, legend, session.now, session.say))
    return LIMIT_HIT if found.truncated else DONE
