"""Typed answers of lists, searches, the feed of changes and jobs; all else stays in `raw`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracegraph.client.tables import frame_of

if TYPE_CHECKING:
    import pandas as pd

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A node that a search found, and why."""

    label: str
    id: str
    name: str | None
    reason: str
    raw: Raw = field(repr=False, compare=False)

    @classmethod
    def of(cls, raw: Raw) -> Found:
        """Return the node that JSON describes."""
        return cls(raw["label"], raw["id"], raw.get("name"), raw["reason"], raw)


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes since a point of the feed.

    Attributes
    ----------
    cursor : str
        To go on from, in the next call.
    missed : int
        Rows that were recorded since with earlier moments, and stand before the cursor; read anew to have them.
    """

    items: tuple[Raw, ...]
    cursor: str
    missed: int


@dataclass(frozen=True, slots=True)
class Table(Sequence[Raw]):
    """All rows of a list, and what was said of it."""

    rows: tuple[Raw, ...]
    meta: Raw

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def __getitem__(self, place: Any) -> Any:
        """Return a row, or some."""
        return self.rows[place]

    def __iter__(self) -> Iterator[Raw]:
        """Yield the rows."""
        return iter(self.rows)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a row; needs pandas."""
        return frame_of(self.rows)


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the background.

    Attributes
    ----------
    state : str
        ``queued``, ``running``, ``succeeded``, ``failed``, ``cancelled`` or ``dead``.
    raw : mapping
        All that the service says of it.
    """

    id: str
    state: str
    raw: Raw = field(repr=False, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.state in ("queued", "running")

    def link(self, name: str) -> str:
        """Return the address of what belongs to it: ``result``, ``import``."""
        return str(self.raw["_links"][name]["href"])

    @classmethod
    def of(cls, raw: Raw) -> Job:
        """Return the job that JSON describes."""
        return cls(str(raw["job_id"]), str(raw["state"]), raw)
