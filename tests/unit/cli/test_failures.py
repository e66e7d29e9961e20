"""Every error has an exit code and is said in words, on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from tracegraph.cli import main
from tracegraph.cli.failures import EXIT_CODES, INTERNAL, exit_code, usage_message
from tracegraph.errors import InvalidInput, StoreUnavailable, TracegraphError


def concrete(kind: type[TracegraphError] = TracegraphError) -> Iterator[type[TracegraphError]]:
    for child in kind.__subclasses__():
        if child.__module__ == "tracegraph.errors":
            yield child
        yield from concrete(child)


@pytest.mark.parametrize("kind", sorted(set(concrete()), key=str))
def test_every_class_of_error_has_a_row_of_its_own(kind: type[TracegraphError]) -> None:
    assert kind in EXIT_CODES
    assert EXIT_CODES[kind] in (1, 2, 3, INTERNAL)


def test_a_class_without_a_row_takes_its_parents() -> None:
    class Narrower(StoreUnavailable):
        pass

    class Stranger(TracegraphError):
        pass

    assert exit_code(Narrower("gone")) == EXIT_CODES[StoreUnavailable]
    assert exit_code(Stranger("odd")) == INTERNAL


def test_every_row_is_of_a_known_class() -> None:
    assert set(EXIT_CODES) == set(concrete())


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["dependets"], "did you mean dependents?"),
        (["nonsense"], "these are: dependents, show"),
        (["dependents", "--facory", "f1"], "did you mean"),
        (["dependents", "--quux", "f1"], "--help lists them"),
        (["dependents", "--factory"], "--factory needs a value"),
        (["export"], "FILE is missing"),
        (["store", "info", "one", "two"], "one two is more than"),
        (["store"], "say which: init, info"),
        (["dependents", "--factory", "f1", "--max-tier", "two"], "--max-tier is 'two'"),
        (["dependents", "--factory", "f1", "--max-items", "0"], "whole number of at least 1"),
        (["dependents", "--factory", "f1", "--lang", "fi"], "--lang is 'fi'"),
        (["dependents", "--factory", "f1", "--valid-at", "2019-02-30"], "write a date like 2019-02-19"),
        (["dependents", "--factory", "f1", "--known-at", "yesterday"], "--known-at is 'yesterday'"),
        (["dependents", "--factory", "f1", "--known-at", "2019-02-19T12:00:00"], "a time with its zone"),
        (["dependents", "--factory", "f1", "--as", "somebody"], "use public, network"),
        (["dependents", "--factory", "f1", "--min-grade", "good"], "use one of verified"),
        (["dependents", "--store", "mysql://host", "--factory", "f1"], "not the address of a store"),
        (["dependents", "--store", "sqlite://x.db", "--factory", "f1"], "names no file"),
        (["columns", "suplies"], "did you mean supplies?"),
        (["columns", "quux"], "these are: sources"),
        (["import", "x", "--format", "xml"], "--format is 'xml'"),
        (["retract"], "say what to retract"),
    ],
)
def test_wrong_input_is_said_in_one_line(args: list[str], words: str) -> None:
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_an_error_is_one_json_document_on_standard_output() -> None:
    result = CliRunner().invoke(main, ["dependets", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "error": {
            "code": "invalid-input",
            "message": "there is no command dependets; did you mean dependents?",
            "problems": [],
        }
    }
    assert result.stderr == ""


def test_an_error_is_said_in_the_readers_language() -> None:
    result = CliRunner().invoke(main, ["dependets", "--lang", "sv"])
    assert result.stderr == "Fel: det finns inget kommando dependets; menade du dependents?\n"


def test_what_follows_two_dashes_is_not_taken_for_an_option() -> None:
    result = CliRunner().invoke(main, ["show", "--", "--json"])
    assert result.stdout == ""


def test_no_store_is_its_own_exit_code(tmp_path: object) -> None:
    result = CliRunner().invoke(main, ["dependents", "--factory", "f1", "--store", f"sqlite:///{tmp_path}/none.db"])
    assert result.exit_code == 3
    assert "import a dataset first" in result.stderr


def test_a_mistake_of_ours_is_one_line_and_a_traceback_only_when_asked_for() -> None:
    @main.command("broken-for-a-test")
    def broken() -> None:
        raise RuntimeError("oh dear")

    try:
        plain = CliRunner().invoke(main, ["broken-for-a-test"])
        loud = CliRunner().invoke(main, ["broken-for-a-test"], env={"TRACEGRAPH_DEBUG": "1"})
    finally:
        del main.commands["broken-for-a-test"]
    assert plain.exit_code == loud.exit_code == INTERNAL
    assert "RuntimeError: oh dear" in plain.stderr
    assert "TRACEGRAPH_DEBUG=1" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "Traceback" in loud.stderr


@pytest.mark.parametrize("error", [click.Abort(), KeyboardInterrupt()])
def test_being_interrupted_is_quiet(error: BaseException) -> None:
    @main.command("interrupted-for-a-test")
    def interrupted() -> None:
        raise error

    try:
        result = CliRunner().invoke(main, ["interrupted-for-a-test"])
    finally:
        del main.commands["interrupted-for-a-test"]
    assert result.exit_code == 130
    assert result.output.strip() == ""


def test_other_mistakes_of_use_keep_their_words() -> None:
    assert str(usage_message(click.UsageError("something {else}"))) == "something {else}"


def test_wrong_settings_are_wrong_input() -> None:
    for variable, value in (("TRACEGRAPH_LANG", "fi"), ("TRACEGRAPH_DEBUG", "perhaps")):
        result = CliRunner().invoke(main, ["config", "check"], env={variable: value})
        assert result.exit_code == 2
        assert f"{variable} is '{value}'" in result.stderr


def test_the_message_of_an_error_is_english_in_itself() -> None:
    assert str(InvalidInput("{n} things", n=3)) == "3 things"
