"""What every error means at the command line: its exit code and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from tracegraph import errors
from tracegraph.errors import DatasetRejected, Problem, TracegraphError
from tracegraph.messages import N_, Message
from tracegraph.translate import Translator

DONE: Final = 0
FOUND: Final = 1  # a check found something
WRONG_INPUT: Final = 2
UNAVAILABLE: Final = 3
LIMIT_HIT: Final = 4
INTERNAL: Final = 70  # our own mistake; the number that sysexits.h gives it
INTERRUPTED: Final = 130

#: The exit code of each class of error; a test holds that every class has a row.
EXIT_CODES: Final[Mapping[type[TracegraphError], int]] = {
    errors.InvalidInput: WRONG_INPUT,
    errors.DatasetRejected: WRONG_INPUT,
    errors.SettingsInvalid: WRONG_INPUT,
    errors.UnknownNode: WRONG_INPUT,
    errors.IncidentWithdrawn: WRONG_INPUT,
    errors.UnknownClaim: WRONG_INPUT,
    errors.UnknownImport: WRONG_INPUT,
    errors.UnknownJob: WRONG_INPUT,
    errors.NotNow: WRONG_INPUT,
    errors.ContentTooLarge: WRONG_INPUT,
    errors.MediaTypeUnsupported: WRONG_INPUT,
    errors.StaleWrite: WRONG_INPUT,
    errors.ImportInterrupted: WRONG_INPUT,
    errors.KeyMissing: WRONG_INPUT,
    errors.KeyReused: WRONG_INPUT,
    errors.OperationInProgress: UNAVAILABLE,
    errors.PreconditionMissing: WRONG_INPUT,
    errors.TokenMissing: WRONG_INPUT,
    errors.TokenInvalid: WRONG_INPUT,
    errors.IdentityProviderUnavailable: UNAVAILABLE,
    errors.Forbidden: WRONG_INPUT,
    errors.Overloaded: UNAVAILABLE,
    errors.RateExceeded: UNAVAILABLE,
    errors.DeadlinePassed: UNAVAILABLE,
    errors.RequestTooSlow: UNAVAILABLE,
    errors.StoreUnavailable: UNAVAILABLE,
    errors.QueryTimeout: UNAVAILABLE,
    errors.CommitUnknown: UNAVAILABLE,
    errors.AuditUnavailable: UNAVAILABLE,
    errors.TrailBroken: FOUND,
    errors.StoreNotReady: UNAVAILABLE,
    errors.StoreDamaged: UNAVAILABLE,
    errors.QueryFileError: INTERNAL,
    errors.ResourceMissing: INTERNAL,
}


def exit_code(error: TracegraphError) -> int:
    """Return the exit code of an error: its class's, or the nearest parent's."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), INTERNAL)


def usage_message(error: click.ClickException) -> Message:
    """Return a mistake in how a command was written, as a message of ours."""
    if isinstance(error, click.NoSuchOption):
        if error.possibilities:
            near = ", ".join(sorted(error.possibilities))
            return Message(
                N_("there is no option {option}; did you mean {near}?"), {"option": error.option_name, "near": near}
            )
        return Message(N_("there is no option {option}; --help lists them"), {"option": error.option_name})
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
        if isinstance(error.param, click.Option):
            name = f"{error.param.opts[0]} {name}"
        return Message(N_("{name} is missing; --help has an example"), {"name": name.rstrip(".")})
    if isinstance(error, click.BadOptionUsage):
        return Message(N_("{option} needs a value, or takes none; --help says which"), {"option": error.option_name})
    if isinstance(error, click.UsageError) and error.ctx and isinstance(error.ctx.command, click.Group):
        known = ", ".join(error.ctx.command.list_commands(error.ctx))
        return Message(N_("say which: {known}; --help explains each"), {"known": known})
    return Message("{text}", {"text": error.format_message()})


def error_body(
    code: str, message: Message, translator: Translator, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    """Return an error as the one JSON document of a command with ``--json``."""
    return {
        "error": {
            "code": code,
            "message": translator.say(message),
            "problems": [problem_body(problem, translator) for problem in problems],
        }
    }


def problems_of(error: TracegraphError) -> tuple[Problem, ...]:
    """Return the problems that an error carries."""
    return error.problems if isinstance(error, DatasetRejected) else ()


def problem_body(problem: Problem, translator: Translator) -> dict[str, Any]:
    """Return a problem of a file as JSON."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "value": problem.value,
        "rule": problem.rule,
        "message": translator.say(problem.message),
        "remedy": translator.say(problem.remedy),
        "severity": problem.severity,
    }
