"""Whether a stated sourcing is in force, and whether an item or a contract is an open end (`docs/model.md`, 3 and 7).

The same rule as `tracegraph.walk.portfolio` applies to all items at once, for the few that one question is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum

from tracegraph.answer_show import Shortfall, SourcingState
from tracegraph.decide import SourcingValue, decide_share, decide_sourcing
from tracegraph.model import Claim
from tracegraph.vocabulary import Sourcing
from tracegraph.walk.portfolio import SHARE_TOLERANCE

ShareRow = tuple[int, str, float, float]  # grade rank, recorded_at, low, high
SourcingRow = tuple[int, str, str, int | None]  # grade rank, recorded_at, sourcing, source_count


def sourcing_state(
    stated: Iterable[SourcingRow],
    inflows: Iterable[Iterable[ShareRow]],
    *,
    made: bool = False,
    contract: bool = False,
) -> SourcingState:
    """Return what is known of where an item, or what is delivered under a contract, comes from.

    Parameters
    ----------
    stated : iterable of SourcingRow
        What visible claims state.
    inflows : iterable of iterables of ShareRow
        One for every distinct seller (for a contract: delivered item), with the shares of its claims.
    made : bool
        Whether a visible `BECOMES` enters the item.
    contract : bool
        Whether it is a contract: its default is `complete`, and with no visible delivery it is always an open end.
    """
    shares = [decide_share(rows) for rows in inflows]
    low, high = (fsum(side) for side in zip(*shares, strict=True)) if shares else (0.0, 0.0)  # in whatever order
    value = decide_sourcing(stated)
    sourcing, count = value or SourcingValue(Sourcing.COMPLETE if contract else Sourcing.OPEN, None)
    shortfall = _shortfall(count, len(shares), high + made, contract) if sourcing is Sourcing.COMPLETE else None
    in_force = Sourcing.OPEN if shortfall else sourcing
    unlisted = abs(low - 1) > SHARE_TOLERANCE
    return SourcingState(
        stated=value.sourcing if value else None,
        source_count=value.source_count if value else None,
        sources=len(shares),
        share_low=low,
        share_high=high,
        in_force=in_force,
        is_open_end=(unlisted and in_force is Sourcing.OPEN) or (contract and not shares),
        shortfall=shortfall,
    )


def _shortfall(count: int | None, sources: int, high: float, contract: bool) -> Shortfall | None:
    """Return why a `complete` is not in force; None when it is."""
    if sources == 0 and contract:
        return Shortfall.NO_DELIVERY
    if sources == 0 and count == 0:
        return None
    if count is not None and sources < count:
        return Shortfall.TOO_FEW_SOURCES
    return Shortfall.SHARES_BELOW_ONE if high < 1 - SHARE_TOLERANCE else None


def share_row(claim: Claim) -> ShareRow:
    """Return the share that a goods claim states, as it competes."""
    return claim.grade.rank, claim.recorded_at, claim.share_low, claim.share_high


def sourcing_rows(claims: Iterable[Claim]) -> list[SourcingRow]:
    """Return the sourcing that claims (`OFFERS`, or `DESCRIBES` of a contract) state."""
    rows = []
    for claim in claims:
        sourcing, count = claim.attributes.get("sourcing"), claim.attributes.get("source_count")
        if sourcing is not None:
            rows.append((claim.grade.rank, claim.recorded_at, str(sourcing), count if isinstance(count, int) else None))
    return rows


def shares_by_start(claims: Iterable[Claim]) -> list[list[ShareRow]]:
    """Return the shares that goods claims into one node state, by distinct seller or delivered item."""
    inflows: dict[str, list[ShareRow]] = {}
    for claim in claims:
        inflows.setdefault(claim.start.id, []).append(share_row(claim))
    return list(inflows.values())
