"""Ids of incidents that are recorded over HTTP: which of them somebody may choose, and what is said of the others."""

from __future__ import annotations

from tracegraph.access import Principal
from tracegraph.errors import DatasetRejected, Problem
from tracegraph.messages import N_, Message
from tracegraph.model import Region
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label


def check_own_id(store: Store, incident_id: str, who: Principal) -> None:
    """Check that an id that somebody chooses is one of their own: no region can meet what another one keeps to itself.

    Raises
    ------
    DatasetRejected
        It does not begin with the code of their region; or, of who belongs to none, it begins with that of one.
    """
    said = incident_id.lower()
    if who.region is not None:
        prefix = f"{who.region.lower()}-"
        if not said.startswith(prefix):
            text = N_("ids of incidents that your region records begin with {prefix}")
            raise _refused_id(incident_id, "id-not-yours", Message(text, {"prefix": prefix}))
        return
    regions = (record for record in store.references(Label.REGION) if isinstance(record, Region))
    for prefix in (f"{region.region_id.lower()}-" for region in regions):
        if said.startswith(prefix):
            text = N_("ids that begin with {prefix} are for the region to give")
            raise _refused_id(incident_id, "id-not-yours", Message(text, {"prefix": prefix}))


def _refused_id(incident_id: str, rule: str, message: Message) -> DatasetRejected:
    remedy = Message(N_("choose another id, or give none and get one"), {})
    problem = Problem("", None, "/incident_id", incident_id, rule, message, remedy)
    return DatasetRejected(N_("nothing was written; problems: {n}"), [problem], n=1)


def known_already(incident_id: str) -> DatasetRejected:
    """Return what is said where a new incident has the id of one that the writer sees."""
    message = Message(N_("the incident {id} is recorded already"), {"id": incident_id})
    remedy = Message(N_("record what is new as its next revision, or choose another id"), {})
    problem = Problem("", None, "/incident_id", incident_id, "known-id", message, remedy)
    return DatasetRejected(N_("nothing was written; problems: {n}"), [problem], n=1)


def taken(incident_id: str) -> DatasetRejected:
    """Return what is said where a new incident has an id that cannot be used; no more is told."""
    return _refused_id(incident_id, "known-id", Message(N_("the id {id} cannot be used"), {"id": incident_id}))
