"""Incidents: what was reported, as revisions that are kept, and their JSON form as records.

What one revision says to the next is in `tracegraph.incidents_history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tracegraph.model import HolderId, IncidentId, ProductId, Scope, Selector, SourceId
from tracegraph.vocabulary import INDICATORS_EDITION, ActionState, SelectorKind

#: Kinds that are common, the ILO's fundamental rights at work among them; any other may be stated.
COMMON_KINDS: Final = (
    "forced_labour",
    "recruitment_fees",
    "serious_environmental_harm",
    "working_and_living_conditions",
    "child_labour",
    "discrimination",
    "freedom_of_association",
    "unsafe_work",
    "corruption",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRevision:
    """What was said of an incident at one time; a later revision never erases an earlier one.

    Attributes
    ----------
    recorded_at : str
        UTC time at which we knew it; empty: when its change set was applied.
    change : str or None
        What it changes, a word of `RevisionChange`; None: not stated, `incidents_history.change_of` derives it.
    severity : mapping or None
        ``scale``, ``scope`` and ``irremediability``, each 1 to 5.
    indicators_edition : int
        Year of the ILO's edition that `indicators` are named by.
    details : mapping
        What else the file says: ``reply`` (the company's answer), ``note``, ``actions`` of authorities. `replies` and
        `actions` return the first and the last as what they are.
    """

    incident_id: IncidentId
    title: str
    kind: str
    status: str
    scope: Scope
    recorded_at: str = ""
    change: str | None = None
    happened_from: str | None = None
    happened_to: str | None = None
    severity: Mapping[str, int] | None = None
    indicators: tuple[str, ...] = ()
    indicators_edition: int = INDICATORS_EDITION
    sources: tuple[SourceId, ...] = ()
    visibility: str = "network"
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """What companies answered, in the order of the file."""
        stated = self.details.get("reply", ())
        listed = [stated] if isinstance(stated, str | Mapping) else stated
        return tuple(Reply(reply) if isinstance(reply, str) else Reply(**reply) for reply in listed)

    @property
    def actions(self) -> tuple[RegulatoryAction, ...]:
        """What authorities did, in the order of the file."""
        return tuple(
            RegulatoryAction(**action | {"countries": tuple(action.get("countries", ()))})
            for action in self.details.get("actions", ())
        )

    @property
    def note(self) -> str | None:
        """What else is worth knowing, as text."""
        return self.details.get("note")

    @property
    def all_sources(self) -> tuple[SourceId, ...]:
        """Its own sources, then those of replies and actions; each once."""
        beside = (*(reply.source_id for reply in self.replies), *(action.source_id for action in self.actions))
        return tuple(dict.fromkeys((*self.sources, *(SourceId(source) for source in beside if source))))


@dataclass(frozen=True, slots=True)
class Reply:
    """What a company answered; it stands beside the allegation.

    Attributes
    ----------
    text : str
        In its own words, or as the source renders it.
    by, date, source_id : str or None
        Who answered, on which day, and where it is documented; None: not stated.
    """

    text: str
    by: str | None = None
    date: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegulatoryAction:
    """An act of an authority, beside the incident: it has dates of its own.

    Attributes
    ----------
    kind : str
        A word of `ActionKind`.
    countries : tuple of str
        ISO 3166-1 codes of the production that it covers, where it is limited to some; empty: not limited.
    effective, modified, revoked : str or None
        Days, in this order; None: not stated, or it did not happen.
    reference, url, source_id, note : str or None
        Its number, where it is published, the document behind this row, and anything else.
    """

    authority: str
    kind: str
    countries: tuple[str, ...] = ()
    effective: str | None = None
    modified: str | None = None
    revoked: str | None = None
    reference: str | None = None
    url: str | None = None
    source_id: str | None = None
    note: str | None = None

    def state_at(self, day: str) -> ActionState:
        """Return where it stands on a day (``YYYY-MM-DD``); each date counts from its own day on."""
        if self.revoked and self.revoked <= day:
            return ActionState.REVOKED
        if self.modified and self.modified <= day:
            return ActionState.MODIFIED
        if self.effective is None:
            return ActionState.UNKNOWN
        return ActionState.IN_FORCE if self.effective <= day else ActionState.NOT_YET


_AS_THEY_ARE: Final = (
    "change",
    "happened_from",
    "happened_to",
    "visibility",
    "severity",
    "indicators_edition",
    "details",
)


def incident_body(revision: IncidentRevision) -> dict[str, Any]:
    """Return an incident's revision as JSON; what is not stated is absent (the defaults of `IncidentRevision`)."""
    body: dict[str, Any] = {
        name: value
        for name in ("title", "kind", "status", "recorded_at", "change", "happened_from", "happened_to", "visibility")
        if (value := getattr(revision, name))
    }
    if revision.indicators_edition != INDICATORS_EDITION:
        body["indicators_edition"] = revision.indicators_edition
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
    plain: dict[str, Any] = {name: body[name] for name in _AS_THEY_ARE if name in body}
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
