"""Commands that ask: dependents, show, chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.answer import DEFAULT_MAX_ITEMS, Answer, Question
from tracegraph.cli.bundle import bundle_option, save_bundle
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import Flags, lens_from
from tracegraph.cli.options import (
    common_options,
    lens_options,
    lens_options_of_two_days,
    limit_options,
    max_items_option,
    pass_session,
    rows_options,
    scope_options,
)
from tracegraph.cli.plots import check_plot, plot_chain, plot_option
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.show import shown_body
from tracegraph.messages import N_
from tracegraph.render.chain import chain_shown
from tracegraph.render.dependents import View, dependents_shown, shown_dependents
from tracegraph.render.dependents_rows import unnamed_words
from tracegraph.render.show import show_shown
from tracegraph.services import asking
from tracegraph.services.chain import chain as ask_chain
from tracegraph.services.dependents import dependents as ask_dependents
from tracegraph.services.legend import items_legend, legend_of
from tracegraph.services.names import product_names
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.show import show as show_node
from tracegraph.services.unnamed_plants import unnamed_plants
from tracegraph.store.port import Store


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
@bundle_option
@rows_options
@common_options
@pass_session
def dependents(session: Session, /, *, bundle: Path | None, **flags: Any) -> int:
    """Answer which contracts depend on a scope."""
    lens = lens_from(session, flags)
    with session.store() as store:
        scope = asking.scope_of(asked_from(flags), store, lens)
        question = Question(scope, lens, flags["max_tier"], flags["max_items"] or DEFAULT_MAX_ITEMS)
        portfolios = Portfolios(store)
        answer = ask_dependents(question, store, portfolios)
        if bundle is not None:
            save_bundle(
                session, bundle, answer, answer_body(answer, with_no_link=True), store=store, portfolios=portfolios
            )
        view = View(
            now=session.now,
            limit=None if flags["all_rows"] else flags["limit"],
            with_routes=not flags["no_routes"],
            with_no_link=flags["with_no_link"],
        )
        session.answer(
            lambda: answer_body(answer, with_no_link=view.with_no_link, with_routes=view.with_routes),
            lambda: _dependents_shown(answer, view, (store, portfolios), session),
        )
    return LIMIT_HIT if answer.summary.items_cut else DONE


def _dependents_shown(answer: Answer, view: View, where: tuple[Store, Portfolios], session: Session) -> RenderableType:
    store, portfolios = where
    shown = shown_dependents(answer, view)
    legend = legend_of(answer, shown, store, session.say.lang)
    unnamed = unnamed_plants(answer, store, portfolios)
    told = dependents_shown(answer, legend, view, session.say)
    return Group(told, Text(unnamed_words(unnamed, session.say), style="bold yellow")) if unnamed else told


@click.command(
    "show",
    cls=Spoken,
    help=N_(
        "What is known of one id, with sources: names, identifiers, sellers, buyers, plants, owners. With --valid-at "
        "twice: what is new and what is gone between the two days."
    ),
    example="tracegraph show demo-wholesale-01\ntracegraph show top-glove --valid-at 2018-06-01 --valid-at 2021-06-01",
)
@click.argument("node_id", metavar="ID")
@lens_options_of_two_days
@common_options
@pass_session
def show(session: Session, /, *, node_id: str, valid_at: Sequence[str], **flags: Any) -> None:
    """Show a node."""
    if len(valid_at) > 2:
        raise InvalidInput(N_("--valid-at is given {n} times: once for a day, twice to compare"), n=len(valid_at))
    days = sorted(asking.day(text, "--valid-at") for text in valid_at)
    lens = lens_from(session, {**flags, "valid_at": days[-1] if days else None})
    since = days[0] if len(days) > 1 else None
    with session.store() as store:
        shown = show_node(node_id, lens, store, since=since, lang=session.say.lang)
        products = product_names(store.catalogue().products, store, session.say.lang)
    session.answer(lambda: shown_body(shown), lambda: show_shown(shown, products, session.now, session.say))


@click.command(
    "chain",
    cls=Spoken,
    help=N_("Everything upstream of a contract, tier by tier: who makes what, who says so, where knowledge ends."),
    example="tracegraph chain demo-c-0007\ntracegraph chain demo-c-0007 --plot chain.svg --group demo-gloves",
)
@click.argument("contract_id", metavar="CONTRACT_ID")
@plot_option
@scope_options
@lens_options
@max_items_option
@common_options
@pass_session
def chain(session: Session, /, *, contract_id: str, max_items: int | None, plot: Path | None, **flags: Any) -> int:
    """Show everything upstream of a contract."""
    asked = asked_from(flags)
    check_plot(plot, asked)
    lens = lens_from(session, flags)
    with session.store() as store:
        found = ask_chain(contract_id, lens, store, max_items or DEFAULT_MAX_ITEMS)
        legend = items_legend(
            (node.item_id for node in found.nodes),
            found.by_country,
            {claim.source_id for step in found.steps for claim in step.claims},
            store,
            lens,
            lang=session.say.lang,
        )
        if plot:
            plot_chain(session, store, plot, found, legend, asked=asked)
    session.answer(lambda: chain_body(found), lambda: chain_shown(found, legend, session.now, session.say))
    return LIMIT_HIT if found.truncated else DONE
