"""How a contract depends on what a report names: how sure, by which routes, and what to verify next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import Dependent
from tracegraph.answer_routes import LinkToVerify, ListedRoute, Method, Premise, Probability, Routes
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.dependents_rows import contract_shown
from tracegraph.render.phrases import in_sentence, lens_words, money, selector_words, source_text
from tracegraph.render.routes import route_words, unsure_words, weakest_words
from tracegraph.render.shape import DIM, DOT, following, grid, heading, labelled, with_id
from tracegraph.render.words import GRADE, RULE, STATUS, STATUS_READS, STATUS_STYLE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, RelationshipType, Rule, Status

VERIFY_SHOWN: Final = 5
THROUGH_SHOWN: Final = 2
_LEAST: Final = 0.005
_HALF: Final = 0.5 + 1e-9  # an exact half goes up, whatever the last bit of a sum was

_PREMISE: Final[Mapping[Premise, str]] = {
    Premise.CONFIDENCE: N_(
        "each link exists with the confidence that is stated, or else with that of its grade: 90 % verified, 70 % "
        "declared, 50 % reported, 20 % inferred"
    ),
    Premise.RECORDED_ROUTES: N_("only routes that are recorded count; goods may come in ways that nobody has told of"),
    Premise.SHARED_SOURCE: N_("what one document says is partly right or wrong together"),
    Premise.SHARED_RULE: N_("what is inferred by one rule is partly right or wrong together"),
    Premise.INDEPENDENT_SOURCES: N_("different documents do not copy from each other"),
    Premise.CUT: N_("the walk was cut (--max-items): there may be more routes, so there is no upper bound"),
}


def routes_shown(found: Routes, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return the whole answer."""
    parts: list[RenderableType] = [*_header(found, legend, now, say), Text(), _status(found, say)]
    if found.probability is None:
        parts += _no_route(found, legend, say)
    else:
        parts += [*_contract(found, say), Text()]
        parts += [heading(say.text("how sure")), *_sure(found.probability, say), Text()]
        parts += [heading(_routes_heading(found, say))]
        parts += [_route(n, route, found, legend, say) for n, route in enumerate(found.routes, 1)]
        if found.verify_next:
            parts += [Text(), heading(say.text("verify next"))]
            parts += [_link(n, link, found, legend, say) for n, link in enumerate(found.verify_next[:VERIFY_SHOWN], 1)]
    return Group(*parts, Text(), _next_steps(found, say))


def chance_words(p: float, say: Translator) -> str:
    """Return a probability in whole per cent; the smallest and the largest are not rounded to impossible or certain."""
    if 0 < p < _LEAST:
        words = say.text("less than 1 %")
    elif 1 - _LEAST < p < 1:
        words = say.text("more than 99 %")
    else:
        words = say.text("{n} %", n=floor(100 * p + _HALF))
    return words.replace(" %", "\N{NO-BREAK SPACE}%")


# --- what was asked -----------------------------------------------------------------------------------------------


def _header(found: Routes, legend: Legend, now: str, say: Translator) -> Iterator[RenderableType]:
    scope = [selector_words(selector, legend, say) for selector in found.question.scope]
    contract = found.dependent.facts.contract_id
    if len(scope) == 1:
        yield Text(
            say.text("Whether {contract} depends on {what}, and how", contract=contract, what=scope[0]), style="bold"
        )
    else:
        yield Text(say.text("Whether {contract} depends on any of these, and how", contract=contract), style="bold")
        yield from (Text(f"  - {what}") for what in scope)
    yield Text(lens_words(found.question.lens, now, say), style=DIM)
    for selector in found.unmatched:
        what = selector_words(selector, legend, say)
        line = Text(say.text("Touches nothing: {what}.", what=what), style="bold yellow")
        near = legend.near.get(selector.id, ())
        if near and selector.id not in near:
            line.append(" " + say.text("Did you mean {near}?", near=", ".join(near)))
        yield line
    if found.truncated:
        cut = say.text(
            "Not the whole answer: the walk stopped after {n} items (--max-items). Contracts that it did not reach are "
            "unmapped.",
            n=found.question.max_items,
        )
        yield Text(cut, style="bold yellow")


