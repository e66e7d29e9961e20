"""What a subscriber can see of what they watch, as small facts by key: what differs from last time is news to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracegraph.answer import LISTED_STATUSES, Question
from tracegraph.lens import Lens
from tracegraph.model import ProductId, Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.exposures import Asked, exposures
from tracegraph.services.incidents import IncidentView, exposing, list_incidents
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.subscriptions import Watch, WatchKind
from tracegraph.vocabulary import IncidentStatus, SelectorKind
from tracegraph.walk.scope import resolve_scope

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Facts by key: ``contract:ID``, ``incident:ID`` or ``exposure:INCIDENT/CONTRACT``.
Situation = Mapping[str, str]

_SELECTORS: Final = {
    WatchKind.FACTORY: SelectorKind.FACTORY,
    WatchKind.SUPPLIER: SelectorKind.SUPPLIER,
    WatchKind.GROUP: SelectorKind.GROUP,
    WatchKind.COUNTRY: SelectorKind.COUNTRY,
}


@dataclass(frozen=True, slots=True)
class News:
    """One fact that is new to a subscriber.

    Attributes
    ----------
    key : str
        As in `Situation`.
    before, after : str or None
        What it was and is; None: it was not there, or is not any more.
    """

    key: str
    before: str | None
    after: str | None

    @property
    def is_retraction(self) -> bool:
        """Whether an incident that the subscriber was told of is withdrawn."""
        return self.key.startswith("incident:") and (self.after or "").endswith(f"/{IncidentStatus.WITHDRAWN.value}")

    def to_json(self) -> dict[str, Any]:
        """Return the fact as JSON: ids and words of the model alone."""
        kind, _, subject = self.key.partition(":")
        return {"kind": kind, "id": subject, "before": self.before, "after": self.after}


def situation(watch: Watch, lens: Lens, store: Store, portfolios: Portfolios, told: Situation) -> Situation:
    """Return what a lens shows of what is watched; `told`: what the subscriber was told last."""
    if watch.kind in _SELECTORS:
        return _of_scope(watch, lens, store, portfolios)
    if watch.kind is WatchKind.INCIDENT:
        return _of_incident(watch.id, lens, store, portfolios)
    return _of_contracts(watch, lens, store, portfolios, told)


def news(before: Situation, after: Situation) -> list[News]:
    """Return what differs, by key."""
    keys = sorted(before.keys() | after.keys())
    return [News(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _of_scope(watch: Watch, lens: Lens, store: Store, portfolios: Portfolios) -> dict[str, str]:
    """Return the contracts that depend on a node, and the incidents that touch what it touches."""
    products = tuple(ProductId(product) for product in watch.products) or None
    scope = (Selector(_SELECTORS[watch.kind], watch.id, products),)
    answer = dependents(Question(scope, lens), store, portfolios)
    catalogue = store.catalogue()
    touched = set(answer.affected)
    touching = (
        view
        for view in list_incidents(store, lens)
        if touched & set(resolve_scope(view.current.scope, store, lens, catalogue).affected)
    )
    return {**_contracts(answer.dependents), **_incidents(touching)}


def _of_incident(incident_id: str, lens: Lens, store: Store, portfolios: Portfolios) -> dict[str, str]:
    views = [view for view in list_incidents(store, lens) if view.current.incident_id == incident_id]
    scope = tuple(selector for view in views if exposing(view) for selector in view.current.scope)
    found = dependents(Question(scope, lens), store, portfolios).dependents if scope else ()
    return {**_contracts(found), **_incidents(views)}


def _of_contracts(watch: Watch, lens: Lens, store: Store, portfolios: Portfolios, told: Situation) -> dict[str, str]:
    """Return where one contract, or those of a category, stand towards every incident.

    A withdrawn incident exposes nothing; it stays a fact for who was told of it.
    """
    report = exposures(Asked(lens), store, portfolios)
    facts: dict[str, str] = {}
    exposed: set[str] = set()
    for place, contract in enumerate(report.contracts):
        if watch.id != (contract.contract_id if watch.kind is WatchKind.CONTRACT else contract.category):
            continue
        for column in report.incidents:
            incident, status = str(column.incident.revision.incident_id), column.readings[place].status
            if status in LISTED_STATUSES:
                facts[f"exposure:{incident}/{contract.contract_id}"] = status.value
                exposed.add(incident)
    views = list_incidents(store, lens)
    known = {str(view.current.incident_id) for view in views if f"incident:{view.current.incident_id}" in told}
    named = [view for view in views if str(view.current.incident_id) in exposed | known]
    return {**facts, **_incidents(named)}


def _contracts(found: Iterable[Any]) -> dict[str, str]:
    return {f"contract:{one.facts.contract_id}": one.status.value for one in found if one.status in LISTED_STATUSES}


def _incidents(views: Iterable[IncidentView]) -> dict[str, str]:
    """Return incidents as facts: the number of revisions that the reader sees, and the status."""
    return {f"incident:{view.current.incident_id}": f"{len(view.revisions)}/{view.current.status}" for view in views}
