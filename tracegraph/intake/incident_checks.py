"""Incidents against the rest of an import and the store: sources, what revisions say to each other, unknown scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracegraph.incidents import IncidentRevision
from tracegraph.intake.dependents import standing_ids
from tracegraph.intake.incident_changes import check_change
from tracegraph.intake.incident_file import IncidentFile, Place, line_of_key
from tracegraph.intake.known import NOWHERE, Known
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.intake.spec import Target
from tracegraph.messages import N_
from tracegraph.model import SourceId
from tracegraph.vocabulary import UNSOURCED, Label, SelectorKind

#: What is wrong, with key and value.
_Wrong = tuple[Refusal, str, str]


def check_incidents(
    files: Sequence[IncidentFile],
    all_rows: Sequence[Rows],
    known: Known,
    problems: Problems,
    before: Mapping[str, IncidentRevision] | None = None,
) -> None:
    """Refuse incidents whose sources nobody has, or whose revisions contradict each other; warn of unknown scopes.

    Parameters
    ----------
    files : sequence of IncidentFile
        The entries; those of one incident follow each other.
    all_rows, known : sequence of Rows, Known
        The rest of the import, and the ids that there are.
    problems : Problems
        Where problems are noted.
    before : mapping, optional
        The revision that the first entry of an incident follows, by incident id, where the store was asked for it.
    """
    sources = standing_ids(Label.SOURCE, all_rows, known) | {UNSOURCED}
    for file in files:
        latest: dict[str, IncidentRevision] = {}
        follows = dict(before or {})
        for entry in file.revisions:
            revision = entry.revision
            if revision is None:
                continue
            ordered, previous = latest.get(revision.incident_id), follows.get(revision.incident_id)
            wrong = (*_unsourced(revision, sources), *_out_of_order(revision, ordered))
            doubtful = list(_unmatched(revision, known))
            if previous is not None and revision != previous:
                refused, warned = check_change(revision, previous)
                wrong, doubtful = (*wrong, *refused), [*doubtful, *warned]
            for refusal, key, value in wrong:
                place = Place(line_of_key(file.text, entry.line, key), key, value)
                file.refuse(problems, refusal, place, revision.incident_id)
            for refusal, key, value in doubtful:
                problems.warn(refusal, file.file, line_of_key(file.text, entry.line, key), key, value)
            follows[revision.incident_id] = revision
            if revision.recorded_at:
                latest[revision.incident_id] = revision
    _refuse_everywhere(files)


def _refuse_everywhere(files: Sequence[IncidentFile]) -> None:
    """Refuse an incident in every file when it is refused in one: it is never half taken."""
    refused = {incident_id: reasons for file in files for incident_id, reasons in file.refused.items() if incident_id}
    for file in files:
        for incident_id in refused.keys() & {entry.incident_id for entry in file.revisions if entry.incident_id}:
            file.refused.setdefault(incident_id, refused[incident_id])


def _unsourced(revision: IncidentRevision, sources: set[str]) -> Iterator[_Wrong]:
    places = {source: "sources" for source in revision.sources}
    beside = {
        "reply": [reply.source_id for reply in revision.replies],
        "actions": [action.source_id for action in revision.actions],
    }
    for name, named in beside.items():
        for number, source_id in enumerate(named, 1):
            if source_id:
                places.setdefault(SourceId(source_id), f"{name}[{number}].source_id")
    for source, key in places.items():
        if source not in sources:
            refusal = Refusal(
                "unknown-id",
                NOWHERE[Target.SOURCE],
                N_("add a row that describes it, or correct the id"),
                value=source,
            )
            yield refusal, key, source


def _out_of_order(revision: IncidentRevision, before: IncidentRevision | None) -> Iterator[_Wrong]:
    if before is None or not revision.recorded_at or revision == before:
        return
    if revision.recorded_at <= before.recorded_at:
        refusal = Refusal(
            "revision-order",
            N_("the entry is recorded at {recorded_at}, not after the one before it of the same incident"),
            N_("put the entries of an incident in the order in which they became known"),
            recorded_at=revision.recorded_at,
        )
        yield refusal, "recorded_at", revision.recorded_at


def _unmatched(revision: IncidentRevision, known: Known) -> Iterator[_Wrong]:
    holders, products = known.ids(Target.HOLDER), known.ids(Target.PRODUCT)
    for number, selector in enumerate(revision.scope, 1):
        named: list[tuple[str, str, set[str]]] = []
        named += [("products", product, products) for product in selector.products or ()]
        named += [("exclude", holder, holders) for holder in selector.exclude]
        if selector.kind is not SelectorKind.COUNTRY:
            named.append(("id", selector.id, holders))
        for key, value, ids in named:
            if value not in ids:
                refusal = Refusal(
                    "scope-unknown",
                    N_("the scope names {value}, which is seen neither in these files nor in the store"),
                    N_("correct the id, or add what it names"),
                    value=value,
                )
                yield refusal, f"scope[{number}].{key}", value
