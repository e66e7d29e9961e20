"""Letters about an incident: one for each direct supplier, to read, print and send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from werkzeug.exceptions import NotFound

from tracegraph.access import Permission
from tracegraph.answer_ask import AskNext, ToAsk
from tracegraph.errors import InvalidInput
from tracegraph.exchange.bundle import bundle_bytes
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.letters import OWN_FILES, Letters
from tracegraph.services.incidents import IncidentView
from tracegraph.services.names import names_of
from tracegraph.translate import Translator
from tracegraph.vocabulary import PUBLIC
from tracegraph_api.context import store, translator
from tracegraph_api.incident_inputs import LettersQuery
from tracegraph_api.incident_seen import incident_asked
from tracegraph_api.inputs import Given, LensQuery, PageQuery
from tracegraph_api.media import table
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.holders import Called, holders_of
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import say
from tracegraph_api.resources.incident_asking import asked_of, letters_about

_ALL: Final = 1_000  # letters in one file; more are nothing that somebody sends


@pages.shows("/incidents/<id>/letters", Permission.READ, (LensQuery, LettersQuery, PageQuery), is_heavy=True)
def letters(given: Given, id: str) -> Response:
    """Show whom to write to, and what each can tell."""
    view, lens = incident_asked(id, given)
    found = asked_of(given, view, lens)
    first = (given["page"] - 1) * given["limit"]
    listed = found.suppliers[first : first + given["limit"]]
    names = names_of([one.supplier_id for one in listed if one.supplier_id], store(), lens, translator().lang)
    holders = holders_of((one.supplier_id for one in listed if one.supplier_id), lens)
    chosen = {"lang": given.get("lang"), "region": given["region"] or None, "category": given["category"] or None}
    return render(
        "pages/incidents/letters.html",
        say(N_("Letters: {title}"), title=view.current.title),
        crumbs=crumbs_of(view),
        id=id,
        rows=[_row(one, Called(names, holders), id, chosen) for one in listed],
        total=found.suppliers_total,
        page=given["page"],
        limit=given["limit"],
        lang_chosen=given.get("lang") or translator().lang,
        whole=link("incidents.letters_file", id=id, **chosen),
        most=_ALL,
        is_public=view.current.visibility == PUBLIC,
    )


_NOBODY: Final = N_("Nobody is seen to deliver: our own files")


def _row(one: ToAsk, called: Called, id: str, chosen: Mapping[str, Any]) -> dict[str, Any]:
    supplier = one.supplier_id
    return {
        **(called.holder(supplier) if supplier else {"name": say(_NOBODY), "href": None}),
        "letter": link("incidents.letter", id=id, supplier=supplier or OWN_FILES, **chosen),
        "questions": one.total,
        "contracts": one.behind.contracts,
        "narrows": one.behind.narrows,
        "settles": one.behind.settles,
    }


@pages.shows("/incidents/<id>/letters/<supplier>", Permission.READ, (LensQuery, LettersQuery), is_heavy=True)
def letter(given: Given, id: str, supplier: str) -> Response:
    """Show the letter to one supplier, to read and print."""
    view, lens = incident_asked(id, given)
    to_ask, writes = _one(given, view, lens, supplier)
    chosen = {"lang": given.get("lang"), "region": given["region"] or None, "category": given["category"] or None}
    name = names_of([supplier], store(), lens, translator().lang)[supplier]
    return render(
        "pages/incidents/letter.html",
        say(N_("Letter to {name}"), name=name) if to_ask.supplier_id else say(N_("To look up in our own files")),
        crumbs=[
            *crumbs_of(view),
            (say(N_("Letters")), link("incidents.letters", id=id, **chosen)),
        ],
        text=writes.text(to_ask, f"{_name(to_ask)}.csv"),
        letter_lang=_say(given).lang,
        form=link("incidents.letter_form", id=id, supplier=supplier, **chosen),
        is_own=to_ask.supplier_id is None,
    )


@pages.shows("/incidents/<id>/letters/<supplier>/form.csv", Permission.READ, (LensQuery, LettersQuery), is_heavy=True)
def letter_form(given: Given, id: str, supplier: str) -> Response:
    """Give the form that goes with a letter."""
    view, lens = incident_asked(id, given)
    to_ask, writes = _one(given, view, lens, supplier)
    return as_download(_form(writes, to_ask), "csv", "answer-form")


@pages.shows("/incidents/<id>/letters.zip", Permission.READ, (LensQuery, LettersQuery), is_heavy=True)
def letters_file(given: Given, id: str) -> Response:
    """Give all letters with their forms as one file."""
    view, lens = incident_asked(id, given)
    found = _asked(given, view, lens, _ALL)
    writes = letters_about(found.suppliers, view, lens, _say(given))
    files: dict[str, bytes] = {}
    for number, to_ask in enumerate(found.suppliers, start=1):
        name = f"{number:03}-{_name(to_ask)}"
        files[f"{name}.txt"] = writes.text(to_ask, f"{name}.csv").encode()
        files[f"{name}.csv"] = _form(writes, to_ask).encode()
    return as_download(bundle_bytes(files), "zip", "letters", truncated=found.suppliers_total > len(found.suppliers))


def _one(given: Given, view: IncidentView, lens: Lens, supplier: str) -> tuple[ToAsk, Letters]:
    """Return what one supplier is to be asked, and what writes the letter."""
    wanted = None if supplier == OWN_FILES else supplier
    only = {"direct_supplier": [wanted] if wanted else []}
    try:
        found = _asked({**given, **only}, view, lens, 1 if wanted else _ALL)
    except InvalidInput:  # nobody of this id is seen to deliver
        raise NotFound from None
    to_ask = next((one for one in found.suppliers if one.supplier_id == wanted), None)
    if to_ask is None:
        raise NotFound
    return to_ask, letters_about([to_ask], view, lens, _say(given))


def _asked(given: Given, view: IncidentView, lens: Lens, most: int) -> AskNext:
    return asked_of({**given, "page": 1, "limit": most}, view, lens)


def _say(given: Given) -> Translator:
    return Translator(given.get("lang") or translator().lang)


def _name(to_ask: ToAsk) -> str:
    return f"letter-{to_ask.supplier_id.replace(':', '%3A')}" if to_ask.supplier_id else OWN_FILES


def _form(writes: Letters, to_ask: ToAsk) -> str:
    return table(writes.columns(), writes.form(to_ask))
