"""The change set: everything that one import says, checked and ready to be applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracegraph.incidents import IncidentRevision
from tracegraph.model import ReferenceRecord, Statement
from tracegraph.vocabulary import Label


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that one import says, checked and ready to be applied.

    Attributes
    ----------
    description : str
        What was imported, for people: the names of the files.
    statements : sequence of Statement
        No two with the same claim key.
    holders : mapping
        Label (`Supplier` or `Factory`) of every holder that a statement touches.
    references : sequence of Product, Region, Category or Source
        Reference data to put (the newest wins).
    incidents : sequence of IncidentRevision
        Revisions in the order in which they are to be recorded.
    """

    description: str
    statements: Sequence[Statement] = ()
    holders: Mapping[str, Label] = field(default_factory=dict)
    references: Sequence[ReferenceRecord] = ()
    incidents: Sequence[IncidentRevision] = ()

    @property
    def digest(self) -> str:
        """Hash of the content, by which an interrupted import is recognised when it is run again."""
        seen = hashlib.sha256()
        for statement in self.statements:
            seen.update(f"{statement.claim_key}={statement.digest}={statement.recorded_at}\n".encode())
        for record in (*self.references, *self.incidents):
            seen.update(f"{record!r}\n".encode())
        return seen.hexdigest()[:16]
