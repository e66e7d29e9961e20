"""Commands about what stops: if-closed, single-points, routes, recovery, cascade."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_outage import Model, Setting, Towards
from tracegraph.answer_points import Level
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import (
    common_options,
    lang_option,
    lens_options,
    max_items_option,
    pass_session,
    rows_options,
)
from tracegraph.cli.session import Session
from tracegraph.exchange.outages import cascade_body, recovery_body
from tracegraph.exchange.stops import closure_body, routes_body, weaknesses_body
from tracegraph.graph.cascade import cascade
from tracegraph.graph.recovery import recovery
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.stops import closure_shown, listed
from tracegraph.render.stops_files import cascade_shown, recovery_shown
from tracegraph.render.stops_points import routes_shown, weaknesses_shown
from tracegraph.services.legend import Legend, items_legend
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.services.stopping_asking import known_firms, percent, tolerance, word_of
from tracegraph.services.stopping_links import read_links
from tracegraph.services.stopping_plan import read_plan
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.services.stopping_routes import routes_between
from tracegraph.store.port import Store


@click.group(
    "stops", cls=SpokenGroup, help=N_("What stops: closures, weak points, independent routes, time to recover.")
)
@lang_option
def stops() -> None:
    """Hold the commands about what stops."""


@stops.command(
    "if-closed",
    cls=Spoken,
    help=N_(
        "If a plant, or a company with its plants, closes: which contracts stop, which lose a part, which have another "
        "source, and of which it cannot be told. What it says of the rest assumes that any one source has enough."
    ),
    example="tracegraph stops if-closed demo-plant-klang --valid-at 2019-02-19",
)
@click.argument("holder_id", metavar="ID")
@click.option(
    "--at-most",
    metavar="PERCENT",
    default="50",
    help=N_("Mark contracts that go on and lose at most this much of their value (default 50)."),
)
@click.option(
    "--all", "with_untouched", is_flag=True, help=N_("In JSON, list also the contracts that are not touched.")
)
@lens_options
@max_items_option
@rows_options
@common_options
@pass_session
def if_closed_(session: Session, /, *, holder_id: str, at_most: str, with_untouched: bool, **flags: Any) -> int:
    """Say what a closure does to every contract."""
    lens = lens_from(session, flags)
    limit = None if flags["all_rows"] else flags["limit"]
    asked = Closing(holder_id, lens, percent(at_most, "--at-most"), flags["max_items"] or DEFAULT_MAX_ITEMS)
    with session.store() as store:
        closure = if_closed(asked, store, Portfolios(store))
        shown = listed(closure, limit)
        items = {name for c in shown for s in c.others for name in (s.at, s.item)}
        items |= {name for c in shown for d in c.doubts for name in (d.item, d.origin or d.item)}
        items |= {d.item for c in shown for d in c.deliveries} | set(closure.items)
        holders = {closure.closes.id, *(id for c in closure.contracts for id in c.ask)}
        legend = _legend(items, holders, store, lens, session)
    session.answer(
        lambda: closure_body(closure, with_untouched=with_untouched),
        lambda: closure_shown(closure, legend, session.now, session.say, limit),
    )
    return LIMIT_HIT if closure.truncated else DONE


@stops.command(
    "single-points",
    cls=Spoken,
    help=N_(
        "Companies, plants and countries each of which alone stops a contract: for certain, or as far as sources are "
        "documented. With --pairs also those that do so two by two."
    ),
    example="tracegraph stops single-points --category gloves --pairs",
)
@click.option("--contract", "contracts", metavar="ID", multiple=True, help=N_("Only this contract; may be repeated."))
@click.option("--category", "categories", metavar="ID", multiple=True, help=N_("Only contracts of this category."))
@click.option("--region", "regions", metavar="ISO", multiple=True, help=N_("Only contracts of this region (SE-AB)."))
@click.option("--pairs", is_flag=True, help=N_("Also pairs of companies and plants."))
@click.option(
    "--links-hold",
    metavar="PERCENT",
    help=N_("With --contract: also how likely supply is to hold if each link holds with this probability."),
)
@lens_options
@max_items_option
@rows_options
@common_options
@pass_session
def single_points_(session: Session, /, *, pairs: bool, **flags: Any) -> int:
    """Say what alone stops a contract."""
    lens = lens_from(session, flags)
    asked = Weak(
        lens=lens,
        contracts=_distinct(flags["contracts"]),
        categories=_distinct(flags["categories"]),
        regions=_distinct(region.upper() for region in flags["regions"]),
        pairs=pairs,
        links_hold=None if flags["links_hold"] is None else percent(flags["links_hold"], "--links-hold"),
        max_items=flags["max_items"] or DEFAULT_MAX_ITEMS,
    )
    with session.store() as store:
        found = single_points(asked, store, Portfolios(store))
        holders = {hit.id for hit in found.hits if hit.level is not Level.ITEM}
        holders |= {id for weakness in found.contracts for pair in weakness.pairs or () for id in pair.ids}
        legend = _legend((), holders, store, lens, session)
    limit = None if flags["all_rows"] else flags["limit"]
    session.answer(
        lambda: weaknesses_body(found), lambda: weaknesses_shown(found, legend, session.now, session.say, limit)
    )
    return LIMIT_HIT if found.truncated or found.pairs_cut else DONE


@stops.command(
    "routes",
    cls=Spoken,
    help=N_("How many independent routes lead from a plant to a contract, and what all of them pass."),
    example="tracegraph stops routes demo-plant-klang demo-c-0001",
)
@click.argument("factory_id", metavar="PLANT_ID")
@click.argument("contract_id", metavar="CONTRACT_ID")
@lens_options
@max_items_option
@common_options
@pass_session
def routes(session: Session, /, *, factory_id: str, contract_id: str, **flags: Any) -> int:
    """Say how many independent routes there are."""
    lens = lens_from(session, flags)
    with session.store() as store:
        max_items = flags["max_items"] or DEFAULT_MAX_ITEMS
        found = routes_between(factory_id, contract_id, lens, store, max_items)
        ways = [ways for ways in (found.documented, found.all) if ways]
        items = {name for w in ways for route in w.by_holders.routes for name in route if "/" in name}
        holders = {factory_id, *(id for w in ways for id in w.choke.holders)}
        legend = _legend(items, holders, store, lens, session)
    session.answer(lambda: routes_body(found), lambda: routes_shown(found, legend, session.now, session.say))
    return LIMIT_HIT if found.truncated else DONE


@stops.command(
    "recovery",
    cls=Spoken,
    help=N_(
        "How long supply lasts if a site is lost, and what it costs until it has recovered. FILE is a TOML file of "
        "yours with capacities, stocks, demand and margins; docs/formats.md describes it. No store is asked."
    ),
    example="tracegraph stops recovery my-sites.toml",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@rows_options
@common_options
@pass_session
def recovery_(session: Session, /, *, file: Path, limit: int, all_rows: bool) -> None:
    """Say how long supply lasts without each site."""
    found = recovery(read_plan(file))
    rows = None if all_rows else limit
    session.answer(lambda: recovery_body(found, file.name), lambda: recovery_shown(found, session.say, rows))


@stops.command(
    "cascade",
    cls=Spoken,
    help=N_(
        "What part of all sales is lost if one firm closes and the loss spreads. FILE is a CSV file of yours with who "
        "sells what to whom; docs/formats.md describes it. No store is asked."
    ),
    example="tracegraph stops cascade my-links.csv --replaceable",
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--close", "closed", metavar="ID", multiple=True, help=N_("Only this firm; may be repeated."))
@click.option(
    "--model",
    metavar="gl|linear|leontief",
    default="gl",
    help=N_("Inputs as the file says (gl), all as if not essential (linear), all as if essential (leontief)."),
)
@click.option(
    "--direction",
    metavar="both|downstream|upstream",
    default="both",
    help=N_("Where losses spread: to buyers (downstream), to sellers (upstream), or both."),
)
@click.option("--replaceable", is_flag=True, help=N_("Buyers turn to others of the same industry, as far as it goes."))
@click.option(
    "--epsilon",
    metavar="X",
    default="1e-6",
    help=N_("End a run when no firm falls by more than this in a round (default 1e-6)."),
)
@rows_options
@common_options
@pass_session
def cascade_(session: Session, /, *, file: Path, closed: Sequence[str], **flags: Any) -> int:
    """Say what closing each firm costs the whole."""
    model = word_of("--model", flags["model"], Model)
    towards = word_of("--direction", flags["direction"], Towards)
    setting = Setting(model, towards, flags["replaceable"], tolerance(flags["epsilon"]), _distinct(closed))
    links = read_links(file, needs=model is Model.GL)
    known_firms(setting.closed, links)
    found = cascade(links, setting)
    rows = None if flags["all_rows"] else flags["limit"]
    session.answer(lambda: cascade_body(found, file.name), lambda: cascade_shown(found, session.say, rows))
    return LIMIT_HIT if found.cut or not all(loss.converged for loss in found.losses) else DONE


def _legend(items: Iterable[str], holders: Iterable[str], store: Store, lens: Lens, session: Session) -> Legend:
    """Return what items and holders are called; a contract among the items is left out."""
    listed_items = sorted(item for item in items if "/" in item)
    return items_legend(listed_items, sorted(holders), (), store, lens, lang=session.say.lang)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
