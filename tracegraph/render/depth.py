"""How deep contracts are mapped, and where they stop."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_depth import ContractDepth, DepthReport, RollUp
from tracegraph.messages import N_
from tracegraph.render.depth_ends import (
    by_grade_words,
    comparisons_shown,
    ends_shown,
    evidence_words,
    rolled_shown,
    split_words,
)
from tracegraph.render.shape import DIM, DOT, following, grid, heading, lens_words, more
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

STOPS_SHOWN = 2


def depth_shown(
    report: DepthReport, legend: Legend, now: str, say: Translator, limit: int | None = 20
) -> RenderableType:
    """Return the depth of a portfolio: together, by region and category, contract by contract."""
    count = say.plural(N_("{n} contract"), N_("{n} contracts"), report.total.contracts)
    parts: list[RenderableType] = [
        Text(say.text("How deep contracts are mapped"), style="bold"),
        Text(f"{lens_words(report.lens, now, say)}{DOT}{count}", style=DIM),
    ]
    if not report.contracts:
        nothing = say.text("No contract that you can see is among these: nothing was judged.")
        return Group(*parts, Text(nothing, style="bold yellow"))
    parts += [Text(), grid([_roll_up_row(report.total, say)])]
    parts += [Text(), ends_shown(report.total, say), *_groups(report, legend, say)]
    listed = list(report.contracts[:limit])
    parts += [Text(), heading(say.text("by contract"))]
    parts += [_contract(found, legend, say) for found in listed]
    rest = more(len(listed), len(report.contracts), say, say.text("--limit N or --all-rows shows them"))
    return Group(*parts, *([rest] if rest else []), Text(), *_notes(report, len(listed), say), _next(report, say))


def _groups(report: DepthReport, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    """Yield regions beside each other; categories beside other regions' where one region is asked about."""
    together = [found for found in report.comparisons if found.category is None]
    if together:
        yield from (Text(), heading(say.text("by region")), comparisons_shown(together, legend, say))
    apart = [found for found in report.comparisons if found.category is not None]
    if len(report.regions) == 1 and apart:
        yield from (Text(), heading(say.text("by category")), comparisons_shown(apart, legend, say))
    elif len(report.by_category) > 1:
        yield from (Text(), heading(say.text("by category")), rolled_shown(report.by_category, legend, say))


def _notes(report: DepthReport, listed: int, say: Translator) -> Iterator[RenderableType]:
    if report.evidence_read < listed:
        text = say.text("The age of the evidence was read for the first {n} contracts only.", n=report.evidence_read)
        yield Text(text, style=DIM)


def _next(report: DepthReport, say: Translator) -> RenderableType:
    words = [*(f"--region {region}" for region in report.regions), *(f"--contract {c}" for c in report.asked)]
    words += [f"--category {category}" for category in report.categories]
    asked = " ".join(["tracegraph depth", *words])
    lines = [f"tracegraph chain {report.contracts[0].facts.contract_id}"]
    if not report.total.by_grade:
        lines.append(f"{asked} --by-grade")
    lines.append(f"{asked} --csv depth.csv")
    if not report.regions and report.by_region:
        lines.insert(1, f"tracegraph depth --region {next(iter(report.by_region))}")
    return following(lines, say)


def _roll_up_row(group: RollUp, say: Translator) -> tuple[RenderableType, ...]:
    words = [
        say.text("plant named: {n}", n=sum(n for tier, n in group.by_factory_tier.items() if tier is not None)),
        say.text("no plant named: {n}", n=group.by_factory_tier.get(None, 0)),
        say.text("with an open end: {n}", n=group.with_open_end),
    ]
    if group.without_delivery:
        words.append(say.text("no delivery seen: {n}", n=group.without_delivery))
    return (Text(DOT.join(words)),)


def _contract(found: ContractDepth, legend: Legend, say: Translator) -> RenderableType:
    plant = (
        say.text("no plant named")
        if found.factory_tier is None
        else say.text("plant named at tier {n}", n=found.factory_tier)
    )
    gap = (
        say.text("without a gap to tier {n}", n=found.tiers_without_gap)
        if found.tiers_without_gap
        else say.text("a gap from the start")
    )
    words = [say.plural(N_("{n} tier"), N_("{n} tiers"), found.tiers), plant, gap, _stops(found, legend, say)]
    lines = [Text(DOT.join(words)), Text(split_words(found.split, say))]
    if found.by_grade:
        lines.append(Text(by_grade_words(found.by_grade, say)))
    if found.evidence is not None:
        lines.append(Text(evidence_words(found.evidence, say), style=DIM))
    head = Text.assemble("  ", (found.facts.contract_id, "bold"), f"  {found.facts.title or ''}")
    return Group(head, *(Padding(line, (0, 0, 0, 4), expand=False) for line in lines))


def _stops(found: ContractDepth, legend: Legend, say: Translator) -> str:
    if not found.open_ends:
        return say.text("complete")
    holders = dict.fromkeys(
        legend.holder(stop.holder_id) if stop.holder_id else say.text("the contract") for stop in found.stops
    )
    shown = list(holders)[:STOPS_SHOWN]
    ends = say.plural(N_("{n} open end"), N_("{n} open ends"), found.open_ends)
    return say.text("{ends}, the first at {names}", ends=ends, names=", ".join(shown))