def _status(found: Routes, say: Translator) -> Text:
    status = found.dependent.status
    return Text.assemble(
        (say.text(STATUS[status]).upper(), STATUS_STYLE[status]), f"  {say.text(STATUS_READS[status])}"
    )


def _contract(found: Routes, say: Translator) -> Iterator[RenderableType]:
    facts = found.dependent.facts
    yield Text.assemble("  ", (facts.contract_id, "bold"), f"  {facts.title or ''}")
    end = say.text("ends {day}", day=facts.end) if facts.end else say.text("end not stated")
    words = [", ".join(facts.regions), end, money(facts.value_sek, say)]
    yield Padding(Text(DOT.join(word for word in words if word)), (0, 0, 0, 4))


def _no_route(found: Routes, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    yield contract_shown(found.dependent, legend, say)
    yield Text()
    if found.dependent.status is Status.UNMAPPED:
        yield Text(
            say.text(
                "No recorded route leads to it, so there is no probability to give: not known is not 0. A question to "
                "the supplier settles it."
            )
        )
    else:
        yield Text(
            say.text(
                "No recorded route leads to it, and no open end: it rests on what is recorded and on lists said to be "
                "complete."
            )
        )


# --- how sure -----------------------------------------------------------------------------------------------------


def _sure(found: Probability, say: Translator) -> Iterator[RenderableType]:
    yield Padding(Text(_probability_words(found, say)), (0, 0, 0, 2))
    plain = say.text(
        "A probability here only ranks and bounds; it is not a measurement. A low one means thin evidence, not a No: "
        "the status above does not depend on it."
    )
    yield Padding(Text(plain, style="bold"), (0, 0, 0, 2))
    yield grid([("-", Text(say.text(_PREMISE[premise]), style=DIM)) for premise in found.premises])


def _probability_words(found: Probability, say: Translator) -> str:
    if found.method is Method.EXACT and found.low == found.high:
        return say.text(
            "{p} probability that at least one recorded route is real (exact, given what is assumed)",
            p=chance_words(found.estimate, say),
        )
    if found.method is Method.EXACT:
        return say.text("at least {p} probability that a route is real", p=chance_words(found.low, say))
    return say.text(
        "about {p} probability that at least one recorded route is real, and certainly {low} to {high} ({n} random "
        "draws, seed {seed}, standard error {error})",
        p=chance_words(found.estimate, say),
        low=chance_words(found.low, say),
        high=chance_words(found.high, say),
        n=found.samples,
        seed=found.seed,
        error=say.text("{n} %", n=say.number(100 * (found.standard_error or 0.0), 1)),
    )


# --- routes -------------------------------------------------------------------------------------------------------


def _routes_heading(found: Routes, say: Translator) -> str:
    shown, count = len(found.routes), found.count
    if count.exact and shown == count.number:
        return say.plural(N_("the only route"), N_("all {n} routes"), shown)
    if count.exact:
        return say.plural(
            N_("the best of {total} routes"), N_("the {n} best of {total} routes"), shown, total=count.number
        )
    return say.plural(
        N_("the best of at least {total} routes"),
        N_("the {n} best of at least {total} routes"),
        shown,
        total=count.number,
    )


def _route(number: int, route: ListedRoute, found: Routes, legend: Legend, say: Translator) -> RenderableType:
    shown = Dependent(
        found.dependent.facts, found.dependent.status, weakest_grade=route.weakest_grade, route=route.steps
    )
    words = [say.text("tier {n}", n=route.tier), say.text("{p} by itself", p=chance_words(route.probability, say))]
    lines = [
        (say.text("weakest"), Text(weakest_words(shown, legend, say))),
    ]
    head = Text.assemble((f"{number}", "bold"), "  ", route_words(route.steps, legend, say), f" ({', '.join(words)})")
    return Group(Padding(head, (0, 0, 0, 2)), labelled(lines, indent=5))


# --- what to verify -----------------------------------------------------------------------------------------------


def _link(number: int, link: LinkToVerify, found: Routes, legend: Legend, say: Translator) -> RenderableType:
    p = say.text("now {p}", p=chance_words(link.probability, say))
    head = Text.assemble((f"{number}", "bold"), "  ", link_words(link, legend, say), f" ({p})")
    confirmed, refuted = chance_words(link.if_confirmed, say), chance_words(link.if_refuted, say)
    if link.if_refuted > 0:
        text = N_("{confirmed} if it is so, {refuted} if it is not")
    else:
        text = N_("{confirmed} if it is so; if it is not, no recorded route is left")
    settles = say.text(text, confirmed=confirmed, refuted=refuted)
    lines: list[tuple[str, RenderableType]] = [
        (say.text("ask"), _ask(link, found.dependent, legend, say)),
        (say.text("tells"), Text(settles)),
    ]
    if link.claims:
        lines.append((say.text("rests on"), _evidence(link, legend, say)))
    else:
        why = say.text(RULE[link.rule]) if link.rule else unsure_words(link.start, legend, say)
        lines.append((say.text("rests on"), Text(f"{say.text(GRADE[Grade.INFERRED])}: {why}")))
    return Group(Padding(head, (0, 0, 0, 2)), labelled(lines, indent=5))


def link_words(link: LinkToVerify, legend: Legend, say: Translator) -> str:
    """Return what a link says, as a sentence that may be true or not."""
    holder, goods = legend.holder(holder_of(link.start)), in_sentence(legend.product(product_of(link.start)))
    if link.type == "CANDIDATE":
        return say.text("At {holder}, {goods} is among what is named", goods=goods, holder=holder)
    if link.type == RelationshipType.DELIVERED_UNDER:
        return say.text("{holder} delivers {goods} under the contract", holder=holder, goods=goods)
    other = legend.holder(holder_of(link.end))
    what = in_sentence(legend.product(product_of(link.end)))
    if link.type == RelationshipType.SUPPLIES:
        return say.text("{holder} supplies {buyer} with {goods}", holder=holder, buyer=other, goods=goods)
    if link.rule is not Rule.OPERATION:
        return say.text("At {holder}, {goods} becomes {what}", goods=goods, holder=holder, what=what)
    if goods == what:
        return say.text("{holder} passes {goods} on to {operator}", goods=goods, holder=holder, operator=other)
    return say.text(
        "{holder} passes {goods} on to {operator} as {what}", goods=goods, holder=holder, what=what, operator=other
    )


def _ask(link: LinkToVerify, dependent: Dependent, legend: Legend, say: Translator) -> Text:
    asked = with_id(legend.holder(link.ask), link.ask)
    direct = dependent.direct_suppliers
    if link.ask in direct or not direct:
        return asked
    rest = f" (+{len(direct) - THROUGH_SHOWN})" if len(direct) > THROUGH_SHOWN else ""
    names = ", ".join(map(legend.holder, direct[:THROUGH_SHOWN])) + rest
    return Text.assemble(asked, ", ", say.text("through {names}", names=names))


def _evidence(link: LinkToVerify, legend: Legend, say: Translator) -> Text:
    claim = min(
        (c for c in link.claims if Grade.of_rank(c.grade) is link.grade), key=lambda c: (c.source_id, c.claim_id)
    )
    rest = f" (+{len(link.claims) - 1})" if len(link.claims) > 1 else ""
    cited = source_text(legend.sources.get(claim.source_id), claim.source_id, say)
    return Text.assemble(f"{say.text(GRADE[link.grade])}: {cited}", (f"  {claim.claim_id}", DIM), rest)


def _next_steps(found: Routes, say: Translator) -> RenderableType:
    steps = [f"tracegraph chain {found.dependent.facts.contract_id}"]
    if found.verify_next:
        steps.append(f"tracegraph show {found.verify_next[0].ask}")
    if found.count.number > len(found.routes):
        steps.append(say.text("--k 10 shows more routes"))
    steps.append(say.text("--json for programs"))
    return following(steps, say)
