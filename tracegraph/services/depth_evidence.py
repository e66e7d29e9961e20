"""How old the evidence is on the ways to contracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from tracegraph.answer_depth import EVIDENCE_ITEMS, Evidence
from tracegraph.lens import Lens
from tracegraph.model import Source
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Label
from tracegraph.walk.cone import Cone
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.propagate import Flow
from tracegraph.walk.reach import reach

_FEWER: Final = 10  # where the ways to some contracts hold too much, this part of them is tried


def evidence_of(
    contracts: Sequence[str], lens: Lens, reader: GraphReader, max_items: int = EVIDENCE_ITEMS
) -> dict[str, Evidence | None]:
    """Return the age of the evidence of contracts.

    Parameters
    ----------
    contracts : sequence of str
        In the order in which they matter: where the ways to all of them hold too many items, only the first tenth is
        looked at, or the first hundredth, ...
    lens, reader
        Who asks as of when, and the store.
    max_items : int
        Items on the ways to them together, at most.

    Returns
    -------
    dict of Evidence or None, by contract
        Of those that were looked at; None: there is no claim upstream.

    Notes
    -----
    Costs one walk over all that lies upstream, and one look at each of its claims for each contract.
    """
    while contracts:
        starts = dict.fromkeys(contracts, Certainty.CERTAIN)
        cone = reach(starts, reader, lens, reader.catalogue(), direction="upstream", max_items=max_items)
        if not cone.truncated:
            return _by_contract(contracts, cone, reader)
        contracts = contracts[: len(contracts) // _FEWER]
    return {}


def _by_contract(contracts: Sequence[str], cone: Cone, reader: GraphReader) -> dict[str, Evidence | None]:
    claims = [claim for claims in cone.claims.values() for claim in claims]
    sources = sorted({claim.source_id for claim in claims})
    published = _published(sources, reader)
    place = {source: number for number, source in enumerate(sources)}
    source_of = np.array([place[claim.source_id] for claim in claims], dtype=np.int64)
    recorded = np.array([claim.recorded_at for claim in claims], dtype=np.str_)
    upstream = _upstream(contracts, cone, [claim.end for claim in claims])
    return {
        contract: _evidence(
            np.sort(recorded[upstream[number]]).tolist(),
            [published.get(sources[source]) for source in np.unique(source_of[upstream[number]]).tolist()],
        )
        for number, contract in enumerate(contracts)
    }


def _upstream(contracts: Sequence[str], cone: Cone, ends: Sequence[str]) -> Flags:
    """Return, by contract, which claims with these ends lie upstream of it.

    Two inferred steps never follow one another: node i stands for an item come to by a claim, ``n + i`` for one come
    to by an inferred step, which only claims lead on from.
    """
    index = {node: number for number, node in enumerate(sorted({node for pair in _pairs(cone) for node in pair}))}
    for contract in contracts:
        index.setdefault(contract, len(index))
    n = len(index)
    claimed, inferred = (
        np.array([(index[start], index[end]) for start, end in pairs], dtype=np.int64).reshape(-1, 2).T
        for pairs in (cone.claims, cone.inferred)
    )
    flow = Flow(
        2 * n,
        np.concatenate([claimed[1], n + claimed[1], inferred[1]]),
        np.concatenate([claimed[0], claimed[0], n + inferred[0]]),
    )
    starts = np.array([index[contract] for contract in contracts], dtype=np.int64)
    held = flow.joined(starts, (1 << number for number in range(len(contracts))))
    above = [held[a] | held[b] for a, b in zip(flow.component[:n].tolist(), flow.component[n:].tolist(), strict=True)]
    width = -(-len(contracts) // 8)
    octets = b"".join(above[index[end]].to_bytes(width, "little") for end in ends)
    table = np.frombuffer(octets, dtype=np.uint8).reshape(len(ends), width)
    found: Flags = np.unpackbits(table, axis=1, bitorder="little").T.astype(bool)
    return found


def _pairs(cone: Cone) -> Iterator[tuple[str, str]]:
    yield from cone.claims
    yield from cone.inferred


def _published(sources: Sequence[str], reader: GraphReader) -> dict[str, str]:
    records = reader.references(Label.SOURCE, sources) if sources else []
    return {str(r.source_id): r.published for r in records if isinstance(r, Source) and r.published}


def _evidence(recorded: Sequence[str], published: Sequence[str | None]) -> Evidence | None:
    """Return the evidence of sorted times and of its sources' dates."""
    if not recorded:
        return None
    dates = sorted(date for date in published if date)
    return Evidence(
        claims=len(recorded),
        newest=recorded[-1],
        median=recorded[(len(recorded) - 1) // 2],
        oldest_published=dates[0] if dates else None,
        sources=len(published),
        undated=len(published) - len(dates),
    )
