"""The picture of how deep contracts are mapped: together, by region, by category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tracegraph.answer_depth import DepthReport, RollUp
from tracegraph.messages import N_
from tracegraph.render.phrases import lens_words
from tracegraph.render.svg.bars import Bar, BarChart, Panel, bars_svg
from tracegraph.render.svg.frame import NEVER, Line
from tracegraph.render.svg.theme import HEADING
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

DEEPEST: Final = 4  # this tier and all deeper ones are drawn together


def depth_svg(report: DepthReport, legend: Legend, say: Translator) -> str:
    """Return the depth of a portfolio as an SVG document.

    Parameters
    ----------
    report : DepthReport
        From `tracegraph.services.depth.depth`.
    legend : Legend
        Names of regions and categories.
    say : Translator
        Language of the words.

    Returns
    -------
    str
        Stacked bars of contracts by the deepest tier with a plant that is named, with all numbers.
    """
    return bars_svg(depth_chart(report, legend, say))


def depth_chart(report: DepthReport, legend: Legend, say: Translator) -> BarChart:
    """Return the bars of a report, its words and its numbers."""
    title = say.text("How deep contracts are mapped")
    meaning = say.text("Contracts by the deepest tier in which a plant is named. Tier 1 delivers under the contract.")
    series = _series(say)
    further = (say.text("contracts"), say.text("with an open end"))
    panels = tuple(_panels(report, legend, say, (*series, *further)))
    foot = tuple(_foot(report, say))
    words = [title, meaning]
    for panel in panels:
        words += [f"{panel.heading}:", *(f"- {bar.title}" for bar in panel.bars)]
    return BarChart(
        lang=say.lang,
        title=title,
        description="\n".join([*words, *foot]),
        head=(Line(title, size=HEADING, bold=True), Line(meaning, "dim")),
        foot=tuple(Line(text, "dim") for text in foot),
        series=series,
        further=further,
        panels=panels,
    )


def _series(say: Translator) -> tuple[str, ...]:
    tiers = (say.text("tier {n}", n=tier) for tier in range(1, DEEPEST))
    return (say.text("no plant named"), *tiers, say.text("tier {n} and deeper", n=DEEPEST))


def _panels(report: DepthReport, legend: Legend, say: Translator, columns: Sequence[str]) -> Iterator[Panel]:
    everything = say.text("all contracts")
    groups = ((say.text("by region"), report.by_region), (say.text("by category"), report.by_category))
    yield Panel(everything, (_bar(everything, report.total, say, columns),))
    for heading, found in groups:
        if found:
            yield Panel(heading, tuple(_bar(legend.holder(key), group, say, columns) for key, group in found.items()))


def _bar(label: str, group: RollUp, say: Translator, columns: Sequence[str]) -> Bar:
    counts = [0] * (DEEPEST + 1)
    for tier, contracts in group.by_factory_tier.items():
        counts[min(tier or 0, DEEPEST)] += contracts
    figures = tuple(say.number(n) for n in (*counts, group.contracts, group.with_open_end))
    words = ", ".join(f"{column}: {figure}" for column, figure in zip(columns, figures, strict=True))
    return Bar(label, tuple(map(float, counts)), figures, f"{label}: {words}")


def _foot(report: DepthReport, say: Translator) -> Iterator[str]:
    """Yield what has to be known to read the bars, and through which eyes they are seen."""
    yield say.text("The bars of each panel have a scale of their own; the figures are numbers of contracts.")
    if any(len(contract.facts.regions) > 1 for contract in report.contracts):
        yield say.text("A contract that several regions use counts in each of them.")
    facts = [contract.facts for contract in report.contracts]
    for text, missing in (
        (N_("Without a stated region, in no bar by region: {n}."), sum(not fact.regions for fact in facts)),
        (N_("Without a stated category, in no bar by category: {n}."), sum(not fact.category for fact in facts)),
    ):
        if missing:
            yield say.text(text, n=missing)
    if report.total.without_delivery:
        one, many = (
            N_("{n} contract has no visible delivery."),
            N_("{n} contracts have no visible delivery."),
        )
        yield say.plural(one, many, report.total.without_delivery)
    if asked := (*report.regions, *report.categories, *report.asked):
        yield say.text("Asked about {what}", what=", ".join(asked))
    seen = lens_words(report.lens, NEVER, say)
    yield seen[:1].upper() + seen[1:]
