"""Rows of the audit trail: who read or changed what. The store numbers and chains them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.access import Principal


def audit_row(
    who: Principal, action: str, subject: str, *, request_id: str = "", facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a row of the audit trail.

    Parameters
    ----------
    who : Principal
        Who acts; only their id and their tenant are kept.
    action : str
        What they do, as ``noun.verb``: ``claim.create``, ``incident.revise``, ``dataset.commit``, ``question.read``.
    subject : str
        Of what, as ``kind:id``; never a text that a person wrote.
    request_id : str
        The request, as logs have it.
    facts : mapping, optional
        Plain values that say more (counts, versions, parameters); no personal data and no free text.
    """
    row = {"actor": who.id, "tenant": who.tenant, "action": action, "subject": subject, "request_id": request_id}
    return {**row, "facts": dict(facts or {})}
