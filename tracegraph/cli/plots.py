"""Pictures beside an answer: `--plot FILE.svg`."""

from __future__ import annotations

from pathlib import Path

import click

from tracegraph.answer import Question
from tracegraph.answer_chain import Chain
from tracegraph.answer_depth import DepthReport
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.render.svg.chain import chain_svg
from tracegraph.render.svg.depth import depth_svg
from tracegraph.services import asking
from tracegraph.services.dependents import dependents
from tracegraph.services.legend import Legend, items_legend, merged, scope_legend
from tracegraph.services.picture import picture, picture_path, write_picture
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store

plot_option = click.option(
    "--plot",
    metavar="FILE.svg",
    type=click.Path(path_type=Path),
    help=N_("Also draw the answer into this file; one that exists is replaced."),
)


def check_plot(path: Path | None, asked: asking.Asked | None = None) -> None:
    """Refuse, before anything is asked, a file that is no picture, and a scope without a picture to mark it in."""
    if path is not None:
        picture_path(path)
    elif asked not in (None, asking.Asked()):
        raise InvalidInput(
            N_("what a report names is marked in the picture of a chain: add --plot FILE.svg, or ask `dependents`")
        )


def plot_chain(
    session: Session, store: Store, path: Path, chain: Chain, legend: Legend, *, asked: asking.Asked
) -> None:
    """Draw a chain, with what is asked about it marked, if anything is."""
    answer = None
    if asked != asking.Asked():
        scope = asking.scope_of(asked, store, chain.lens)
        answer = dependents(Question(scope, chain.lens, max_items=chain.max_items), store, Portfolios(store))
        legend = merged([legend, scope_legend(scope, store, chain.lens, session.say.lang)])
    _write(session, path, chain_svg(picture(chain, answer), legend, session.say))


def plot_depth(session: Session, store: Store, path: Path, report: DepthReport) -> None:
    """Draw how deep contracts are mapped."""
    named = (*report.by_region, *report.by_category)
    legend = items_legend((), named, (), store, report.lens, lang=session.say.lang)
    _write(session, path, depth_svg(report, legend, session.say))


def _write(session: Session, path: Path, svg: str) -> None:
    write_picture(path, svg)
    if not session.as_json:
        click.echo(session.text("Picture written to {file}", file=str(path)), err=True)  # one line: it can be copied
