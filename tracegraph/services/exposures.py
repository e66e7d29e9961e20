"""Every contract against every current incident, and what is new in that since another day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracegraph.answer import ContractFacts
from tracegraph.answer_exposures import Exposures, IncidentReadings
from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.exposure import known_revision
from tracegraph.services.exposures_since import Followed, Since
from tracegraph.services.incidents import IncidentView, exposed_scope, exposing, find_incident, list_incidents
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Progress, Store

Views = dict[str, IncidentView]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    lens : Lens
        Who asks, and as of when.
    since : Lens or None
        What has changed since then is asked for too: the same reader, at an earlier moment.
    incidents : tuple of str
        Only these; empty: all that the lens shows (with `since`: either lens).
    regions : tuple of str
        Only contracts that one of these regions uses; empty: of all regions.
    """

    lens: Lens
    since: Lens | None = None
    incidents: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def exposures(asked: Asked, store: Store, portfolios: Portfolios, progress: Progress | None = None) -> Exposures:
    """Return where every contract stands towards every current incident.

    Parameters
    ----------
    asked : Asked
        Lens, and what the report is narrowed to.
    store, portfolios
        The store, and its portfolio views.
    progress : callable, optional
        Told of each incident that is done.

    Raises
    ------
    UnknownNode
        An incident asked for is not seen, under either lens.
    IncidentWithdrawn
        An incident asked for exposes nothing any more, and no changes are asked for.
    InvalidInput
        No contract of the regions asked for is seen, or `since` is not before the lens.
    """
    if asked.since is not None and asked.since.known_at >= asked.lens.known_at:
        raise InvalidInput(
            N_("{since} is not before {known}: what is new is told from an earlier day to a later one"),
            since=asked.since.known_at,
            known=asked.lens.known_at,
        )
    now, then = _views(asked, store, asked.lens), _views(asked, store, asked.since)
    for incident in asked.incidents:
        if incident not in now and incident not in then:
            find_incident(store, incident, asked.lens)  # says what is known instead
        if asked.since is None:
            exposed_scope(now[incident])
    sweep = PortfolioSweep(asked.lens, store, portfolios)
    report = _report(asked, [view for view in now.values() if exposing(view)], sweep, progress)
    if asked.since is None:
        return report
    since = Since(PortfolioSweep(asked.since, store, portfolios), sweep, store, portfolios)
    followed = [Followed(then.get(incident), now.get(incident)) for incident in dict.fromkeys((*now, *then))]
    changes = since.changes(followed, progress)
    return replace(report, changes=tuple(c for c in changes if _in_regions(c.facts, asked.regions)))


def _views(asked: Asked, store: Store, lens: Lens | None) -> Views:
    """Return the incidents asked about that a lens shows, by the day they happened."""
    views = list_incidents(store, lens) if lens is not None else []
    ids = {str(view.current.incident_id): view for view in views}
    return {incident: view for incident, view in ids.items() if not asked.incidents or incident in asked.incidents}


def _report(asked: Asked, views: Sequence[IncidentView], sweep: PortfolioSweep, progress: Progress | None) -> Exposures:
    facts = sweep.view.facts
    kept = [
        position
        for position, contract in sorted(enumerate(sweep.contracts), key=lambda pair: pair[1])
        if _in_regions(facts[contract], asked.regions)
    ]
    if asked.regions and not kept:
        _refuse_regions(asked.regions, facts)
    found = sweep.readings([view.current.scope for view in views], progress)
    return Exposures(
        lens=asked.lens,
        asked=asked.incidents,
        regions=asked.regions,
        since=asked.since,
        contracts=tuple(facts[sweep.contracts[position]] for position in kept),
        incidents=tuple(
            IncidentReadings(known_revision(view), tuple(one.readings[at] for at in kept), one.unmatched)
            for view, one in zip(views, found, strict=True)
        ),
        changes=None,
        graph_version=sweep.version,
    )


def _in_regions(facts: ContractFacts, regions: Sequence[str]) -> bool:
    return not regions or not set(regions).isdisjoint(facts.regions)


def _refuse_regions(regions: Sequence[str], facts: Mapping[str, ContractFacts]) -> None:
    known = sorted({region for one in facts.values() for region in one.regions})
    raise InvalidInput(
        N_("no contract of {regions} is seen under this view; there are contracts of {known}"),
        regions=", ".join(regions),
        known=", ".join(known) or "-",
    )
