"""How deep contracts are mapped, and where they stop."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_depth import ContractDepth, DepthReport, RollUp
from tracegraph.messages import N_
from tracegraph.render.shape import DIM, DOT, grid, heading, lens_words, more
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

STOPS_SHOWN = 2


def depth_shown(
    report: DepthReport, legend: Legend, now: str, say: Translator, limit: int | None = 20
) -> RenderableType:
    """Return the depth of a portfolio: together, by region, contract by contract."""
    count = say.plural(N_("{n} contract"), N_("{n} contracts"), report.total.contracts)
    parts: list[RenderableType] = [
        Text(say.text("How deep contracts are mapped"), style="bold"),
        Text(f"{lens_words(report.lens, now, say)}{DOT}{count}", style=DIM),
        Text(),
        grid([_roll_up_row(report.total, say)]),
    ]
    if len(report.by_region) > 1:
        parts += [Text(), heading(say.text("by region")), _roll_ups(report.by_region, say)]
    listed = list(report.contracts[:limit])
    parts += [Text(), heading(say.text("by contract"))]
    parts += [_contract(found, legend, say) for found in listed]
    rest = more(len(listed), len(report.contracts), say, say.text("--limit N or --all-rows shows them"))
    return Group(*parts, *([rest] if rest else []))


def _roll_ups(groups: Mapping[str, RollUp], say: Translator) -> RenderableType:
    rows = []
    for key, group in groups.items():
        count = say.plural(N_("{n} contract"), N_("{n} contracts"), group.contracts)
        rows.append((Text(key, style="bold"), Text(count), *_roll_up_row(group, say)))
    return grid(rows)


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
    head = Text.assemble("  ", (found.facts.contract_id, "bold"), f"  {found.facts.title or ''}")
    return Group(head, Padding(Text(DOT.join(words)), (0, 0, 0, 4), expand=False))


def _stops(found: ContractDepth, legend: Legend, say: Translator) -> str:
    if not found.open_ends:
        return say.text("complete")
    holders = dict.fromkeys(
        legend.holder(stop.holder_id) if stop.holder_id else say.text("the contract") for stop in found.stops
    )
    shown = list(holders)[:STOPS_SHOWN]
    ends = say.plural(N_("{n} open end"), N_("{n} open ends"), found.open_ends)
    return say.text("{ends}, the first at {names}", ends=ends, names=", ".join(shown))
