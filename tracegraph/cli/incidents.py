"""Commands about recorded incidents: list, show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lang_option, lens_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.exchange.answers import lens_body
from tracegraph.messages import N_
from tracegraph.render.incident_bodies import incident_line_body, incident_view_body
from tracegraph.render.incidents import incident_detail, incidents_shown
from tracegraph.services.incident_legend import revisions_legend
from tracegraph.services.incidents import find_incident, list_incidents, narrowed

COMMANDS = {
    "add": ("tracegraph.cli.incident_write:add", N_("Record a new incident.")),
    "revise": ("tracegraph.cli.incident_write:revise", N_("Record the next revision of an incident.")),
    "preview": ("tracegraph.cli.compare:preview", N_("What a wider scope would add, before anyone is told.")),
    "exposure": ("tracegraph.cli.exposure:exposure", N_("Which contracts recorded incidents reach, and how much.")),
}


@click.group(
    "incident",
    cls=SpokenGroup,
    lazy=COMMANDS,
    help=N_("Recorded incidents: reported, dated facts, kept as revisions."),
)
@lang_option
def incident() -> None:
    """Hold the commands about incidents."""


@incident.command(
    "list",
    cls=Spoken,
    help=N_("Recorded incidents, each in the state that was known."),
    example="tracegraph incident list --known-at 2019-02-19\ntracegraph incident list --open --kind forced_labour",
)
@click.option("--status", "statuses", metavar="STATUS", multiple=True, help=N_("Only those of this status."))
@click.option("--kind", "kinds", metavar="KIND", multiple=True, help=N_("Only those of this kind, like forced_labour."))
@click.option("--open", "only_open", is_flag=True, help=N_("Leave out those that are withdrawn or refuted."))
@lens_options
@common_options
@pass_session
def list_(session: Session, /, *, statuses: Sequence[str], kinds: Sequence[str], only_open: bool, **flags: Any) -> None:
    """List incidents."""
    lens = lens_from(session, flags)
    with session.store() as store:
        views = narrowed(list_incidents(store, lens), statuses=statuses, kinds=kinds, only_open=only_open)
        legend = revisions_legend([view.current for view in views], store, lens, session.say.lang)
    session.answer(
        lambda: {"lens": lens_body(lens), "incidents": [incident_line_body(view, lens.valid_at) for view in views]},
        lambda: incidents_shown(views, lens, legend, session.now, session.say),
    )


@incident.command(
    "show",
    cls=Spoken,
    help=N_("One incident: what is said, by whom, what the company answered, and every revision."),
    example="tracegraph incident show inc-us-top-glove",
)
@click.argument("incident_id", metavar="ID")
@lens_options
@common_options
@pass_session
def show(session: Session, /, *, incident_id: str, **flags: Any) -> None:
    """Show one incident."""
    lens = lens_from(session, flags)
    with session.store() as store:
        view = find_incident(store, incident_id, lens)
        legend = revisions_legend(view.revisions, store, lens, session.say.lang)
    session.answer(
        lambda: {"lens": lens_body(lens), **incident_view_body(view, lens.valid_at)},
        lambda: incident_detail(view, lens, legend, session.now, session.say),
    )
