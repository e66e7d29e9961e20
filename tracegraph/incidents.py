"""Incidents: what was reported, as revisions that are kept, and their JSON form as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracegraph.model import HolderId, IncidentId, ProductId, Scope, Selector, SourceId
from tracegraph.vocabulary import SelectorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRevision:
    """What was said of an incident at one time; a later revision never erases an earlier one.

    Attributes
    ----------
    recorded_at : str
        UTC time at which we knew it; empty: when its change set was applied.
    severity : mapping or None
        ``scale``, ``scope`` and ``irremediability``, each 1 to 5.
    details : mapping
        What else the file says: ``reply`` (the company's answer), ``note``, ``actions`` of authorities.
    """

    incident_id: IncidentId
    title: str
    kind: str
    status: str
    scope: Scope
    recorded_at: str = ""
    happened_from: str | None = None
    happened_to: str | None = None
    severity: Mapping[str, int] | None = None
    indicators: tuple[str, ...] = ()
    sources: tuple[SourceId, ...] = ()
    visibility: str = "network"
    details: Mapping[str, Any] = field(default_factory=dict)


def incident_body(revision: IncidentRevision) -> dict[str, Any]:
    """Return an incident's revision as JSON; what is not stated is absent (the defaults of `IncidentRevision`)."""
    body: dict[str, Any] = {
        name: value
        for name in ("title", "kind", "status", "recorded_at", "happened_from", "happened_to", "visibility")
        if (value := getattr(revision, name))
    }
    body |= {name: list(value) for name in ("indicators", "sources") if (value := getattr(revision, name))}
    body |= {name: dict(value) for name in ("severity", "details") if (value := getattr(revision, name))}
    return body | {"scope": [selector_body(selector) for selector in revision.scope]}


def selector_body(selector: Selector) -> dict[str, Any]:
    """Return a selector as JSON, every option spelled out."""
    return {
        "kind": selector.kind.value,
        "id": selector.id,
        "products": None if selector.products is None else list(selector.products),
        "countries": None if selector.countries is None else list(selector.countries),
        "exclude": list(selector.exclude),
        "services": selector.services,
    }


def selector_from_body(body: Mapping[str, Any]) -> Selector:
    """Return the selector that `selector_body` wrote."""
    products, countries = body.get("products"), body.get("countries")
    return Selector(
        kind=SelectorKind(body["kind"]),
        id=body["id"],
        products=None if products is None else tuple(ProductId(p) for p in products),
        countries=None if countries is None else tuple(countries),
        exclude=tuple(HolderId(h) for h in body.get("exclude", ())),
        services=body.get("services", True),
    )


def incident_from_body(incident_id: str, body: Mapping[str, Any], recorded_at: str) -> IncidentRevision:
    """Return the revision that `incident_body` wrote, with the time at which it was recorded."""
    lists: dict[str, Any] = {name: tuple(body.get(name, ())) for name in ("indicators", "sources")}
    plain: dict[str, Any] = {
        name: body[name]
        for name in ("happened_from", "happened_to", "visibility", "severity", "details")
        if name in body
    }
    return IncidentRevision(
        incident_id=IncidentId(incident_id),
        title=body["title"],
        kind=body["kind"],
        status=body["status"],
        scope=tuple(selector_from_body(selector) for selector in body["scope"]),
        recorded_at=recorded_at,
        **lists,
        **plain,
    )
