"""The part of a list that a page shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from tracegraph_api.inputs import Given

Row = TypeVar("Row")


def paged(found: Sequence[Row], given: Given) -> tuple[Sequence[Row], dict[str, Any]]:
    """Return the rows that are asked for (`inputs.PageQuery`), and what a template says of them: total, page, limit."""
    first = (given["page"] - 1) * given["limit"]
    about = {"total": len(found), "page": given["page"], "limit": given["limit"]}
    return found[first : first + given["limit"]], about
