"""The shape of a synthetic trade: who holds what, and who sells to whom, as integer arrays (seeded; no files).

Layers of goods from raw material to end use; factories make goods of one layer from goods of the layer before, traders
resell. Popularity is Pareto distributed, the same at every size: most sellers have a buyer or two, a few have very
many. A typical cone is therefore about as large in a small graph as in a large one, and hubs grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

NARROWER: Final = 4  # kinds in a family, beside the broad product
LEVELS: Final = 3  # traders of one product resell to traders of the next level
LAYERS: Final = 6

TAIL: Final = 1.15  # exponent of the Pareto distribution of popularity
BACKWARDS: Final = 0.02  # trades that go against the layers, so that there are circles


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made.

    Attributes
    ----------
    name : str
        As on the command line.
    suppliers, factories, contracts : int
        Nodes.
    goods_per_supplier : float
        Mean number of products that a supplier trades.
    sellers_per_buyer : float
        Mean number of sellers that an item is bought from.
    deliveries : int
        Deliveries under a contract.
    families : int
        Families of products in each layer.
    """

    name: str
    suppliers: int
    factories: int
    contracts: int
    goods_per_supplier: float = 2.6
    sellers_per_buyer: float = 4.2
    deliveries: int = 3
    families: int = 10


SIZES: Final = {
    "tiny": Size("tiny", 150, 80, 200, families=2),
    "small": Size("small", 15_000, 8_000, 20_000),
    "served": Size("served", 11_400, 6_000, 15_000, goods_per_supplier=3.2),
    "large": Size("large", 150_000, 80_000, 200_000),
}


