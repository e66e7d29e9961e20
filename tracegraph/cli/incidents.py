"""Commands about recorded incidents: list, show."""

from __future__ import annotations

from typing import Any

import click

from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lang_option, lens_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.exchange.answers import lens_body
from tracegraph.messages import N_
from tracegraph.render.incidents import incident_detail, incident_line_body, incident_view_body, incidents_shown
from tracegraph.services.incidents import find_incident, list_incidents
from tracegraph.services.legend import scope_legend


@click.group("incident", cls=SpokenGroup, help=N_("Recorded incidents: reported, dated facts, kept as revisions."))
@lang_option
def incident() -> None:
    """Hold the commands about incidents."""


@incident.command(
    "list",
    cls=Spoken,
    help=N_("Recorded incidents, each in the state that was known."),
    example="tracegraph incident list --known-at 2019-02-19",
)
@lens_options
@common_options
@pass_session
def list_(session: Session, /, **flags: Any) -> None:
    """List incidents."""
    lens = lens_from(session, flags)
    with session.store() as store:
        views = list_incidents(store, lens)
        legend = scope_legend([s for v in views for s in v.current.scope], store, lens, session.say.lang)
    session.answer(
        lambda: {"lens": lens_body(lens), "incidents": [incident_line_body(view) for view in views]},
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
        scope = [selector for revision in view.revisions for selector in revision.scope]
        sources = [source for revision in view.revisions for source in revision.sources]
        legend = scope_legend(scope, store, lens, session.say.lang, sources)
    session.answer(
        lambda: {"lens": lens_body(lens), **incident_view_body(view)},
        lambda: incident_detail(view, lens, legend, session.now, session.say),
    )
