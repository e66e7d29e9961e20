"""Time to recover and survive, and cascades: what a user's file states, and what comes back; no store is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Site:
    """A place that makes goods.

    Attributes
    ----------
    capacity : float
        Units of capacity a time unit, at least 0.
    time_to_recover : float
        Time units until it makes goods again after an outage, at least 0.
    makes : mapping
        Units of each product that one unit of capacity gives, over 0; a product that is absent is not made here.
    """

    site_id: str
    capacity: float
    time_to_recover: float
    makes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Demand:
    """What is needed of a product.

    Attributes
    ----------
    demand : float
        Units a time unit, at least 0.
    inventory : float
        Units in stock when an outage begins, at least 0.
    margin : float
        What a unit that is not delivered costs, at least 0.
    """

    product_id: str
    demand: float
    inventory: float
    margin: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Sites and products as a file states them.

    Attributes
    ----------
    time_unit, currency : str
        In the words of the file; the currency may be empty.
    """

    time_unit: str
    currency: str
    sites: tuple[Site, ...]
    products: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class Outage:
    """What the loss of one site means.

    Attributes
    ----------
    lost : mapping
        Units of each product that cannot be delivered until it has recovered, as long as any cannot.
    cost : float
        The least that this can cost, in the currency of the margins.
    exposure_index : float
        Cost as a part of the largest of all sites, in [0, 1]; 0 where no loss costs anything.
    time_to_survive : float or None
        How long all demand can be met without the site, in time units; None: without end.
    """

    site: Site
    lost: Mapping[str, float]
    cost: float
    exposure_index: float
    time_to_survive: float | None

    @property
    def alarm(self) -> bool:
        """Whether supply lasts less long than the site takes to recover."""
        return self.time_to_survive is not None and self.time_to_survive < self.site.time_to_recover


@dataclass(frozen=True, slots=True)
class Recovery:
    """The answer for a plan.

    Attributes
    ----------
    normal : mapping
        Units of each product that cannot be delivered although nothing is lost, over the longest time to recover.
    outages : tuple of Outage
        By cost, the largest first, then alarms, then id.
    """

    plan: Plan
    normal: Mapping[str, float]
    normal_cost: float
    outages: tuple[Outage, ...]


class Need(StrEnum):
    """How much a buyer needs an input."""

    ESSENTIAL = "essential"  # without it nothing is made
    NON_ESSENTIAL = "non_essential"  # without it less is made, in proportion
    NEGLIGIBLE = "negligible"  # makes no difference


class Model(StrEnum):
    """How inputs act together."""

    GL = "gl"  # as the links say: essential and not
    LINEAR = "linear"  # all as if not essential
    LEONTIEF = "leontief"  # all as if essential


class Towards(StrEnum):
    """Where losses spread."""

    BOTH = "both"
    DOWNSTREAM = "downstream"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class Link:
    """One firm sells to another.

    Attributes
    ----------
    value : float
        Sales in any unit of money a time unit, over 0.
    industry : str
        Of the seller: its goods substitute for those of the same industry.
    need : Need
        How much the buyer needs goods of this industry.
    """

    seller_id: str
    buyer_id: str
    value: float
    industry: str
    need: Need


@dataclass(frozen=True, slots=True)
class Setting:
    """How a cascade is computed.

    Attributes
    ----------
    replaceable : bool
        Whether buyers of a firm that fails turn to others of its industry, as far as these sell enough.
    epsilon : float
        A run ends when no firm's level falls by more than this in a round.
    closed : tuple of str
        Firms that close, each by itself; empty: every firm.
    """

    model: Model = Model.GL
    towards: Towards = Towards.BOTH
    replaceable: bool = False
    epsilon: float = 1e-6
    closed: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class FirmLoss:
    """What the closing of one firm costs the whole.

    Attributes
    ----------
    loss : float
        Part of all sales that is lost (the economic systemic risk index), the firm's own included; in [0, 1].
    own_share : float
        The firm's own part of all sales, in [0, 1].
    rounds : int
        Until the levels stood still.
    converged : bool
        Whether they did.
    """

    firm_id: str
    loss: float
    own_share: float
    rounds: int
    converged: bool


@dataclass(frozen=True, slots=True)
class Cascade:
    """The answer for some links.

    Attributes
    ----------
    firms, links : int
        How many.
    value : float
        Sum of the links' values.
    losses : tuple of FirmLoss
        The largest first, then id.
    cut : bool
        Whether only the firms that sell most were closed, because there are so many.
    """

    setting: Setting
    firms: int
    links: int
    value: float
    losses: tuple[FirmLoss, ...]
    cut: bool
