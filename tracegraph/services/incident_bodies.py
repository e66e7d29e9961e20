"""Incidents as a program states them: a JSON object with the keys of ``incidents.toml``, documents brought along.

The rules are those of the files; what is wrong is told with a JSON pointer. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tracegraph.access import Permission, Principal
from tracegraph.errors import DatasetRejected, Forbidden, Problem, StaleWrite
from tracegraph.incidents import IncidentRevision, incident_body
from tracegraph.intake.incident_stated import entry_of, read_stated
from tracegraph.intake.known import AsksStanding
from tracegraph.intake.refusal import ERROR
from tracegraph.lens import Lens, less_visible
from tracegraph.messages import N_
from tracegraph.model import Scope, canonical_json
from tracegraph.services.document_readers import undisclosed_problems, unseen_by
from tracegraph.services.documents import Brought, brought, unseen_document
from tracegraph.services.incident_doubts import with_doubts
from tracegraph.services.incident_writing import Planned, planned
from tracegraph.services.incidents import revisions_ever
from tracegraph.services.seen_standing import seen_sources, standing_seen
from tracegraph.store.port import Store
from tracegraph.store.rows import Standing
from tracegraph.vocabulary import UNSOURCED, IncidentStatus, Label

Body = Mapping[str, Any]

#: Stands for a file; a body has none.
_SHOWN: Final = "incident"
_NUMBERED: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Stated:
    """An entry as ``incidents.toml`` would give it, and the documents that came with it."""

    entry: dict[str, Any]
    documents: Brought


def plan_new(store: Store, lens: Lens, who: Principal, incident_id: str, body: Body) -> Planned:
    """Return what is to be recorded of a new incident.

    Parameters
    ----------
    store, lens, who
        The store, and who writes: as of now, with all that they see.
    incident_id : str
        One of which they see no incident.
    body : mapping
        What they say; its status is `alleged`, and their region alone sees it (all regions, of who has none), unless
        they say otherwise.

    Raises
    ------
    DatasetRejected
        Something breaks a rule; each problem's `column` is a JSON pointer.
    Forbidden
        They may not write this visibility.
    """
    stated = _stated(body, who)
    stated.entry.setdefault("status", IncidentStatus.ALLEGED.value)
    visibility = stated.entry.setdefault("visibility", who.home)
    _refuse_visibility(who, visibility)
    stated.entry["incident_id"] = incident_id
    return _planned(store, lens, who, stated, None)


def plan_revision(store: Store, lens: Lens, who: Principal, present: IncidentRevision, body: Body) -> Planned:
    """Return what is to be recorded of the next revision of an incident.

    Parameters
    ----------
    store, lens, who
        As in `plan_new`.
    present : IncidentRevision
        The newest revision that they see.
    body : mapping
        What is new: each key replaces what the incident has, null takes it away, the rest is kept.

    Raises
    ------
    DatasetRejected, Forbidden
        As in `plan_new`; also where more people would see it, and they may not decide that.
    """
    stated = _stated(body, who)
    kept = entry_of(present)
    taken = {_entry_key(key) for key, value in body.items() if value is None}
    entry = {**{key: value for key, value in kept.items() if key not in taken}, **stated.entry}
    visibility = entry.get("visibility", present.visibility)
    _refuse_visibility(who, visibility)
    if less_visible(present.visibility, than=visibility) and not _may_widen(who):
        raise Forbidden(
            N_("more people would see it: from {before} to {visibility} is for who has the permission {permission}"),
            before=present.visibility,
            visibility=visibility,
            permission=Permission.REVIEW.value,
        )
    entry["incident_id"] = str(present.incident_id)
    return _planned(store, lens, who, replace(stated, entry=entry), present)


def wrong_besides(store: Store, lens: Lens, who: Principal, body: Body) -> tuple[Problem, ...]:
    """Return what breaks a rule in those keys of a body that can be read, where others cannot.

    Parameters
    ----------
    store, lens, who
        As in `plan_new`.
    body : mapping
        What can be read of what they say.
    """
    somewhere = [{"kind": "country", "id": "SE"}]
    stated = _stated({"title": _SHOWN, "kind": _SHOWN, "scope": somewhere, **body}, who)
    entry = {"status": IncidentStatus.ALLEGED.value, **stated.entry, "incident_id": _SHOWN}
    ids = {str(source.source_id) for source in stated.documents.by_ref.values()}
    wrong = (*stated.documents.problems, *_unseen(entry, ids, store, lens))
    entry = {key: value for key, value in entry.items() if key != "sources"}  # of which all is said already
    reading = read_stated(entry, _SHOWN, _beside(standing_seen(store, lens), ids), {})
    return (*wrong, *(_pointed(one) for one in reading.problems if one.severity == ERROR))


def refuse_moved(store: Store, lens: Lens, before: Sequence[IncidentRevision], own: IncidentRevision) -> None:
    """Refuse a revision where others recorded one meanwhile; to be called in the transaction that records it.

    Parameters
    ----------
    store, lens
        The store, and who writes.
    before : sequence of IncidentRevision
        All revisions that they ever see (`tracegraph.services.incidents.revisions_ever`), before it was recorded.
    own : IncidentRevision
        The one that is being recorded; a store may show it already, or not yet.

    Raises
    ------
    StaleWrite
        There are others.
    """
    said = canonical_json(incident_body(own))
    now = revisions_ever(store, str(own.incident_id), lens)
    if len([one for one in now if canonical_json(incident_body(one)) != said]) != len(before):
        raise StaleWrite(N_("the incident {id} was revised meanwhile: read it again"), id=str(own.incident_id))


def read_scope_body(store: Store, lens: Lens, selectors: Sequence[Body]) -> tuple[Scope, tuple[Problem, ...]]:
    """Return a scope that nothing is recorded of, and warnings of what it names in vain.

    Raises
    ------
    DatasetRejected
        Something breaks a rule.
    """
    entry = {"incident_id": _SHOWN, "title": _SHOWN, "kind": _SHOWN, "status": IncidentStatus.ALLEGED.value}
    reading = read_stated({**entry, "scope": _scope(selectors)}, _SHOWN, standing_seen(store, lens), {})
    problems = tuple(map(_pointed, reading.problems))
    if reading.errors:
        raise DatasetRejected(N_("the scope breaks rules: {n}"), problems, n=reading.errors)
    return reading.revisions[0].scope, problems


def _stated(body: Body, who: Principal) -> _Stated:
    """Return what is said as an entry; documents are named by their ids."""
    documents = brought(body.get("documents") or (), who.tenant)
    entry = {_entry_key(key): value for key, value in body.items() if value is not None and key != "documents"}
    if "sources" in entry:
        entry["sources"] = [documents.id_of(named) for named in entry["sources"]]
    for key in ("reply", "actions"):
        if key in entry:
            entry[key] = [_named(part, documents) for part in entry[key]]
    if "scope" in entry:
        entry["scope"] = _scope(entry["scope"])
    return _Stated(entry, documents)


def _entry_key(key: str) -> str:
    return "reply" if key == "replies" else key


def _named(part: Body, documents: Brought) -> dict[str, Any]:
    said = {key: value for key, value in part.items() if value is not None}
    return said | {"source_id": documents.id_of(said["source_id"])} if "source_id" in said else said


def _scope(selectors: Sequence[Body]) -> list[dict[str, Any]]:
    return [{key: value for key, value in selector.items() if value is not None} for selector in selectors]


def _planned(store: Store, lens: Lens, who: Principal, stated: _Stated, present: IncidentRevision | None) -> Planned:
    documents, entry = stated.documents, stated.entry
    lens = replace(lens, visible_to=who.writes_to)  # what a grant shows is not theirs to tell others of
    ids = {str(source.source_id) for source in documents.by_ref.values()}
    wrong = documents.problems or tuple(_unseen(entry, ids, store, lens)) or _undisclosed(entry, ids, store, lens, who)
    if wrong:
        raise DatasetRejected(N_("nothing was written; problems: {n}"), wrong, n=len(wrong))
    before = {str(present.incident_id): present} if present else {}
    reading = read_stated(entry, _SHOWN, _beside(standing_seen(store, lens, all_sources=True), ids), before)
    reading = with_doubts(reading, lens.known_at)
    plan = planned(lens, replace(reading, problems=tuple(map(_pointed, reading.problems))), present)
    if plan.change_set is None:
        return plan
    used = set(plan.steps[-1][1].all_sources)
    references = [source for source in documents.by_ref.values() if source.source_id in used]
    return replace(plan, change_set=replace(plan.change_set, references=references))


def _unseen(entry: Body, own: set[str], store: Store, lens: Lens) -> Iterator[Problem]:
    """Yield what is wrong with the documents that are named: whether one is hidden or unknown is not told."""
    places = _documents_named(entry, own)
    named = {name for _, name in places}
    missing = named - seen_sources(named, store, lens) if named else set()
    yield from (unseen_document(pointer, name) for pointer, name in places if name in missing)


def _undisclosed(entry: Body, own: set[str], store: Store, lens: Lens, who: Principal) -> tuple[Problem, ...]:
    """Return what is wrong with documents that not all see who will see the incident."""
    places, visibility = _documents_named(entry, own), str(entry["visibility"])
    hidden = unseen_by(store, lens, who, visibility, {name for _, name in places}) if places else set()
    return tuple(undisclosed_problems(places, hidden, visibility))


def _documents_named(entry: Body, own: set[str]) -> list[tuple[str, str]]:
    """Return the documents that are named, but for one's own, each with the JSON pointer of its place."""
    places = [(f"/sources/{n}", named) for n, named in enumerate(entry.get("sources", ()))]
    for key, pointer in (("reply", "/replies"), ("actions", "/actions")):
        parts = entry.get(key, ())
        tables = [(n, part) for n, part in enumerate(parts) if isinstance(part, Mapping)]
        places += [(f"{pointer}/{n}/source_id", part["source_id"]) for n, part in tables if "source_id" in part]
    return [(pointer, name) for pointer, name in places if name not in own | {UNSOURCED}]


def _beside(ask: AsksStanding, ids: set[str]) -> AsksStanding:
    """Return what answers for ids, these documents among them."""

    def asked(holders: Any, nodes: Any, ends: Any) -> Standing:
        found = ask(holders, nodes, ends)
        return Standing({*found.labels, *((Label.SOURCE, id) for id in ids)}, found.claims)

    return asked


def _pointed(problem: Problem) -> Problem:
    """Return a problem with a JSON pointer for the key that the file would have."""
    column = problem.column or ""
    pointer = _NUMBERED.sub(lambda found: f"/{int(found[1]) - 1}", column).replace(".", "/")
    pointer = f"/{pointer}".replace("/reply", "/replies", 1) if pointer.startswith("reply") else f"/{pointer}"
    return replace(problem, file="", column=pointer)


def _refuse_visibility(who: Principal, visibility: str) -> None:
    if not who.may_write_as(visibility):
        raise Forbidden(
            N_("you may not record what {visibility} sees: you may record for {allowed}"),
            visibility=visibility,
            allowed=", ".join(who.writes_to),
        )


def _may_widen(who: Principal) -> bool:
    return who.may(Permission.REVIEW)
