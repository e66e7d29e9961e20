"""Single points of failure and independent routes, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_points import Chance, Hit, Independent, Level, Point, RoutesBetween, Ways, Weakness, Weaknesses
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.phrases import in_sentence, lens_words, money
from tracegraph.render.shape import ARROW, DIM, DOT, following, grid, heading, labelled, more
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty

_HITS: Final[Mapping[Level, str]] = {
    Level.HOLDER: N_("companies and plants that alone stop contracts"),
    Level.COUNTRY: N_("countries whose plants together stop contracts"),
}
PAIRS_SHOWN: Final = 5
HITS_SHOWN: Final = 10


def weaknesses_shown(
    found: Weaknesses, legend: Legend, now: str, say: Translator, limit: int | None = 20
) -> RenderableType:
    """Return single points of failure: what stops most contracts, then contract by contract."""
    count = say.plural(N_("{n} contract"), N_("{n} contracts"), len(found.contracts))
    parts: list[RenderableType] = [
        Text(say.text("What alone stops a contract"), style="bold"),
        Text(DOT.join([lens_words(found.lens, now, say), *_narrowed(found), count]), style=DIM),
        *_cut(found, say),
    ]
    if len(found.contracts) > 1:
        for level, text in _HITS.items():
            hits = [hit for hit in found.hits if hit.level is level and len(hit.certain) + len(hit.candidate) > 1]
            if hits:
                shown = hits if limit is None else hits[:HITS_SHOWN]
                parts += [Text(), heading(say.text(text)), _hits(shown, legend, say)]
                rest = more(len(shown), len(hits), say, say.text("--all-rows shows them"))
                parts += [Padding(rest, (0, 0, 0, 2))] if rest else []
    parts += [Text(), heading(say.text("by contract"))]
    listed = found.contracts[:limit]
    parts += [_weakness(weakness, legend, say) for weakness in listed]
    rest = more(len(listed), len(found.contracts), say, say.text("--limit N or --all-rows shows them"))
    return Group(*parts, *([rest] if rest else []), Text(), _next(found, say))


def _narrowed(found: Weaknesses) -> list[str]:
    return [", ".join(ids) for ids in (found.asked_contracts, found.categories, found.regions) if ids]


def _cut(found: Weaknesses, say: Translator) -> Iterator[RenderableType]:
    if not found.contracts:
        yield Text(say.text("No contract that you can see is among these: nothing was judged."), style="bold yellow")
    if found.truncated:
        text = say.text("Not the whole answer: --max-items cut it, so no point is certain.")
        yield Text(text, style="bold yellow")
    if found.links_hold is not None:
        chance = say.number(found.links_hold * 100)
        text = say.text(
            "How likely supply is to hold, if each link holds with {chance} %, independently.", chance=chance
        )
        yield Text(text, style=DIM)
    if found.pairs_cut:
        text = say.text("Pairs among the nearest {n} companies and plants only.", n=found.pair_candidates)
        yield Text(text, style="bold yellow")


def _hits(hits: Sequence[Hit], legend: Legend, say: Translator) -> RenderableType:
    rows = []
    for hit in hits:
        sure = say.plural(N_("{n} for certain"), N_("{n} for certain"), len(hit.certain))
        words = [sure, say.text("{n} as far as sources are documented", n=len(hit.candidate))]
        counted = DOT.join(w for w, n in zip(words, (len(hit.certain), len(hit.candidate)), strict=True) if n)
        value = money(hit.value_sek if hit.value_sek or not hit.without_value else None, say)
        rows.append((Text(legend.holder(hit.id), style="bold"), Text(value, justify="right"), Text(counted)))
    return grid(rows)


def _weakness(weakness: Weakness, legend: Legend, say: Translator) -> RenderableType:
    facts = weakness.facts
    head = Text.assemble("  ", (facts.contract_id, "bold"), "  ", facts.title or "")
    lines = [(label, Text(text)) for label, text in _lines(weakness, legend, say)]
    return Group(head, labelled(lines, indent=4))


def _lines(weakness: Weakness, legend: Legend, say: Translator) -> Iterator[tuple[str, str]]:
    if weakness.ungrounded:
        yield say.text("note"), say.text("the goods only go round: no source is known")
        return
    if not weakness.direct:
        yield say.text("unknown"), say.text("what is delivered under the contract, and by whom")
        return
    certain = _names(weakness, Certainty.CERTAIN, legend)
    documented = _names(weakness, Certainty.CANDIDATE, legend)
    if certain:
        yield say.text("certain"), certain
    if documented:
        yield say.text("documented"), say.text("{names} (there may be other sources)", names=documented)
    if not certain and not documented:
        none = N_("none known so far") if weakness.unseen else N_("no company or plant alone")
        yield say.text("certain"), say.text(none)
    countries = [point for point in weakness.points if point.level is Level.COUNTRY]
    if countries:
        yield say.text("countries"), ", ".join(_country(point, legend, say) for point in countries)
    if weakness.pairs is not None:
        yield say.text("pairs"), _pairs(weakness, legend, say)
    if weakness.holds is not None:
        yield say.text("supply holds"), _holds(weakness.holds, say)
    if weakness.unseen:
        one, many = N_("sources of {n} item are not all listed"), N_("sources of {n} items are not all listed")
        yield say.text("unknown"), say.plural(one, many, weakness.unseen)


def _holds(chances: tuple[Chance, Chance], say: Translator) -> str:
    low, high = (say.number(chance.probability * 100, 1) for chance in chances)
    words = say.text("with {low} % on documented sources alone", low=low)
    if high != low:
        words += ", " + say.text("up to {high} % with those that may be there", high=high)
    errors = [chance.standard_error for chance in chances if chance.standard_error]
    if errors:
        words += " " + say.text("(sampled, standard error {error} %)", error=say.number(max(errors) * 100, 1))
    return words


def _names(weakness: Weakness, certainty: Certainty, legend: Legend) -> str:
    points = [p for p in weakness.points if p.level is Level.HOLDER and p.certainty is certainty]
    ordered = sorted(points, key=lambda point: (point.id not in weakness.direct, legend.holder(point.id)))
    return ", ".join(legend.holder(point.id) for point in ordered)


def _country(point: Point, legend: Legend, say: Translator) -> str:
    name = legend.holder(point.id)
    return name if point.certainty is Certainty.CERTAIN else say.text("{name} (as far as documented)", name=name)


def _pairs(weakness: Weakness, legend: Legend, say: Translator) -> str:
    pairs = weakness.pairs or ()
    if not pairs:
        return say.text("none")
    both = [
        say.text("{one} with {other}", one=legend.holder(a), other=legend.holder(b)) for a, b in (p.ids for p in pairs)
    ]
    rest = len(both) - PAIRS_SHOWN
    return "; ".join([*both[:PAIRS_SHOWN], say.text("{n} more", n=rest)] if rest > 0 else both)


def _next(found: Weaknesses, say: Translator) -> RenderableType:
    steps = []
    top = next((hit.id for hit in found.hits if hit.level is Level.HOLDER), None)
    if top:
        steps.append(f"tracegraph stops if-closed {top}")
    if found.pair_candidates is None:
        steps.append(say.text("--pairs shows what stops a contract two by two"))
    steps.append(say.text("--json for programs"))
    return following(steps, say)


# --- independent routes -------------------------------------------------------------------------------------------


def routes_shown(found: RoutesBetween, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return how many independent routes lead from a factory to a contract, and what all pass."""
    name = legend.holder(found.factory_id)
    title = say.text(
        "Routes from {name} to {contract}", name=name, contract=found.facts.title or found.facts.contract_id
    )
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        Text(f"{found.facts.contract_id}{DOT}{lens_words(found.lens, now, say)}", style=DIM),
    ]
    if found.truncated:
        parts.append(Text(say.text("Not every route: --max-items cut the walk."), style="bold yellow"))
    kinds = ((N_("documented"), found.documented), (N_("with inferred steps"), found.all))
    for text, ways in kinds:
        if ways is None:
            parts += [Text(), heading(say.text(text)), Padding(Text(say.text("no route")), (0, 0, 0, 2))]
        elif ways != found.documented or ways is found.documented:
            parts += [Text(), heading(say.text(text)), *_ways(ways, legend, say)]
    same = found.documented is not None and found.documented == found.all
    if same:
        parts += [Text(), Text(say.text("Inferred steps add no route."), style=DIM)]
    steps = [f"tracegraph stops if-closed {found.factory_id}", f"tracegraph chain {found.facts.contract_id}"]
    return Group(*parts, Text(), following(steps, say))


