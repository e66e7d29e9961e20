"""What rows and incidents may name, as far as a reader sees it: what is hidden from them is not there.

An import is checked against everything (`GraphWriter.standing`), for it is the keeper of the store who imports. Whoever
only supposes something, or records an incident, is told no more than any answer would tell them.
"""

from __future__ import annotations

from collections.abc import Collection

from tracegraph.intake.known import AsksStanding
from tracegraph.lens import Lens
from tracegraph.services.incidents import list_incidents
from tracegraph.store.port import Store
from tracegraph.store.rows import Standing
from tracegraph.vocabulary import Label

Node = tuple[Label, str]


def standing_seen(store: Store, lens: Lens, *, all_sources: bool = False) -> AsksStanding:
    """Return what answers for `store.standing`, as far as a lens shows.

    Parameters
    ----------
    store : Store
        What is asked.
    lens : Lens
        Of whoever writes. Grades do not count: a row may name what is only inferred.
    all_sources : bool
        Whether every described source may be named; else those that a visible claim or incident names.

    Notes
    -----
    Products, categories and regions are reference data, the same for everybody.
    """
    wide = lens.any_grade()

    def ask(holders: Collection[str], nodes: Collection[Node], ends: Collection[str]) -> Standing:
        known = store.standing(holders, nodes, ends)
        hideable = {node for node in known.labels if node[0] in (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT)}
        sources = {name for label, name in nodes if label is Label.SOURCE}
        labels = set(known.labels) - hideable | hideable & _seen(hideable, store, wide)
        if sources and not all_sources:
            labels -= {(Label.SOURCE, name) for name in sources - seen_sources(sources, store, wide)}
        return Standing(labels, [claim for claim in known.claims if claim.visibility in lens.visible_to])

    return ask


def _seen(nodes: Collection[Node], store: Store, lens: Lens) -> set[Node]:
    """Return the holders that a visible claim touches, and the contracts that a visible row names."""
    contracts = sorted(name for label, name in nodes if label is Label.CONTRACT)
    holders = sorted({name for label, name in nodes if label is not Label.CONTRACT})
    found = {(holding.label, holding.holder_id) for holding in store.items_of(holders, lens)}
    return found | {(Label.CONTRACT, claim.end.id) for claim in store.descriptions(Label.CONTRACT, contracts, lens)}


def seen_sources(wanted: Collection[str], store: Store, lens: Lens) -> set[str]:
    """Return those sources that a visible claim or incident names.

    Takes as long for one that is hidden as for one that is unknown.
    """
    revisions = (revision for view in list_incidents(store, lens) for revision in view.revisions)
    found = {str(source) for revision in revisions for source in revision.all_sources}
    if not set(wanted) <= found:
        found.update(store.ids(Label.SOURCE, lens.any_grade()))
    return set(wanted) & found
