"""What a check found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.answer_check import CheckReport, Finding, Severity
from tracegraph.messages import N_
from tracegraph.render.shape import DIM, grid, heading, lens_words, more
from tracegraph.translate import Translator

SHOWN = 10  # findings of one rule
_TITLES: Final = {Severity.ERROR: N_("errors"), Severity.WARNING: N_("warnings"), Severity.NOTE: N_("notes")}
_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold"}


def check_shown(report: CheckReport, now: str, say: Translator) -> RenderableType:
    """Return the findings: the gravest first, by rule, with what to do."""
    looked = say.text("{n} claims looked at", n=report.claims)
    parts: list[RenderableType] = [Text(f"{looked}, {lens_words(report.lens, now, say)}", style=DIM)]
    if not report.findings:
        return Group(*parts, Text(say.text("Nothing found."), style="bold"))
    for severity, group in groupby(report.findings, key=lambda finding: finding.severity):
        found = list(group)
        title = f"{say.text(_TITLES[severity])}: {len(found)}"
        parts += [Text(), heading(title, _STYLES[severity])]
        for rule, same in groupby(found, key=lambda finding: finding.rule):
            parts += _rule(rule, list(same), say)
    return Group(*parts)


def _rule(rule: str, found: Sequence[Finding], say: Translator) -> list[RenderableType]:
    rows = [(Text(f.id), Text(say.say(f.message))) for f in found[:SHOWN]]
    rest = more(min(SHOWN, len(found)), len(found), say, say.text("--json lists all"))
    remedy = grid([(Text("->"), Text(say.say(found[0].remedy)))], indent=4)
    return [Text(f"  {rule} ({len(found)})", style="bold"), grid(rows, indent=4), *([rest] if rest else []), remedy]
