"""Two answers side by side: of two days, or about two things; and what made the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Response, request
from markupsafe import Markup
from marshmallow import fields, validate

from tracegraph.access import Permission
from tracegraph.answer import Answer
from tracegraph.answer_compare import DEFAULT_MAX_DOCUMENTS, Comparison, Difference, Movement
from tracegraph.errors import UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef, Scope, Selector
from tracegraph.render.compare import why_words
from tracegraph.render.phrases import known_day, selector_words
from tracegraph.services import asking
from tracegraph.services.compare_legend import compare_legend
from tracegraph.services.comparing import Pair, compare
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import Legend, scope_legend
from tracegraph.services.names import names_of
from tracegraph.services.pairing import Pairing, questions
from tracegraph.services.search import NEAR, Hit
from tracegraph.vocabulary import Label, SelectorKind, Status
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import Checked, Given, LensQuery, ScopeQuery, lens_of
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, node_link
from tracegraph_api.pages.narrow import money
from tracegraph_api.pages.words import day, number, say, word
from tracegraph_api.questions import question_of
from tracegraph_api.reports import ScopeNamesQuery, asked_from, names_something
from tracegraph_api.resources.search import search_of

pages = Pages("compare")

_LABELS: Final = (Label.FACTORY, Label.SUPPLIER, Label.COUNTRY)
#: Which parameter names a node of each kind, and what is then asked about.
_NAMED: Final[Mapping[Label, tuple[str, SelectorKind]]] = {
    Label.FACTORY: ("factory", SelectorKind.FACTORY),
    Label.SUPPLIER: ("supplier", SelectorKind.SUPPLIER),
    Label.COUNTRY: ("country", SelectorKind.COUNTRY),
}
_SCOPE: Final = ("factory", "supplier", "group", "country", "incident")
_CANDIDATES: Final = 10
_CAUSES: Final = 4
_MOST: Final = 100
_MOVEMENTS: Final[Mapping[Movement, str]] = {
    Movement.ENTERED: N_("New in the second"),
    Movement.LEFT: N_("Only in the first"),
    Movement.CHANGED: N_("Stand otherwise"),
}


class _CompareQuery(ScopeNamesQuery):
    """What is compared."""

    q = fields.String(load_default="", validate=validate.Length(max=200))
    other = fields.String(load_default="", validate=validate.Length(max=200))
    then = Checked(lambda text: asking.moment(text, "then"))
    then_valid = Checked(lambda text: asking.day(text, "then_valid"))


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a text means.

    Attributes
    ----------
    scope : Scope
        Nothing: that is not clear, or nothing was typed.
    choices : list of dict
        What may be meant.
    """

    text: str
    scope: Scope = ()
    choices: Sequence[Mapping[str, Any]] = ()


@pages.shows("/compare", Permission.READ, (LensQuery, _CompareQuery, ScopeQuery), is_heavy=True)
def ask(given: Given) -> Response:
    """Show how two answers differ."""
    lens = lens_of(given)
    q, other = " ".join(given["q"].split()), " ".join(given["other"].split())
    first = _Meant(q, (), _choices(q, lens, "q")) if q and not names_something(given) else _Meant(q)
    second = _other(other, lens) if other else _Meant("")
    about, found = _about(given, lens), None
    if names_something(given) and (second.scope or not other) and (other or "then" in given or "then_valid" in given):
        found = compare(
            _pair(given, lens, second.scope),
            store(),
            max_documents=DEFAULT_MAX_DOCUMENTS,
            portfolios=context().portfolios,
        )
    return render(
        "pages/compare.html",
        say(N_("What differs between two answers?"))
        if found is None
        else say(N_("Compared: {what}"), what="; ".join(about[:2])),
        about=about,
        first=first,
        second=second,
        given={name: request.args.get(name, "") for name in ("q", "other", "then", "then_valid")},
        kept=_kept(given),
        clear=here(**dict.fromkeys(_SCOPE)),
        found=None if found is None else _shown(found),
    )


def _kept(given: Given) -> list[tuple[str, str]]:
    """Return what is asked about as the fields of a form."""
    names = {name: name for name in (*_SCOPE, "product", "countries")} | {"exclude": "excluded"}
    kept = [(name, value) for name, found in names.items() for value in given.get(found, ())]
    return kept if given["services"] else [*kept, ("services", "false")]


def _pair(given: Given, lens: Lens, other: Scope) -> Pair:
    """Return the two questions."""
    earlier = replace(lens, known_at=given.get("then", lens.known_at), valid_at=given.get("then_valid", lens.valid_at))
    pair = questions(Pairing(asked_from(given), (earlier, lens)), question_of((), lens, given), store())
    return replace(pair, after=replace(pair.after, scope=other)) if other else pair


def _about(given: Given, lens: Lens) -> list[str]:
    """Return what is asked about, in words."""
    if not names_something(given):
        return []
    incidents = []
    for id in given["incident"]:
        try:
            incidents.append(find_incident(store(), id, lens).current.title)
        except UnknownNode:
            incidents.append(id)
    scope = asking.scope_of(replace(asked_from(given), incidents=()), store(), lens) if _names_nodes(given) else ()
    legend = _names(scope, lens)
    return [*incidents, *(selector_words(selector, legend, translator()) for selector in scope)]


