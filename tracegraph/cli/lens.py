"""From the flags of a command to a lens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.cli.session import Session
from tracegraph.lens import Lens
from tracegraph.services import asking

Flags = Mapping[str, Any]


def lens_from(session: Session, flags: Flags) -> Lens:
    """Return the lens that the flags mean."""
    return asking.lens_of(
        session.now,
        valid_at=flags["valid_at"],
        known_at=flags["known_at"],
        reader=flags["reader"] or session.settings.reader,
        min_grade=flags["min_grade"],
    )
