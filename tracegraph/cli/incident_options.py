"""The flags that say something of an incident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tracegraph.cli.options import WHOLE, together
from tracegraph.messages import N_

F = TypeVar("F", bound=Callable[..., Any])


def stated_options(function: F) -> F:
    """Give a command the flags that say something of an incident."""
    return together(_state_options, _evidence_options)(function)


def _state_options(function: F) -> F:
    """Give a command the flags for what is reported, and where it stands."""
    return together(
        click.option("--title", metavar="TEXT", help=N_("What is reported, by whom, in one line.")),
        click.option("--kind", metavar="KIND", help=N_("What kind of harm, like forced_labour.")),
        click.option(
            "--status",
            metavar="STATUS",
            help=N_(
                "Where it stands: alleged (a new one, unless you say more), corroborated, officially_indicated, "
                "officially_established, disputed, refuted, remediation_claimed, remediation_verified, withdrawn."
            ),
        ),
        click.option(
            "--change",
            metavar="CHANGE",
            help=N_(
                "What the revision changes, where status and scope do not tell it: reported, widened, narrowed, "
                "corrected, confirmed, disputed, refuted, remediation_claimed, remediation_verified, withdrawn or "
                "updated."
            ),
        ),
        click.option("--happened-from", metavar="DATE", help=N_("The day on which it began.")),
        click.option("--happened-to", metavar="DATE", help=N_("The day on which it ended.")),
        click.option(
            "--severity",
            metavar="N,N,N",
            help=N_("Scale, scope, irremediability, each 1 to 5: how grave, how many, how hard to put right."),
        ),
    )(function)


def _evidence_options(function: F) -> F:
    """Give a command the flags for what it rests on, what was answered, and who may see it."""
    return together(
        click.option(
            "--indicator",
            "indicators",
            metavar="NAME",
            multiple=True,
            help=N_("A forced-labour indicator of the ILO, like debt_bondage; goes beside those it has."),
        ),
        click.option(
            "--indicators-edition", metavar="YEAR", type=WHOLE, help=N_("Edition of the indicators (default 2025).")
        ),
        click.option(
            "--source",
            "sources",
            metavar="ID",
            multiple=True,
            help=N_("A document of sources.csv; goes beside those it has."),
        ),
        click.option("--reply", metavar="TEXT", help=N_("What a company answered; stands beside earlier answers.")),
        click.option("--reply-by", metavar="WHO", help=N_("Who answered.")),
        click.option("--reply-on", metavar="DATE", help=N_("The day of the answer.")),
        click.option("--reply-source", metavar="ID", help=N_("The document that holds the answer.")),
        click.option("--note", metavar="TEXT", help=N_("Anything else worth knowing.")),
        click.option(
            "--visibility",
            metavar="WHO",
            help=N_("Who may see it: public, network (a new one, unless you say another), or region:SE-AB."),
        ),
    )(function)
