"""The command `tracegraph`: its commands, its language, and what becomes of errors."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from rich.text import Text

from tracegraph import __version__
from tracegraph.cli.failures import (
    DONE,
    INTERNAL,
    INTERRUPTED,
    WRONG_INPUT,
    error_body,
    exit_code,
    problems_of,
    usage_message,
)
from tracegraph.cli.help import SpokenGroup
from tracegraph.cli.options import lang_option
from tracegraph.cli.session import Session, write_json
from tracegraph.errors import InvalidInput, SettingsInvalid, TracegraphError
from tracegraph.messages import N_, Message
from tracegraph.render.problems import problems_shown
from tracegraph.settings import LANGUAGES, debug, preferred_language
from tracegraph.translate import Translator

COMMANDS = {
    "dependents": ("tracegraph.cli.ask:dependents", N_("Which contracts depend on a factory, company or country.")),
    "show": ("tracegraph.cli.ask:show", N_("What is known of one company, factory or contract.")),
    "chain": ("tracegraph.cli.ask:chain", N_("Everything upstream of a contract, tier by tier.")),
    "routes": ("tracegraph.cli.routes:routes", N_("How one contract depends on it, how sure that is, what to verify.")),
    "depth": ("tracegraph.cli.depth:depth", N_("How deep each contract is mapped, and where it stops.")),
    "compare": ("tracegraph.cli.compare:compare", N_("What changed between two moments or scopes, and why.")),
    "whatif": ("tracegraph.cli.compare:whatif", N_("How the answer would stand if something were otherwise.")),
    "stops": ("tracegraph.cli.stops:stops", N_("What stops if a plant closes, and what alone stops a contract.")),
    "exposures": ("tracegraph.cli.exposures:exposures", N_("Every contract against every current incident.")),
    "ask": ("tracegraph.cli.ask_next:ask", N_("What to ask next, and whom: with letters to suppliers.")),
    "leverage": ("tracegraph.cli.leverage:leverage", N_("Which plants reach most regions, contracts and value.")),
    "concentration": (
        "tracegraph.cli.leverage:concentration",
        N_("Contracts that look separate and share a plant."),
    ),
    "incident": ("tracegraph.cli.incidents:incident", N_("Recorded incidents and their revisions.")),
    "import": ("tracegraph.cli.write:import_", N_("Read files into the store, after checking every row.")),
    "retract": ("tracegraph.cli.write:retract", N_("End claims, or all of an import; nothing is deleted.")),
    "export": ("tracegraph.cli.transfer:export", N_("Write everything to a file.")),
    "load": ("tracegraph.cli.transfer:load", N_("Fill an empty store from an exported file.")),
    "check": ("tracegraph.cli.store_cmd:check", N_("Look for what does not hold together.")),
    "columns": ("tracegraph.cli.store_cmd:columns", N_("The columns that a dataset may have.")),
    "store": ("tracegraph.cli.store_cmd:store", N_("Set up the store, or show its state.")),
    "config": ("tracegraph.cli.config_cmd:config", N_("The settings in force.")),
    "serve": ("tracegraph.cli.serve:serve", N_("Serve the API to this computer; for others see docs/operations.md.")),
    "audit": ("tracegraph.cli.audit:audit", N_("Who read or changed what, and whether the trail is intact.")),
    "key": ("tracegraph.cli.keys:key", N_("API keys: make, list, revoke.")),
    "worker": ("tracegraph.cli.worker:worker", N_("Do what the API leaves to be done in the background.")),
    "demo": ("tracegraph.cli.demo:demo", N_("A story in a store of its own: try this first.")),
}


class App(SpokenGroup):
    """The outermost group: begins a session and turns every error into words and an exit code."""

    def main(  # type: ignore[override]  # click's own signature takes the same by keyword
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run the command line and exit."""
        words = list(sys.argv[1:] if args is None else args)
        session = begin(words)
        extra.pop("standalone_mode", None)
        try:
            if isinstance(session, TracegraphError):
                raise session
            if not words:
                words = ["--help"]
            found = super().main(words, prog_name or "tracegraph", standalone_mode=False, obj=session, **extra)
            _finish_output()
            sys.exit(found if isinstance(found, int) else DONE)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            _abandon_output()
            sys.exit(DONE)
        except Exception as error:  # noqa: BLE001 - the edge: nobody above would say it in words
            sys.exit(report(error, session if isinstance(session, Session) else Session(Translator())))


def begin(words: Sequence[str]) -> Session | TracegraphError:
    """Return the session that a command line asks for: its language is needed before the words are parsed."""
    asked = preferred_language()
    own = words[: words.index("--")] if "--" in words else words
    for position, word in enumerate(own):
        if word == "--lang" and position + 1 < len(own):
            asked = own[position + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    if asked not in LANGUAGES:
        return InvalidInput(N_("--lang is {value!r}: use sv or en"), value=asked)
    return Session(Translator(asked), as_json="--json" in own)


def report(error: Exception, session: Session) -> int:
    """Say an error on standard error, or as JSON on standard output; return the exit code."""
    if isinstance(error, TracegraphError):
        code, message, status = error.code, error.message, exit_code(error)
        problems = problems_of(error)
    elif isinstance(error, click.ClickException):
        code, message, status = "usage", usage_message(error), WRONG_INPUT
        problems = ()
    else:
        code, message, status = "internal-error", _unexpected(error), INTERNAL
        problems = ()
    if _wants_traceback() and status == INTERNAL:
        traceback.print_exception(error)
    if session.as_json:
        write_json(error_body(code, message, session.say, problems))
    else:
        if problems:
            session.warn(problems_shown(problems, session.say))
        line = Text.assemble((session.text(N_("Error")), "bold red"), ": ", session.say.say(message))
        session.err.print(line, soft_wrap=True)
    return status


def _unexpected(error: Exception) -> Message:
    text = N_(
        "this should not have happened: {kind}: {text}. Nothing was half written. Run it again with "
        "TRACEGRAPH_DEBUG=1 and report what it shows."
    )
    return Message(text, {"kind": type(error).__name__, "text": str(error)})


def _wants_traceback() -> bool:
    try:
        return debug()
    except SettingsInvalid:
        return False


def _finish_output() -> None:
    """Write out what is left, so that a closed pipe is noticed here and not at the very end."""
    sys.stdout.flush()


def _abandon_output() -> None:
    """Let nothing more be written to a pipe that nobody reads."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


@click.group(
    "tracegraph",
    cls=App,
    lazy=COMMANDS,
    invoke_without_command=False,
    no_args_is_help=False,
    context_settings={"max_content_width": 100},
    help=N_(
        "A report names a factory: which contracts depend on it, how do we know, and what can we not see? "
        "Every command takes --help. Try `tracegraph demo` first."
    ),
    example="tracegraph demo\ntracegraph import my-data/\ntracegraph dependents --factory my-plant",
)
@lang_option
@click.version_option(__version__, message="tracegraph %(version)s", help=N_("Show the version."))
def main() -> None:
    """Hold the commands."""
