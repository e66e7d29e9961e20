"""Commands about what recorded incidents reach: exposure, preview."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import RenderableType

from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.answer_exposure import Exposure
from tracegraph.cli.bundle import bundle_option, save_bundle
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lens_options, limit_options, pass_session, rows_options
from tracegraph.cli.session import Session
from tracegraph.exchange.exposure import exposure_body
from tracegraph.messages import N_
from tracegraph.render.dependents import View, shown_dependents
from tracegraph.render.exposure import exposure_shown
from tracegraph.services.exposure import exposure as ask_exposure
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import legend_of, merged, rollups_legend
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store


@click.command(
    "exposure",
    cls=Spoken,
    help=N_(
        "Which contracts recorded incidents reach, with shares and value: by region, category, supplier, country and "
        "goods. Several incidents: all together, and each alone."
    ),
    example="tracegraph incident exposure demo-inc-gloves-and-debts --valid-at 2019-02-19",
)
@click.argument("incident_ids", metavar="ID [ID]...", nargs=-1, required=True)
@lens_options
@limit_options
@click.option("--no-routes", is_flag=True, help=N_("Leave the routes out."))
@click.option("--all", "with_no_link", is_flag=True, help=N_("List also the contracts without a link."))
@bundle_option
@rows_options
@common_options
@pass_session
def exposure(session: Session, /, *, incident_ids: Sequence[str], bundle: Path | None, **flags: Any) -> int:
    """Answer which contracts incidents reach."""
    lens = lens_from(session, flags)
    view = View(
        now=session.now,
        limit=None if flags["all_rows"] else flags["limit"],
        with_routes=not flags["no_routes"],
        with_no_link=flags["with_no_link"],
    )
    with session.store() as store:
        views = [find_incident(store, incident, lens) for incident in incident_ids]
        asked = Question((), lens, flags["max_tier"], flags["max_items"] or DEFAULT_MAX_ITEMS)
        portfolios = Portfolios(store)
        found = ask_exposure(views, asked, store, portfolios)
        if bundle is not None:
            body = exposure_body(found, with_no_link=True)
            save_bundle(session, bundle, found.answer, body, store=store, portfolios=portfolios)
        session.answer(
            lambda: exposure_body(found, with_no_link=view.with_no_link, with_routes=view.with_routes),
            lambda: _exposure_shown(found, view, store, session),
        )
    return LIMIT_HIT if found.answer.summary.items_cut else DONE


def _exposure_shown(found: Exposure, view: View, store: Store, session: Session) -> RenderableType:
    answer, lang = found.answer, session.say.lang
    legend = merged(
        [
            rollups_legend(found.rollups, store, answer.question.lens, lang),
            legend_of(answer, shown_dependents(answer, view), store, lang),
        ]
    )
    return exposure_shown(found, legend, view, session.say)
