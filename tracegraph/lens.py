"""The lens: what a reader may see, and when. There is no other filter and no second way to read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX, Grade

if TYPE_CHECKING:
    from tracegraph.model import Claim


@dataclass(frozen=True, slots=True)
class Lens:
    """One reader's view of the claims.

    Attributes
    ----------
    valid_at : str
        Day in the world, ``YYYY-MM-DD``.
    known_at : str
        Moment of our knowledge, UTC in whole seconds, ``YYYY-MM-DDTHH:MM:SSZ``.
    visible_to : tuple of str
        Visibilities that this reader may see, sorted.
    min_grade : Grade
        Claims below this grade are not seen (attributes of nodes are read whatever their grade, see `any_grade`).
    """

    valid_at: str
    known_at: str
    visible_to: tuple[str, ...] = (NETWORK, PUBLIC)
    min_grade: Grade = Grade.INFERRED

    @property
    def infers(self) -> bool:
        """Whether steps and candidates of grade `inferred` exist under this lens."""
        return self.min_grade is Grade.INFERRED

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades that this lens lets through."""
        return tuple(grade.value for grade in Grade if grade.rank >= self.min_grade.rank)

    def any_grade(self) -> Lens:
        """Return this lens without its grade filter: attributes are read whatever the grade of their row."""
        return replace(self, min_grade=Grade.INFERRED)

    def sees(self, claim: Claim) -> bool:
        """Return whether a claim exists for this reader; the stores do the same in their own language."""
        return (
            claim.valid_from <= self.valid_at < claim.valid_to
            and claim.recorded_at <= self.known_at < claim.retracted_at
            and claim.visibility in self.visible_to
            and claim.grade.rank >= self.min_grade.rank
        )


def visible_to(reader: str) -> tuple[str, ...]:
    """Return the visibilities that a reader may see.

    Parameters
    ----------
    reader : str
        ``public``, ``network``, or a region's ISO 3166-2 code such as ``SE-AB``.

    Returns
    -------
    tuple of str
        Sorted visibilities: `public` alone, `network` and `public`, or these and the region's own.
    """
    if reader == PUBLIC:
        return (PUBLIC,)
    if reader == NETWORK:
        return (NETWORK, PUBLIC)
    return (NETWORK, PUBLIC, f"{REGION_PREFIX}{reader}")


def less_visible(visibility: str, than: str) -> bool:
    """Return whether some reader who sees `than` does not see `visibility`."""
    return visibility != than and _audience_rank(visibility) <= _audience_rank(than)


def _audience_rank(visibility: str) -> int:
    """0 for one region, 1 for all regions, 2 for everybody."""
    return {PUBLIC: 2, NETWORK: 1}.get(visibility, 0)
