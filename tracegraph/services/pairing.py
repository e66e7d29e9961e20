"""From what a person writes to two questions that are held against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from tracegraph.answer import Question
from tracegraph.answer_exposure import KnownRevision
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services.asking import Asked, narrow, scope_of
from tracegraph.services.comparing import Pair
from tracegraph.services.exposure import known_revision
from tracegraph.services.incidents import find_incident
from tracegraph.store.port import RecordStore
from tracegraph.vocabulary import IncidentStatus

TOML = ".toml"


@dataclass(frozen=True, slots=True)
class Pairing:
    """What is to be compared.

    Attributes
    ----------
    asked : Asked
        The scope; of both, unless `against` names another one for the second.
    lenses : (Lens, Lens)
        Of the first and the second question.
    revisions : sequence of int
        None, or the numbers of two revisions of the one incident that is asked about.
    against : str or None
        An incident's id, or a TOML file with selectors: the scope of the second.
    """

    asked: Asked
    lenses: tuple[Lens, Lens]
    revisions: Sequence[int] = ()
    against: str | None = None


def questions(pairing: Pairing, limits: Question, store: RecordStore) -> Pair:
    """Return the two questions that a person means.

    Parameters
    ----------
    pairing : Pairing
        What a person names.
    limits : Question
        Its limits count for both; scope and lens are replaced.
    store : RecordStore
        Where incidents are.

    Raises
    ------
    InvalidInput
        Two revisions of nothing, of several incidents, or that are not there.
    UnknownNode
        An incident that neither lens shows.
    """
    asked = pairing.asked
    second = _against(asked, pairing.against) if pairing.against else asked
    numbers = _numbers(pairing)
    _each_is_known(asked, second, pairing.lenses, store)
    sides = zip((asked, second), pairing.lenses, numbers, strict=True)
    (before, first), (after, then) = (_asking(part, lens, number, limits, store) for part, lens, number in sides)
    return Pair(before, after, (first, then), _scope_changes(first, then, pairing.lenses[1], store))


def _scope_changes(
    first: Sequence[KnownRevision], then: Sequence[KnownRevision], lens: Lens, store: RecordStore
) -> tuple[KnownRevision, ...]:
    """Return the revisions after those of the first question that brought what the second one touches."""
    numbers = {known.revision.incident_id: known.number for known in first}
    found: list[KnownRevision] = []
    for known in then:
        view = find_incident(store, str(known.revision.incident_id), lens)
        since = numbers.get(known.revision.incident_id, 0)
        between = [known_revision(view, number) for number in range(max(since, 1), known.number + 1)]
        pairs = pairwise(between)
        moved = [later for earlier, later in pairs if _touches(earlier.revision) != _touches(later.revision)]
        found += moved or ([between[0]] if not since else [])
    return tuple(found or then)


def _touches(revision: IncidentRevision) -> Scope:
    return () if revision.status == IncidentStatus.WITHDRAWN else revision.scope


def _against(asked: Asked, against: str) -> Asked:
    """Return what the second question names, with the options of the first."""
    is_file = against.endswith(TOML) or Path(against).is_file()
    return Asked(
        incidents=() if is_file else (against,),
        scope_files=(against,) if is_file else (),
        products=asked.products,
        countries=asked.countries,
        exclude=asked.exclude,
        services=asked.services,
    )


def _numbers(pairing: Pairing) -> tuple[int | None, int | None]:
    if not pairing.revisions:
        return None, None
    if len(pairing.revisions) != 2 or len(pairing.asked.incidents) != 1:
        raise InvalidInput(N_("--revision is given twice, with one --incident: the numbers of two of its revisions"))
    return pairing.revisions[0], pairing.revisions[1]


def _each_is_known(asked: Asked, second: Asked, lenses: tuple[Lens, Lens], store: RecordStore) -> None:
    """Raise `UnknownNode` for an incident that neither question sees: one of them may be asked before it was known."""
    for incident in (*asked.incidents, *second.incidents):
        if all(_seen(incident, lens, store) is None for lens in lenses):
            find_incident(store, incident, lenses[1])


def _seen(incident: str, lens: Lens, store: RecordStore, number: int | None = None) -> KnownRevision | None:
    try:
        view = find_incident(store, incident, lens)
    except UnknownNode:
        return None
    if number is not None and number > len(view.revisions):
        raise InvalidInput(
            N_("--revision is {n}, but {id} has {total} revisions under this view"),
            n=number,
            id=incident,
            total=len(view.revisions),
        )
    return known_revision(view, number)


def _asking(
    asked: Asked, lens: Lens, number: int | None, limits: Question, store: RecordStore
) -> tuple[Question, tuple[KnownRevision, ...]]:
    known = tuple(k for id in asked.incidents if (k := _seen(id, lens, store, number)) is not None)
    scope: Scope = tuple(narrow(selector, asked) for k in known for selector in _touches(k.revision))
    rest = replace(asked, incidents=())
    named = (rest.factories, rest.suppliers, rest.groups, rest.countries_named, rest.scope_files)
    if not asked.incidents or any(named):
        scope += scope_of(rest, store, lens)
    return replace(limits, scope=tuple(dict.fromkeys(scope)), lens=lens), known
