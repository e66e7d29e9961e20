"""Every claim that a reader sees, for exports and for checks of the whole (`docs/model.md`, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_uppercase
from typing import Final

from tracegraph.lens import Lens
from tracegraph.model import Claim
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import PortfolioColumns
from tracegraph.vocabulary import GOODS_TYPES, Label, RelationshipType

T = RelationshipType

DESCRIBED: Final = (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT, Label.PRODUCT, Label.REGION, Label.CATEGORY)
FROM_HOLDERS: Final = (T.OFFERS, T.OPERATED_BY, T.OWNED_BY, T.LOCATED_IN, T.REGISTERED_IN, T.SERVES)
BETWEEN_HOLDERS: Final = (T.OPERATED_BY, T.OWNED_BY, T.SERVES)
BLOCK: Final = 2_000  # ids asked for at once

#: Every code that a country could have; what stands or is registered in one is found from there.
_COUNTRY_CODES: Final = tuple(a + b for a, b in product(ascii_uppercase, repeat=2))


def visible_claims(reader: GraphReader, lens: Lens) -> Iterator[Claim]:
    """Yield every claim that a reader sees, each once.

    Parameters
    ----------
    reader, lens
        Where to read, and what may be seen. `DESCRIBES` claims are read whatever their grade.

    Notes
    -----
    Costs one pass over the portfolio and one read of every claim, in blocks. A holder that nothing describes, that has
    no item, country, operator or owner, and that is served by, or owned by, only such holders is not found.
    """
    for label in DESCRIBED:
        yield from reader.descriptions(label, None, lens)
    columns = reader.portfolio(lens)
    items = sorted(row.item_id for row in columns.items)
    contracts = sorted(columns.contracts.values())
    known = _known_holders(reader, lens, columns)
    del columns
    for block in _holder_blocks(reader, lens, known):
        yield from reader.links_of(block, FROM_HOLDERS, "downstream", lens)
    for block in _blocks(items):
        yield from reader.links_of(block, GOODS_TYPES, "downstream", lens)
    for block in _blocks(contracts):
        yield from reader.links_of(block, (T.USES,), "upstream", lens)
        yield from reader.links_of(block, (T.IN_CATEGORY,), "downstream", lens)


def visible_holders(reader: GraphReader, lens: Lens) -> set[str]:
    """Return the ids of all holders that a reader may see; a few that do not exist under the lens may be among them."""
    known = _known_holders(reader, lens, reader.portfolio(lens))
    return {holder for block in _holder_blocks(reader, lens, known) for holder in block}


def _known_holders(reader: GraphReader, lens: Lens, columns: PortfolioColumns) -> set[str]:
    """Return the holders that are described, have an item, operate, are operated, or have a country."""
    holders = {row.holder_id for row in columns.items}
    holders.update(holder for pair in columns.operations for holder in pair)
    for label in (Label.SUPPLIER, Label.FACTORY):
        holders.update(claim.end.id for claim in reader.descriptions(label, None, lens))
    in_countries = reader.links_of(_COUNTRY_CODES, (T.LOCATED_IN, T.REGISTERED_IN), "upstream", lens)
    holders.update(claim.start.id for claim in in_countries)
    return holders


def _holder_blocks(reader: GraphReader, lens: Lens, known: set[str]) -> Iterator[Sequence[str]]:
    """Yield the known holders, and those that they lead to, in blocks, until no holder is new."""
    seen: set[str] = set()
    waiting = known
    while waiting:
        seen |= waiting
        found: set[str] = set()
        for block in _blocks(sorted(waiting)):
            yield block
            found.update(c.end.id for c in reader.links_of(block, BETWEEN_HOLDERS, "downstream", lens))
            found.update(c.start.id for c in reader.links_of(block, BETWEEN_HOLDERS, "upstream", lens))
        waiting = found - seen


def _blocks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[at : at + BLOCK] for at in range(0, len(ids), BLOCK))
