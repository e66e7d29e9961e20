"""A contract's chain, drawn and in a table: who supplies what to whom, who says so, and where knowledge stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request
from markupsafe import Markup
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS, Answer
from tracegraph.answer_chain import Chain
from tracegraph.answer_picture import ChainPicture, Grouping, PictureNode
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.geojson import features_of
from tracegraph.exchange.pdf import pdf_of
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.render.chain_pieces import NodeRow, chain_rows, chain_table
from tracegraph.render.phrases import lens_words, open_end_words, selector_words
from tracegraph.render.svg.captions import Captions
from tracegraph.render.svg.chain import chain_svg
from tracegraph.render.svg.chain_figure import ChainFigure, chain_figure
from tracegraph.render.svg.chain_words import ChainWords
from tracegraph.services.asking import scope_of
from tracegraph.services.chain import chain as ask_chain
from tracegraph.services.dependents import dependents
from tracegraph.services.legend import Legend, items_legend, merged, scope_legend
from tracegraph.services.picture import MAX_NODES, on_routes_alone, picture
from tracegraph.vocabulary import Grade, Label
from tracegraph_api.context import context, now, store, translator
from tracegraph_api.inputs import Given, LensQuery, ScopeQuery, lens_of
from tracegraph_api.media import features, table_of_bodies
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.kept import KeptByContent
from tracegraph_api.pages.links import here, link, node_link
from tracegraph_api.pages.said import true_when
from tracegraph_api.pages.words import say
from tracegraph_api.questions import question_of
from tracegraph_api.reports import ScopeNamesQuery, asked_from, names_something
from tracegraph_api.resources.chain import STEP_COLUMNS

pages = Pages("chain")

_ROWS: Final = 200  # of the table, on one page
_ENDS: Final = 100  # open ends that are listed
_GROUPINGS: Final[Mapping[Grouping, str]] = {
    Grouping.ITEM: N_("everything one by one"),
    Grouping.HOLDER: N_("one box for each company or plant"),
    Grouping.GOODS: N_("one box for each kind of goods in a country"),
    Grouping.COUNTRY: N_("one box for each country"),
    Grouping.TIER: N_("one box for all of a kind in a tier"),
}


class _DrawingQuery(Schema):
    """How the chain is drawn, and which part of the table is shown."""

    draw = fields.String(
        load_default=Grouping.ITEM.value, validate=validate.OneOf([grouping.value for grouping in Grouping])
    )
    fold = fields.List(fields.Integer(validate=validate.Range(1, 1_000)), load_default=list)
    focus = fields.Boolean(load_default=False)
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))


_QUERY: Final = (LensQuery, ScopeQuery, ScopeNamesQuery, _DrawingQuery)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A chain as it is shown: the whole of it, the part that is shown, its picture and its words."""

    whole: Chain
    chain: Chain
    answer: Answer | None
    drawn: ChainPicture
    legend: Legend


@pages.shows("/contracts/<id>/chain", Permission.READ, _QUERY, is_heavy=True)
def one(given: Given, id: str) -> Response:
    """Show the chain of a contract."""
    asked = _asked(given, id, lens_of(given))
    chain, said = asked.chain, translator()
    figure = _figure(asked, given)
    first = (given["page"] - 1) * _ROWS
    rows = chain_rows(chain, chain.nodes[first : first + _ROWS], asked.legend, said)
    facts = chain.facts
    return render(
        "pages/chain.html",
        str(say(N_("Chain of {contract}"), contract=facts.title or id)),
        crumbs=[(str(say(N_("Contracts"))), link("contracts.all")), (facts.title or id, link("contracts.one", id=id))],
        chain=chain,
        whole=asked.whole,
        facts=facts,
        drawing=Markup(figure.drawing),
        key=Markup(figure.key),
        drawn=asked.drawn,
        about=_about(asked),
        tiers=_tiers(asked, given),
        groupings=[(one.value, say(text)) for one, text in _GROUPINGS.items()],
        given=given,
        rows=[_row(row, asked.legend) for row in rows],
        page=given["page"],
        limit=_ROWS,
        ends=[open_end_words(end, asked.legend, said) for end in chain.open_ends[:_ENDS]],
        end_count=len(chain.open_ends),
        most=MAX_NODES,
        files=[(ending, _file(ending)) for ending in _MADE],
    )


@pages.shows("/contracts/<id>/chain.<any(svg, pdf, csv, geojson):ending>", Permission.READ, _QUERY, is_heavy=True)
def file(given: Given, id: str, ending: str) -> Response:
    """Give the chain as a file."""
    asked = _asked(given, id, lens_of(given))
    return as_download(_MADE[ending](asked), ending, "chain", truncated=asked.whole.truncated)


def _asked(given: Given, id: str, lens: Lens) -> _Asked:
    """Return what is asked about a chain."""
    whole = ask_chain(id, lens, store(), DEFAULT_MAX_ITEMS)
    lang = translator().lang
    sources = {claim.source_id for step in whole.steps for claim in step.claims}
    items = [node.item_id for node in whole.nodes]
    legend = items_legend(items, whole.by_country, sources, store(), lens, lang=lang)
    answer = None
    if names_something(given):
        scope = scope_of(asked_from(given), store(), lens)
        answer = dependents(question_of(scope, lens, given), store(), context().portfolios)
        legend = merged([legend, scope_legend(scope, store(), lens, lang)])
    shown = on_routes_alone(whole, answer) if answer and given["focus"] else whole
    drawn = picture(shown, answer, finest=Grouping(given["draw"]), folded=frozenset(given["fold"]))
    return _Asked(whole, shown, answer, drawn, legend)


