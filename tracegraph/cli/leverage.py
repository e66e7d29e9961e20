"""The commands `leverage` and `concentration`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tracegraph.answer_leverage import Plant
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lens_options, pass_session, rows_options
from tracegraph.cli.session import Session
from tracegraph.exchange.leverage import concentration_body, leverage_body, write_leverage, write_shared
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.leverage import concentration_shown, leverage_shown
from tracegraph.services.concentration import concentration as ask_concentration
from tracegraph.services.legend import Legend, items_legend
from tracegraph.services.leverage import leverage as ask_leverage
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store

_csv_option = click.option(
    "--csv", "csv_file", metavar="FILE", help=N_("Write the rows to this file, for a spreadsheet.")
)


@click.command(
    "leverage",
    cls=Spoken,
    help=N_(
        "Which plants reach most regions, contracts and value: where regions that act together weigh most. With "
        "--factory also the value at exposure."
    ),
    example="tracegraph leverage\ntracegraph leverage --factory demo-plant-klang --valid-at 2019-02-19",
)
@click.option("--factory", "factories", metavar="ID", multiple=True, help=N_("A factory; may be repeated."))
@_csv_option
@lens_options
@rows_options
@common_options
@pass_session
def leverage(session: Session, /, *, csv_file: str | None, **flags: Any) -> None:
    """Show which plants reach most."""
    lens = lens_from(session, flags)
    rows = None if flags["all_rows"] else flags["limit"]
    with session.store() as store:
        report = ask_leverage(lens, store, Portfolios(store), tuple(dict.fromkeys(flags["factories"])), rows)
        legend = _legend((found.plant for found in report.plants), (), store, lens, session)
    if csv_file:
        _written(write_leverage(report, Path(csv_file)), csv_file, session)
    session.answer(lambda: leverage_body(report), lambda: leverage_shown(report, legend, session.now, session.say))


@click.command(
    "concentration",
    cls=Spoken,
    help=N_(
        "Contracts that look separate, with different direct suppliers, and share a plant; and how concentrated value "
        "is on plants and countries, as an index between 0 and 1."
    ),
    example="tracegraph concentration --category gloves\ntracegraph concentration --region SE-AB --csv shared.csv",
)
@click.option("--region", "regions", metavar="ISO", multiple=True, help=N_("Only contracts of this region (SE-AB)."))
@click.option("--category", "categories", metavar="ID", multiple=True, help=N_("Only contracts of this category."))
@_csv_option
@lens_options
@rows_options
@common_options
@pass_session
def concentration(session: Session, /, *, csv_file: str | None, **flags: Any) -> None:
    """Show which contracts share a plant."""
    lens = lens_from(session, flags)
    regions = tuple(sorted({region.upper() for region in flags["regions"]}))
    categories = tuple(sorted(set(flags["categories"])))
    rows = None if flags["all_rows"] else flags["limit"]
    with session.store() as store:
        views = Portfolios(store)
        found = ask_concentration(lens, store, views, regions=regions, categories=categories, rows=rows)
        indices = [index for spread in found.spreads for index in (spread.by_factory, spread.by_country) if index]
        named = {part.id for index in indices for part in index.parts}
        named |= {spread.category for spread in found.spreads if spread.category}
        named |= {supplier for group in found.groups for supplier in group.direct_suppliers}
        legend = _legend((group.plant for group in found.groups), named, store, lens, session)
    if csv_file:
        _written(write_shared(found, Path(csv_file)), csv_file, session)
    session.answer(
        lambda: concentration_body(found), lambda: concentration_shown(found, legend, session.now, session.say)
    )


def _legend(plants: Iterable[Plant], named: Iterable[str], store: Store, lens: Lens, session: Session) -> Legend:
    """Return what plants, countries and others are called."""
    listed = list(plants)
    holders = {plant.factory_id for plant in listed} | {place for plant in listed for place in plant.countries}
    return items_legend((), sorted({*holders, *named}), (), store, lens, lang=session.say.lang)


def _written(rows: int, file: str, session: Session) -> None:
    one, many = N_("{n} row written to {file}"), N_("{n} rows written to {file}")
    session.warn(Text(session.say.plural(one, many, rows, file=file)))
