"""What a picture of a contract's chain shows, before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracegraph.answer import Answer, Dependent
from tracegraph.answer_chain import Chain, ChainStep
from tracegraph.vocabulary import Certainty, Grade


class Kind(StrEnum):
    """What a node of a picture is; each kind has a shape and a word."""

    FACTORY = "factory"
    UNIDENTIFIED = "unidentified"  # a plant that nobody names
    SUPPLIER = "supplier"
    HOLDER = "holder"  # a supplier or a factory: what is seen does not say which


class Grouping(StrEnum):
    """What the nodes of a picture stand for, from the finest to the coarsest."""

    ITEM = "item"
    HOLDER = "holder"
    GOODS = "goods"  # one product in one country
    COUNTRY = "country"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class PictureNode:
    """An item, or some items of one tier, kind and certainty together.

    Attributes
    ----------
    tier : int
        The smallest over the items' routes; in a picture by tier the deepest tiers may be one.
    items, holders, products, countries : tuple of str
        What it stands for, each sorted; at least one item.
    certainty : Certainty or None
        Whether the items are touched by what is asked about.
    open_ends, relevant : tuple of str
        Items of it where knowledge stops, and those of them that matter to what is asked.
    origins : tuple of str
        Items of it with nothing upstream of interest.
    """

    kind: Kind
    tier: int
    items: tuple[str, ...]
    holders: tuple[str, ...]
    products: tuple[str, ...]
    countries: tuple[str, ...]
    certainty: Certainty | None = None
    open_ends: tuple[str, ...] = ()
    relevant: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PictureLine:
    """The steps of one grade between two nodes.

    Attributes
    ----------
    start : int
        Position of a node among the picture's nodes.
    end : int or None
        The same; None: the contract.
    on_route : bool
        Whether they lie on a route from what is touched to the contract.
    steps : tuple of ChainStep
        At least one.
    """

    start: int
    end: int | None
    grade: Grade
    on_route: bool
    steps: tuple[ChainStep, ...]


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """A contract's chain as it is drawn.

    Attributes
    ----------
    nodes : tuple of PictureNode
        By tier, then kind and items; every item of the chain is in exactly one.
    lines : tuple of PictureLine
        Every step of the chain is in exactly one, or in `inside`.
    inside : tuple of ChainStep
        Steps between items of one node.
    deepest : int or None
        The tier in which this one and all deeper ones are drawn together; None: none are.
    answer, dependent
        What was asked about the chain, and the answer for its contract; None where nothing was asked.
    is_chosen : bool
        Whether the grouping is the one that was asked for, rather than the finest that can be read.
    """

    chain: Chain
    grouping: Grouping
    nodes: tuple[PictureNode, ...]
    lines: tuple[PictureLine, ...]
    inside: tuple[ChainStep, ...] = ()
    deepest: int | None = None
    answer: Answer | None = None
    dependent: Dependent | None = None
    is_chosen: bool = False

    @property
    def affected(self) -> Mapping[str, Certainty]:
        """Affected items of the whole answer; none where nothing was asked."""
        return self.answer.affected if self.answer else {}
