"""Proposals: claims that a supplier submitted about itself, in no answer until a second person accepts them.

A proposal is a record of its own. What it proposes has a hash, which an acceptance names; a change of it is another
version with another hash, so that nobody accepts what they have not read. Who wrote any of it never decides on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

from tracegraph.access import Principal
from tracegraph.errors import Forbidden, NotNow, StaleWrite, UnknownNode
from tracegraph.messages import N_
from tracegraph.model import canonical_json
from tracegraph.services.claim_writing import RowsSent
from tracegraph.services.key_makers import may_be_one_person
from tracegraph.services.newest import newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Record, RecordWrite
from tracegraph.vocabulary import NETWORK, PUBLIC

PROPOSAL: Final = "proposal"


class ProposalState(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Submission:
    """What is proposed.

    Attributes
    ----------
    supplier : str
        Who says so of itself.
    visibility : str
        Who is to see the claims.
    sent : RowsSent
        The rows, and whose they are: the tenant that passes them on.
    note : str or None
        What the submission says besides.
    """

    supplier: str
    visibility: str
    sent: RowsSent
    note: str | None

    @property
    def content(self) -> dict[str, Any]:
        """What is proposed, as JSON."""
        return {
            "submitted_by_supplier": self.supplier,
            "visibility": self.visibility,
            "table": self.sent.table,
            "rows": [dict(row) for row in self.sent.rows],
            "documents": [dict(document) for document in self.sent.documents],
            "note": self.note,
        }

    @property
    def content_hash(self) -> str:
        """What an acceptance names."""
        return hashlib.sha256(canonical_json({"tenant": self.sent.tenant, **self.content}).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal in its newest version."""

    record: Record

    @property
    def id(self) -> str:
        """Its id."""
        return self.record.id

    @property
    def version(self) -> int:
        """Its version."""
        return self.record.version

    @property
    def body(self) -> Mapping[str, Any]:
        """All that is kept of it."""
        return self.record.body

    @property
    def state(self) -> ProposalState:
        """Where it stands."""
        return ProposalState(self.body["state"])

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return str(self.body["tenant"])

    @property
    def authors(self) -> tuple[str, ...]:
        """Who wrote any of it."""
        return tuple(self.body["authors"])

    @property
    def submission(self) -> Submission:
        """What it proposes."""
        body = self.body
        sent = RowsSent(body["table"], body["rows"], self.tenant, body["documents"])
        return Submission(body["submitted_by_supplier"], body["visibility"], sent, body["note"])

    def next(self, **changed: Any) -> RecordWrite:
        """Return the write of its next version."""
        visibility = _kept_for(str(changed.get("visibility", self.body["visibility"])))
        return RecordWrite(PROPOSAL, self.id, {**self.body, **changed}, self.version, visibility)


def _kept_for(visibility: str) -> str:
    """Return who sees a proposal: who will see the claims, but never the public, before anybody has looked at it."""
    return NETWORK if visibility == PUBLIC else visibility


# --- writing ---------------------------------------------------------------------------------------------------------


def new_proposal(submission: Submission, who: Principal, now: str) -> RecordWrite:
    """Return the record of a new proposal."""
    decision = dict.fromkeys(("decided_by", "decided_at", "reason", "result"))
    body = {
        "state": ProposalState.OPEN.value,
        "tenant": who.tenant,
        "authors": [who.id],
        "submitted_at": now,
        "changed_at": now,
        "content_hash": submission.content_hash,
        **submission.content,
        **decision,
    }
    return RecordWrite(PROPOSAL, f"prop-{uuid4().hex}", body, 0, _kept_for(submission.visibility))


def edited(proposal: Proposal, submission: Submission, who: Principal, now: str) -> RecordWrite:
    """Return the write of a proposal that was changed: it is open again, and so far nobody has decided on it.

    Raises
    ------
    Forbidden
        It is another tenant's.
    NotNow
        It was accepted: what it proposed are claims now.
    """
    if proposal.tenant != who.tenant:
        raise Forbidden(N_("another region submitted this proposal: they alone change it"))
    if proposal.state is ProposalState.ACCEPTED:
        raise NotNow(N_("the proposal was accepted: submit another one, or end its claims"))
    decision = dict.fromkeys(("decided_by", "decided_at", "reason", "result"))
    return proposal.next(
        state=ProposalState.OPEN.value,
        authors=list(dict.fromkeys((*proposal.authors, who.id))),
        changed_at=now,
        content_hash=submission.content_hash,
        **submission.content,
        **decision,
    )


def decided(
    proposal: Proposal,
    state: ProposalState,
    who: Principal,
    now: str,
    *,
    reason: str | None = None,
    result: Mapping[str, Any] | None = None,
) -> RecordWrite:
    """Return the write of a proposal on which somebody decided who may (`check_may_decide`)."""
    return proposal.next(state=state.value, decided_by=who.id, decided_at=now, reason=reason, result=result)


def check_may_decide(store: RecordStore, proposal: Proposal, who: Principal) -> None:
    """Check that somebody may accept or refuse a proposal.

    Raises
    ------
    NotNow
        Somebody has decided.
    Forbidden
        They see it by a grant alone; or wrote any of it, or may be the person who did: the same person stands behind
        both keys.
    """
    if not who.may_write_as(proposal.record.visibility):
        raise Forbidden(N_("you see this proposal by a grant: the region that it is of decides"))
    if proposal.state is not ProposalState.OPEN:
        raise NotNow(N_("the proposal is {state}: nothing is left to decide"), state=proposal.state.value)
    if any(may_be_one_person(store, who.id, author) for author in proposal.authors):
        raise Forbidden(N_("a second person decides: you wrote this proposal, or stand behind who did"))


def check_content(proposal: Proposal, content_hash: str) -> None:
    """Check that somebody decides on what the proposal says now.

    Raises
    ------
    StaleWrite
        It says something else.
    """
    if content_hash != proposal.body["content_hash"] or content_hash != proposal.submission.content_hash:
        raise StaleWrite(N_("content_hash is not that of the proposal as it is now: read it again, then decide"))


# --- reading ---------------------------------------------------------------------------------------------------------


def find_proposal(store: RecordStore, id: str, who: Principal) -> Proposal:
    """Return a proposal that somebody may see.

    Raises
    ------
    UnknownNode
        They see none of this id.
    """
    records = store.records(PROPOSAL, id)
    if not records or not _sees(who, records[-1]):
        raise UnknownNode(N_("there is no proposal {id} that you see"), id=id)
    return Proposal(records[-1])


def proposals_seen(store: RecordStore, who: Principal) -> list[Proposal]:
    """Return all proposals that somebody may see, the newest first."""
    found = [Proposal(record) for record in newest_records(store, PROPOSAL) if _sees(who, record)]
    return sorted(sorted(found, key=lambda one: one.id), key=lambda one: str(one.body["submitted_at"]), reverse=True)


def _sees(who: Principal, record: Record) -> bool:
    return record.visibility in who.visible_to
