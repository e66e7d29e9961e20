"""What tells whether something that was computed of chains still holds; it crosses the port."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChainState:
    """When the chains that a reader sees last changed: what was computed of them holds while this stays.

    Attributes
    ----------
    change_sets : tuple of (str, int)
        By visibility, sorted: the last finished change set that touched the chain. Visibilities of which none did are
        absent: a reader sees the same chains with and without them.
    settled_at : str
        The last moment at which a claim of such change sets becomes known or ends; empty: there is none.
    """

    change_sets: tuple[tuple[str, int], ...] = ()
    settled_at: str = ""

    @property
    def visible_to(self) -> tuple[str, ...]:
        """The visibilities that hold a part of the chains, sorted."""
        return tuple(visibility for visibility, _ in self.change_sets)
