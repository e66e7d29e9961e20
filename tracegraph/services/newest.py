"""The newest versions of records: one, or all of a kind, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Record

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class OfTenant:
    """A record that belongs to a tenant, whose name its id begins with.

    Attributes
    ----------
    record : Record
        As the store has it.
    """

    record: Record

    @property
    def id(self) -> str:
        """Its id, as callers have it."""
        return self.record.id.rpartition("/")[2]

    @property
    def tenant(self) -> str:
        """Whose it is."""
        return self.record.id.rpartition("/")[0]


def newest_records(store: RecordStore, kind: str, *, prefix: str = "", after: str = "") -> Iterator[Record]:
    """Yield the newest versions, unless retracted, of the records of a kind whose ids begin so, in the order of ids."""
    while page := store.page(kind, after=after, prefix=prefix, limit=_PAGE):
        yield from page
        after = page[-1].id


def newest_record(store: RecordStore, kind: str, id: str) -> Record | None:
    """Return the newest version of a record, unless retracted; None: there is none."""
    found = store.page(kind, prefix=id, limit=1)  # of all ids that begin so, the id itself comes first
    return found[0] if found and found[0].id == id else None
