"""The command `depth`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tracegraph.answer_depth import EVIDENCE_CONTRACTS, DepthQuestion, DepthReport
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lens_options, pass_session, rows_options
from tracegraph.cli.plots import check_plot, plot_depth, plot_option
from tracegraph.cli.session import Session
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.depth_csv import write_depth
from tracegraph.messages import N_
from tracegraph.render.depth import depth_shown
from tracegraph.services.depth import depth as ask_depth
from tracegraph.services.legend import Legend, items_legend
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store


@click.command(
    "depth",
    cls=Spoken,
    help=N_(
        "How deep each contract is mapped: tiers, the deepest named plant, where knowledge stops, and which part of "
        "its value ends at an origin, a plant, a company, or at what nobody listed. Each region is compared with the "
        "median of the others."
    ),
    example="tracegraph depth --region SE-AB --by-grade\ntracegraph depth --plot depth.svg",
)
@click.option("--region", "regions", metavar="ISO", multiple=True, help=N_("Only contracts of this region (SE-AB)."))
@click.option("--contract", "contracts", metavar="ID", multiple=True, help=N_("Only this contract; may be repeated."))
@click.option("--category", "categories", metavar="ID", multiple=True, help=N_("Only contracts of this category."))
@click.option(
    "--by-grade", is_flag=True, help=N_("Also how well the links are documented on the way to where it ends.")
)
@click.option(
    "--csv",
    "csv_file",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help=N_("Also write it all into this table; a file that exists is replaced."),
)
@plot_option
@lens_options
@rows_options
@common_options
@pass_session
def depth(session: Session, /, *, plot: Path | None, csv_file: Path | None, by_grade: bool, **flags: Any) -> None:
    """Show how deep contracts are mapped."""
    check_plot(plot)
    lens = lens_from(session, flags)
    regions = tuple(region.upper() for region in flags["regions"])
    limit = None if flags["all_rows"] else flags["limit"]
    listed = limit if limit and not csv_file and not session.as_json else EVIDENCE_CONTRACTS
    asked = DepthQuestion(
        regions, tuple(flags["contracts"]), tuple(flags["categories"]), by_grade=by_grade, evidence=listed
    )
    with session.store() as store:
        report = ask_depth(lens, store, Portfolios(store), asked)
        legend = _legend(report, store, session)
        if plot:
            plot_depth(session, store, plot, report)
    if csv_file:
        rows = write_depth(report, csv_file)["rows"]
        if not session.as_json:
            session.warn(Text(session.text("Table written to {file}: {n} rows", file=str(csv_file), n=rows)))
    session.answer(lambda: depth_body(report), lambda: depth_shown(report, legend, session.now, session.say, limit))


def _legend(report: DepthReport, store: Store, session: Session) -> Legend:
    """Return what is named: whom to ask, and categories."""
    named = {stop.holder_id for found in report.contracts for stop in found.stops if stop.holder_id}
    return items_legend((), {*named, *report.by_category}, (), store, report.lens, lang=session.say.lang)
