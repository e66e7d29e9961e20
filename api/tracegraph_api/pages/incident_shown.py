"""What pages show of an incident: what is said of it, its revisions, and the contracts that it may touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tracegraph.answer import Dependent
from tracegraph.incidents import IncidentRevision, RegulatoryAction, Reply
from tracegraph.incidents_history import change_of, differences
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef, Region, Selector, Source
from tracegraph.moments import later
from tracegraph.render.incident_facts import Telling, difference_lines
from tracegraph.render.incident_words import (
    ACTION_DATES,
    ACTION_KIND,
    ACTION_STATE,
    SEVERITY,
    change_words,
    kind_words,
    status_words,
)
from tracegraph.render.phrases import selector_words
from tracegraph.render.shares import exposed_words
from tracegraph.render.triage_words import STATE, reopened
from tracegraph.services.incidents import IncidentView
from tracegraph.services.legend import scope_legend
from tracegraph.services.names import node_names
from tracegraph.services.triage import Standing
from tracegraph.vocabulary import NETWORK, PUBLIC, Indicator, Label, SelectorKind
from tracegraph_api.context import store, translator
from tracegraph_api.pages.holders import Called, holders_of
from tracegraph_api.pages.links import has_page, incident_link, link, node_link
from tracegraph_api.pages.words import country, say, word

Row = dict[str, Any]

_LABELS: Final = {
    SelectorKind.FACTORY: Label.FACTORY,
    SelectorKind.SUPPLIER: Label.SUPPLIER,
    SelectorKind.GROUP: Label.SUPPLIER,
    SelectorKind.COUNTRY: Label.COUNTRY,
}


def telling_of(view: IncidentView, lens: Lens) -> Telling:
    """Return what is needed to say something of an incident and all its revisions: names and documents."""
    scopes = tuple(dict.fromkeys(selector for one in view.revisions for selector in one.scope))
    sources = {source for one in view.revisions for source in one.all_sources}
    legend = scope_legend(scopes, store(), lens, translator().lang, sorted(sources))
    return Telling(legend, translator(), lens.valid_at)


# --- what is said of it ----------------------------------------------------------------------------------------------


def line(view: IncidentView) -> Row:
    """Return an incident as a row of a list."""
    now = view.current
    return {
        "id": str(now.incident_id),
        "title": now.title,
        "href": incident_link(str(now.incident_id)),
        "kind": kind_words(now.kind, translator()),
        "status": status_words(now.status, translator()),
        "severity": severity_text(now),
        "happened": happened(now),
        "change": change_words(view.change, translator()),
        "recorded": now.recorded_at,
        "seen_by": seen_by(now.visibility),
    }


def happened(revision: IncidentRevision) -> str | None:
    """Return when it happened; None: not stated."""
    first, last = revision.happened_from, revision.happened_to
    return f"{first or '…'}–{last}" if last and last != first else first


def severity_text(revision: IncidentRevision) -> str | None:
    """Return how grave it is said to be, part by part; None: not stated."""
    if not revision.severity:
        return None
    return ", ".join(f"{say(SEVERITY[name])} {value}/5" for name, value in revision.severity.items())


def seen_by(visibility: str) -> str:
    """Return in words who sees something."""
    if visibility == PUBLIC:
        return str(say(N_("everybody")))
    if visibility == NETWORK:
        return str(say(N_("all regions")))
    code = visibility.partition(":")[2]
    found = store().references(Label.REGION, [code])
    name = next((one.name for one in found if isinstance(one, Region) and one.name), code)
    return str(say(N_("{region} alone"), region=name))


def said_of(view: IncidentView, telling: Telling) -> Row:
    """Return the present state of an incident."""
    now = view.current
    return {
        **line(view),
        "scope": [
            {"text": selector_words(one, telling.legend, translator()), "href": node_link(_node(one))}
            for one in now.scope
        ],
        "indicators": [str(word(name)) if name in set(Indicator) else name for name in now.indicators],
        "edition": str(now.indicators_edition),
        "sources": [document(source, telling.legend.sources.get(source)) for source in now.sources],
        "replies": [_reply(one, telling) for one in now.replies],
        "actions": [_action(one, telling) for one in now.actions],
        "note": now.note,
    }


def _node(selector: Selector) -> NodeRef:
    return NodeRef(_LABELS[selector.kind], selector.id)


def document(id: str, source: Source | None) -> Row:
    """Return a document that reports something, with its day; an address only where it leads to a page."""
    if source is None:
        return {"id": id, "title": id, "publisher": None, "published": None, "href": None}
    return {
        "id": id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "href": _address(source.url),
    }


def _address(url: str | None) -> str | None:
    """Return an address that leads to a page; None: it leads nowhere, or to something else."""
    return url if url and url.startswith(("https://", "http://")) else None


def _reply(reply: Reply, telling: Telling) -> Row:
    source = document(reply.source_id, telling.legend.sources.get(reply.source_id)) if reply.source_id else None
    return {"text": reply.text, "by": reply.by, "date": reply.date, "source": source}


def _action(action: RegulatoryAction, telling: Telling) -> Row:
    dates = [(ACTION_DATES[name], getattr(action, name)) for name in ACTION_DATES]
    source = action.source_id
    return {
        "what": str(say(ACTION_KIND[action.kind])),
        "authority": action.authority,
        "dates": [str(say(text, day=day)) for text, day in dates if day],
        "state": str(say(ACTION_STATE[action.state_at(telling.valid_at)])),
        "reference": action.reference,
        "countries": ", ".join(country(code) for code in action.countries),
        "source": document(source, telling.legend.sources.get(source)) if source else None,
        "href": _address(action.url),
        "note": action.note,
    }


def revisions(view: IncidentView, telling: Telling) -> list[Row]:
    """Return the revisions of an incident, the newest first, each with what it changes."""
    told = [
        {
            "number": str(number),
            "recorded": revision.recorded_at,
            "change": change_words(change_of(revision, before), translator()),
            "lines": [(label, str(text)) for label, text in difference_lines(differences(before, revision), telling)]
            if before
            else [],
            "compare": _comparison(before, revision) if before and has_page("compare.ask") else None,
        }
        for number, (before, revision) in enumerate(view.steps(), start=1)
    ]
    return told[::-1]


def _comparison(before: IncidentRevision, revision: IncidentRevision) -> str:
    """Return where the contracts just before a revision became known are held against those just after."""
    then = max(before.recorded_at, later(revision.recorded_at, -1))
    return link("compare.ask", incident=str(revision.incident_id), then=then, known_at=revision.recorded_at)


# --- the contracts ---------------------------------------------------------------------------------------------------


def contract_rows(
    shown: Sequence[Dependent], lens: Lens, triaged: Mapping[str, Sequence[Standing]] | None = None
) -> list[Row]:
    """Return contracts as rows of a table."""
    holders = holders_of((id for one in shown for id in (*one.direct_suppliers, *one.ask)), lens)
    nodes = list(dict.fromkeys([*holders.values(), *(node for one in shown for node in _nodes(one))]))
    found = node_names(nodes, store(), lens, translator().lang)
    called = Called({node.id: found.get(node, node.id) for node in nodes}, holders)
    return [_contract(one, called, (triaged or {}).get(one.facts.contract_id, ())) for one in shown]


def _nodes(one: Dependent) -> Iterator[NodeRef]:
    """Yield what a row names beside holders."""
    yield from (NodeRef(Label.REGION, id) for id in one.facts.regions)
    if one.facts.category:
        yield NodeRef(Label.CATEGORY, one.facts.category)


def _contract(one: Dependent, called: Called, triaged: Sequence[Standing]) -> Row:
    facts, names = one.facts, called.names
    suppliers = one.direct_suppliers or one.ask
    return {
        "id": facts.contract_id,
        "title": facts.title or facts.contract_id,
        "href": node_link(NodeRef(Label.CONTRACT, facts.contract_id)),
        "status": one.status.value,
        "tier": str(one.tier) if one.tier is not None else None,
        "grade": one.weakest_grade.value if one.weakest_grade else None,
        "exposed": exposed_words(one, translator()),
        "end": facts.end,
        "regions": ", ".join(names.get(id, id) for id in facts.regions),
        "category": names.get(facts.category, facts.category) if facts.category else None,
        "is_asked": not one.direct_suppliers and bool(one.ask),
        "suppliers": [called.holder(id) for id in suppliers],
        "triage": [triage_row(standing) for standing in triaged],
    }


def triage_row(standing: Standing) -> Row:
    """Return what was found out about a contract, as it counts."""
    said = standing.triage.said
    return {
        "state": str(say(STATE[standing.counts_as])),
        "reopened": reopened(standing, translator()),
        "reason": said.reason,
        "owner": said.owner,
        "due": said.due_on,
        "whose": seen_by(standing.triage.visibility),
    }
