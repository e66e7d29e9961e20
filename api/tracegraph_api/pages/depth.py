"""How deep a region's contracts are known: the board, and from it to what to ask of whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from flask import Response
from markupsafe import Markup

from tracegraph.access import Permission
from tracegraph.answer import Interval
from tracegraph.answer_depth import EVIDENCE_CONTRACTS, OTHERS_NEEDED, DepthQuestion, DepthReport, Split
from tracegraph.exchange.depth_csv import DEPTH_COLUMNS, depth_rows
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.board import DEEPEST, Age, Board, Line, ToWorkOn, make_board
from tracegraph.services.depth import depth
from tracegraph.services.names import names_of
from tracegraph.vocabulary import Grade, Label
from tracegraph_api.context import context, principal, store, translator
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.media import table
from tracegraph_api.nodes import require_region
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, link, node_link
from tracegraph_api.pages.narrow import choices_of, money
from tracegraph_api.pages.words import day, plural, say, share
from tracegraph_api.reports import NarrowQuery, narrowed

pages = Pages("depth")

_STOPS: Final = 3


@pages.shows("/depth", Permission.READ, (LensQuery, NarrowQuery), is_heavy=True)
def board(given: Given) -> Response:
    """Show how deep contracts are known: of one region beside the others, or of all that are seen."""
    lens = lens_of(given)
    report = _report(given, lens)
    found = make_board(report)
    names = names_of(_named(report, found), store(), lens, translator().lang)
    region = report.regions[0] if len(report.regions) == 1 else None
    return render(
        "pages/depth.html",
        say(N_("How deep we know the contracts of {region}"), region=names[region])
        if region
        else say(N_("How deep contracts are known")),
        choices=choices_of(lens, given),
        region=names[region] if region else None,
        own=here(region=own) if (own := principal().region) and own not in report.regions else None,
        total=_line(found.total, names, found),
        lines=[_line(line, names, found) for line in found.categories],
        regions=[] if region else [_line(line, names, found, of_regions=True) for line in found.regions],
        tiers=[_tier(tier, found) for tier in found.tiers],
        work=[_work(one, names) for one in found.work],
        unweighed=[_work(one, names) for one in found.unweighed],
        work_total=found.work_total,
        unweighed_total=found.unweighed_total,
        evidence_read=report.evidence_read,
        contracts=report.total.contracts,
        without_delivery=report.total.without_delivery,
        with_open_end=report.total.with_open_end,
        no_plant=report.total.by_factory_tier.get(None, 0),
        others=found.total.beside.others if found.total.beside else None,
        needed=OTHERS_NEEDED,
        questions=link("questions.asked", region=report.regions or None, category=report.categories or None),
        file=link("depth.file", region=report.regions or None, category=report.categories or None),
    )


@pages.shows("/depth/contracts.csv", Permission.READ, (LensQuery, NarrowQuery), is_heavy=True)
def file(given: Given) -> Response:
    """Give the whole report as a file."""
    return as_download(table(DEPTH_COLUMNS, depth_rows(_report(given, lens_of(given)))), "csv", "depth")


def _report(given: Given, lens: Lens) -> DepthReport:
    """Return the report that is asked for."""
    regions, categories = narrowed(given)
    for region in regions:
        require_region(region, lens)
    asked = DepthQuestion(regions, (), categories, by_grade=True, evidence=EVIDENCE_CONTRACTS)
    return depth(lens, store(), context().portfolios, asked)


def _named(report: DepthReport, found: Board) -> Iterable[str]:
    yield from report.regions
    yield from report.by_category
    yield from report.by_region
    for one in (*found.work, *found.unweighed):
        yield one.contract.facts.contract_id
        yield from (stop.holder_id for stop in one.contract.stops if stop.holder_id)
        yield from [one.contract.facts.category] if one.contract.facts.category else []


def _tier(tier: int, found: Board) -> Markup:
    if tier == DEEPEST and tier == found.tiers[-1]:
        return say(N_("Tier {n} or deeper"), n=tier)
    return say(N_("Tier {n}"), n=tier)


def _line(line: Line, names: dict[str, str], found: Board, *, of_regions: bool = False) -> dict[str, Any]:
    rolled, beside = line.rolled, line.beside
    median = beside.median.known_end if beside and beside.median else None
    return {
        "name": names[line.key] if line.key else say(N_("All together")),
        "href": here(**{"region" if of_regions else "category": line.key}) if line.key else None,
        "contracts": rolled.contracts,
        "value": money(rolled.value_sek, rolled.without_value),
        "tiers": [line.at_tier(tier) for tier in found.tiers],
        "no_plant": line.at_tier(None),
        "known": _part(rolled.split),
        "verified": _part(rolled.by_grade.get(Grade.VERIFIED)),
        "median": _interval(median),
        "others": beside.others if beside else 0,
        "against": _against(rolled.split.known_end if rolled.split else None, median),
        "age": _age(line.age),
    }


def _part(split: Split | None) -> dict[str, Any] | None:
    """Return the part of a value that ends at a known place."""
    return _interval(split.known_end) if split else None


def _interval(part: Interval | None) -> dict[str, Any] | None:
    return {"low": part.low, "high": part.high, "words": share(part.low, part.high)} if part else None


def _against(own: Interval | None, median: Interval | None) -> Markup | None:
    """Say how a region stands beside the others, where the two intervals leave no doubt."""
    if own is None or median is None:
        return None
    if own.high < median.low:
        return say(N_("less is known than in the others"))
    if own.low > median.high:
        return say(N_("more is known than in the others"))
    return say(N_("about the same as the others, or it cannot be told"))


def _age(age: Age) -> Markup | None:
    if age.newest is None:
        return None
    newest = say(N_("newest recorded {day}"), day=age.newest)
    return newest if age.oldest is None else newest + say(N_(", oldest source {day}"), day=day(age.oldest))


def _work(one: ToWorkOn, names: dict[str, str]) -> dict[str, Any]:
    found, facts = one.contract, one.contract.facts
    holders = list(dict.fromkeys(stop.holder_id for stop in found.stops if stop.holder_id))
    return {
        "id": facts.contract_id,
        "name": names[facts.contract_id],
        "href": node_link(NodeRef(Label.CONTRACT, facts.contract_id)),
        "category": names[facts.category] if facts.category else None,
        "value": money(facts.value_sek),
        "unknown": None if one.unknown_sek is None else money(one.unknown_sek),
        "known": _part(found.split),
        "depth": _depth(found.deliveries, found.tiers, found.factory_tier),
        "stops": ", ".join(names[holder] for holder in holders[:_STOPS]) or say(N_("at the contract itself")),
        "more": max(0, len(holders) - _STOPS),
        "open_ends": found.open_ends,
        "end": facts.end,
    }


def _depth(deliveries: int, tiers: int, factory_tier: int | None) -> Markup:
    if not deliveries:
        return say(N_("not mapped at all: no delivery is recorded"))
    mapped = plural(N_("1 tier is mapped"), N_("{n} tiers are mapped"), tiers)
    if factory_tier is None:
        return mapped + say(N_("; no plant is named"))
    return mapped + say(N_("; the deepest named plant is at tier {n}"), n=factory_tier)
