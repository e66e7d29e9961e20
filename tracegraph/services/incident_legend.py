"""What the ids that revisions of incidents name stand for."""

from __future__ import annotations

from collections.abc import Collection

from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.services.legend import Legend, sources_of
from tracegraph.services.names import names_of, product_names
from tracegraph.store.port import GraphReader


def revisions_legend(revisions: Collection[IncidentRevision], reader: GraphReader, lens: Lens, lang: str) -> Legend:
    """Return names of what revisions touch, of the countries that actions cover, and all documents behind them."""
    scope = [selector for revision in revisions for selector in revision.scope]
    named = {id for selector in scope for id in (selector.id, *(selector.countries or ()), *selector.exclude)}
    named.update(code for revision in revisions for action in revision.actions for code in action.countries)
    return Legend(
        holders=names_of(sorted(named), reader, lens, lang),
        products=product_names({product for selector in scope for product in selector.products or ()}, reader, lang),
        sources=sources_of({source for revision in revisions for source in revision.all_sources}, reader),
    )
