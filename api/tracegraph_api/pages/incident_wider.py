"""What a wider report would touch: shown before anything is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer_compare import Preview, Widening
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.render.phrases import selector_words
from tracegraph.services.legend import scope_legend
from tracegraph.services.names import names_of
from tracegraph.services.previewing import preview
from tracegraph.vocabulary import Status
from tracegraph_api.context import principal, store, translator
from tracegraph_api.incident_seen import incident_asked, scope_exposed
from tracegraph_api.inputs import Given, LensQuery
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.incident_shown import contract_rows
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import say
from tracegraph_api.questions import question_of

#: Contracts that are shown one by one; the rest is counted.
SHOWN: Final = 50
WIDENINGS: Final = {
    Widening.GROUP: N_("to the whole group of each company and plant"),
    Widening.COUNTRY: N_("to the same goods from the whole country"),
    Widening.PRODUCT: N_("to broader goods"),
}


class _WidenQuery(Schema):
    """How a scope is widened."""

    widen = fields.String(validate=validate.OneOf([one.value for one in Widening]), load_default=Widening.GROUP.value)


@pages.shows("/incidents/<id>/wider", Permission.READ, (LensQuery, _WidenQuery), is_heavy=True)
def wider(given: Given, id: str) -> Response:
    """Show what a wider report would touch that this one does not."""
    view, lens = incident_asked(id, given)
    asked = replace(question_of((), lens, {}), scope=scope_exposed(view))
    found = preview(view, asked, Widening(given["widen"]), store())
    return render(
        "pages/incidents/wider.html",
        say(N_("Wider: {title}"), title=view.current.title),
        crumbs=crumbs_of(view),
        widenings=widenings(),
        widen=given["widen"],
        found=preview_shown(found, lens),
        edit=link("incidents.edit", id=id, widen=given["widen"]) if principal().may(Permission.REPORT) else None,
    )


def widenings() -> list[tuple[str, str]]:
    """Return the ways of widening a report, in words."""
    return [(one.value, str(say(text))) for one, text in WIDENINGS.items()]


def wider_scope(found: Preview) -> Scope:
    """Return the scope of a preview's second answer."""
    return found.comparison.after.answer.question.scope


def preview_shown(found: Preview, lens: Lens) -> dict[str, Any]:
    """Return what widening adds: the wider scope in words, counts before and after, and the contracts that move."""
    before, after = found.comparison.before.answer, found.comparison.after.answer
    added = [one for one in after.question.scope if one not in before.question.scope]
    legend = scope_legend(added, store(), lens, translator().lang)
    moved = [one for one in found.comparison.differences if one.after is not None]
    rows = contract_rows([one.after for one in moved[:SHOWN] if one.after is not None], lens)
    was = {one.contract_id: one.before.status.value if one.before else None for one in moved}
    new = sorted({*found.call, *found.ask})
    names = names_of(
        [*new, *(id for one in found.widened for id in one.partly_owned)], store(), lens, translator().lang
    )
    return {
        "added": [selector_words(one, legend, translator()) for one in added],
        "partly": sorted({names[id] for one in found.widened for id in one.partly_owned}),
        "counts": [
            (status.value, before.summary.counts.get(status, 0), after.summary.counts.get(status, 0))
            for status in Status
        ],
        "rows": [row | {"was": was[row["id"]]} for row in rows],
        "total": len(moved),
        "new_suppliers": sorted(names[id] for id in new),
        "truncated": after.summary.truncated or after.summary.items_cut,
    }
