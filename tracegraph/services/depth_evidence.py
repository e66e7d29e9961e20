"""How old the evidence is on the ways to contracts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tracegraph.answer_depth import EVIDENCE_CLAIMS, Evidence
from tracegraph.lens import Lens
from tracegraph.model import Source
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Label
from tracegraph.walk.reach import reach


def evidence_of(
    contracts: Sequence[str], lens: Lens, reader: GraphReader, max_claims: int = EVIDENCE_CLAIMS
) -> dict[str, Evidence | None]:
    """Return the age of the evidence of contracts, one after the other, until many claims have been read.

    Parameters
    ----------
    contracts : sequence of str
        In the order in which they are looked at.
    lens, reader
        Who asks as of when, and the store.
    max_claims : int
        When so many claims have been read, or a contract has more of them in itself, no further contract is looked at.

    Returns
    -------
    dict of Evidence or None, by contract
        Of those that were looked at; None: there is no claim upstream.

    Notes
    -----
    Costs the cone of each contract.
    """
    catalogue = reader.catalogue()
    found: dict[str, list[GoodsClaim]] = {}
    left = max_claims
    for contract in contracts:
        start = {contract: Certainty.CERTAIN}
        cone = reach(start, reader, lens, catalogue, direction="upstream", max_items=max(1, left))
        if cone.truncated:
            break
        found[contract] = [claim for claims in cone.claims.values() for claim in claims]
        left -= len(found[contract])
        if left <= 0:
            break
    published = _published({claim.source_id for claims in found.values() for claim in claims}, reader)
    return {contract: _evidence(claims, published) for contract, claims in found.items()}


def _published(sources: Collection[str], reader: GraphReader) -> dict[str, str]:
    records = reader.references(Label.SOURCE, sorted(sources)) if sources else []
    return {str(r.source_id): r.published for r in records if isinstance(r, Source) and r.published}


def _evidence(claims: Collection[GoodsClaim], published: dict[str, str]) -> Evidence | None:
    if not claims:
        return None
    recorded = sorted(claim.recorded_at for claim in claims)
    sources = {claim.source_id for claim in claims}
    dates = sorted(published[source] for source in sources if source in published)
    return Evidence(
        claims=len(recorded),
        newest=recorded[-1],
        median=recorded[(len(recorded) - 1) // 2],
        oldest_published=dates[0] if dates else None,
        sources=len(sources),
        undated=len(sources) - len(dates),
    )
