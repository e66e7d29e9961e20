"""Single claims: found under a lens, and ended by who may."""

from __future__ import annotations

from collections.abc import Callable

from tracegraph.access import Permission, Principal
from tracegraph.errors import Forbidden, StaleWrite, UnknownClaim
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Claim
from tracegraph.services.authorship import not_theirs
from tracegraph.services.claim_writing import CHANGED
from tracegraph.services.events import event_write
from tracegraph.store.port import GraphReader, Store
from tracegraph.store.rows import ApplyReport, Beside, RecordWrite


def find_claim(store: GraphReader, claim_id: str, lens: Lens) -> Claim:
    """Return a claim that a reader sees.

    Raises
    ------
    UnknownClaim
        They see none of this id.
    """
    found = store.claims([claim_id], lens)
    if not found:
        raise UnknownClaim(N_("there is no claim {id} that you see as of then"), id=claim_id)
    return found[0]


def check_may_end(store: Store, claim: Claim, who: Principal) -> None:
    """Check that somebody may end a claim that they see.

    Raises
    ------
    Forbidden
        It is another's.
    """
    if not_theirs(store, [claim], who):
        raise Forbidden(
            N_("another region recorded {id}: it is ended by them, or by who has the permission {permission}"),
            id=claim.claim_id,
            permission=Permission.REVIEW.value,
        )


def end_claim(store: Store, claim: Claim, now: str, beside: Callable[[ApplyReport], Beside]) -> ApplyReport:
    """End a claim, with what goes beside it.

    Raises
    ------
    StaleWrite
        Somebody else ended or replaced it meanwhile.
    """

    def checked(report: ApplyReport) -> Beside:
        if report.retracted != 1:
            raise StaleWrite(N_("the claim was ended or replaced meanwhile: read it again"))
        return beside(report)

    return store.retract(now, claim_ids=[claim.claim_id], beside=checked)


def ended_event(claim: Claim, report: ApplyReport, now: str) -> RecordWrite:
    """Return the event of a claim that ended."""
    return event_write(CHANGED, f"claim:{claim.claim_id}", claim.visibility, now, {"change_set": report.change_set})