@dataclass(frozen=True, slots=True)
class Products:
    """The catalogue; a product's number is its position.

    Attributes
    ----------
    layer : int64 array
        0 is raw material.
    broader : int64 array
        The product of which it is a kind, or -1.
    made_from : list of int64 arrays
        Its recipe; empty where nobody knows, and for raw material.
    complete : bool array
        Whether the recipe is all of it.
    """

    layer: Ints
    broader: Ints
    made_from: list[Ints]
    complete: Bools


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything about the trade but names, dates and sources.

    Holders are numbered: suppliers first, then factories. Items are parallel arrays of a holder and a product.

    Attributes
    ----------
    holder, product : int64 arrays by item
        What an item is.
    into : int64 array by item
        The item of the same factory that it goes into, or -1.
    seller, buyer : int64 arrays by trade
        Items; a pair occurs once.
    also_from, also_into : int64 arrays
        Items of one factory: further outputs of an input.
    delivered, contract : int64 arrays by delivery
        Item, and number of the contract; a pair occurs once.
    operator : int64 array by factory
        The supplier that operates it.
    """

    size: Size
    products: Products
    holder: Ints
    product: Ints
    into: Ints
    seller: Ints
    buyer: Ints
    also_from: Ints
    also_into: Ints
    delivered: Ints
    contract: Ints
    operator: Ints

    @property
    def n_suppliers(self) -> int:
        return self.size.suppliers


def make_shape(size: Size, seed: int) -> Shape:
    """Return the shape of a size; the same for the same seed."""
    rng = np.random.default_rng(seed)
    products = _products(size.families, rng)
    supplier_items = _traded(size, products, rng)
    factory_items, used = _made(size, products, rng)
    holder, product = np.concatenate([supplier_items, factory_items]).T
    offset = len(supplier_items)
    inputs, outputs = used[:, 0] + offset, used[:, 1] + offset
    into = np.full(len(holder), -1, dtype=np.int64)
    into[inputs[::-1]] = outputs[::-1]  # an input's first output rides on its purchases
    further = into[inputs] != outputs
    is_input = into >= 0
    weight = _popularity(size, holder, rng)
    level = rng.integers(1, LEVELS + 1, len(holder))
    level[offset:] = np.where(is_input[offset:], LEVELS + 1, 0)
    seller, buyer = _trades(size, product, level, weight, rng)
    delivered, contract = _deliveries(size, products.layer[product], level, weight, rng)
    return Shape(
        size=size,
        products=products,
        holder=holder,
        product=product,
        into=into,
        seller=seller,
        buyer=buyer,
        also_from=inputs[further],
        also_into=outputs[further],
        delivered=delivered,
        contract=contract,
        operator=rng.integers(0, size.suppliers, size.factories),
    )


def _products(families: int, rng: Rng) -> Products:
    per_layer = families * (1 + NARROWER)
    count = LAYERS * per_layer
    number = np.arange(count)
    layer = number // per_layer
    family = number - number % (1 + NARROWER)
    broader = np.where(number == family, -1, family)
    recipes = [np.empty(0, dtype=np.int64)] * count
    complete = (layer == 0) | (rng.random(count) < 0.6)
    for p in np.flatnonzero(layer > 0).tolist():
        before = np.arange((layer[p] - 1) * per_layer, layer[p] * per_layer)
        recipes[p] = np.sort(rng.choice(before, rng.integers(1, 4), replace=False))
    return Products(layer, broader, recipes, complete)


def _traded(size: Size, products: Products, rng: Rng) -> Ints:
    """Return what suppliers trade, as rows (holder, product): most trade a product or two of one layer."""
    layer = rng.integers(0, LAYERS, size.suppliers)
    count = np.minimum(1 + rng.pareto(1.8, size.suppliers) * (size.goods_per_supplier - 1) * 0.8, 40).astype(np.int64)
    holder = np.repeat(np.arange(size.suppliers), count)
    per_layer = len(products.layer) // LAYERS
    own = layer[holder] * per_layer + rng.integers(0, per_layer, len(holder))
    other = rng.integers(0, len(products.layer), len(holder))
    product = np.where(rng.random(len(holder)) < 0.85, own, other)
    return np.unique(np.column_stack([holder, product]), axis=0)


def _made(size: Size, products: Products, rng: Rng) -> tuple[Ints, Ints]:
    """Return what factories have as rows (holder, product), and which of these goes into which (positions)."""
    per_layer = len(products.layer) // LAYERS
    positions: dict[tuple[int, int], int] = {}
    used: list[tuple[int, int]] = []
    for factory in range(size.factories):
        holder, layer = size.suppliers + factory, int(rng.integers(0, LAYERS))
        for made in rng.integers(layer * per_layer, (layer + 1) * per_layer, int(rng.geometric(0.7))).tolist():
            output = positions.setdefault((holder, made), len(positions))
            for ingredient in products.made_from[made].tolist():
                used.append((positions.setdefault((holder, ingredient), len(positions)), output))
    return np.array(list(positions), dtype=np.int64), np.array(list(dict.fromkeys(used)), dtype=np.int64)


def _popularity(size: Size, holder: Ints, rng: Rng) -> npt.NDArray[np.float64]:
    """Return how likely each item is to be bought: a holder's size and the item's own luck, both heavy-tailed."""
    of_holder = 1 + rng.pareto(TAIL, size.suppliers + size.factories)
    popularity: npt.NDArray[np.float64] = of_holder[holder] * (1 + rng.pareto(2.5, len(holder)))
    return popularity


def _trades(size: Size, product: Ints, level: Ints, weight: npt.NDArray[np.float64], rng: Rng) -> tuple[Ints, Ints]:
    """Return who sells to whom: within a product, from lower levels to higher, by popularity of the seller."""
    found: list[Ints] = []
    order = np.lexsort((level, product))
    bounds = np.searchsorted(product[order], np.arange(product.max() + 2))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        items = order[first:last]
        sellers = items[level[items] <= LEVELS]
        buyers = items[level[items] > 0]
        if not len(sellers) or not len(buyers):
            continue
        before = np.searchsorted(level[sellers], level[buyers])
        before = np.where(rng.random(len(buyers)) < BACKWARDS, len(sellers), before)
        buyers, before = buyers[before > 0], before[before > 0]
        times = rng.geometric(1 / size.sellers_per_buyer, len(buyers))
        buyers, before = np.repeat(buyers, times), np.repeat(before, times)
        reach = np.cumsum(weight[sellers])
        drawn = np.searchsorted(reach, rng.random(len(buyers)) * reach[before - 1], side="right")
        found.append(np.column_stack([sellers[drawn], buyers]))
    pairs = np.unique(np.concatenate(found), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1]


def _deliveries(size: Size, layer: Ints, level: Ints, weight: npt.NDArray[np.float64], rng: Rng) -> tuple[Ints, Ints]:
    """Return what is delivered under which contract: mostly goods of the last layers, by popularity."""
    traded = np.flatnonzero((level > 0) & (level <= LEVELS))
    appeal = weight[traded] * np.where(layer[traded] >= LAYERS - 2, 1.0, 0.1)
    reach = np.cumsum(appeal)
    contract = np.repeat(np.arange(size.contracts), size.deliveries)
    drawn = traded[np.searchsorted(reach, rng.random(len(contract)) * reach[-1], side="right")]
    pairs = np.unique(np.column_stack([drawn, contract]), axis=0)
    return pairs[:, 0], pairs[:, 1]
