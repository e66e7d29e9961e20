"""Rules on single claims: dates, shares, sources, ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracegraph.answer_check import Finding, FindingKind, Severity
from tracegraph.messages import N_, Message
from tracegraph.model import Claim
from tracegraph.vocabulary import NOT_RETRACTED, UNSOURCED


class ClaimRules:
    """Looks at claims one by one, and counts them.

    Attributes
    ----------
    seen : int
        Claims looked at so far.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._ids: set[str] = set()

    def findings(self, claims: Iterable[Claim]) -> Iterator[Finding]:
        """Yield what is wrong with claims; what was retracted is only checked for its id."""
        for claim in claims:
            self.seen += 1
            if claim.claim_id in self._ids:
                yield _twice(claim)
            self._ids.add(claim.claim_id)
            if claim.retracted_at == NOT_RETRACTED:
                yield from _of_claim(claim)
            elif claim.retracted_at < claim.recorded_at:
                yield _retracted_before(claim)


def _of_claim(claim: Claim) -> Iterator[Finding]:
    if claim.valid_from >= claim.valid_to:
        yield _reversed(claim)
    if not 0 <= claim.share_low <= claim.share_high <= 1:
        yield _bad_share(claim)
    if claim.confidence is not None and not 0 < claim.confidence <= 1:
        yield _bad_confidence(claim)
    if claim.source_id == UNSOURCED:
        yield _unsourced(claim)


def link_text(claim: Claim) -> str:
    """Return a claim as its ends and type."""
    return f"{claim.start.id} {claim.type.value} {claim.end.id}"


def _finding(rule: str, severity: Severity, claim: Claim, message: Message, remedy: Message) -> Finding:
    return Finding(rule, severity, FindingKind.CLAIM, claim.claim_id, message, remedy)


def _twice(claim: Claim) -> Finding:
    return _finding(
        "claim-id-twice",
        Severity.ERROR,
        claim,
        Message(
            N_("the claim id {id} occurs more than once; here on {link}"),
            {"id": claim.claim_id, "link": link_text(claim)},
        ),
        Message(N_("the store was written by something else than tracegraph: load a backup into an empty store")),
    )


def _retracted_before(claim: Claim) -> Finding:
    return _finding(
        "reversed-dates",
        Severity.ERROR,
        claim,
        Message(
            N_("{link} was retracted at {end}, before it was recorded at {begin}"),
            {"link": link_text(claim), "begin": claim.recorded_at, "end": claim.retracted_at},
        ),
        Message(N_("the store was written by something else than tracegraph: load a backup into an empty store")),
    )


def _reversed(claim: Claim) -> Finding:
    return _finding(
        "reversed-dates",
        Severity.ERROR,
        claim,
        Message(
            N_("{link} is valid from {begin} to {end}: on no day at all"),
            {"link": link_text(claim), "begin": claim.valid_from, "end": claim.valid_to},
        ),
        Message(
            N_("retract the claim ({id}) and import the row with valid_from before valid_to"), {"id": claim.claim_id}
        ),
    )


def _bad_share(claim: Claim) -> Finding:
    return _finding(
        "share-out-of-range",
        Severity.ERROR,
        claim,
        Message(
            N_("the share of {link} is {low} to {high}: shares lie between 0 and 1, the low one first"),
            {"link": link_text(claim), "low": claim.share_low, "high": claim.share_high},
        ),
        Message(N_("import the row again with shares from 0 to 1 (40 % is 0.4)")),
    )


def _bad_confidence(claim: Claim) -> Finding:
    return _finding(
        "confidence-out-of-range",
        Severity.ERROR,
        claim,
        Message(
            N_("the confidence of {link} is {confidence}: it is above 0 and at most 1"),
            {"link": link_text(claim), "confidence": claim.confidence},
        ),
        Message(N_("import the row again with a confidence above 0 and at most 1, or without one")),
    )


def _unsourced(claim: Claim) -> Finding:
    return _finding(
        "unsourced",
        Severity.WARNING,
        claim,
        Message(N_("nobody is named who says {link}"), {"link": link_text(claim)}),
        Message(N_("add a source_id to the row in {table}, and the source to sources"), {"table": claim.table}),
    )
