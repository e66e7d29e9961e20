"""Commands and groups whose help and mistakes are said in the reader's language."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, cast

import click

from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.translate import Translator


def translator_of(ctx: click.Context) -> Translator:
    """Return the translator of the running session."""
    session = ctx.find_object(Session)
    return session.say if session else Translator()


class Spoken(click.Command):
    """A command with translated help and an example.

    Parameters
    ----------
    example : str
        A command line, shown at the end of the help.
    """

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        self.example = example
        super().__init__(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; words that are left over are a mistake, said in our words."""
        allowed, ctx.allow_extra_args = ctx.allow_extra_args, True
        rest = super().parse_args(ctx, args)
        if ctx.args and not allowed and not ctx.resilient_parsing:
            raise InvalidInput(
                N_("{words} is more than {command} takes; --help has an example"),
                words=" ".join(ctx.args),
                command=ctx.command_path,
            )
        return rest

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help; English, `format_commands` translates it."""
        return (self.short_help or self.help or "")[: limit * 10]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        say = translator_of(ctx).text
        places = [say(place) for place in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(places), prefix=say(N_("Usage: ")))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, and an example."""
        say = translator_of(ctx).text
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(say(self.help))
        if self.example:
            with formatter.section(say(N_("Example"))):
                for line in self.example.splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        say = translator_of(ctx).text
        rows = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                rows.append((record[0], say(param.help or "")))
        if rows:
            with formatter.section(say(N_("Options"))):
                formatter.write_dl(rows, col_max=28)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, with our words."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = N_("Show this help.")
        return option


class SpokenGroup(Spoken, click.Group):
    """A group that loads the module of a command when the command is used.

    Parameters
    ----------
    lazy : mapping
        ``module:attribute`` and the one-line help by name of command, in the order of the help.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(dict.fromkeys((*self.lazy, *self.commands)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading its module."""
        if cmd_name in self.lazy:
            module, _, attribute = self.lazy[cmd_name][0].partition(":")
            return cast(click.Command, getattr(import_module(module), attribute))
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; an unknown one is a mistake that names near ones."""
        name = args[0]
        known = self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            near = difflib.get_close_matches(name, known, n=3)
            if near:
                raise InvalidInput(
                    N_("there is no command {name}; did you mean {near}?"), name=name, near=", ".join(near)
                )
            raise InvalidInput(N_("there is no command {name}; these are: {known}"), name=name, known=", ".join(known))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, without loading the modules of those that are lazy."""
        say = translator_of(ctx).text
        rows = [(name, say(self._short_help(ctx, name))) for name in self.list_commands(ctx)]
        with formatter.section(say(N_("Commands"))):
            formatter.write_dl(rows)

    def _short_help(self, ctx: click.Context, name: str) -> str:
        if name in self.lazy:
            return self.lazy[name][1]
        command = self.get_command(ctx, name)
        return command.get_short_help_str() if command else ""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


def usage_pieces() -> Sequence[str]:
    """Name the words that click puts into a usage line, for the catalogues."""
    return (N_("[OPTIONS]"), N_("COMMAND [ARGS]..."))
