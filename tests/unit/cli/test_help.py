"""The help of every command: there, with an example, and in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tracegraph.cli import main
from tracegraph.cli.help import Spoken


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands())
LEAVES = {path: command for path, command in ALL.items() if not isinstance(command, click.Group)}


def test_the_commands_are_those_of_the_formats_page() -> None:
    named = {" ".join(path) for path in LEAVES}
    assert named >= {
        "import",
        "dependents",
        "show",
        "retract",
        "chain",
        "depth",
        "incident add",
        "incident list",
        "incident revise",
        "incident show",
        "export",
        "load",
        "check",
        "demo",
        "store init",
        "store info",
        "columns",
        "config check",
    }


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert f"Usage: tracegraph {' '.join(path)}" in result.stdout
    assert "Example:\n  tracegraph " + " ".join(path) in result.stdout
    assert "--store URL" in result.stdout
    assert "--json" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_the_help_is_swedish_for_swedes(path: tuple[str, ...]) -> None:
    english = CliRunner().invoke(main, [*path, "--help"]).stdout
    swedish = CliRunner().invoke(main, [*path, "--help", "--lang", "sv"]).stdout
    assert swedish.startswith("Användning: tracegraph")
    assert "Visa den här hjälpen." in swedish
    command = ALL[path]
    texts = [command.help or "", *(p.help or "" for p in command.params if isinstance(p, click.Option))]
    flat = re.sub(r"\s+", " ", swedish)
    assert not [text for text in texts if len(text) > 12 and text in flat]
    assert english != swedish


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    command = LEAVES[path]
    assert isinstance(command, Spoken)
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_examples_name_options_that_are_there(path: tuple[str, ...]) -> None:
    command = LEAVES[path]
    assert isinstance(command, Spoken)
    known = {option for p in command.params for option in p.opts} | {"--help"}
    for line in command.example.splitlines():
        assert line.startswith("tracegraph " + " ".join(path))
        assert set(re.findall(r"--[a-z-]+", line)) <= known


def test_reading_commands_take_the_lens() -> None:
    for name in ("dependents", "show", "chain", "depth", "incident list", "incident show", "export", "check"):
        options = {option for p in LEAVES[tuple(name.split())].params for option in p.opts}
        assert {"--valid-at", "--known-at", "--as", "--min-grade"} <= options, name


def test_no_words_at_all_are_a_request_for_help() -> None:
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 0
    assert "Commands:" in result.stdout


def test_the_version() -> None:
    result = CliRunner().invoke(main, ["--version"])
    assert re.fullmatch(r"tracegraph \d+\.\d+\.\d+\n", result.stdout)


def test_the_language_may_stand_anywhere() -> None:
    for args in (["--lang", "sv", "columns", "--help"], ["columns", "--lang=sv", "--help"]):
        assert CliRunner().invoke(main, args).stdout.startswith("Användning:")
    assert CliRunner().invoke(main, ["--help"], env={"TRACEGRAPH_LANG": "sv"}).stdout.startswith("Användning:")
    quiet = {"TRACEGRAPH_LANG": "", "LC_ALL": "sv_SE.UTF-8"}
    assert CliRunner().invoke(main, ["--help"], env=quiet).stdout.startswith("Användning:")