def _ways(ways: Ways, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    lines = [
        (
            say.text("independent"),
            Text(
                _number(
                    ways.by_holders,
                    N_("{n} route by companies and plants"),
                    N_("{n} routes by companies and plants"),
                    say,
                )
            ),
        ),
        ("", Text(_number(ways.by_items, N_("{n} route by goods"), N_("{n} routes by goods"), say))),
        (
            say.text("all pass"),
            Text(", ".join(map(legend.holder, ways.choke.holders)) or say.text("nobody in between")),
        ),
    ]
    yield labelled(lines)
    for number, route in enumerate(ways.by_holders.routes, start=1):
        yield Padding(Text(f"{number}. {_route(route, legend, say)}"), (0, 0, 0, 2), expand=False)


def _number(found: Independent, one: str, many: str, say: Translator) -> str:
    if found.low == found.high:
        return say.plural(one, many, found.low)
    return say.text("at least {low}, at most {high}", low=found.low, high=found.high)


def _route(route: Sequence[str], legend: Legend, say: Translator) -> str:
    words = []
    before = ""
    for item in route:
        if "/" not in item:
            words.append(say.text("the contract"))
        else:
            goods = in_sentence(legend.product(product_of(item)))
            holder = legend.holder(holder_of(item))
            words.append(holder if goods == before else say.text("{goods} at {holder}", goods=goods, holder=holder))
            before = goods
    return ARROW.join(words)
