"""Options that commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.vocabulary import Grade

F = TypeVar("F", bound=Callable[..., Any])


class Whole(click.ParamType[int]):
    """A whole number of at least 1."""

    name = "whole"

    def convert(self, value: Any, param: click.Parameter | None, _ctx: click.Context | None) -> int:
        """Return the number."""
        try:
            number = int(value)
        except ValueError:
            number = 0
        if number < 1:
            name = param.opts[0] if param else ""
            raise InvalidInput(N_("{name} is {value!r}: write a whole number of at least 1"), name=name, value=value)
        return number


ROWS = 20  # contracts of a kind that are shown unless more are asked for
WHOLE = Whole()
pass_session = click.make_pass_decorator(Session)


def together(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Return one decorator that applies several, so that they show in this order."""

    def apply(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


def _set(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback that puts a common option into the session."""

    def put(ctx: click.Context, _param: click.Parameter, value: Any) -> Any:
        if value is not None:
            setattr(ctx.find_object(Session), name, value)
        return value

    return put


#: What it says is looked up before the words are parsed, so that mistakes are said in the language too.
lang_option = click.option("--lang", metavar="sv|en", expose_value=False, help=N_("Language of all texts."))


def common_options(function: F) -> F:
    """Give a command the options that all have."""
    return together(
        click.option(
            "--store",
            metavar="URL",
            expose_value=False,
            callback=_set("store_url"),
            help=N_("Store: sqlite:///FILE (default sqlite:///tracegraph.db), neo4j://HOST or bolt://HOST."),
        ),
        click.option(
            "--json",
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_set("as_json"),
            help=N_("Print one JSON document and nothing else."),
        ),
        lang_option,
        click.option(
            "--no-progress",
            is_flag=True,
            default=None,
            expose_value=False,
            callback=lambda ctx, param, value: _set("with_progress")(ctx, param, None if value is None else not value),
            help=N_("Show no progress bars."),
        ),
    )(function)


def lens_options(function: F) -> F:
    """Give a command the lens: who reads, and as of when."""
    return together(
        click.option("--valid-at", metavar="DATE", help=N_("True in the world on this day (default: today).")),
        _known_at,
        reader_option,
        _min_grade,
    )(function)


_known_at = click.option(
    "--known-at",
    metavar="DATE|TIME",
    help=N_("As it was known to us then: a date (the end of that day, UTC) or an RFC 3339 time (default: now)."),
)
reader_option = click.option(
    "--as", "reader", metavar="WHO", help=N_("Who reads: public, network, or a region like SE-AB.")
)
_min_grade = click.option(
    "--min-grade",
    metavar="|".join(grade.value for grade in Grade),
    help=N_("Leave out claims that are documented less well than this."),
)


def lens_options_of_two_days(function: F) -> F:
    """Give a command the lens, with one day or two."""
    return together(
        click.option(
            "--valid-at",
            metavar="DATE",
            multiple=True,
            help=N_("True in the world on this day (default: today); given twice: what is new and gone between."),
        ),
        _known_at,
        reader_option,
        _min_grade,
    )(function)


def lens_options_twice(function: F) -> F:
    """Give a command two lenses: what is given twice is the first's and the second's."""
    return together(
        click.option(
            "--valid-at", metavar="DATE", multiple=True, help=N_("True in the world on this day; twice to compare.")
        ),
        click.option(
            "--known-at",
            metavar="DATE|TIME",
            multiple=True,
            help=N_("As it was known to us then; once: compared with now, twice: with each other."),
        ),
        click.option(
            "--as",
            "reader",
            metavar="WHO",
            multiple=True,
            help=N_("Who reads: public, network, or a region; twice to compare."),
        ),
        _min_grade,
    )(function)


max_items_option = click.option(
    "--max-items",
    metavar="N",
    type=WHOLE,
    help=N_("Stop after N items on the way (default 200000)."),
)


def limit_options(function: F) -> F:
    """Give a command the limits of a walk."""
    return together(
        click.option("--max-tier", metavar="N", type=WHOLE, help=N_("Count only routes of at most N tiers.")),
        max_items_option,
    )(function)


def rows_options(function: F) -> F:
    """Give a command the limit on what is shown."""
    return together(
        click.option("--limit", metavar="N", type=WHOLE, default=ROWS, help=N_("Rows to show of a kind (default 20).")),
        click.option("--all-rows", is_flag=True, help=N_("Show every row.")),
    )(function)


def scope_options(function: F) -> F:
    """Give a command the selectors of a scope and what narrows them."""
    return together(
        click.option("--factory", "factories", metavar="ID", multiple=True, help=N_("A factory; may be repeated.")),
        click.option("--supplier", "suppliers", metavar="ID", multiple=True, help=N_("A company and its factories.")),
        click.option("--group", "groups", metavar="ID", multiple=True, help=N_("A company and all that it owns.")),
        click.option("--country", "countries_named", metavar="CC", multiple=True, help=N_("Everything in a country.")),
        click.option(
            "--incident", "incidents", metavar="ID", multiple=True, help=N_("The scope of a recorded incident.")
        ),
        click.option("--scope", "scope_files", metavar="FILE.toml", multiple=True, help=N_("Selectors from a file.")),
        click.option("--product", "products", metavar="P", multiple=True, help=N_("Only these goods, and narrower.")),
        click.option(
            "--countries", "countries", metavar="CC[,CC]", multiple=True, help=N_("Only plants in these countries.")
        ),
        click.option("--exclude", "exclude", metavar="ID", multiple=True, help=N_("Leave out this company or plant.")),
        click.option(
            "--no-services",
            "services",
            is_flag=True,
            flag_value=False,
            default=True,
            help=N_("Do not follow recruiters, dormitories and other services."),
        ),
    )(function)
