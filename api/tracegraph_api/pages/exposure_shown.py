"""The answer to "who depends on this", as a page shows it: its counts, its contracts, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
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
from tracegraph.services.names import node_names
from tracegraph.services.triage import Standing
from tracegraph.vocabulary import Label, Status
from tracegraph_api.context import store, translator
from tracegraph_api.pages.incident_shown import contract_rows
from tracegraph_api.pages.links import here, node_link
from tracegraph_api.pages.narrow import money
from tracegraph_api.pages.words import say, share, word

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


@dataclass(frozen=True, slots=True)
class Common:
    """What the contracts of an answer have in common: how many there are of each, and what these are called.

    Attributes
    ----------
    counts : mapping
        By parameter of the page: contracts by status, by id, those of most contracts first.
    totals : mapping
        How many there are of each kind, also beyond those that are counted here.
    names : mapping
        By id, of all of them.
    factories : frozenset of str
        Direct suppliers that are plants.
    """

    counts: Mapping[str, Mapping[str, Mapping[Status, int]]]
    totals: Mapping[str, int]
    names: Mapping[str, str]
    factories: frozenset[str]


def common_of(answer: Answer, picked: Mapping[str, Sequence[str]]) -> Common:
    """Return what the contracts of an answer have in common.

    Parameters
    ----------
    answer : Answer
        The answer.
    picked : mapping
        What is picked, by parameter; it has a name whatever the answer is.
    """
    summary = answer.summary
    suppliers = summary.by_direct_supplier
    counts = {
        "region": most_of(summary.by_region, len(summary.by_region)),
        "category": most_of(summary.by_category, len(summary.by_category)),
        "direct_supplier": most_of(suppliers, SUPPLIERS),
    }
    nodes = [NodeRef(label, id) for name, label in _KINDS.items() for id in (*counts[name], *picked[name])]
    nodes += [NodeRef(Label.FACTORY, node.id) for node in nodes if node.label is Label.SUPPLIER]  # some sell themselves
    names = node_names(nodes, store(), answer.question.lens, translator().lang)
    return Common(
        counts,
        {"region": len(summary.by_region), "category": len(summary.by_category), "direct_supplier": len(suppliers)},
        {node.id: node.id for node in nodes} | {node.id: name for node, name in names.items()},
        frozenset(node.id for node in names if node.label is Label.FACTORY),
    )


_KINDS: Final[Mapping[str, Label]] = {
    "region": Label.REGION,
    "category": Label.CATEGORY,
    "direct_supplier": Label.SUPPLIER,
}
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "region": (N_("By region"), N_("Region")),
    "category": (N_("By category"), N_("Category")),
    "direct_supplier": (N_("By direct supplier"), N_("Supplier")),
}


def tables_of(common: Common) -> list[Row]:
    """Return how many contracts there are by region, category and direct supplier: those of most contracts."""
    return [
        {
            "name": name,
            "title": say(title),
            "column": say(column),
            "total": common.totals[name],
            "rows": [_counted(id, name, common) for id in islice(common.counts[name], MOST)],
        }
        for name, (title, column) in _HEADINGS.items()
    ]


def _counted(id: str, name: str, common: Common) -> Row:
    return {
        "name": common.names[id],
        "href": node_link(NodeRef(Label.FACTORY if id in common.factories else _KINDS[name], id)),
        "only": f"{here(**{name: id, 'status': None, 'page': None})}#results",
        "counts": {status.value: count for status, count in common.counts[name][id].items()},
    }


def choices_of(common: Common, picked: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the regions, categories and direct suppliers that can be picked: ids and names, by name."""
    return {
        name: sorted(
            ((id, common.names[id]) for id in dict.fromkeys((*common.counts[name], *picked[name]))),
            key=lambda pair: pair[1].casefold(),
        )
        for name in _KINDS
    }


def narrowed_to(common: Common, given: Mapping[str, Sequence[str]]) -> str:
    """Return which contracts of an answer are listed."""
    statuses = ", ".join(str(word(status)) for status in dict.fromkeys(given["status"]))
    picked = [", ".join(common.names[id] for id in given[name]) for name in _KINDS if given[name]]
    return "; ".join([statuses, *picked])
