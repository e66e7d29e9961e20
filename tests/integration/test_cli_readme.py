"""The README shows what the commands answer now, and names what is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import click

from tracegraph.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_answers_are_current() -> None:
    spec = importlib.util.spec_from_file_location("readme_tool", ROOT / "tools" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.current(README) == README, "run tools/readme.py"
    assert README.count("```console\n$ tracegraph") == 2


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []


def test_commands_that_are_named_exist() -> None:
    context = click.Context(main)
    for name in set(re.findall(r"tracegraph ([a-z]+)", README)):
        if name not in ("for", "needs", "answers", "finds"):
            assert main.get_command(context, name) is not None, name


def test_make_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
