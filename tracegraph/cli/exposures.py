"""The command `exposures`: every contract against every current incident, and what is new since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tracegraph.answer_exposures import Exposures
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import lens_from
from tracegraph.cli.options import common_options, lens_options, pass_session, rows_options
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.exposures import exposures_body, write_exposures
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.exposures import exposures_shown
from tracegraph.services import asking
from tracegraph.services.exposures import Asked
from tracegraph.services.exposures import exposures as ask_exposures
from tracegraph.services.legend import sources_of
from tracegraph.services.portfolios import Portfolios


@click.command(
    "exposures",
    cls=Spoken,
    help=N_(
        "Every contract against every current incident, at once. With --since or --between: which contracts stand "
        "otherwise than they did, and why: an incident that was recorded or revised, or claims that are new or gone."
    ),
    example="tracegraph exposures --region SE-AB\ntracegraph exposures --since 2019-02-18 --csv new.csv",
)
@click.option("--since", metavar="DATE", help=N_("What is new since the end of this day, by both clocks."))
@click.option("--between", metavar="DATE DATE", nargs=2, help=N_("What was new from the end of one day to another."))
@click.option("--incident", "incidents", metavar="ID", multiple=True, help=N_("Only this incident; may be repeated."))
@click.option("--region", "regions", metavar="ISO", multiple=True, help=N_("Only contracts of this region (SE-AB)."))
@click.option("--all", "with_no_link", is_flag=True, help=N_("List also the contracts without a link."))
@click.option("--csv", "csv_file", metavar="FILE", help=N_("Write the rows to this file, for a spreadsheet."))
@lens_options
@rows_options
@common_options
@pass_session
def exposures(session: Session, /, **flags: Any) -> None:
    """Answer where every contract stands towards every current incident."""
    lens, since = _lenses(session, flags)
    regions = tuple(dict.fromkeys(region.upper() for region in flags["regions"]))
    asked = Asked(lens, since, tuple(dict.fromkeys(flags["incidents"])), regions)
    with session.store() as store:
        with session.progress(N_("Sweeping the portfolio")) as progress:
            report = ask_exposures(asked, store, Portfolios(store), progress)
        changes = report.changes or ()
        cited = {source for change in changes for cause in change.causes for source in cause.source_ids}
        sources = sources_of(cited, store) if cited else {}
    if flags["csv_file"]:
        _write(report, flags["csv_file"], session, with_no_link=flags["with_no_link"])
    limit = None if flags["all_rows"] else flags["limit"]
    session.answer(
        lambda: exposures_body(report, with_no_link=flags["with_no_link"]),
        lambda: exposures_shown(report, sources, session.now, session.say, limit),
    )


def _write(report: Exposures, file: str, session: Session, *, with_no_link: bool) -> None:
    rows = write_exposures(report, Path(file), with_no_link=with_no_link)
    said = session.say.plural(N_("{n} row written to {file}"), N_("{n} rows written to {file}"), rows, file=file)
    session.warn(Text(said))


def _lenses(session: Session, flags: Mapping[str, Any]) -> tuple[Lens, Lens | None]:
    """Return the lens asked for, and the earlier one that it is compared with."""
    if flags["since"] and flags["between"]:
        raise InvalidInput(N_("--since and --between are both given: --since DATE compares with now, or --known-at"))
    if not flags["between"]:
        lens = lens_from(session, flags)
        return lens, _at(lens, flags["since"], "--since", flags) if flags["since"] else None
    if flags["known_at"]:
        raise InvalidInput(N_("--between names both days; --known-at says nothing beside it: leave one out"))
    first, last = flags["between"]
    lens = _at(lens_from(session, flags), last, "--between", flags)
    return lens, _at(lens, first, "--between", flags)


def _at(lens: Lens, text: str, name: str, flags: Mapping[str, Any]) -> Lens:
    """Return a lens at the end of another day; both clocks move, unless --valid-at holds one."""
    known_at = asking.moment(text, name)
    return replace(lens, known_at=known_at, valid_at=lens.valid_at if flags["valid_at"] else known_at[:10])
