"""Whose change sets are: the tenant that recorded each, kept beside it, so that one region does not end another's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from tracegraph.access import Permission, Principal
from tracegraph.model import Claim
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import RecordWrite
from tracegraph.vocabulary import NETWORK, PUBLIC

AUTHORSHIP: Final = "authorship"


def authorship_write(change_set: int, tenant: str) -> RecordWrite:
    """Return the record that says whose a change set is; it commits with it."""
    body = {"change_set": change_set, "tenant": tenant}
    return RecordWrite(AUTHORSHIP, _id(change_set), body, expected_version=0)


def incident_authorship_write(incident_id: str, tenant: str) -> RecordWrite:
    """Return the record that says who recorded an incident first; it commits with its first revision."""
    return RecordWrite(AUTHORSHIP, f"incident/{incident_id}", {"incident_id": incident_id, "tenant": tenant})


def may_revise(store: RecordStore, incident_id: str, visibility: str, who: Principal) -> bool:
    """Return whether somebody may record a revision of this visibility of an incident that they see.

    One that a region alone sees by whoever may write for it (checked elsewhere); one that all regions or everybody
    sees by the tenant that recorded it and by who has the permission `REVIEW`.
    """
    if visibility not in (NETWORK, PUBLIC) or who.may(Permission.REVIEW):
        return True
    records = store.records(AUTHORSHIP, f"incident/{incident_id}")
    return bool(records) and records[-1].body["tenant"] == who.tenant


def tenants_of(store: RecordStore, change_sets: Iterable[int]) -> dict[int, str]:
    """Return which tenant recorded each of some change sets; those of the store's keeper have none."""
    found = {number: store.records(AUTHORSHIP, _id(number)) for number in set(change_sets)}
    return {number: str(records[-1].body["tenant"]) for number, records in found.items() if records}


def not_theirs(store: RecordStore, claims: Collection[Claim], who: Principal) -> set[str]:
    """Return the ids of those of some claims, all of which they see, that somebody may not replace or end.

    A region's claims are changed by whoever may write for it; what all regions or everybody sees, by the tenant that
    recorded it and by who has the permission `REVIEW`.
    """
    barred = {str(claim.claim_id) for claim in claims if not who.may_write_as(claim.visibility)}
    if who.may(Permission.REVIEW):
        return barred
    shared = [claim for claim in claims if claim.visibility in (NETWORK, PUBLIC)]
    tenants = tenants_of(store, (claim.change_set for claim in shared))
    return barred | {str(claim.claim_id) for claim in shared if tenants.get(claim.change_set) != who.tenant}


def _id(change_set: int) -> str:
    return f"{change_set:012d}"
