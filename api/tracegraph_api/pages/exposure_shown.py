"""The answer to "who depends on this", as a page shows it: its counts, its contracts, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from tracegraph.answer import Answer, Dependent
from tracegraph.messages import N_
from tracegraph.model import NodeRef, Selector
from tracegraph.render.dependents import selector_words
from tracegraph.render.dependents_rows import open_ends_words
from tracegraph.render.phrases import in_sentence
from tracegraph.render.route_sentences import route_sentences
from tracegraph.render.routes import doubts
from tracegraph.render.shares import SAME, amounts
from tracegraph.render.words import ASSUMPTION, BASIS, SELECTOR
from tracegraph.services.contract_table import most_of
from tracegraph.services.legend import Legend
from tracegraph.services.names import names_of
from tracegraph.services.triage import Standing
from tracegraph.vocabulary import Label, Status
from tracegraph_api.context import store, translator
from tracegraph_api.pages.incident_shown import contract_rows
from tracegraph_api.pages.links import here, node_link
from tracegraph_api.pages.narrow import money
from tracegraph_api.pages.words import say, share

Row = dict[str, Any]
#: Rows of the tables by region, category and direct supplier: those of most contracts.
MOST: Final = 10
#: Direct suppliers that can be picked.
SUPPLIERS: Final = 100
#: Names in the title; of more, how many.
_NAMED: Final = 3


def title_of(answer: Answer, legend: Legend) -> Markup:
    """Return the question as a title."""
    scope = answer.question.scope
    if len(scope) > _NAMED:
        return say(N_("Who depends on any of these {n}?"), n=len(scope))
    what = [_named(selector, legend) for selector in scope]
    return say(N_("Who depends on {what}?"), what=say(N_(" or ")).join(what))


def _named(selector: Selector, legend: Legend) -> Markup:
    """Return what is asked about by its name; what else narrows it stands below the title."""
    name = say(SELECTOR[selector.kind], name=legend.holder(selector.id))
    if selector.products is None:
        return name
    goods = ", ".join(in_sentence(legend.product(product)) for product in selector.products)
    return say(N_("{what}, only {goods}"), what=name, goods=goods)


def asked_about(answer: Answer, legend: Legend) -> list[Row]:
    """Return what is asked about, each with its page."""
    return [
        {
            "text": selector_words(selector, legend, translator()),
            "href": node_link(NodeRef(_LABELS[selector.kind.value], selector.id)),
        }
        for selector in answer.question.scope
    ]


_LABELS: Final[Mapping[str, Label]] = {
    "factory": Label.FACTORY,
    "supplier": Label.SUPPLIER,
    "group": Label.SUPPLIER,
    "country": Label.COUNTRY,
}


def values_of(answer: Answer) -> list[tuple[str, str]]:
    """Return the stated value of contracts by status: statuses and amounts."""
    counts, values = answer.summary.counts, answer.summary.value_sek
    return [(status.value, money(value or None)) for status, value in values.items() if counts[status]]


def rows_of(
    shown: Sequence[Dependent], answer: Answer, legend: Legend, triaged: Mapping[str, Sequence[Standing]]
) -> list[Row]:
    """Return contracts as rows: what the contract is, where it stands, and how that is known."""
    rows = contract_rows(shown, answer.question.lens, triaged)
    return [row | _more(one, legend) for row, one in zip(rows, shown, strict=True)]


def _more(one: Dependent, legend: Legend) -> Row:
    told = translator()
    return {
        "share": _part(one),
        "amount": amounts(one.exposed_sek, told) if one.exposed_sek and not _is_anything(one) else None,
        "value": None if one.facts.value_sek is None else money(one.facts.value_sek),
        "basis": say(BASIS[one.basis]) if one.basis else None,
        "assumed": [say(ASSUMPTION[assumption]) for assumption in one.assumptions],
        "sentences": route_sentences(one.route, legend, told) if one.route else [],
        "doubts": list(doubts(one, legend, told)) if one.route and one.status is Status.POSSIBLE else [],
        "unknown": open_ends_words(one, legend, told) if one.open_ends.total else None,
    }


def _part(one: Dependent) -> Markup:
    """Return the share of a contract's value that is at exposure; bounds that hold for anything are not known."""
    if one.share is None:
        return say(N_("not known"))
    said = share(one.share.low, one.share.high)
    return say(N_("not known ({share})"), share=said) if _is_anything(one) else escape(said)


def _is_anything(one: Dependent) -> bool:
    return one.share is not None and one.share.low < SAME and one.share.high > 1 - SAME


def tables_of(answer: Answer) -> list[Row]:
    """Return how many contracts there are by region, category and direct supplier: those of most contracts."""
    summary = answer.summary
    kinds = (
        ("region", N_("By region"), N_("Region"), Label.REGION, summary.by_region),
        ("category", N_("By category"), N_("Category"), Label.CATEGORY, summary.by_category),
        ("direct_supplier", N_("By direct supplier"), N_("Supplier"), Label.SUPPLIER, summary.by_direct_supplier),
    )
    most = {name: most_of(counts, MOST) for name, _, _, _, counts in kinds}
    names = _names((id for counts in most.values() for id in counts), answer)
    return [
        {
            "name": name,
            "title": say(title),
            "column": say(column),
            "total": len(counts),
            "rows": [_counted(id, name, label, most[name][id], names) for id in most[name]],
        }
        for name, title, column, label, counts in kinds
    ]


def _counted(id: str, name: str, label: Label, counts: Mapping[Status, int], names: Mapping[str, str]) -> Row:
    return {
        "name": names[id],
        "href": node_link(NodeRef(label, id)),
        "only": f"{here(**{name: id, 'status': None, 'page': None})}#results",
        "counts": {status.value: count for status, count in counts.items()},
    }


def choices_of(answer: Answer, picked: Mapping[str, Iterable[str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the regions, categories and direct suppliers of an answer that can be picked: ids and names, by name.

    Parameters
    ----------
    answer : Answer
        The answer.
    picked : mapping
        Those that are picked already; they are among the choices whatever the answer is.
    """
    summary = answer.summary
    found = {
        "region": set(summary.by_region),
        "category": set(summary.by_category),
        "direct_supplier": set(most_of(summary.by_direct_supplier, SUPPLIERS)),
    }
    found = {name: ids | set(picked[name]) for name, ids in found.items()}
    names = _names((id for ids in found.values() for id in ids), answer)
    return {
        name: sorted(((id, names[id]) for id in ids), key=lambda pair: pair[1].casefold())
        for name, ids in found.items()
    }


def _names(ids: Iterable[str], answer: Answer) -> dict[str, str]:
    return names_of(sorted(set(ids)), store(), answer.question.lens, translator().lang)


def asked_names(answer: Answer) -> dict[str, str]:
    """Return what the regions and categories of an answer are called."""
    return _names((*answer.summary.by_region, *answer.summary.by_category), answer)
