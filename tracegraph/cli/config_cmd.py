"""Commands about the settings: config check, config gunicorn."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from tracegraph.cli.failures import DONE, UNAVAILABLE, WRONG_INPUT
from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.options import common_options, lang_option, pass_session
from tracegraph.cli.session import Session
from tracegraph.composition import without_password
from tracegraph.errors import StoreUnavailable, TracegraphError
from tracegraph.messages import N_
from tracegraph.render.config import ConfigLine, Found, config_body, config_shown
from tracegraph.resources import gunicorn_config
from tracegraph.settings import DEBUG, LANG, NEO4J_PASSWORD, NEO4J_USER, NO_COLOR, READER, STORE, VARIABLES, origin
from tracegraph.settings_api import Access, doubtful, load_own
from tracegraph.settings_shown import served_settings


@click.group("config", cls=SpokenGroup, help=N_("The settings in force."))
@lang_option
def config() -> None:
    """Hold the commands about the settings."""


@config.command(
    "check",
    cls=Spoken,
    help=N_("Show every setting, where it comes from, whether it is right, and whether the store answers."),
    example="tracegraph config check",
)
@common_options
@pass_session
def config_check(session: Session, /) -> int:
    """Check the settings, and that the store answers."""
    lines, wrong = list(_of_all(session)), []
    for served in served_settings():
        wrong += [served.wrong] if served.wrong else []
        lines += [ConfigLine(name, served.about[name], value, origin(name)) for name, value in served.values.items()]
    found = Found(wrong, [] if wrong else doubtful(load_own(unset=Access.LOCAL)))
    error: TracegraphError | None = None
    try:
        with session.store(init=False) as opened:
            opened.info()
    except StoreUnavailable as unavailable:
        error = unavailable
    message = error.message if error else None
    session.answer(
        lambda: config_body(lines, found, message, session.say),
        lambda: config_shown(lines, found, message, session.say),
    )
    return WRONG_INPUT if wrong else UNAVAILABLE if error else DONE


def _of_all(session: Session) -> Iterator[ConfigLine]:
    """Yield the settings that every command has."""
    settings = session.settings
    shown = {
        STORE: without_password(session.url),
        LANG: session.say.lang,
        READER: settings.reader,
        NEO4J_USER: settings.neo4j_user or "",
        NEO4J_PASSWORD: "***" if settings.neo4j_password else "",
        DEBUG: "1" if settings.debug else "",
        NO_COLOR: "1" if settings.no_color else "",
    }
    for name, value in shown.items():
        is_given_here = name == STORE and session.store_url is not None
        yield ConfigLine(name, VARIABLES[name], value, None if is_given_here else origin(name))


@config.command(
    "gunicorn",
    cls=Spoken,
    help=N_("Print where the configuration is with which gunicorn serves the API."),
    example="tracegraph config gunicorn",
)
@common_options
@pass_session
def config_gunicorn(session: Session, /) -> None:
    """Print the path of gunicorn's configuration."""
    path = str(gunicorn_config())
    session.answer(lambda: {"path": path}, lambda: Text(path, overflow="fold", no_wrap=False))
