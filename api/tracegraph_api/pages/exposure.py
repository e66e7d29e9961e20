"""Which contracts depend on a plant, a company, a group, a country or an incident; the whole answer as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, request
from marshmallow import Schema, fields, validate

from tracegraph import countries
from tracegraph.access import Permission
from tracegraph.answer import Answer, Dependent
from tracegraph.answer_open_ends import look_up_open_ends
from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.dependents import touched_words
from tracegraph.render.dependents_table import notes_of
from tracegraph.services import asking
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import legend_of
from tracegraph.services.names import product_names
from tracegraph.services.search import NEAR, Hit
from tracegraph.vocabulary import Label, Status
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import Checked, Given, LensQuery, LimitsQuery, PageQuery, ScopeQuery, lens_of
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.exposure_doubts import contradictions_of, unnamed_of, with_first_contradictions
from tracegraph_api.pages.exposure_files import ENDINGS, file_of
from tracegraph_api.pages.exposure_shown import (
    SUPPLIERS,
    Common,
    asked_about,
    choices_of,
    common_of,
    rows_of,
    tables_of,
    title_of,
    values_of,
)
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, incident_link, link, node_link
from tracegraph_api.pages.words import country, say, word
from tracegraph_api.questions import ResultQuery, chosen, of_suppliers, question_of
from tracegraph_api.reports import asked_from, names_something
from tracegraph_api.resources.incident_questions import triaged_by_contract
from tracegraph_api.resources.search import search_of

pages = Pages("exposure")

#: What one asks about, by the parameters of the page.
SCOPE: Final = ("factory", "supplier", "group", "country", "incident")
#: What narrows what is asked about.
_NARROWS_SCOPE: Final = ("product", "countries", "exclude", "services")
#: What narrows the list of contracts, and not the question.
_NARROWING: Final = ("status", "region", "category", "direct_supplier", "page")
_MOST_NAMED: Final = validate.Length(max=50)
_LABELS: Final = (Label.FACTORY, Label.SUPPLIER, Label.COUNTRY)
_FOUND: Final = 20


def _named() -> fields.List[str]:
    return fields.List(fields.String(validate=validate.Length(min=1, max=100)), load_default=list, validate=_MOST_NAMED)


class _ScopeQuery(ScopeQuery, LimitsQuery, ResultQuery):
    """What is asked about, and which contracts of the answer are listed."""

    factory = _named()
    supplier = _named()
    group = _named()
    country = fields.List(Checked(asking.country_code), load_default=list, validate=_MOST_NAMED)
    incident = _named()


#: Parameters that an address of a file takes along: what else somebody puts into a link means nothing there.
_PARAMETERS: Final = frozenset(
    field.data_key or name for schema in (LensQuery, _ScopeQuery) for name, field in schema().fields.items()
)


class _TextQuery(Schema):
    """What is looked for."""

    q = fields.String(validate=validate.Length(max=200), load_default="")


@pages.shows("/exposure", Permission.READ, (LensQuery, _ScopeQuery, PageQuery), is_heavy=True)
def one(given: Given) -> Response:
    """Show which contracts depend on what is named."""
    lens = lens_of(given)
    if not names_something(given):
        return _asking(lens, "")
    answer = _answer(given, lens)
    rows = chosen(answer, given)
    first = (given["page"] - 1) * given["limit"]
    shown = rows[first : first + given["limit"]]
    look_up_open_ends(dependent.open_ends for dependent in shown)
    common = common_of(answer, given)
    said = _said(answer, shown, common, given)
    return render(
        "pages/exposure.html",
        said.pop("title"),
        crumbs=[(str(say(N_("Who depends on it"))), link("exposure.ask"))],
        given=given,
        choices=choices_of(common, given),
        suppliers_more=max(0, common.totals["direct_supplier"] - SUPPLIERS),
        statuses=[status.value for status in Status],
        kept=_kept(_NARROWING),
        total=len(rows),
        page=given["page"],
        limit=given["limit"],
        files=[(say(says), link("exposure.file", ending=ending, **_asked())) for ending, says in ENDINGS.items()],
        everything=here(**dict.fromkeys(_NARROWING)),
        is_narrowed=any(given[name] for name in ("region", "category", "direct_supplier")),
        workbook=link("exposure.file", ending="xlsx", **_asked()),
        compare=link("compare.ask", **_scope()),
        depth=link("depth.board", region=given["region"] or None, category=given["category"] or None),
        **said,
    )


def _said(answer: Answer, shown: Sequence[Dependent], common: Common, given: Given) -> dict[str, Any]:
    """Return what the page says of an answer."""
    lens, told = answer.question.lens, translator()
    legend = legend_of(with_first_contradictions(of_suppliers(answer, 0)), shown, store(), told.lang)
    views = [find_incident(store(), id, lens) for id in dict.fromkeys(given["incident"])]
    return {
        "title": title_of(answer, legend),
        "counts": {status.value: count for status, count in answer.summary.counts.items()},
        "values": values_of(answer),
        "without_value": answer.summary.contracts_without_value,
        "about": asked_about(answer, legend),
        "touched": touched_words(answer, told),
        "notes": list(notes_of(answer, legend, told)),
        "unnamed": unnamed_of(answer),
        "contradictions": contradictions_of(answer, legend),
        "contradiction_count": len(answer.contradictions),
        "tables": tables_of(common),
        "rows": rows_of(shown, answer, legend, triaged_by_contract(views, lens)),
        "incidents": [
            {"title": view.current.title, "href": incident_link(str(view.current.incident_id))} for view in views
        ],
    }


@pages.shows(
    f"/exposure/contracts.<any({', '.join(ENDINGS)}):ending>", Permission.READ, (LensQuery, _ScopeQuery), is_heavy=True
)
def file(given: Given, ending: str) -> Response:
    """Give the whole of what is asked for as a file."""
    if not names_something(given):
        raise InvalidInput(N_("nothing is named: begin with a plant, a company, a country or an incident"))
    answer = _answer(given, lens_of(given))
    return file_of(answer, chosen(answer, given), ending, given)


@pages.shows("/exposure/ask", Permission.READ, (LensQuery, _TextQuery))
def ask(given: Given) -> Response:
    """Ask about what the question is."""
    return _asking(lens_of(given), " ".join(given["q"].split()))


def _answer(given: Given, lens: Lens) -> Answer:
    question = question_of(asking.scope_of(asked_from(given), store(), lens), lens, given)
    return dependents(question, store(), context().portfolios)


def _asked() -> dict[str, list[str]]:
    """Return the parameters of this page, apart from which part of the list it shows."""
    return {name: found for name, found in request.args.lists() if name in _PARAMETERS and any(found)}


def _scope() -> dict[str, list[str]]:
    """Return the parameters that say what is asked about."""
    return {name: found for name, found in request.args.lists() if name in (*SCOPE, *_NARROWS_SCOPE) and any(found)}


def _kept(left_out: Sequence[str]) -> list[tuple[str, str]]:
    """Return the parameters of this page that a form keeps."""
    return [
        (name, value)
        for name, values in request.args.lists()
        for value in values
        if name not in left_out and value.strip()
    ]


# --- about what ------------------------------------------------------------------------------------------------------


def _asking(lens: Lens, q: str) -> Response:
    hits: list[Hit] = []
    if q:
        hits, _ = search_of(context()).find(q, lens, _LABELS, translator().lang)
    products = product_names(store().catalogue().products, store(), translator().lang)
    return render(
        "pages/exposure_ask.html",
        say(N_("About what do you ask?")),
        q=q,
        hits=[_hit(hit) for hit in hits[:_FOUND]],
        more=max(0, len(hits) - _FOUND),
        is_near=bool(hits) and hits[0].reason == NEAR,
        countries=_by_name({code: country(code) for code in countries.alpha2_codes()}),
        products=_by_name(products),
        kept=_kept(("q", *SCOPE, *_NARROWING)),
        no_search=True,
    )


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


def _hit(hit: Hit) -> dict[str, Any]:
    """Return what may be meant, with the questions that one can ask about it."""
    node = hit.node
    scope = {Label.FACTORY: "factory", Label.SUPPLIER: "supplier", Label.COUNTRY: "country"}[node.label]
    ways = [(say(N_("Who depends on it?")), link("exposure.one", **{scope: node.id}))]
    if node.label is Label.SUPPLIER:
        ways.append((say(N_("Who depends on it and all that it owns?")), link("exposure.one", group=node.id)))
    return {
        "id": node.id,
        "name": hit.name or node.id,
        "kind": word(node.label),
        "href": node_link(node),
        "ways": ways,
    }