def _names_nodes(given: Given) -> bool:
    return any(given[name] for name in _SCOPE if name != "incident")


def _names(scope: Scope, lens: Lens) -> Legend:
    return scope_legend(scope, store(), lens, translator().lang)


def _other(text: str, lens: Lens) -> _Meant:
    """Return what the second answer is about: an incident by its id, or what is called so."""
    try:
        return _Meant(text, find_incident(store(), text, lens).current.scope)
    except UnknownNode:
        pass
    hits = _hits(text, lens)
    same = [hit for hit in hits if text in (hit.node.id, hit.name)] or hits
    if len(same) == 1 and same[0].reason != NEAR:
        node = same[0].node
        return _Meant(text, (Selector(_NAMED[node.label][1], node.id),))
    return _Meant(text, (), _as_choices(hits, "other"))


def _choices(text: str, lens: Lens, name: str) -> list[Mapping[str, Any]]:
    return _as_choices(_hits(text, lens), name)


def _hits(text: str, lens: Lens) -> list[Hit]:
    return search_of(context()).find(text, lens, _LABELS, translator().lang)[0]


def _as_choices(hits: Sequence[Hit], name: str) -> list[Mapping[str, Any]]:
    return [
        {"name": hit.name or hit.node.id, "kind": word(hit.node.label), "href": _chosen(hit, name)}
        for hit in hits[:_CANDIDATES]
    ]


def _chosen(hit: Hit, name: str) -> str:
    if name == "other":
        return here(other=hit.node.id)
    return here(q=None, **{_NAMED[hit.node.label][0]: hit.node.id})


# --- what is shown ---------------------------------------------------------------------------------------------------


def _shown(found: Comparison) -> dict[str, Any]:
    """Return what the page shows of a comparison."""
    listed = {m: [d for d in found.differences if d.movement is m] for m in Movement}
    shown = [difference for differences in listed.values() for difference in differences[:_MOST]]
    legend = compare_legend(found, shown, (store(), store()), translator().lang)
    sides = (found.before, found.after)
    summaries = [side.answer.summary for side in sides]
    regions = names_of({id for one in shown for id in one.facts.regions}, store(), found.after.answer.question.lens)
    return {
        "labels": [_label(side.answer, other.answer, legend) for side, other in zip(sides, sides[::-1], strict=True)],
        "counts": [(status.value, *(_count(side.answer, status) for side in sides)) for status in Status],
        "groups": [
            {
                "title": say(_MOVEMENTS[movement]),
                "total": len(differences),
                "rows": [_row(one, found, legend, regions) for one in differences[:_MOST]],
            }
            for movement, differences in listed.items()
            if differences
        ],
        "unmatched": ", ".join(dict.fromkeys(one.id for side in sides for one in side.answer.unmatched)),
        "left": bool(listed[Movement.LEFT]),
        "truncated": any(s.truncated or s.items_cut for s in summaries) or found.causes.truncated,
        "left_out": found.causes.left_out,
    }


def _count(answer: Answer, status: Status) -> str | None:
    """Return a count; None where nothing was asked about, as after a withdrawal."""
    return number(answer.summary.counts[status]) if answer.question.scope else None


def _label(answer: Answer, other: Answer, legend: Legend) -> str | Markup:
    """Return what one of the answers is called: by what it does not have in common with the other."""
    question, lens = answer.question, answer.question.lens
    words: list[str | Markup] = []
    if question.scope != other.question.scope:
        words += [selector_words(selector, legend, translator()) for selector in question.scope[:3]]
        words += [] if question.scope else [say(N_("nothing: withdrawn, or not yet recorded"))]
    if lens.known_at != other.question.lens.known_at:
        words.append(say(N_("as known on {day}"), day=known_day(lens.known_at)))
    if lens.valid_at != other.question.lens.valid_at:
        words.append(say(N_("valid on {day}"), day=lens.valid_at))
    return ", ".join(words) or say(N_("as known on {day}"), day=known_day(lens.known_at))


def _row(one: Difference, found: Comparison, legend: Legend, regions: Mapping[str, str]) -> dict[str, Any]:
    causes = found.causes.by_contract.get(one.contract_id, ())
    return {
        "id": one.contract_id,
        "name": one.facts.title or one.contract_id,
        "href": node_link(NodeRef(Label.CONTRACT, one.contract_id)),
        "before": one.before.status.value if one.before else None,
        "after": one.after.status.value if one.after else None,
        "regions": ", ".join(regions[id] for id in one.facts.regions),
        "value": money(one.facts.value_sek),
        "end": day(one.facts.end) if one.facts.end else None,
        "why": [why_words(cause, found, legend, translator()) for cause in causes[:_CAUSES]],
        "more": max(0, len(causes) - _CAUSES),
    }
