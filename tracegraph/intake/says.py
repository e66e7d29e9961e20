"""The claim columns of rows, shared between rows that say the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final, NamedTuple

from tracegraph.intake.rows import Rows
from tracegraph.model import SourceId
from tracegraph.vocabulary import Grade


class Says(NamedTuple):
    """Who says a row, how well, for whom, since when, and how much."""

    source_id: SourceId
    grade: Grade
    visibility: str
    valid_from: str
    valid_to: str
    recorded_at: str
    confidence: float | None
    share_low: float
    share_high: float


_COLUMNS: Final = (
    "source_id",
    "grade",
    "visibility",
    "valid_from",
    "valid_to",
    "recorded_at",
    "confidence",
    "share",
    "share_low",
    "share_high",
)


def claim_columns(rows: Rows) -> Iterator[Says | None]:
    """Yield what each row says by its claim columns; None for a row of which one was refused."""
    columns = [rows.values.get(name) or repeat(None) for name in _COLUMNS]
    seen: dict[tuple[object, ...], Says | None] = {}
    for stated in zip(*columns, range(len(rows)), strict=False):
        cells = stated[:-1]
        if cells not in seen:
            seen[cells] = _says(*cells) if None not in cells[:5] else None
        yield seen[cells]


def _says(  # noqa: PLR0913, PLR0917 - the claim columns
    source_id: str,
    grade: str,
    visibility: str,
    valid_from: str,
    valid_to: str,
    recorded_at: str | None,
    confidence: float | None,
    share: float | None,
    share_low: float | None,
    share_high: float | None,
) -> Says:
    low = share if share is not None else (share_low or 0.0)
    high = share if share is not None else (1.0 if share_high is None else share_high)
    return Says(
        SourceId(source_id),
        Grade(grade),
        visibility,
        valid_from,
        valid_to,
        recorded_at or "",
        confidence,
        low,
        high,
    )
