"""What to ask about an incident, of whom, and the letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer_ask import AskNext, AskQuestion, ToAsk
from tracegraph.exchange.answers import lens_body
from tracegraph.exchange.ask_next import ask_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.letters import Letters, background_of
from tracegraph.services.ask_next import ask_next
from tracegraph.services.incidents import IncidentView
from tracegraph.services.legend import items_legend, merged, scope_legend, sources_of
from tracegraph.services.letters import diary_numbers
from tracegraph.translate import Translator
from tracegraph_api import heavy
from tracegraph_api.context import context, store, translator
from tracegraph_api.incident_inputs import AskQuery, LettersQuery
from tracegraph_api.incident_seen import incident_asked, scope_exposed
from tracegraph_api.inputs import LensQuery, PageQuery
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import Counted, envelope, respond

Row = TypeVar("Row")

resource = Resource(
    "incident-asking", __name__, url_prefix="/incidents", description=N_("What to ask about incidents.")
)


def asked_of(given: Mapping[str, Any], view: IncidentView, lens: Lens) -> AskNext:
    """Return what to ask about an incident, and whom: as much as the page that is asked for, and those before it."""
    question = AskQuestion(
        lens=lens,
        scope=scope_exposed(view),
        regions=tuple(sorted({region.upper() for region in given["region"]})),
        categories=tuple(sorted(set(given["category"]))),
        direct_suppliers=tuple(sorted(set(given["direct_supplier"]))),
        rows=given["page"] * given["limit"],
    )
    return ask_next(question, store(), context().portfolios)


@resource.get("/<id>/ask-next")
@operation(
    Permission.READ,
    says=(
        N_("What to ask about an incident, and whom"),
        N_(
            "Direct suppliers by what their answers would settle, each with questions; and the open ends that keep "
            "contracts unmapped towards the incident, those that settle most first. A supplier of null stands for "
            "your own procurement files."
        ),
    ),
    answers={200: Answered(N_("Direct suppliers, page by page; at most as many open ends."), "ask_next_page")},
    query=(LensQuery, AskQuery, PageQuery),
    errors=(404, 409),
)
@heavy.question
def asking(given: Mapping[str, Any], id: str) -> Response:
    """Say what to ask next."""
    view, lens = incident_asked(id, given)
    found = asked_of(given, view, lens)
    body = ask_body(found)
    suppliers = body.pop("direct_suppliers")
    body["open_ends"] = body["open_ends"][: given["limit"]]
    return respond(envelope(_of_page(suppliers, given), given, _counted(found, given), meta=body))


@resource.get("/<id>/letters")
@operation(
    Permission.READ,
    says=(
        N_("Letters about an incident"),
        N_(
            "A letter and an answer form for each direct supplier, those that can settle most first. They name "
            "companies as you see them: do not send what is not theirs to know; with as=public they hold only what is "
            "public. Read them, and fill in what is marked, before they are sent."
        ),
    ),
    answers={200: Answered(N_("Letters, page by page."), "letter_page")},
    query=(LensQuery, LettersQuery, PageQuery),
    errors=(404, 409),
)
@heavy.question
def letters(given: Mapping[str, Any], id: str) -> Response:
    """Write the letters about an incident."""
    view, lens = incident_asked(id, given)
    say = Translator(given.get("lang") or translator().lang)
    found = asked_of(given, view, lens)
    listed = _of_page(found.suppliers, given)
    writes = letters_about(listed, view, lens, say)
    rows = [
        {
            "supplier_id": to_ask.supplier_id,
            "lang": say.lang,
            "questions": to_ask.total,
            "text": writes.text(to_ask, "answer.csv"),
            "form": {"columns": writes.columns(), "rows": writes.form(to_ask)},
        }
        for to_ask in listed
    ]
    return respond(envelope(rows, given, _counted(found, given), meta={"lens": lens_body(lens)}))


def _of_page(rows: Sequence[Row], given: Mapping[str, Any]) -> Sequence[Row]:
    first = (given["page"] - 1) * given["limit"]
    return rows[first : first + given["limit"]]


def _counted(found: AskNext, given: Mapping[str, Any]) -> Counted:
    return Counted(found.suppliers_total, given["page"] * given["limit"] < found.suppliers_total)


def letters_about(listed: Sequence[ToAsk], view: IncidentView, lens: Lens, say: Translator) -> Letters:
    """Return what writes letters: what ids are called, diary numbers, and what is public of the incident."""
    facts = {facts.contract_id: facts for to_ask in listed for facts in to_ask.contracts}
    holders = {to_ask.supplier_id for to_ask in listed if to_ask.supplier_id}
    holders |= {region for one in facts.values() for region in one.regions}
    items = sorted({asked.id for to_ask in listed for asked in to_ask.questions if "/" in asked.id})
    named = items_legend(items, sorted(holders), (), store(), lens, lang=say.lang)
    legend = merged([scope_legend(view.current.scope, store(), lens, say.lang), named])
    background = background_of(view.current, sources_of(view.current.all_sources, store()))
    return Letters(legend, diary_numbers(sorted(facts), lens, store()), [background] if background else [], say)