def _figure(asked: _Asked, given: Given) -> ChainFigure:
    """Return the drawing; one that was drawn before from the same is kept."""
    legend, said, drawn = asked.legend, translator(), asked.drawn
    kept: KeptByContent[ChainFigure] = context().parts.setdefault("chain-drawings", KeptByContent())
    seen = (drawn.nodes, drawn.lines, drawn.inside, drawn.grouping, drawn.deepest, drawn.is_chosen, drawn.dependent)
    of_chain = (asked.chain.facts, asked.chain.sourcing, asked.chain.open_ends)
    names = (legend.holders, legend.products, sorted(legend.factories), legend.sources)
    return kept.get(
        lambda: chain_figure(drawn, legend, said, _links(asked, given), "#ends"),
        *(said.lang, request.path, list(request.args.lists()), seen, of_chain, names),
    )


def _about(asked: _Asked) -> dict[str, Any] | None:
    """Return what was asked about the chain, and the answer for its contract; None: nothing."""
    if asked.answer is None:
        return None
    dependent, said = asked.drawn.dependent, translator()
    what = "; ".join(selector_words(one, asked.legend, said) for one in asked.answer.question.scope)
    touched = sum(node.item_id in asked.answer.affected for node in asked.whole.nodes)
    return {"what": what, "status": dependent.status.value if dependent else None, "touched": touched}


def _links(asked: _Asked, given: Given) -> Any:
    """Return what says where a box leads."""
    folded = set(given["fold"])

    def link_of(nodes: Sequence[PictureNode]) -> str:
        if not nodes:
            return link("contracts.one", id=asked.chain.facts.contract_id)
        holders = {holder for node in nodes for holder in node.holders}
        if len(holders) == 1:
            (holder,) = holders
            label = Label.FACTORY if holder in asked.legend.factories else Label.SUPPLIER
            return node_link(NodeRef(label, holder)) or "#table"
        tier = nodes[0].tier
        return here(fold=sorted(folded - {tier})) + "#drawing" if tier in folded else f"#tier-{tier}"

    return link_of


def _tiers(asked: _Asked, given: Given) -> list[dict[str, Any]]:
    """Return the tiers with their counts, and the address of this page with each folded or unfolded."""
    folded = set(given["fold"])
    return [
        {
            "tier": str(tier),
            "items": items,
            "companies": len({n.holder_id for n in asked.chain.nodes if n.tier == tier}),
            "is_folded": tier in folded,
            "href": here(fold=sorted(folded ^ {tier}), page=None) + "#drawing",
        }
        for tier, items in asked.chain.tiers.items()
    ]


def _row(row: NodeRow, legend: Legend) -> dict[str, Any]:
    label = Label.FACTORY if row.node.holder_id in legend.factories else Label.SUPPLIER
    return {
        "tier": str(row.node.tier),
        "name": row.name,
        "href": node_link(NodeRef(label, row.node.holder_id)),
        "is_unnamed": row.is_unnamed,
        "goods": row.goods,
        "countries": row.countries or None,
        "sourcing": row.sourcing,
        "is_open": row.node.sourcing.is_open_end,
        "steps": [
            {
                "target": step.target,
                "share": step.share,
                "grade": step.grade.value,
                "rule": step.rule,
                "said": [_claim(claim, legend) for claim in step.claims],
            }
            for step in row.steps
        ],
    }


def _claim(claim: Any, legend: Legend) -> dict[str, Any]:
    source = legend.sources.get(claim.source_id)
    url = source.url if source else None
    parts = [source.publisher, source.title, source.published] if source else [claim.source_id]
    return {
        "source": ", ".join(part for part in parts if part),
        "href": url if url and url.startswith(("https://", "http://")) else None,
        "grade": Grade.of_rank(claim.grade).value,
        "true": true_when(claim.valid_from, claim.valid_to),
        "recorded": claim.recorded_at[:10],
    }


def _file(ending: str) -> str:
    """Return the address of this page's content as a file."""
    query = here(page=None).partition("?")[2]
    return f"{request.path}.{ending}?{query}" if query else f"{request.path}.{ending}"


def _csv(asked: _Asked) -> str:
    return table_of_bodies(STEP_COLUMNS, chain_body(asked.chain)["steps"])


def _geojson(asked: _Asked) -> str:
    holders = sorted({node.holder_id for node in asked.chain.nodes})
    return features(features_of(holders, store(), asked.chain.lens))


def _svg(asked: _Asked) -> str:
    return chain_svg(asked.drawn, asked.legend, translator())


def _pdf(asked: _Asked) -> bytes:
    """Return the chain as a document: the picture, in words too, and all of it as a table."""
    said = translator()
    words = ChainWords(asked.drawn, Captions(asked.legend, said, asked.drawn.grouping))
    told = [*words.head(), *words.status(), *words.notes(), *words.foot()]
    ends = [open_end_words(end, asked.legend, said) for end in asked.chain.open_ends]
    pieces: list[Mapping[str, Any]] = [{"kind": "paragraph", "text": line.text} for line in told]
    if ends:
        pieces += [{"kind": "heading", "text": said.text("Where knowledge ends")}, {"kind": "list", "items": ends}]
    pieces.append(chain_table(chain_rows(asked.chain, asked.chain.nodes, asked.legend, said), asked.legend, said))
    data = {
        "title": words.title(),
        "lang": said.lang,
        "landscape": True,
        "foot": lens_words(asked.chain.lens, now(), said),
        "pieces": pieces,
        "svg": chain_svg(asked.drawn, asked.legend, said, dark=False),
        "alt": words.description(),
    }
    return pdf_of("chain", data, made_at=now())


#: What makes each kind of file.
_MADE: Final[Mapping[str, Any]] = {"svg": _svg, "pdf": _pdf, "csv": _csv, "geojson": _geojson}
