"""The product catalogue: which goods may be, become, or contain which (pure; no lens, no store).

Terms are those of the model (`docs/model.md`, section 5): `may_become` is what we have reason to think, `could_contain`
what we cannot exclude.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from tracegraph.model import Product
from tracegraph.vocabulary import UNSPECIFIED, Rule


class Catalogue:
    """The products, and what follows from their `broader` and `made_from`.

    Answers are remembered, so a catalogue is cheap to ask again and is to be kept for as long as it holds.

    Parameters
    ----------
    products : iterable of Product
        The catalogue's products. A product that is only named elsewhere is known by its id alone.
    """

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self.products: Mapping[str, Product] = {product.product_id: product for product in products}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._made_into: dict[str, frozenset[str]] = {}
        self._closed: dict[str, bool] = {}
        self._rules: dict[tuple[str, str], Rule | None] = {}

    def ancestors(self, product: str) -> frozenset[str]:
        """Return the products that are broader, at any distance; without `product` itself."""
        if product not in self._ancestors:
            self._ancestors[product] = frozenset(_reachable([product], self._broader) - {product})
        return self._ancestors[product]

    def descendants(self, product: str) -> frozenset[str]:
        """Return the products that are narrower, at any distance; without `product` itself."""
        return self._descendants.get(product, frozenset())

    def comparables(self, product: str) -> frozenset[str]:
        """Return the products that may be the same thing said more or less precisely."""
        return self.ancestors(product) | self.descendants(product)

    def comparable(self, p: str, q: str) -> bool:
        """Return whether one is the other's ancestor; equal products and siblings are not comparable."""
        return q in self.ancestors(p) or p in self.ancestors(q)

    def same_goods(self, p: str, q: str) -> bool:
        """Return whether both may be the same goods: equal, comparable, or one of them not stated."""
        return p == q or UNSPECIFIED in (p, q) or self.comparable(p, q)

    def made_into(self, p: str, q: str) -> bool:
        """Return whether `q` may be made of `p` by the recipes, over any number of stages."""
        return q in self.products_made_of(p)

    def products_made_of(self, product: str) -> frozenset[str]:
        """Return every `q` with `made_into(product, q)`."""
        if product not in self._made_into:
            outputs = _reachable(self._outputs_of(product), self._outputs_of)
            self._made_into[product] = frozenset(outputs.union(*(self.comparables(output) for output in outputs)))
        return self._made_into[product]

    def rule(self, p: str, q: str) -> Rule | None:
        """Return the first rule by which `p` may become `q`; None when there is no reason to think so."""
        if (p, q) not in self._rules:
            self._rules[p, q] = self._rule(p, q)
        return self._rules[p, q]

    def _rule(self, p: str, q: str) -> Rule | None:
        if UNSPECIFIED in (p, q):
            return Rule.UNSPECIFIED
        if self.comparable(p, q):
            return Rule.TAXONOMY
        return Rule.RECIPE if self.made_into(p, q) else None

    def may_become(self, p: str, q: str) -> bool:
        """Return whether there is reason to think that goods `p` become, or are, goods `q`."""
        return self.rule(p, q) is not None

    def could_contain(self, a: str, p: str) -> bool:
        """Return whether it cannot be excluded that goods `p` contain goods `a`."""
        return a == p or self.may_become(a, p) or not (self.is_end_use(a) or self.is_closed(p))

    def is_end_use(self, product: str) -> bool:
        """Return whether the product does not become part of other goods, save by the recipes that list it."""
        return any(self._flagged_end_use(kind) for kind in (product, *self.ancestors(product)))

    def is_closed(self, product: str) -> bool:
        """Return whether all that the product is made of is known, all the way down, also for its narrower products."""
        if product not in self._closed:
            parts = _reachable([product], self._narrower_and_ingredients)
            self._closed[product] = all(p in self.products and self.products[p].made_from_complete for p in parts)
        return self._closed[product]

    def _flagged_end_use(self, product: str) -> bool:
        return product in self.products and self.products[product].end_use

    def _broader(self, product: str) -> Iterable[str]:
        return self.products[product].broader if product in self.products else ()

    def _ingredients(self, product: str) -> Iterable[str]:
        return self.products[product].made_from if product in self.products else ()

    def _narrower_and_ingredients(self, product: str) -> Iterable[str]:
        return (*self.descendants(product), *self._ingredients(product))

    def _outputs_of(self, product: str) -> Iterable[str]:
        """Return the outputs of the recipes that list the product, or one comparable to it."""
        kinds = (product, *self.comparables(product))
        return {output for kind in kinds for output in self._recipes.get(kind, ())}

    @cached_property
    def _recipes(self) -> Mapping[str, set[str]]:
        """Output products by ingredient."""
        recipes: dict[str, set[str]] = {}
        for output, product in self.products.items():
            for ingredient in product.made_from:
                recipes.setdefault(ingredient, set()).add(output)
        return recipes

    @cached_property
    def _descendants(self) -> Mapping[str, frozenset[str]]:
        narrower: dict[str, set[str]] = {}
        for product in self.products:
            for ancestor in self.ancestors(product):
                narrower.setdefault(ancestor, set()).add(product)
        return {product: frozenset(below) for product, below in narrower.items()}


def _reachable(starts: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    """Return the starts and all that `neighbours` leads to from them."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for product in neighbours(waiting.pop()):
            if product not in found:
                found.add(product)
                waiting.append(product)
    return found
